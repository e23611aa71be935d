//! Map formats that may come in. Everything else is refused by name.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Shapefile,
    Geopackage,
    Geojson,
    Flatgeobuf,
    MapinfoTab,
    MapinfoMif,
    Dxf,
    /// MicroStation DGN version 7. Version 8 cannot be read by stock GDAL.
    Dgn,
    Kml,
    Csv,
}

impl Format {
    pub const ALL: [Format; 10] = [
        Format::Shapefile,
        Format::Geopackage,
        Format::Geojson,
        Format::Flatgeobuf,
        Format::MapinfoTab,
        Format::MapinfoMif,
        Format::Dxf,
        Format::Dgn,
        Format::Kml,
        Format::Csv,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Format::Shapefile => "shapefile",
            Format::Geopackage => "geopackage",
            Format::Geojson => "geojson",
            Format::Flatgeobuf => "flatgeobuf",
            Format::MapinfoTab => "mapinfo_tab",
            Format::MapinfoMif => "mapinfo_mif",
            Format::Dxf => "dxf",
            Format::Dgn => "dgn",
            Format::Kml => "kml",
            Format::Csv => "csv",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.code() == code)
    }

    /// By the ending of the file name, without the dot, any case.
    pub fn from_extension(ext: &str) -> Option<Self> {
        Some(match ext.to_ascii_lowercase().as_str() {
            "shp" => Format::Shapefile,
            "gpkg" => Format::Geopackage,
            "geojson" | "json" => Format::Geojson,
            "fgb" => Format::Flatgeobuf,
            "tab" => Format::MapinfoTab,
            "mif" => Format::MapinfoMif,
            "dxf" => Format::Dxf,
            "dgn" => Format::Dgn,
            "kml" => Format::Kml,
            "csv" => Format::Csv,
            _ => return None,
        })
    }

    /// The one GDAL driver that may open it.
    pub fn driver(self) -> &'static str {
        match self {
            Format::Shapefile => "ESRI Shapefile",
            Format::Geopackage => "GPKG",
            Format::Geojson => "GeoJSON",
            Format::Flatgeobuf => "FlatGeobuf",
            Format::MapinfoTab | Format::MapinfoMif => "MapInfo File",
            Format::Dxf => "DXF",
            Format::Dgn => "DGN",
            Format::Kml => "LIBKML",
            Format::Csv => "CSV",
        }
    }

    /// Endings of all files that belong to one data set of this format.
    pub fn components(self) -> &'static [&'static str] {
        match self {
            Format::Shapefile => &["shp", "shx", "dbf", "prj", "cpg"],
            Format::Geopackage => &["gpkg"],
            Format::Geojson => &["geojson", "json"],
            Format::Flatgeobuf => &["fgb"],
            Format::MapinfoTab => &["tab", "dat", "map", "id", "ind"],
            Format::MapinfoMif => &["mif", "mid"],
            Format::Dxf => &["dxf"],
            Format::Dgn => &["dgn"],
            Format::Kml => &["kml"],
            Format::Csv => &["csv", "prj"],
        }
    }

    /// Endings without which the data set is not whole.
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Format::Shapefile => &["shp", "shx", "dbf"],
            Format::MapinfoTab => &["tab", "dat"],
            Format::MapinfoMif => &["mif", "mid"],
            _ => &[],
        }
    }
}

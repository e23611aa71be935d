//! What a demo file holds, ready for the writer: fields, rows in zone metres, and what the import must be told.

use crate::domain::geom::Zone;
use geo_types::{Geometry, MultiPolygon};
use time::Date;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    /// The writer encodes every text value as TCVN3 (ABC) bytes.
    Tcvn3,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Width in characters.
    Text(u16),
    Integer,
    /// Decimals.
    Real(u8),
    Date,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Date(Date),
}

impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}
impl From<String> for Value {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}

/// One kind of geometry per file; a DXF mixes lines and text points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    None,
    Line,
    Polygon,
    Mixed,
}

/// A file to be written, and what the import of it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoFile {
    /// File name with its ending, e.g. `thua_dat_99901.shp`.
    pub name: String,
    /// GDAL driver: `ESRI Shapefile`, `GPKG`, `MapInfo File` (TAB), `DXF`, `CSV`.
    pub driver: &'static str,
    /// Code of the layer it is imported into.
    pub layer: String,
    /// Part of the layer it replaces (an old commune, or `all`).
    pub coverage_key: String,
    /// Code of the theme.
    pub theme: &'static str,
    /// Profile in `data/profiles/` that reads it.
    pub profile: &'static str,
    pub zone: Zone,
    pub charset: Charset,
    pub shape: Shape,
    /// Name and kind of each column. In a DXF `Layer` is the level and `Text` what a text says.
    pub fields: Vec<(&'static str, FieldKind)>,
    /// Geometry in metres of `zone` (easting, northing), and one value per field. Row numbers elsewhere count from 1.
    pub rows: Vec<(Option<Geometry<f64>>, Vec<Value>)>,
    /// Where the file claims to be complete, in metres of `zone`.
    pub coverage: MultiPolygon<f64>,
    pub source_date: Date,
    pub decision: Option<String>,
    /// Largest deviation of a boundary (m).
    pub accuracy_m: f64,
    /// Denominator of the map scale.
    pub scale: Option<i32>,
}

/// A row the import must remark on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImportTruth {
    pub file: String,
    /// From 1, in the order of the file.
    pub row: usize,
    pub reason: Reason,
    /// The row cannot become a parcel; the others go on with a remark (a parcel without geometry is in the register only).
    pub set_aside: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    NullGeometry,
    SelfCrossing,
    /// The second and later rows of one sheet and number.
    DuplicateKey,
    MissingNumber,
    UnknownLandCode,
    Overlap,
    Gap,
    /// Under 0.5 m².
    Sliver,
    OutsideCommune,
}

impl Reason {
    /// The code the import uses for it; none where the import has nothing to say (a sliver is for the checks).
    pub fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::NullGeometry => "geometry_missing",
            Self::SelfCrossing => "ring_invalid",
            Self::DuplicateKey => "duplicate_key",
            Self::MissingNumber => "key_missing",
            Self::UnknownLandCode => "land_use_unknown",
            Self::Overlap => "overlap",
            Self::Gap => "gap",
            Self::Sliver => return None,
            Self::OutsideCommune => "partly_outside_commune",
        })
    }
}

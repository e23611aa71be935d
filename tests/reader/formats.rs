//! Every format there and back.

use crate::kit::*;
use diaba::gis::reader::{
    Columns, Field, FieldKind, Format, RawFeature, RawValue, STYLE_FIELD, Shape, Source, Text, WriteTarget, layers,
    write,
};

async fn there_and_back(name: &str, format: Format, text: &[u8], mode: Text) -> All {
    let d = dir();
    let t = WriteTarget { text: mode, ..target(d.path(), name, format) };
    let end = write(&config(), &t, rows(2500, text)).await.unwrap();
    assert_eq!(end.rows, 2500);
    read(&Source::new(&t.path, format)).await.unwrap()
}

fn value<'a>(all: &'a All, row: usize, field: &str) -> &'a RawValue {
    let i = all.header.fields.iter().position(|f| f.name == field).unwrap_or_else(|| panic!("{:?}", all.header.fields));
    &all.rows[row].values[i]
}

fn expect_rows(all: &All, text: &[u8], same_bits: bool) {
    assert_eq!((all.rows.len(), all.end.rows, all.end.bad_rows), (2500, 2500, 0));
    assert_eq!(all.rows[2499].row_no, 2500);
    assert_eq!(value(all, 6, "SOTHUA"), &RawValue::Int(7));
    assert_eq!(value(all, 6, "DIENTICH"), &RawValue::Real(202.5));
    assert_eq!(value(all, 6, "TENCHU"), &RawValue::Text(text.to_vec()));
    let wkb = all.rows[6].wkb.as_ref().unwrap();
    assert_eq!(wkb.len(), quad(0.0, 0.0).len());
    if same_bits {
        assert_eq!(wkb, &quad(550_175.0, 1_777_000.5));
    }
}

#[tokio::test]
async fn shapefile_keeps_tcvn3_bytes() {
    let all = there_and_back("thửa.shp", Format::Shapefile, TCVN3, Text::Raw).await;
    expect_rows(&all, TCVN3, true);
    assert_eq!((all.header.text, all.header.feature_count), (Text::Raw, Some(2500)));
    let srs = all.header.srs.unwrap();
    assert_eq!((srs.central_meridian, srs.k0, srs.false_easting), (Some(107.75), Some(0.9999), Some(500_000.0)));
    assert_eq!(all.header.extent.unwrap()[0], 550_025.0);
}

#[tokio::test]
async fn geopackage() {
    let all = there_and_back("a.gpkg", Format::Geopackage, "Đồng".as_bytes(), Text::Utf8).await;
    expect_rows(&all, "Đồng".as_bytes(), true);
    let srs = all.header.srs.unwrap();
    assert_eq!((srs.authority.as_deref(), srs.code.as_deref()), (Some("EPSG"), Some("5899")));
    assert_eq!(all.header.text, Text::Utf8);
}

#[tokio::test]
async fn geojson() {
    let all = there_and_back("a.geojson", Format::Geojson, "Đồng".as_bytes(), Text::Utf8).await;
    expect_rows(&all, "Đồng".as_bytes(), true);
}

#[tokio::test]
async fn flatgeobuf() {
    let all = there_and_back("a.fgb", Format::Flatgeobuf, "Đồng".as_bytes(), Text::Utf8).await;
    // The index sorts the rows by place.
    assert_eq!((all.rows.len(), all.header.feature_count), (2500, Some(2500)));
    let names = all.rows.iter().filter(|r| r.values.contains(&RawValue::Text("Đồng".into())));
    assert_eq!(names.count(), 2500);
}

#[tokio::test]
async fn mapinfo_tab_and_mif_keep_tcvn3_bytes() {
    for (name, format) in [("a.tab", Format::MapinfoTab), ("a.mif", Format::MapinfoMif)] {
        let all = there_and_back(name, format, TCVN3, Text::Raw).await;
        expect_rows(&all, TCVN3, false);
        assert_eq!(all.header.text, Text::Raw, "{name}");
        assert_eq!(all.header.srs.as_ref().and_then(|s| s.central_meridian), Some(107.75), "{name}");
    }
}

#[tokio::test]
async fn mapinfo_that_claims_latin_1_gives_the_bytes_back() {
    let d = dir();
    let t = target(d.path(), "a.mif", Format::MapinfoMif);
    write(&config(), &t, rows(3, TCVN3)).await.unwrap();
    let mif = std::fs::read_to_string(&t.path).unwrap();
    std::fs::write(&t.path, mif.replace("\"Neutral\"", "\"WindowsLatin1\"")).unwrap();
    let all = read(&Source::new(&t.path, Format::MapinfoMif)).await.unwrap();
    assert_eq!(all.header.declared_encoding.as_deref(), Some("WindowsLatin1"));
    assert_eq!(value(&all, 0, "TENCHU"), &RawValue::Text(TCVN3.to_vec()));
}

#[tokio::test]
async fn dxf_lines_and_labels_keep_tcvn3_bytes() {
    let d = dir();
    let text = |s: &[u8]| RawValue::Text(s.to_vec());
    let label = [b"LABEL(f:\".VnTime\",t:\"", TCVN3, b"\")"].concat();
    let fields = vec![Field::new("Layer", FieldKind::Text), Field::new(STYLE_FIELD, FieldKind::Text)];
    let t = WriteTarget { fields, srs: None, geometry: Shape::Any, ..target(d.path(), "a.dxf", Format::Dxf) };
    let line = RawFeature {
        wkb: Some(quad(5.0, 6.0)),
        values: vec![text(b"RANH_THUA"), RawValue::Null],
        ..RawFeature::default()
    };
    let name =
        RawFeature { wkb: Some(point(7.0, 8.0)), values: vec![text(b"CHU"), text(&label)], ..RawFeature::default() };
    write(&config(), &t, [line, name]).await.unwrap();
    let all = read(&Source::new(&t.path, Format::Dxf)).await.unwrap();
    assert_eq!(all.rows.len(), 2, "{all:?}");
    assert!(all.header.srs.is_none());
    assert_eq!(value(&all, 0, "Layer"), &text(b"RANH_THUA"));
    assert_eq!(value(&all, 1, "Text"), &text(TCVN3));
    assert!(matches!(value(&all, 1, STYLE_FIELD), RawValue::Text(s) if s.starts_with(b"LABEL")));
}

#[tokio::test]
async fn dgn_and_kml() {
    let d = dir();
    let t = WriteTarget { fields: vec![], srs: None, geometry: Shape::Any, ..target(d.path(), "a.dgn", Format::Dgn) };
    let bare = |f: RawFeature| RawFeature { values: vec![], ..f };
    write(&config(), &t, rows(5, b"").into_iter().map(bare)).await.unwrap();
    let all = read(&Source::new(&t.path, Format::Dgn)).await.unwrap();
    assert_eq!((all.rows.len(), all.header.text), (5, Text::Raw));
    let kml = r#"<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Đồng</name>
        <Point><coordinates>108.22,16.06,7</coordinates></Point></Placemark></Document></kml>"#;
    let all = read(&Source::new(put(d.path(), "a.kml", kml), Format::Kml)).await.unwrap();
    assert_eq!((all.rows.len(), all.end.with_z), (1, 1));
    assert_eq!(value(&all, 0, "Name"), &RawValue::Text("Đồng".into()));
    assert_eq!(all.rows[0].wkb, Some(point(108.22, 16.06)));
}

#[tokio::test]
async fn csv_with_wkt_with_columns_and_without_geometry() {
    let d = dir();
    let p = put(d.path(), "a.csv", [b"so,hinh,ten\n1,\"POINT (5 6)\",".as_slice(), TCVN3, b"\n2,,x\n"].concat());
    let wkt = Columns { wkt: Some("hinh".into()), ..Columns::default() };
    let all = read(&Source { columns: wkt, ..Source::new(&p, Format::Csv) }).await.unwrap();
    assert_eq!(all.rows[0].wkb, Some(point(5.0, 6.0)));
    assert_eq!(value(&all, 0, "ten"), &RawValue::Text(TCVN3.to_vec()));
    assert_eq!(value(&all, 0, "so"), &RawValue::Text(b"1".to_vec()));
    assert_eq!((all.rows[1].wkb.clone(), all.end.without_geometry), (None, 1));
    // On paper X is the northing: the caller says which column is which.
    let p = put(d.path(), "b.csv", "X,Y\n1777138.32,550175.08\n");
    let xy = Columns { wkt: None, x: Some("Y".into()), y: Some("X".into()) };
    let all = read(&Source { columns: xy, ..Source::new(&p, Format::Csv) }).await.unwrap();
    assert_eq!(all.rows[0].wkb, Some(point(550_175.08, 1_777_138.32)));
    let all = read(&Source::new(&p, Format::Csv)).await.unwrap();
    assert_eq!((all.rows[0].wkb.clone(), all.header.geometry_type.as_str()), (None, "None"));
}

#[tokio::test]
async fn arcs_heights_and_measures_are_flattened_and_counted() {
    let d = dir();
    let shapes = [
        "CURVEPOLYGON (CIRCULARSTRING (0 0,10 10,20 0,10 -10,0 0))",
        "POLYGON Z ((0 0 5,0 1 5,1 1 5,0 0 5))",
        "POINT ZM (1 2 3 4)",
        "POLYGON EMPTY",
        "TIN (((0 0,0 1,1 1,0 0)))",
    ];
    let csv = shapes.iter().fold("id,w\n".to_owned(), |s, w| s + &format!("1,\"{w}\"\n"));
    let p = put(d.path(), "a.csv", csv);
    let columns = Columns { wkt: Some("w".into()), ..Columns::default() };
    let all = read(&Source { columns, ..Source::new(&p, Format::Csv) }).await.unwrap();
    let e = &all.end;
    assert_eq!((e.with_curve, e.with_z, e.with_m, e.empty, e.with_surface, e.bad_rows), (1, 2, 1, 1, 1, 0), "{all:?}");
    assert!(all.rows[0].flags.had_curve() && all.rows[1].flags.had_z() && all.rows[3].flags.is_empty());
    assert!(all.rows[0].wkb.as_ref().unwrap().len() > 60 * 16, "an arc has many vertices");
    assert_eq!(all.rows[1].wkb, Some(polygon(&[(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)])));
    assert_eq!(all.rows[2].wkb, Some(point(1.0, 2.0)));
    assert_eq!(all.rows[4].wkb.as_ref().unwrap()[1], 6, "a multipolygon");
}

#[tokio::test]
async fn a_file_with_several_layers_asks_which() {
    let d = dir();
    let kml = |n: &str| {
        format!("<Folder><name>{n}</name><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></Folder>")
    };
    let doc = format!(
        r#"<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}{}</Document></kml>"#,
        kml("a"),
        kml("b")
    );
    let s = Source::new(put(d.path(), "a.kml", doc), Format::Kml);
    assert_eq!(refusal(&s).await, "layer_not_chosen");
    assert_eq!(refusal(&s.clone().layer("c")).await, "layer_unknown");
    assert_eq!(read(&s.clone().layer("b")).await.unwrap().header.layer, "b");
    let names: Vec<String> = layers(&config(), &s).await.unwrap().into_iter().map(|l| l.name).collect();
    assert_eq!(names, ["a", "b"]);
}

/// Real open data, when it is on this machine (it is never part of the project).
#[tokio::test]
async fn the_real_geopackage_is_read_row_by_row() {
    let Some(p) = real_data() else { return };
    let s = Source::new(&p, Format::Geopackage);
    assert_eq!(layers(&config(), &s).await.unwrap().len(), 4);
    let all = read(&s.clone().layer("parcels")).await.unwrap();
    assert_eq!((all.rows.len(), all.end.bad_rows), (7695, 0));
    assert_eq!(all.header.srs.as_ref().and_then(|s| s.code.as_deref()), Some("2056"));
    let all = read(&s.layer("restrictions_polygon")).await.unwrap();
    assert_eq!((all.rows.len(), all.end.bad_rows), (1975, 0));
}

/// The shared folder beside the work tree, or one above it.
fn real_data() -> Option<std::path::PathBuf> {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().map(|a| a.join("shared/data/schaffhausen/schaffhausen.gpkg")).find(|p| p.is_file())
}

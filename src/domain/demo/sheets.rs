//! One file per theme that planners drew.

use super::file::{DemoFile, FieldKind, Shape, Value};
use super::files::file;
use super::names::names;
use super::plan::{Drawn, Plan};
use FieldKind::{Real, Text};
use time::{Date, Duration};

/// Theme, file, driver, profile, shape, columns for code, label, decision and half width, accuracy (m), age (days).
type Sheet = (&'static str, &'static str, &'static str, &'static str, Shape, [&'static str; 4], f64, i64);

const DRAWN: [Sheet; 15] = [
    ("commune", "ranh_gioi_xa.gpkg", "GPKG", "generic", Shape::Polygon, ["code", "name", "", ""], 1.0, 300),
    (
        "landuse_plan",
        "quy_hoach_sdd.gpkg",
        "GPKG",
        "vn_zoning",
        Shape::Polygon,
        ["KyHieu", "TenLoaiDat", "SoQD", ""],
        1.0,
        250,
    ),
    (
        "road_corridor",
        "chi_gioi_duong_do.shp",
        "ESRI Shapefile",
        "vn_corridor",
        Shape::Polygon,
        ["LOAI", "TEN", "SOQD", ""],
        0.3,
        240,
    ),
    (
        "river",
        "hanh_lang_song.gpkg",
        "GPKG",
        "vn_corridor",
        Shape::Polygon,
        ["loai_hl", "ten_song", "so_qd", ""],
        0.5,
        230,
    ),
    (
        "power_line",
        "luoi_dien.gpkg",
        "GPKG",
        "vn_corridor",
        Shape::Line,
        ["code", "ten_tuyen", "so_qd", "half_width_m"],
        0.5,
        220,
    ),
    (
        "railway",
        "duong_sat.tab",
        "MapInfo File",
        "vn_corridor",
        Shape::Line,
        ["LOAI", "TEN", "SOQD", "NUA_HL"],
        0.5,
        220,
    ),
    ("heritage", "di_tich.tab", "MapInfo File", "vn_corridor", Shape::Polygon, ["LOAI", "TEN", "SOQD", ""], 0.5, 210),
    ("military", "quan_su.gpkg", "GPKG", "generic", Shape::Polygon, ["code", "name", "decision", ""], 1.0, 200),
    ("airport", "san_bay.gpkg", "GPKG", "generic", Shape::Polygon, ["code", "name", "decision", ""], 2.0, 200),
    ("recovery", "thu_hoi_dat.gpkg", "GPKG", "generic", Shape::Polygon, ["code", "name", "decision", ""], 0.3, 30),
    (
        "annual_plan",
        "ke_hoach_sdd.shp",
        "ESRI Shapefile",
        "vn_zoning",
        Shape::Polygon,
        ["KyHieu", "TEN", "SOQD", ""],
        0.5,
        120,
    ),
    ("forest", "rung.gpkg", "GPKG", "vn_zoning", Shape::Polygon, ["LOAIDAT", "TenKhu", "SoQD", ""], 1.0, 190),
    ("rice", "dat_lua.shp", "ESRI Shapefile", "vn_zoning", Shape::Polygon, ["LOAIDAT", "TEN", "SOQD", ""], 0.5, 190),
    ("hazard_flood", "ngap_lut.gpkg", "GPKG", "generic", Shape::Polygon, ["code", "name", "decision", ""], 10.0, 180),
    ("hazard_landslide", "sat_lo.gpkg", "GPKG", "generic", Shape::Polygon, ["code", "name", "decision", ""], 10.0, 180),
];

/// One file per theme that is drawn, and an old flood map for the fields.
pub(crate) fn drawn(plan: &Plan, as_of: Date) -> Vec<DemoFile> {
    let mut out: Vec<DemoFile> = DRAWN.iter().enumerate().map(|(i, s)| sheet(plan, as_of, s, i)).collect();
    if let Some(flood) = out.iter_mut().find(|f| f.theme == "hazard_flood") {
        let mut old = flood.clone();
        (old.coverage_key, flood.coverage_key) = ("dong_lua".to_owned(), "noi_thi".to_owned());
        [flood.coverage, old.coverage] = plan.flood.clone();
        old.name = "ngap_lut_2009.gpkg".to_owned();
        old.rows.clear();
        old.source_date = as_of - Duration::days(6_200);
        out.push(old);
    }
    out
}

fn sheet(plan: &Plan, as_of: Date, s: &Sheet, i: usize) -> DemoFile {
    let (theme, name, driver, profile, shape, columns, accuracy_m, age) = *s;
    let mut f = file(name, driver, theme, profile, plan, as_of - Duration::days(age));
    if theme == "landuse_plan" {
        f.coverage.clone_from(&plan.zoned);
    }
    (f.shape, f.accuracy_m) = (shape, accuracy_m);
    f.decision = Some(format!("QĐ {}/QĐ-DEMO", 101 + i));
    let kinds = [Text(20), Text(80), Text(40), Real(2)];
    f.fields = columns.into_iter().zip(kinds).filter(|(c, _)| !c.is_empty()).collect();
    let all = plan.of(theme).iter().enumerate();
    f.rows = all.map(|(k, d)| (Some(d.geom.clone()), values(theme, d, k, &f))).collect();
    f
}

fn values(theme: &str, d: &Drawn, k: usize, f: &DemoFile) -> Vec<Value> {
    let commune = &names().commune;
    let code = match theme {
        "commune" if k == 0 => commune.code.as_str(),
        "commune" => commune.old[k - 1].code.as_str(),
        _ => d.code,
    };
    let decision = f.decision.clone().map_or(Value::Null, Value::Text);
    let all = [code.into(), d.label.as_str().into(), decision, d.half_width.map_or(Value::Null, Value::Real)];
    // The commune's file has no decision column.
    all.into_iter().take(if theme == "commune" { 2 } else { f.fields.len() }).collect()
}

//! The ward as files, in the formats and with the column names that offices use.

use super::case::{Charge, DemoCase};
use super::chance::Chance;
use super::file::{Charset, DemoFile, FieldKind, ImportTruth, Reason, Shape, Value};
use super::layout::Layout;
use super::names::names;
use super::parcel::{Fault, OUTSKIRTS, Parcel, TOWN};
use super::plan::Plan;
use super::truth::Ground;
use crate::domain::geom::Zone;
use FieldKind::{Integer, Real, Text};
use geo_types::{Geometry, LineString, Point};
use std::collections::BTreeSet;
use time::{Date, Duration};

pub(crate) const ZONE: Zone = Zone(5899);

pub(crate) type Row = (Option<Geometry<f64>>, Vec<Value>);

/// A file without rows; what differs from the common case is set by the caller.
pub(crate) fn file(
    name: &str,
    driver: &'static str,
    theme: &'static str,
    profile: &'static str,
    plan: &Plan,
    day: Date,
) -> DemoFile {
    let legacy = matches!(driver, "ESRI Shapefile" | "MapInfo File" | "DXF");
    DemoFile {
        name: name.to_owned(),
        driver,
        layer: format!("demo.{theme}"),
        coverage_key: "all".to_owned(),
        theme,
        profile,
        zone: ZONE,
        charset: if legacy { Charset::Tcvn3 } else { Charset::Utf8 },
        shape: Shape::Polygon,
        fields: Vec::new(),
        rows: Vec::new(),
        coverage: plan.whole.clone(),
        source_date: day,
        decision: None,
        accuracy_m: 0.5,
        scale: None,
    }
}

/// One cadastral survey: file name, driver, old commune (none: all), scale, column names.
struct Survey {
    name: &'static str,
    driver: &'static str,
    old: Option<usize>,
    scale: i32,
    columns: [&'static str; 11],
}

const SURVEYS: [Survey; 4] = [
    Survey {
        name: "thua_dat_99901.shp",
        driver: "ESRI Shapefile",
        old: Some(0),
        scale: TOWN,
        columns: [
            "MaXa", "MaXaCu", "SoTo", "SoThua", "DienTich", "DTPL", "LOAIDAT", "DiaChi", "TenChu", "SOTOCU", "SOTHUACU",
        ],
    },
    Survey {
        name: "thua_dat_99902.tab",
        driver: "MapInfo File",
        old: Some(1),
        scale: TOWN,
        columns: [
            "KVHC", "KVHCCU", "SHBANDO", "SHTHUA", "DTICH", "DTPL", "KHMDSD", "DIADANH", "TENCSD", "SOTOCU", "SOTHUACU",
        ],
    },
    Survey {
        name: "thua_dat_99903.gpkg",
        driver: "GPKG",
        old: Some(2),
        scale: TOWN,
        columns: [
            "MaXa",
            "MaXaCu",
            "SoHieuToBanDo",
            "SoThuTuThua",
            "DienTich",
            "DienTichPhapLy",
            "KyHieuMucDichSuDung",
            "DiaChi",
            "TenChu",
            "SoHieuToBanDoCu",
            "SoThuTuThuaCu",
        ],
    },
    Survey {
        name: "thua_dat_ngoai_thi.shp",
        driver: "ESRI Shapefile",
        old: None,
        scale: OUTSKIRTS,
        columns: [
            "MaXa", "MaXaCu", "SHBANDO", "SHTHUA", "DienTich", "DTPL", "MDSD", "XU_DONG", "TENCHU", "SOTOCU",
            "SOTHUACU",
        ],
    },
];

/// The cadastral files and what the import must say of their rows.
pub(crate) fn cadastral(
    parcels: &[Parcel],
    plan: &Plan,
    ground: &Ground<'_>,
    day: Date,
) -> (Vec<DemoFile>, Vec<ImportTruth>) {
    let mut truth = Vec::new();
    let mut files = Vec::new();
    for s in SURVEYS {
        let mut f = file(s.name, s.driver, "cadastral", "vn_cadastral", plan, day);
        let kinds =
            [Text(5), Text(5), Text(10), Text(10), Real(1), Real(1), Text(12), Text(80), Text(60), Text(10), Text(10)];
        f.fields = s.columns.into_iter().zip(kinds).collect();
        (f.accuracy_m, f.scale) = (0.1, Some(s.scale));
        f.coverage_key = s.old.map_or("ngoai_thi".to_owned(), |o| names().commune.old[o].code.clone());
        let mut mine: Vec<&Parcel> =
            parcels.iter().filter(|p| p.scale == s.scale && s.old.is_none_or(|o| o == p.old)).collect();
        mine.sort_by_key(|p| (p.old, p.sheet, p.number));
        let mut keys = BTreeSet::new();
        for (i, p) in mine.iter().enumerate() {
            truth.extend(remarks(p, ground, &mut keys).into_iter().map(|(reason, set_aside)| ImportTruth {
                file: s.name.to_owned(),
                row: i + 1,
                reason,
                set_aside,
            }));
        }
        f.rows = mine.into_iter().map(row).collect();
        files.push(f);
    }
    (files, truth)
}

fn row(p: &Parcel) -> Row {
    let number = |n: u32| Value::Text(n.to_string());
    let before = |n: Option<u32>| n.map_or(Value::Null, number);
    let geom = match (p.fault, p.geom.0.as_slice()) {
        (Some(Fault::Null), _) => None,
        (_, [one]) => Some(Geometry::Polygon(one.clone())),
        _ => Some(Geometry::MultiPolygon(p.geom.clone())),
    };
    let values = vec![
        names().commune.code.as_str().into(),
        p.commune().into(),
        number(p.sheet),
        if p.fault == Some(Fault::NoNumber) { Value::Null } else { number(p.number) },
        Value::Real((p.area * 10.0).round() / 10.0),
        Value::Real(p.registered),
        p.land_use.as_str().into(),
        p.address.as_str().into(),
        p.holder.as_str().into(),
        before(p.before.map(|b| b.0)),
        before(p.before.map(|b| b.1)),
    ];
    (geom, values)
}

/// Of an overlap or gap only the moved parcel is named; the import may name its neighbour too.
fn remarks(p: &Parcel, ground: &Ground<'_>, keys: &mut BTreeSet<(u32, u32)>) -> Vec<(Reason, bool)> {
    let mut out = Vec::new();
    match p.fault {
        Some(Fault::Null) => out.push((Reason::NullGeometry, false)),
        Some(Fault::SelfCrossing) => out.push((Reason::SelfCrossing, true)),
        Some(Fault::NoNumber) => out.push((Reason::MissingNumber, true)),
        Some(Fault::UnknownCode) => out.push((Reason::UnknownLandCode, false)),
        Some(Fault::Overlap(..)) => out.push((Reason::Overlap, false)),
        Some(Fault::Gap(..)) => out.push((Reason::Gap, false)),
        Some(Fault::Duplicate(_)) | None => {}
    }
    if p.fault != Some(Fault::NoNumber) && !keys.insert((p.sheet, p.number)) {
        out.push((Reason::DuplicateKey, false));
    }
    if p.area < 0.5 {
        out.push((Reason::Sliver, false));
    }
    if p.scale == OUTSKIRTS && ground.outside(p) > 1.05 {
        out.push((Reason::OutsideCommune, false));
    }
    out
}

/// Streets: areas as TAB, centre lines and names as a drawing by levels, like a DGN (20 line, 22 text).
pub(crate) fn roads(l: &Layout, plan: &Plan, as_of: Date) -> [DemoFile; 2] {
    let day = as_of - Duration::days(260);
    let mut areas = file("giao_thong.tab", "MapInfo File", "access_road", "vn_corridor", plan, day);
    areas.fields = vec![("LOAI", Text(20)), ("TEN", Text(60)), ("BERONG", Real(1))];
    areas.accuracy_m = 0.1;
    let mut lines = file("tim_duong.dxf", "DXF", "access_road", "generic", plan, day);
    (lines.layer, lines.shape) = ("demo.access_road.lines".to_owned(), Shape::Mixed);
    lines.fields = vec![("Layer", Text(10)), ("Text", Text(60))];
    lines.accuracy_m = 0.3;
    for (i, road) in l.roads.iter().enumerate() {
        let code = ["dai_lo", "duong_chinh", "duong_khu_vuc", "duong_pho", "kiet"][road.level.min(4)];
        let strip = road.strip;
        let width = strip.map_or(Value::Null, |s| Value::Real((s.width().min(s.height()) / 100) as f64 / 10.0));
        let polygon = l.mesh.surveyed(&road.face, &l.warp);
        let name = names().street(i);
        areas.rows.push((Some(polygon.into()), vec![code.into(), name.as_str().into(), width]));
        let Some(s) = strip else { continue };
        let (a, b) = match s.width() > s.height() {
            true => ((s.x0, s.middle().1), (s.x1, s.middle().1)),
            false => ((s.middle().0, s.y0), (s.middle().0, s.y1)),
        };
        let steps = ((b.0 - a.0 + b.1 - a.1) / 15_000).max(1);
        let at = |k: i64| l.warp.ground((a.0 + (b.0 - a.0) * k / steps, a.1 + (b.1 - a.1) * k / steps));
        let line: LineString<f64> = (0..=steps).map(at).collect();
        let text = Point(l.warp.ground(s.middle()));
        lines.rows.push((Some(line.into()), vec!["20".into(), Value::Null]));
        lines.rows.push((Some(text.into()), vec!["22".into(), name.into()]));
    }
    [areas, lines]
}

/// Tables without geometry: encumbrances, and the certificates the register knows.
pub(crate) fn tables(
    parcels: &[Parcel],
    charges: &[Charge],
    cases: &[DemoCase],
    plan: &Plan,
    as_of: Date,
    seed: u64,
) -> [DemoFile; 2] {
    let day = as_of - Duration::days(1);
    let key =
        |p: &Parcel| [p.commune().into(), p.written().0.to_string().into(), Value::Text(p.written().1.to_string())];
    let table = |name: &str, theme: &'static str, more: &[(&'static str, FieldKind)]| {
        let mut f = file(name, "CSV", theme, "vn_keyed", plan, day);
        (f.shape, f.accuracy_m) = (Shape::None, 0.0);
        f.fields = [("MaXa", Text(5)), ("SoTo", Text(10)), ("SoThua", Text(10))]
            .into_iter()
            .chain(more.iter().copied())
            .collect();
        f
    };
    let columns =
        [("LoaiBienDong", Text(20)), ("NoiDung", Text(120)), ("NgayDangKy", FieldKind::Date), ("SoVanBan", Text(40))];
    let mut burdens = table("bien_dong.csv", "encumbrance", &columns);
    let others = other_charges(parcels, charges, cases, as_of, seed);
    for (k, c) in charges.iter().chain(&others).enumerate() {
        let rest = [c.code.into(), c.note.as_str().into(), Value::Date(c.on), format!("{}/DEMO", 500 + k).into()];
        burdens.rows.push((None, key(&parcels[c.parcel]).into_iter().chain(rest).collect()));
    }
    let columns = [("SoPhatHanh", Text(16)), ("DienTichCap", Real(1)), ("LoaiDatCap", Text(12)), ("LanCap", Integer)];
    let mut register = table("giay_chung_nhan.csv", "register", &columns);
    for p in
        parcels.iter().filter(|p| matches!(p.fault, None | Some(Fault::Null | Fault::Overlap(..) | Fault::Gap(..))))
    {
        let Some(serial) = &p.serial else { continue };
        let rest = [serial.as_str().into(), Value::Real(p.registered), p.land_use.as_str().into(), Value::Int(1)];
        register.rows.push((None, key(p).into_iter().chain(rest).collect()));
    }
    for (k, old) in names().commune.old.iter().enumerate() {
        // Known to the register alone: no file of the map has the number.
        let rest = [format!("DR {:06}", 100_000 + k).into(), Value::Real(88.0), "ODT".into(), Value::Int(1)];
        let key: [Value; 3] = [old.code.as_str().into(), "1".into(), Value::Text((9_001 + k).to_string())];
        register.rows.push((None, key.into_iter().chain(rest).collect()));
    }
    [burdens, register]
}

/// Encumbrances of parcels that no case is about.
fn other_charges(parcels: &[Parcel], charges: &[Charge], cases: &[DemoCase], as_of: Date, seed: u64) -> Vec<Charge> {
    let mut chance = Chance::new(seed, "charges");
    let taken: BTreeSet<&str> = cases.iter().filter_map(|c| c.parcel.as_deref()).collect();
    let free = |i: &usize| parcels[*i].plain && !taken.contains(parcels[*i].key().as_str());
    let wanted = parcels.len() / 25;
    let drawn: BTreeSet<usize> =
        (0..wanted * 2).map(|_| chance.int(0, parcels.len() as i64) as usize).filter(free).collect();
    let known: BTreeSet<usize> = charges.iter().map(|c| c.parcel).collect();
    let one = |parcel: usize| {
        let code = *chance.pick(&["mortgage", "mortgage", "mortgage", "mortgage", "block", "dispute"]);
        let on = as_of - Duration::days(chance.int(20, 2_000));
        Charge { parcel, code, note: super::cook::charge_note(code).to_owned(), on }
    };
    drawn.into_iter().filter(|i| !known.contains(i)).take(wanted).map(one).collect()
}

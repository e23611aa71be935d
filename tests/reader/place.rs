//! From what a file says about its CRS to the verdict on where its data lies.

use crate::kit::*;
use diaba::domain::layer::crs_guard::{CandidateKind, Corners, Judgement, Proof, Strictness, judge};
use diaba::gis::crs::{Base, Definition, Operation, Sample, Transformer, ZoneBook, candidates, recognise};
use diaba::gis::reader::{Format, Source, WriteTarget, write};
use geo::{MultiPolygon, Rect, coord};

fn book() -> ZoneBook {
    ZoneBook::load(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/zones.toml"))).unwrap()
}

async fn said(name: &str, format: Format, srs: &str) -> Result<(Definition, Vec<&'static str>), String> {
    let d = dir();
    let t = WriteTarget { srs: Some(srs.into()), ..target(d.path(), name, format) };
    write(&config(), &t, rows(3, b"x")).await.unwrap();
    let all = read(&Source::new(&t.path, format)).await.unwrap();
    let srs = all.header.srs.ok_or("none")?;
    recognise(&srs, &book()).map(|r| (r.definition, r.notes)).map_err(|e| e.code().to_owned())
}

const SHP: (&str, Format) = ("a.shp", Format::Shapefile);
const GPKG: (&str, Format) = ("a.gpkg", Format::Geopackage);
const TAB: (&str, Format) = ("a.tab", Format::MapinfoTab);

#[tokio::test]
async fn every_known_code_is_recognised_from_real_files() {
    for code in [5899, 9210, 9218, 3405, 3406, 32648, 4756, 4326] {
        for (name, format) in [SHP, GPKG] {
            let (found, _) = said(name, format, &format!("EPSG:{code}")).await.unwrap();
            assert_eq!(found, Definition::from_epsg(code), "{name}");
        }
    }
    // A TAB knows only parameters.
    assert_eq!(said(TAB.0, TAB.1, "EPSG:9210").await.unwrap().0, Definition::from_epsg(9210));
}

fn home_made(gcs: &str, datum: &str, cm: f64, k: f64, fe: f64) -> String {
    format!(
        r#"PROJCS["HN-2000 tinh",GEOGCS["{gcs}",DATUM["{datum}",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",{cm}],PARAMETER["scale_factor",{k}],PARAMETER["false_easting",{fe}],PARAMETER["false_northing",0],UNIT["metre",1]]"#
    )
}

#[tokio::test]
async fn home_made_definitions_count_by_their_parameters() {
    let vn = ("GCS_VN-2000", "D_VN_2000");
    let of = async |g: &str, d: &str, cm, k, fe| said(SHP.0, SHP.1, &home_made(g, d, cm, k, fe)).await;
    assert_eq!(of(vn.0, vn.1, 105.75, 0.9999, 500_000.0).await.unwrap().0, Definition::from_epsg(9210));
    let (d, notes) = of("WGS 84", "WGS_1984", 107.75, 0.9999, 500_000.0).await.unwrap();
    assert_eq!((d, notes), (Definition::from_epsg(5899), vec!["datum_not_vn2000"]));
    assert_eq!(of(vn.0, vn.1, 105.0, 0.9996, 500_000.0).await.unwrap().0, Definition::from_epsg(3405));
    assert_eq!(of("WGS 84", "WGS_1984", 111.0, 0.9996, 500_000.0).await.unwrap().0, Definition::from_epsg(32649));
    let odd = Base::Tm { central_meridian: 105.75, k0: 0.9996, shift: true };
    assert_eq!(of(vn.0, vn.1, 105.75, 0.9996, 500_000.0).await.unwrap().0, Definition::new(odd));
    assert_eq!(of(vn.0, vn.1, 105.8, 0.9999, 500_000.0).await.unwrap_err(), "crs_unknown");
    assert_eq!(of(vn.0, vn.1, 105.75, 0.9999, 600_000.0).await.unwrap_err(), "crs_unknown");
    assert_eq!(of("Pulkovo 1942", "Pulkovo_1942", 105.0, 0.9996, 500_000.0).await.unwrap_err(), "crs_unknown");
    assert_eq!(said(GPKG.0, GPKG.1, "EPSG:3857").await.unwrap_err(), "crs_unknown");
}

/// A commune of 3 x 3 km in Đà Nẵng, zone 5899, and a hundred points in it.
fn commune() -> (MultiPolygon<f64>, Vec<(f64, f64)>) {
    let (e, n) = (548_000.0, 1_775_000.0);
    let area = Rect::new(coord! {x: e, y: n}, coord! {x: e + 3000.0, y: n + 3000.0}).to_polygon();
    let at = |i: u32| (e + 5.0 + f64::from(i % 10) * 332.0, n + 5.0 + f64::from(i / 10) * 332.0);
    (MultiPolygon(vec![area]), (0..100).map(at).collect())
}

/// The commune's points as a file in `real` would hold them, declared as `declared`.
fn verdict(real: Definition, declared: Definition, min_share: f64) -> Judgement {
    let book = book();
    let zone = book.need(5899).unwrap();
    let (area, points) = commune();
    let points = points.iter().map(|p| invert(&book, &real, *p)).collect();
    let raw = Sample { points, more: vec![] };
    let all = candidates(&book, zone, &declared, &raw).unwrap();
    judge(&area, &Corners::default(), &all, Strictness { min_share, ..Strictness::default() })
}

/// Searches the raw numbers of `real` that lie at `goal` in zone 5899.
fn invert(book: &ZoneBook, real: &Definition, goal: (f64, f64)) -> (f64, f64) {
    let t = Transformer::to_zone(book, real, book.need(5899).unwrap()).unwrap();
    let (unit, mut p) = if real.is_degrees() { (1.0 / 108_000.0, (108.2, 16.05)) } else { (1.0, goal) };
    if real.swapped {
        p = (p.1, p.0);
    }
    for _ in 0..60 {
        let at = t.point(p.0, p.1).unwrap();
        let (dx, dy) = ((goal.0 - at.0) * unit, (goal.1 - at.1) * unit);
        p = if real.swapped { (p.0 + dy, p.1 + dx) } else { (p.0 + dx, p.1 + dy) };
    }
    p
}

fn refused(real: Definition, declared: Definition) -> (f64, CandidateKind, String) {
    match verdict(real, declared, 0.9) {
        Judgement::Refused { offset: Some(o), candidates, .. } if !candidates.is_empty() => {
            assert!(o.to_best);
            (o.distance, candidates[0].kind, candidates[0].definition.clone())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn data_in_its_zone_fits_and_so_does_data_rightly_declared_otherwise() {
    for code in [5899, 9217, 3406, 4326, 4756, 32649] {
        let d = Definition::from_epsg(code);
        assert_eq!(verdict(d, d, 0.9), Judgement::Fits { share_inside: 1.0, proof: Proof::Grid }, "{code}");
    }
}

#[test]
fn each_usual_mistake_is_refused_and_named() {
    let here = Definition::from_epsg(5899);
    let (m, kind, what) = refused(here, Definition::from_epsg(9216));
    assert!((26_000.0..28_000.0).contains(&m) && kind == CandidateKind::Zone && what == "EPSG:5899", "{m} {what}");
    let (m, kind, what) = refused(Definition::from_epsg(9217), here);
    assert!(m > 50_000.0 && kind == CandidateKind::Zone && what == "EPSG:9217", "{m} {what}");
    let (_, kind, what) = refused(Definition::from_epsg(3406), here);
    assert!(kind == CandidateKind::Utm && what == "EPSG:3406", "{what}");
    let (_, kind, _) = refused(Definition::from_epsg(4326), here);
    assert_eq!(kind, CandidateKind::Wgs84Degrees);
    let (_, kind, what) = refused(Definition::swapped(Base::Zone(5899)), here);
    assert_eq!((kind, what.as_str()), (CandidateKind::Swapped, "EPSG:5899;yx"));
    let scale = Base::Tm { central_meridian: 107.75, k0: 0.9996, shift: true };
    let (m, kind, _) = refused(Definition::new(scale), here);
    assert!((500.0..560.0).contains(&m) && kind == CandidateKind::WrongScale, "{m}");
}

/// Inside a commune so large that 225 m lead nowhere else, the centimetres tell.
#[test]
fn a_forgotten_datum_shift_is_refused_by_the_grid() {
    let internal = Base::Tm { central_meridian: 107.75, k0: 0.9999, shift: false };
    for (real, declared, metres) in [
        (Definition::new(internal), Definition::from_epsg(5899), 220.0..230.0),
        (Definition::from_epsg(4756), Definition::from_epsg(4326), 220.0..230.0),
        (Definition::from_epsg(4326), Definition::from_epsg(4756), 220.0..230.0),
        (Definition::by(Base::Wgs84, Operation::Epsg5194), Definition::from_epsg(4326), 0.6..0.9),
        (Definition::by(Base::Wgs84, Operation::Flipped), Definition::from_epsg(4326), 0.4..0.8),
        (Definition::by(Base::Zone(5899), Operation::Epsg5194), Definition::from_epsg(5899), 0.6..0.9),
    ] {
        let j = verdict(real, declared, 0.7);
        let Judgement::Refused { offset: Some(o), candidates, .. } = j else { panic!("{real} as {declared}: {j:?}") };
        assert!(metres.contains(&o.distance), "{real} as {declared}: {o:?}");
        let first: Definition = candidates[0].definition.parse().unwrap();
        assert!(first == real && candidates[0].on_grid, "{real} as {declared}: {candidates:?}");
    }
}

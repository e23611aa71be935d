//! Worked points with a tolerance of 2 mm, and the differences that the usual mistakes make.

use super::*;
use geo_types::{Geometry, polygon};

struct Worked {
    /// WGS 84.
    at: (f64, f64),
    /// VN-2000 geographic.
    vn: (f64, f64),
    zone: i32,
    /// Easting, northing.
    tm: (f64, f64),
    utm_code: i32,
    utm: (f64, f64),
    no_shift: (f64, f64),
    k0: (f64, f64),
    /// Meridian 15' further west.
    west: (f64, f64),
}

const POINTS: [Worked; 6] = [
    Worked {
        at: (105.852400, 21.028500),
        vn: (105.850517342, 21.029485969),
        zone: 5897,
        tm: (588404.837, 2326344.312),
        utm_code: 3405,
        utm: (588378.313, 2325646.339),
        no_shift: (196.28, -108.12),
        k0: (-26.52, -697.97),
        west: (25988.0, 159.0),
    },
    Worked {
        at: (106.700900, 10.776900),
        vn: (106.699113764, 10.777918499),
        zone: 9210,
        tm: (603797.261, 1191942.305),
        utm_code: 3405,
        utm: (685780.775, 1191939.200),
        no_shift: (195.71, -112.06),
        k0: (-31.14, -357.62),
        west: (27344.0, 96.0),
    },
    Worked {
        at: (108.220800, 16.067800),
        vn: (108.218978630, 16.068823787),
        zone: 5899,
        tm: (550175.080, 1777138.321),
        utm_code: 3406,
        utm: (202456.608, 1778548.173),
        no_shift: (195.13, -112.84),
        k0: (-15.05, -533.19),
        west: (26748.0, 77.0),
    },
    Worked {
        at: (106.314600, 20.941000),
        vn: (106.312719638, 20.941991475),
        zone: 9209,
        tm: (584525.063, 2316636.971),
        utm_code: 3405,
        utm: (636490.988, 2316286.629),
        no_shift: (196.13, -108.78),
        k0: (-25.36, -695.06),
        west: (26003.0, 152.0),
    },
    Worked {
        at: (109.196700, 12.238800),
        vn: (109.194913071, 12.239833739),
        zone: 9217,
        tm: (602805.660, 1353660.028),
        utm_code: 3406,
        utm: (303645.541, 1353730.108),
        no_shift: (194.83, -113.68),
        k0: (-30.84, -406.14),
        west: (27203.0, 108.0),
    },
    Worked {
        at: (105.150000, 9.176900),
        vn: (105.148218967, 9.177911330),
        zone: 9207,
        tm: (571236.003, 1014890.407),
        utm_code: 3405,
        utm: (516283.317, 1014525.013),
        no_shift: (195.94, -111.50),
        k0: (-21.37, -304.50),
        west: (27476.0, 59.0),
    },
];

fn book() -> ZoneBook {
    ZoneBook::parse(include_str!("../../../../data/zones.toml")).unwrap()
}

fn close(a: (f64, f64), b: (f64, f64), by: f64) {
    assert!((a.0 - b.0).abs() <= by && (a.1 - b.1).abs() <= by, "{a:?} is not {b:?} within {by}");
}

fn into_zone(d: Definition, w: &Worked, p: (f64, f64)) -> (f64, f64) {
    let b = book();
    Transformer::to_zone(&b, &d, b.need(w.zone).unwrap()).unwrap().point(p.0, p.1).unwrap()
}

#[test]
fn eighteen_zones_are_shipped() {
    let b = book();
    assert_eq!(b.iter().count(), 18);
    for z in b.iter() {
        assert!(z.from_wgs84.contains(&format!("+lon_0={} ", z.central_meridian.unwrap())), "{}", z.name);
        assert!(z.from_wgs84.contains("+x=-191.90441429") && z.from_wgs84.contains("+convention=coordinate_frame"));
    }
}

#[test]
fn worked_points_from_every_definition() {
    for w in &POINTS {
        for (d, p) in [
            (Definition::from_epsg(4326), w.at),
            (Definition::from_epsg(4756), w.vn),
            (Definition::from_epsg(w.utm_code), w.utm),
            (Definition::from_epsg(w.zone), w.tm),
            (Definition::swapped(Base::Zone(w.zone)), (w.tm.1, w.tm.0)),
        ] {
            close(into_zone(d, w, p), w.tm, 0.002);
        }
        let b = book();
        let back = Transformer::zone_to_wgs84(b.need(w.zone).unwrap()).point(w.tm.0, w.tm.1).unwrap();
        close(back, w.at, 2e-8);
        close(
            Transformer::to_wgs84(&b, &Definition::from_epsg(4756)).unwrap().point(w.vn.0, w.vn.1).unwrap(),
            w.at,
            2e-8,
        );
    }
}

#[test]
fn the_usual_mistakes_make_the_known_differences() {
    for w in &POINTS {
        let b = book();
        let z = b.need(w.zone).unwrap();
        let cm = z.central_meridian.unwrap();
        let off = |pipeline: String| {
            let (e, n) = Proj::new(&pipeline).unwrap().project(w.at, false).unwrap();
            (e - w.tm.0, n - w.tm.1)
        };
        close(off(format!("+proj=pipeline {FROM_DEG} +step {}", tm(cm, 0.9999))), w.no_shift, 0.01);
        close(off(z.from_wgs84.replace("+k=0.9999", "+k=0.9996")), w.k0, 0.01);
        close(off(z.from_wgs84.replace(&format!("+lon_0={cm} "), &format!("+lon_0={} ", cm - 0.25))), w.west, 1.0);
        let flipped = z.from_wgs84.replace("coordinate_frame", "position_vector");
        let (de, dn) = off(flipped);
        assert!((0.47..0.73).contains(&de) && (0.14..0.24).contains(&dn), "sign flipped: {de} {dn}");
    }
}

/// Easting and northing beside those of the national parameters (m).
#[test]
fn another_datum_operation_moves_a_point_by_its_known_metres() {
    let others =
        [(-0.688, 0.004), (-0.798, -0.046), (-0.731, -0.033), (-0.687, 0.001), (-0.770, -0.060), (-0.822, -0.037)];
    let flipped = [(0.721, 0.223), (0.507, 0.201), (0.622, 0.165), (0.720, 0.212), (0.541, 0.143), (0.471, 0.236)];
    for ((w, other), flip) in POINTS.iter().zip(others).zip(flipped) {
        for (op, d) in [(Operation::Epsg5194, other), (Operation::Flipped, flip)] {
            let p = into_zone(Definition::by(Base::Wgs84, op), w, w.at);
            close((p.0 - w.tm.0, p.1 - w.tm.1), d, 0.005);
            // Metres made by it are brought back to where they should be.
            close(into_zone(Definition::by(Base::Zone(w.zone), op), w, p), w.tm, 0.005);
        }
    }
}

#[test]
fn within_vn2000_no_datum_is_crossed() {
    let b = book();
    let (from, to) = (Definition::from_epsg(9210), b.need(5897).unwrap());
    let direct = Transformer::to_zone(&b, &from, to).unwrap();
    assert_eq!(direct.steps.len(), 1);
    assert!(!direct.steps[0].pipeline.contains("helmert"));
    let round = Transformer::to_zone(&b, &Definition::from_epsg(5897), b.need(9210).unwrap()).unwrap();
    let p = direct.point(603797.261, 1191942.305).unwrap();
    close(round.point(p.0, p.1).unwrap(), (603797.261, 1191942.305), 1e-6);
}

#[test]
fn utm_on_wgs84_crosses_the_datum() {
    // 32648 and 3405 differ by the datum shift alone, some 225 m.
    let w = &POINTS[0];
    let b = book();
    let to = b.need(w.zone).unwrap();
    let d = Transformer::to_zone(&b, &Definition::from_epsg(32648), to).unwrap();
    let p = d.point(w.utm.0, w.utm.1).unwrap();
    let apart = (p.0 - w.tm.0).hypot(p.1 - w.tm.1);
    assert!((220.0..230.0).contains(&apart), "{apart}");
}

#[test]
fn geometries_move_as_a_whole() {
    let b = book();
    let w = &POINTS[2];
    let t = Transformer::to_zone(&b, &Definition::from_epsg(4326), b.need(5899).unwrap()).unwrap();
    let g: Geometry<f64> = polygon![exterior: [(x: w.at.0, y: w.at.1), (x: 108.23, y: 16.07), (x: 108.22, y: 16.09)],
        interiors: [[(x: 108.222, y: 16.07), (x: 108.223, y: 16.07), (x: 108.222, y: 16.072)]]]
    .into();
    let Geometry::Polygon(moved) = t.geometry(g.clone()).unwrap() else { panic!() };
    close(moved.exterior().0[0].x_y(), w.tm, 0.002);
    let second = t.point(108.223, 16.07).unwrap();
    close(moved.interiors()[0].0[1].x_y(), second, 1e-9);
    let same = Transformer::to_zone(&b, &Definition::from_epsg(5899), b.need(5899).unwrap()).unwrap();
    assert!(same.is_identity());
    assert_eq!(same.geometry(g.clone()).unwrap(), g);
}

#[test]
fn what_has_no_place_is_named() {
    let b = book();
    let t = Transformer::to_zone(&b, &Definition::from_epsg(4326), b.need(5899).unwrap()).unwrap();
    assert!(matches!(t.point(f64::NAN, 1.0), Err(CrsError::OutOfDomain { .. })));
    assert_eq!(t.points(&mut [(108.0, 16.0), (1e300, 5.0)]), Err(CrsError::OutOfDomain { x: 1e300, y: 5.0 }));
    assert_eq!(
        Transformer::to_zone(&b, &Definition::from_epsg(2056), b.need(5899).unwrap()),
        Err(CrsError::NoZone(2056))
    );
}

#[test]
fn definitions_are_written_as_they_are_read() {
    for s in [
        "EPSG:9210",
        "EPSG:4326",
        "EPSG:4756",
        "EPSG:3406",
        "EPSG:32648",
        "EPSG:9210;yx",
        "TM:105.75/0.9996",
        "TM:105.75/0.9999/noshift",
        "EPSG:4326;op=5194",
        "EPSG:5899;op=flipped;yx",
    ] {
        assert_eq!(s.parse::<Definition>().unwrap().to_string(), s);
    }
    assert_eq!("9210".parse::<Definition>().unwrap(), Definition::from_epsg(9210));
    for s in [
        "",
        "EPSG:x",
        "TM:1",
        "TM:105/0.9999/shift",
        "TM:NaN/1",
        "+proj=tmerc",
        "EPSG:4326;op=1",
        "TM:105/0.9999/noshift;op=5194",
    ] {
        assert!(s.parse::<Definition>().is_err(), "{s}");
    }
}

#[test]
fn a_zone_of_another_country_is_only_data() {
    let swiss = r#"
[[zone]]
srid = 2056
name = "LV95"
kind = "other"
from_wgs84 = "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 +step +proj=cart +ellps=WGS84 +step +inv +proj=helmert +x=674.374 +y=15.056 +z=405.346 +step +inv +proj=cart +ellps=bessel +step +proj=pop +v_3 +step +proj=somerc +lat_0=46.95240555555556 +lon_0=7.439583333333333 +k_0=1 +x_0=2600000 +y_0=1200000 +ellps=bessel"
min_e = 2400000.0
min_n = 1000000.0
max_e = 2900000.0
max_n = 1400000.0
source = "test"
"#;
    let b = ZoneBook::parse(swiss).unwrap();
    let t = Transformer::to_zone(&b, &Definition::from_epsg(4326), b.need(2056).unwrap()).unwrap();
    // The projection's origin (old observatory of Bern) is 7 deg 26' 19.09" E, 46 deg 57' 3.90" N on WGS 84 within metres.
    close(t.point(7.438637, 46.951083).unwrap(), (2_600_000.0, 1_200_000.0), 5.0);
}

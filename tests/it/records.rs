//! Invented verifications for reports: nothing in the way, many hits, many vertices, no map, hostile names.

use diaba::app::Book;
use diaba::config::Config;
use diaba::domain::geom::{Metric, Zone};
use diaba::domain::paper::land_use::is_a;
use diaba::domain::paper::{Certificate, Holder, IdentityCard, Paper, Purpose, Sex, Term};
use diaba::domain::report::map::{Around, Neighbour, Road};
use diaba::domain::theme::{Effect, Family, Theme};
use diaba::domain::verify::{
    Basis, Candidate, CaseFacts, Facts, Feature, Gathered, LayerFacts, LayerPin, PaperFacts, ParcelFacts, ParcelRef,
    Record, RequiredPaper, Resolution, RuleSet, ScanFacts, ThemeFacts, ThemeSet, Wish, verify,
};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use std::sync::Arc;
use time::macros::date;
use uuid::Uuid;

const E: f64 = 550_000.0;
const N: f64 = 1_777_000.0;
const ZONE: Zone = Zone(5899);

/// A record with what lies around its parcel.
pub struct Sample {
    pub name: &'static str,
    pub record: Record,
    pub basis: Basis,
    pub around: Option<Around>,
}

/// The verdict by the shipped rules and the themes of the facts.
fn sample(name: &'static str, mut facts: Facts, around: Option<Around>) -> Sample {
    let themes = facts.themes.iter().map(|t| (*t.theme).clone()).collect();
    facts.theme_set = ThemeSet::of(themes).unwrap().into();
    let places = [facts.case.province.as_deref(), facts.case.old_province.as_deref()];
    let rules = RuleSet::in_force(&book().rules, facts.as_of, &places).unwrap();
    let record = verify(&facts, &rules);
    Sample { name, record, basis: Basis { rules: rules.into(), themes: facts.theme_set }, around }
}

pub fn book() -> Book {
    Book::load(&Config::with_defaults("postgres://unused", "unused").data).unwrap()
}

fn ring(points: &[(f64, f64)]) -> LineString<f64> {
    points.iter().map(|(x, y)| Coord { x: E + x, y: N + y }).collect()
}

fn area(points: &[(f64, f64)]) -> MultiPolygon<f64> {
    MultiPolygon(vec![Polygon::new(ring(points), vec![])])
}

fn rect(x: f64, y: f64, w: f64, h: f64) -> MultiPolygon<f64> {
    area(&[(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
}

fn everywhere() -> MultiPolygon<f64> {
    rect(-4000.0, -4000.0, 8000.0, 8000.0)
}

fn feature(fid: i64, code: Option<&str>, geom: Option<MultiPolygon<f64>>) -> Feature {
    let geom = geom.map(|g| Geometry::MultiPolygon(g).into());
    Feature { fid, key: None, code: code.map(Into::into), label: None, attrs: serde_json::Map::new(), geom }
}

fn layer(id: i64, theme: &str, coverage: MultiPolygon<f64>, features: Vec<Feature>) -> LayerFacts {
    let pin = LayerPin {
        layer_version_id: id,
        layer: format!("{theme}_20194"),
        number: 1 + (id % 3) as i32,
        content_hash: format!("{id:064x}"),
        source_name: format!("{theme}.gpkg"),
        source_date: date!(2026 - 11 - 20),
        decision: (id % 2 == 0).then(|| format!("{id}/QĐ-UBND")),
        accuracy_m: 0.3,
        scale: Some(2000),
        rows_bad: 0,
        rows_unplaced: 0,
        theme: None,
    };
    let set_aside = MultiPolygon(vec![]);
    LayerFacts {
        pin: Arc::new(pin),
        coverage,
        set_aside,
        ground: Arc::default(),
        features: Gathered::Read(features.into_iter().map(Arc::new).collect()),
    }
}

/// What a theme holds when nothing is in the way of a dwelling along a road.
fn free(theme: &Theme) -> Vec<Feature> {
    match theme.family {
        Family::Commune => vec![feature(1, Some("20194"), Some(everywhere()))],
        Family::Planning => {
            let fits = |c: &&String| theme.codes[*c].permits.iter().any(|p| is_a("ODT", p));
            vec![feature(1, theme.codes.keys().find(fits).map(String::as_str), Some(everywhere()))]
        }
        Family::Access => vec![feature(1, None, Some(rect(-300.0, -7.0, 900.0, 7.0)))],
        Family::Register => vec![Feature { key: Some("20194/12/345".into()), ..feature(1, None, None) }],
        _ => vec![],
    }
}

fn facts(themes: &[Theme], boundary: Option<MultiPolygon<f64>>) -> Facts {
    let asked =
        ParcelRef { commune_code: Some("20194".into()), commune_name: None, sheet: "12".into(), number: "345".into() };
    let measured = boundary.as_ref().map(geo::Area::unsigned_area).unwrap_or(300.0);
    let candidate = Candidate {
        zone: ZONE,
        parcel_id: Uuid::from_u128(1),
        commune_code: "20194".into(),
        sheet: "12".into(),
        number: "345".into(),
        score: 10,
        reasons: vec!["resolve-exact".into()],
    };
    let themes = themes.iter().filter(|t| t.family != Family::Parcel).enumerate().map(|(i, t)| ThemeFacts {
        theme: Arc::new(t.clone()),
        layers: vec![layer(10 + i as i64, &t.code, everywhere(), free(t))],
    });
    let area_m2 = (measured * 10.0).round() / 10.0;
    Facts {
        as_of: date!(2026 - 11 - 24),
        case: CaseFacts {
            id: Uuid::nil(),
            number: "HS-2026-000345".into(),
            procedure: "transfer".into(),
            required_papers: ["certificate", "identity_card"].map(needed).into(),
            wish: Wish::default(),
            province: Some("48".into()),
            old_province: Some("Đà Nẵng".into()),
        },
        papers: papers(&asked, area_m2),
        resolution: Resolution { asked, candidates: vec![candidate] },
        parcel: Some(ParcelFacts {
            zone: ZONE,
            keys: vec!["20194/12/345".into()],
            id: Uuid::from_u128(1),
            version: 1,
            row_hash: "00".into(),
            commune_code: "20194".into(),
            sheet: "12".into(),
            number: "345".into(),
            scale: Some(500),
            registered_area: Some(area_m2),
            land_use: vec!["ODT".into()],
            layer: boundary.is_some().then(|| layer(1, "cadastral", everywhere(), vec![]).pin),
            boundary: boundary.map(|b| Metric::new(ZONE, b)),
            accuracy_m: 0.1,
        }),
        neighbours: Gathered::Read(vec![]),
        themes: themes.collect(),
        theme_set: Arc::default(),
        other_cases: Gathered::Read(vec![]),
        readings: vec![],
    }
}

fn needed(kind: &str) -> RequiredPaper {
    RequiredPaper { kind: kind.into(), citation: "mẫu".into(), when: "always".into() }
}

fn papers(asked: &ParcelRef, area_m2: f64) -> Vec<PaperFacts> {
    let id_number = Some("001080000011".to_owned());
    let holder = Holder { name: "Nguyễn Văn Mẫu".into(), birth_year: Some(1980), id_number: id_number.clone() };
    let certificate = Paper::Certificate(Box::new(Certificate {
        serial: Some("CK 123456".into()),
        issued_on: Some(date!(2019 - 05 - 20)),
        issued_by: Some("UBND quận Thử Nghiệm".into()),
        holders: vec![holder],
        joint: Some(false),
        parcel: Some(asked.clone()),
        area_m2: Some(area_m2),
        purposes: vec![Purpose { code: "ODT".into(), area_m2: Some(area_m2), term: Some(Term::LongTerm) }],
        ..Default::default()
    }));
    let card = Paper::IdentityCard(IdentityCard {
        number: id_number,
        name: Some("Nguyễn Văn Mẫu".into()),
        birth_date: Some(date!(1980 - 03 - 15)),
        sex: Some(Sex::Male),
        ..Default::default()
    });
    let one = |(i, paper)| PaperFacts {
        id: Uuid::from_u128(10 + i),
        version: 1,
        sha256: format!("{:064x}", 77 + i),
        complete: true,
        paper,
        scan: Some(ScanFacts {
            sha256: "0".repeat(64),
            media_type: "image/jpeg".into(),
            bytes: 500_000,
            width: Some(1754),
            height: Some(1240),
        }),
    };
    [certificate, card].into_iter().enumerate().map(|(i, p)| one((i as u128, p))).collect()
}

/// A row of parcels on both sides of a road, and the road.
fn around(name: &str) -> Around {
    let mut neighbours = Vec::new();
    for (row, y) in [(0, 0.0), (1, 16.0), (2, -24.0), (3, 33.0)] {
        for i in -4i32..6 {
            if !(row == 0 && i == 0) {
                let number = (330 + row * 20 + i).to_string();
                neighbours.push(Neighbour { number, boundary: rect(f64::from(i) * 20.0, y, 20.0, 15.9) });
            }
        }
    }
    let road = Geometry::MultiPolygon(rect(-300.0, -7.0, 900.0, 7.0));
    Around { neighbours, roads: vec![Road { name: Some(name.into()), shape: road }] }
}

const DWELLING: &[(f64, f64)] = &[(0.0, 0.0), (20.0, 0.0), (20.0, 9.0), (18.2, 15.9), (0.0, 15.9)];

pub fn clean() -> Sample {
    let book = book();
    sample("clean", facts(&book.themes, Some(area(DWELLING))), Some(around("Đường Nguyễn Thử Nghiệm")))
}

/// Thirty-five restrictions on one parcel: overlapping, alike, tiny, partly covered, without layer.
pub fn crowded() -> Sample {
    let book = book();
    let mut facts = facts(&book.themes, Some(area(DWELLING)));
    let model = book.themes.iter().find(|t| t.family == Family::Protection).unwrap();
    for k in 0..35u32 {
        let (i, j) = (f64::from(k % 7), f64::from(k / 7));
        let mut theme = model.clone();
        theme.code = format!("thu_{k:02}");
        theme.title.vi = format!("Vùng hạn chế thử số {}", k + 1).into();
        theme.title.en = format!("Trial restriction {}", k + 1).into();
        theme.effect = [Effect::NeedsPerson, Effect::Blocks, Effect::NeedsPapers][k as usize % 3];
        theme.required = false;
        theme.family = Family::Restriction;
        let on = match k {
            30 => everywhere(),
            31 => rect(4.0, 4.0, 1.6, 1.4),
            _ => rect(i * 2.7 - 1.0, j * 3.1 - 0.5, 3.4 + i * 0.3, 2.6 + j * 0.4),
        };
        let layers = vec![layer(100 + i64::from(k), &theme.code, everywhere(), vec![feature(1, None, Some(on))])];
        facts.themes.push(ThemeFacts { theme: theme.into(), layers });
    }
    let half = |t: &mut ThemeFacts| t.layers[0].coverage = rect(-4000.0, -4000.0, 4008.0, 8000.0);
    facts.themes.iter_mut().filter(|t| t.theme.family == Family::Hazard).for_each(half);
    facts.themes.iter_mut().filter(|t| t.theme.family == Family::Recovery).for_each(|t| t.layers.clear());
    sample("crowded", facts, Some(around("Quốc lộ 14B")))
}

/// A parcel along a winding shore: 1,100 vertices, some a centimetre apart, and an island cut out.
pub fn ragged() -> Sample {
    let book = book();
    let turn = |k: u32, of: u32| f64::from(k) / f64::from(of) * std::f64::consts::TAU;
    let shore = (0..1060u32).map(|k| {
        let t = turn(k, 1060);
        let r = 120.0 + 14.0 * (t * 9.0).sin() + 3.0 * (t * 61.0).cos() + if k % 50 == 0 { 0.02 } else { 0.0 };
        (r * t.cos() * 1.25, r * t.sin())
    });
    let island: Vec<_> =
        (0..40u32).map(|k| (30.0 + 22.0 * turn(k, 40).cos(), 15.0 + 16.0 * turn(k, 40).sin())).collect();
    let shape = MultiPolygon(vec![Polygon::new(ring(&shore.collect::<Vec<_>>()), vec![ring(&island)])]);
    let mut facts = facts(&book.themes, Some(shape));
    let river = facts.themes.iter_mut().find(|t| t.theme.family == Family::Protection).unwrap();
    let Gathered::Read(list) = &mut river.layers[0].features else { panic!() };
    list.push(feature(9, None, Some(rect(-200.0, 60.0, 400.0, 100.0))).into());
    let neighbour =
        |i: i32| Neighbour { number: (500 + i).to_string(), boundary: rect(f64::from(i) * 90.0, 150.0, 90.0, 70.0) };
    let way = Geometry::LineString(ring(&[(-250.0, -190.0), (-60.0, -150.0), (250.0, -160.0)]));
    let roads = vec![Road { name: Some("Đường ven đầm".into()), shape: way }];
    sample("ragged", facts, Some(Around { neighbours: (-4..4).map(neighbour).collect(), roads }))
}

/// In the register, not on the map.
pub fn unmapped() -> Sample {
    let book = book();
    sample("unmapped", facts(&book.themes, None), None)
}

/// Names that would be markup, or would not fit.
pub fn hostile(text: &str) -> Sample {
    let book = book();
    let mut facts = facts(&book.themes, Some(area(DWELLING)));
    facts.case.number = text.into();
    for theme in &mut facts.themes {
        Arc::make_mut(&mut theme.theme).title.vi = text.into();
        Arc::make_mut(&mut theme.layers[0].pin).source_name = text.into();
    }
    let parcel = facts.parcel.as_mut().unwrap();
    (parcel.number, parcel.sheet) = (text.into(), text.into());
    sample("hostile", facts, Some(around(text)))
}

pub fn all() -> Vec<Sample> {
    vec![clean(), crowded(), ragged(), unmapped()]
}

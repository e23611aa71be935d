//! Facts built quickly, for tests: a square parcel, the shipped rules and themes, layers around it.

use super::Context;
use crate::domain::geom::{Metric, Zone};
use crate::domain::paper::Paper;
use crate::domain::rule::RuleBook;
use crate::domain::theme::Theme;
use crate::domain::verify::*;
use geo_types::{Geometry, MultiPolygon};
use std::sync::Arc;
use time::{Date, macros::date};
use uuid::Uuid;
use wkt::TryFromWkt;

pub const ZONE: Zone = Zone(5897);
pub const AS_OF: Date = date!(2026 - 11 - 23);

pub fn rules() -> RuleBook {
    RuleBook::from_toml(&[
        ("parcel.toml", include_str!("../../../data/rules/parcel.toml")),
        ("planning.toml", include_str!("../../../data/rules/planning.toml")),
        ("split.toml", include_str!("../../../data/rules/split.toml")),
    ])
    .unwrap()
}

pub fn themes() -> Vec<Theme> {
    Theme::from_toml("themes.toml", include_str!("../../../data/themes.toml"), &rules()).unwrap()
}

pub fn theme_set() -> Arc<ThemeSet> {
    Arc::new(ThemeSet::of(themes()).unwrap())
}

pub fn theme(code: &str) -> Theme {
    themes().into_iter().find(|t| t.code == code).unwrap_or_else(|| panic!("no theme {code}"))
}

pub fn geometry(wkt: &str) -> Geometry<f64> {
    Geometry::try_from_wkt_str(wkt).unwrap_or_else(|e| panic!("{wkt}: {e}"))
}

pub fn polygons(wkt: &str) -> MultiPolygon<f64> {
    match geometry(wkt) {
        Geometry::Polygon(p) => MultiPolygon(vec![p]),
        Geometry::MultiPolygon(m) => m,
        Geometry::GeometryCollection(_) => MultiPolygon(vec![]),
        other => panic!("not a polygon: {other:?}"),
    }
}

/// An upright rectangle as WKT: lower left corner, width, height.
pub fn rect(x: f64, y: f64, w: f64, h: f64) -> String {
    let (r, t) = (x + w, y + h);
    format!("POLYGON(({x} {y},{r} {y},{r} {t},{x} {t},{x} {y}))")
}

/// A parcel of 20 by 15 m (300 m²) at the origin, map scale 1:500, urban residential, in Hà Nội; no papers, no themes.
pub fn facts() -> Facts {
    Facts {
        as_of: AS_OF,
        case: CaseFacts {
            id: Uuid::nil(),
            number: "HS-1".into(),
            procedure: "transfer".into(),
            required_papers: vec![],
            wish: Wish::default(),
            province: Some("01".into()),
            old_province: Some("Hà Nội".into()),
        },
        papers: vec![],
        resolution: Resolution {
            asked: ParcelRef {
                commune_code: Some("00001".into()),
                commune_name: None,
                sheet: "12".into(),
                number: "34".into(),
            },
            candidates: vec![candidate(10)],
        },
        parcel: Some(parcel(&rect(0.0, 0.0, 20.0, 15.0))),
        neighbours: Gathered::Read(vec![]),
        themes: vec![],
        theme_set: theme_set(),
        other_cases: Gathered::Read(vec![]),
        readings: vec![],
    }
}

pub fn candidate(score: i32) -> Candidate {
    Candidate {
        zone: ZONE,
        parcel_id: Uuid::from_u128(1),
        commune_code: "00001".into(),
        sheet: "12".into(),
        number: "34".into(),
        score,
        reasons: vec!["resolve-exact".into()],
    }
}

pub fn parcel(wkt: &str) -> ParcelFacts {
    ParcelFacts {
        zone: ZONE,
        id: Uuid::from_u128(1),
        version: 1,
        row_hash: "00".into(),
        commune_code: "00001".into(),
        sheet: "12".into(),
        number: "34".into(),
        scale: Some(500),
        registered_area: Some(300.0),
        land_use: vec!["ODT".into()],
        boundary: Some(Metric::new(ZONE, polygons(wkt))),
        accuracy_m: 0.1,
        layer: None,
        keys: vec!["00001/12/34".into(), "00009/5/8".into()],
    }
}

pub fn paper(n: u128, paper: Paper) -> PaperFacts {
    PaperFacts { id: Uuid::from_u128(n), version: 1, sha256: "00".into(), complete: true, paper, scan: None }
}

/// A theme of `data/themes.toml` with its layers.
pub fn themed(code: &str, layers: Vec<LayerFacts>) -> ThemeFacts {
    ThemeFacts { theme: theme(code).into(), layers }
}

/// A layer of today that covers everything around the parcel, accuracy 0.3 m.
pub fn layer(id: i64, features: Vec<Feature>) -> LayerFacts {
    LayerFacts {
        pin: Arc::new(LayerPin {
            layer_version_id: id,
            layer: format!("layer-{id}"),
            number: 1,
            content_hash: "00".into(),
            source_name: "test".into(),
            source_date: AS_OF,
            decision: None,
            accuracy_m: 0.3,
            scale: None,
            rows_bad: 0,
            rows_unplaced: 0,
            theme: None,
        }),
        set_aside: geo_types::MultiPolygon(vec![]),
        ground: Arc::default(),
        coverage: polygons(&rect(-1000.0, -1000.0, 3000.0, 3000.0)),
        features: Gathered::Read(features.into_iter().map(Arc::new).collect()),
    }
}

pub fn feature(fid: i64, code: Option<&str>, wkt: &str) -> Feature {
    Feature {
        fid,
        key: None,
        code: code.map(str::to_owned),
        label: None,
        attrs: serde_json::Map::new(),
        geom: Some(geometry(wkt).into()),
    }
}

/// Runs one check on the facts with the shipped rules.
pub fn run(check: fn(&Context<'_>) -> Vec<Finding>, facts: &Facts) -> Vec<Finding> {
    check(&Context::new(facts, &rules()))
}

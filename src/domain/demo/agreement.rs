//! The truth against the checks, in memory: facts are made from the files as the import would make them. The way through
//! GDAL and the database has its own test.

use super::*;
use crate::domain::check::{CHECKS, Context};
use crate::domain::geom::Metric;
use crate::domain::layer::profile;
use crate::domain::layer::row::{Cell, Reading, Row};
use crate::domain::paper::Paper;
use crate::domain::rule::RuleBook;
use crate::domain::theme::{Family, Theme};
use crate::domain::verify::*;
use geo::{BoundingRect, Centroid, Intersects};
use geo_types::{Geometry, MultiPolygon, Rect};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

fn rules() -> RuleBook {
    RuleBook::from_toml(&[
        ("parcel", include_str!("../../../data/rules/parcel.toml")),
        ("planning", include_str!("../../../data/rules/planning.toml")),
        ("split", include_str!("../../../data/rules/split.toml")),
        ("papers", include_str!("../../../data/rules/papers.toml")),
        ("encumbrance", include_str!("../../../data/rules/encumbrance.toml")),
    ])
    .unwrap()
}

struct Stored {
    layer: i64,
    row: Row,
    fid: i64,
    geom: Option<Geometry<f64>>,
    bounds: Option<Rect<f64>>,
}

struct Store<'a> {
    ward: &'a Ward,
    rules: RuleBook,
    themes: Vec<Theme>,
    rows: Vec<Stored>,
    /// Parcels by every key they go by.
    keys: BTreeMap<String, Vec<usize>>,
    serials: BTreeMap<String, usize>,
}

impl<'a> Store<'a> {
    fn new(ward: &'a Ward) -> Self {
        let rules = rules();
        let themes = Theme::from_toml("themes", include_str!("../../../data/themes.toml"), &rules).unwrap();
        let mut s = Self { ward, rules, themes, rows: vec![], keys: BTreeMap::new(), serials: BTreeMap::new() };
        let aside: BTreeSet<_> =
            ward.import_truth.iter().filter(|t| t.set_aside).map(|t| (t.file.as_str(), t.row)).collect();
        for (layer, file) in ward.files.iter().enumerate() {
            s.import(layer as i64, file, &aside);
        }
        for c in &ward.cases {
            if let Paper::Certificate(g) = &c.papers[0].paper {
                *s.serials.entry(g.serial.clone().unwrap_or_default()).or_default() += 1;
            }
        }
        s
    }

    fn import(&mut self, layer: i64, file: &DemoFile, aside: &BTreeSet<(&str, usize)>) {
        let theme = self.themes.iter().find(|t| t.code == file.theme).unwrap().clone();
        let p = profile::by_name(file.profile).unwrap();
        let columns: Vec<String> = file.fields.iter().map(|f| f.0.to_owned()).collect();
        let mapping = profile::map(p, &columns, &BTreeMap::new()).unwrap();
        let reading = Reading {
            mapping: &mapping,
            theme: &theme,
            separators: &p.separators,
            commune: None,
            knows_land_use: |_| true,
            columns: &columns,
        };
        for (i, (geom, values)) in file.rows.iter().enumerate() {
            if aside.contains(&(file.name.as_str(), i + 1)) {
                continue;
            }
            let cells: Vec<Cell> = values.iter().map(cell).collect();
            let (row, remarks) = reading.read(&cells);
            assert!(remarks.iter().all(|r| !r.set_aside), "{} row {}: {remarks:?}", file.name, i + 1);
            if theme.family == Family::Parcel {
                let text = |k: &str| row.attrs.get(k).and_then(|v| v.as_str()).map(str::to_owned);
                let now = |k: &str| text(k).unwrap_or_default();
                let was = |old: &str, k: &str| text(old).unwrap_or_else(|| now(k));
                let written = format!(
                    "{}/{}/{}",
                    was("old_commune", "commune"),
                    was("old_sheet", "sheet"),
                    was("old_number", "number")
                );
                for key in [format!("{}/{}/{}", now("commune"), now("sheet"), now("number")), written] {
                    self.keys.entry(key).or_default().push(self.rows.len());
                }
            }
            let bounds = geom.as_ref().and_then(BoundingRect::bounding_rect);
            self.rows.push(Stored { layer, row, fid: i as i64 + 1, geom: geom.clone(), bounds });
        }
    }

    fn pin(&self, layer: i64) -> Arc<LayerPin> {
        let f = &self.ward.files[layer as usize];
        Arc::new(LayerPin {
            layer_version_id: layer,
            layer: f.layer.clone(),
            number: 1,
            content_hash: String::new(),
            source_name: f.name.clone(),
            source_date: f.source_date,
            decision: f.decision.clone(),
            accuracy_m: f.accuracy_m,
            scale: f.scale,
            rows_bad: 0,
            rows_unplaced: 0,
            theme: (f.accuracy_m <= 0.0).then(|| f.theme.to_owned()),
        })
    }

    /// Candidates under the certificate's name for the parcel; the nearest to its vertices, or in area, comes first.
    fn resolve(&self, c: &DemoCase) -> Vec<usize> {
        let a = &c.asked;
        let code = a.commune_code.clone().or_else(|| {
            let by_name = |s: &&DemoSuccession| Some(&s.old_name) == a.commune_name.as_ref();
            self.ward.succession.iter().find(by_name).map(|s| s.old_code.clone())
        });
        let key = format!("{}/{}/{}", code.unwrap_or_default(), a.sheet, a.number);
        let mut found = self.keys.get(&key).cloned().unwrap_or_default();
        let Paper::Certificate(g) = &c.papers[0].paper else { return found };
        let centre = g.ring().and_then(|r| r.centroid());
        let far = |i: &usize| match (centre, self.rows[*i].geom.as_ref().and_then(Centroid::centroid)) {
            (Some(a), Some(b)) => (a.x() - b.x()).hypot(a.y() - b.y()),
            _ => 0.0,
        };
        found.sort_by(|a, b| far(a).total_cmp(&far(b)));
        found
    }

    fn facts(&self, c: &DemoCase) -> Facts {
        let found = self.resolve(c);
        let me = found.first().map(|i| &self.rows[*i]);
        let near = |by: f64, b: &Rect<f64>| {
            me.and_then(|m| m.bounds).is_some_and(|m| {
                Rect::new((m.min().x - by, m.min().y - by), (m.max().x + by, m.max().y + by)).intersects(b)
            })
        };
        let candidates = found.iter().enumerate().map(|(k, i)| Candidate {
            zone: self.ward.zone,
            parcel_id: Uuid::from_u128(*i as u128),
            commune_code: String::new(),
            sheet: String::new(),
            number: String::new(),
            score: 100 - k as i32,
            reasons: vec![],
        });
        let parcel = |s: &Stored| self.ward.files[s.layer as usize].theme == "cadastral";
        let neighbours = self.rows.iter().filter(|s| parcel(s) && !me.is_some_and(|m| std::ptr::eq(m, *s)));
        let neighbours = neighbours.filter(|s| s.bounds.is_some_and(|b| near(2.0, &b))).filter_map(|s| {
            Some(Neighbour {
                id: Uuid::nil(),
                version: 1,
                row_hash: String::new(),
                sheet: "".into(),
                number: s.fid.to_string(),
                boundary: shape(s.geom.as_ref()?)?.into(),
            })
        });
        let own =
            self.keys.iter().filter(|(_, v)| found.first().is_some_and(|i| v.contains(i))).map(|(k, _)| k.clone());
        let own: BTreeSet<String> = own.collect();
        let layer = |layer: usize| {
            let rows = self.rows.iter().filter(|s| s.layer == layer as i64);
            let here = rows.filter(|s| {
                s.row.key.as_ref().is_some_and(|k| own.contains(k)) || s.bounds.is_some_and(|b| near(60.0, &b))
            });
            let features = here.map(|s| Feature {
                fid: s.fid,
                key: s.row.key.clone(),
                code: s.row.code.clone(),
                label: s.row.label.clone(),
                attrs: s.row.attrs.clone(),
                geom: s.geom.clone().map(Into::into),
            });
            let f = &self.ward.files[layer];
            LayerFacts {
                pin: self.pin(layer as i64),
                coverage: f.coverage.clone(),
                set_aside: geo_types::MultiPolygon(vec![]),
                ground: Arc::default(),
                features: Gathered::Read(features.map(Arc::new).collect()),
            }
        };
        let themes = self.themes.iter().filter(|t| t.family != Family::Parcel).map(|t| ThemeFacts {
            theme: t.clone().into(),
            layers: (0..self.ward.files.len()).filter(|i| self.ward.files[*i].theme == t.code).map(layer).collect(),
        });
        let themes: Vec<ThemeFacts> = themes.collect();
        let rival =
            OtherCase { number: "x".into(), procedure: c.procedure.into(), same_certificate: true, same_parcel: true };
        let serial = match &c.papers[0].paper {
            Paper::Certificate(g) => g.serial.clone().unwrap_or_default(),
            _ => String::new(),
        };
        let twice = self.serials.get(&serial).is_some_and(|n| *n > 1);
        Facts {
            as_of: self.ward.as_of,
            case: CaseFacts {
                id: Uuid::nil(),
                number: "demo".into(),
                procedure: c.procedure.into(),
                required_papers: ["certificate", "identity_card"]
                    .map(|kind| RequiredPaper { kind: kind.into(), citation: String::new(), when: "always".into() })
                    .into(),
                wish: c.wish.clone(),
                province: None,
                old_province: self.ward.succession.first().map(|s| s.province.clone()),
            },
            papers: c.papers.iter().enumerate().map(|(i, p)| paper(i, p)).collect(),
            resolution: Resolution { asked: c.asked.clone(), candidates: candidates.collect() },
            parcel: me.map(|m| ParcelFacts { keys: own.iter().cloned().collect(), ..self.parcel(m) }),
            neighbours: Gathered::Read(neighbours.map(Arc::new).collect()),
            themes,
            theme_set: Default::default(),
            other_cases: Gathered::Read(if twice { vec![rival] } else { vec![] }),
            readings: vec![],
        }
    }

    fn parcel(&self, s: &Stored) -> ParcelFacts {
        let text = |k: &str| s.row.attrs.get(k).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let uses = s.row.attrs.get("land_use").and_then(|v| v.as_array()).cloned().unwrap_or_default();
        ParcelFacts {
            zone: self.ward.zone,
            id: Uuid::from_u128(self.rows.iter().position(|r| std::ptr::eq(r, s)).unwrap_or(usize::MAX) as u128),
            version: 1,
            row_hash: String::new(),
            commune_code: text("commune"),
            sheet: text("sheet"),
            number: text("number"),
            scale: self.ward.files[s.layer as usize].scale,
            registered_area: s.row.attrs.get("registered_area").and_then(|v| v.as_f64()),
            land_use: uses.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
            boundary: s.geom.as_ref().and_then(shape).map(|g| Metric::new(self.ward.zone, g)),
            accuracy_m: 0.1,
            layer: Some(self.pin(s.layer)),
            keys: vec![],
        }
    }
}

fn cell(v: &Value) -> Cell {
    match v {
        Value::Null => Cell::Null,
        Value::Int(i) => Cell::Int(*i),
        Value::Real(r) => Cell::Real(*r),
        Value::Text(t) => Cell::Text(t.clone()),
        Value::Date(d) => Cell::Text(d.to_string()),
    }
}

fn shape(g: &Geometry<f64>) -> Option<MultiPolygon<f64>> {
    match g {
        Geometry::Polygon(p) => Some(MultiPolygon(vec![p.clone()])),
        Geometry::MultiPolygon(m) => Some(m.clone()),
        _ => None,
    }
}

fn paper(i: usize, p: &DemoPaper) -> PaperFacts {
    let scan = |(w, h): (u32, u32)| ScanFacts {
        sha256: String::new(),
        media_type: "image/png".into(),
        bytes: 50_000,
        width: Some(w),
        height: Some(h),
    };
    PaperFacts {
        id: Uuid::from_u128(i as u128),
        version: 1,
        sha256: String::new(),
        complete: true,
        paper: p.paper.clone(),
        scan: p.scan.map(scan),
    }
}

/// The finding a row of the truth speaks of: that of its subject, or the heaviest of the check.
fn meant<'a>(row: &TruthRow, found: &'a [Finding]) -> Option<&'a Finding> {
    let subject = row.subject.as_ref().map(|s| match s.strip_prefix("paper:") {
        Some(i) => Uuid::from_u128(i.parse().unwrap()).to_string(),
        None => s.clone(),
    });
    let mine = found.iter().filter(|f| f.check == row.check && subject.as_ref().is_none_or(|s| *s == f.subject));
    let weight = |v: Verdict| match v {
        Verdict::Hit => 3,
        Verdict::Failed | Verdict::StaleSource | Verdict::PartlyCovered | Verdict::NotCovered => 2,
        Verdict::Clear => 1,
        Verdict::NotApplicable => 0,
    };
    mine.max_by_key(|f| (weight(f.verdict), f.effect))
}

/// How many rows were compared, and those that differ.
fn compare(ward: &Ward) -> (usize, Vec<String>) {
    let store = Store::new(ward);
    let mut wrong = Vec::new();
    let mut told = 0;
    for c in ward.cases.iter().filter(|c| c.refused.is_none()) {
        let facts = store.facts(c);
        let cx = Context::new(&facts, &store.rules);
        let found: Vec<Finding> = CHECKS.iter().flat_map(|check| (check.run)(&cx)).collect();
        for row in ward.truth.iter().filter(|t| t.case == c.index) {
            told += 1;
            let f = meant(row, &found);
            let verdict = f.map(|f| f.verdict);
            let area = |f: &&Finding| match (row.area_m2, f.measured) {
                (Some(a), Some(q)) if row.check.starts_with("planning.") => (a - q.value).abs() <= (a * 0.001).max(0.1),
                _ => true,
            };
            let right =
                f.is_some_and(|f| row.verdicts.contains(&f.verdict) && f.effect >= row.effect_at_least && area(&f));
            if !right {
                let told = f.map(|f| {
                    (
                        f.message.key.clone(),
                        f.measured,
                        f.effect,
                        f.details.iter().map(|d| d.key.clone()).collect::<Vec<_>>(),
                    )
                });
                wrong.push(format!(
                    "{} {:?} {} {:?}: {:?} {:?} not {:?} ({told:?})",
                    c.what, row.parcel, row.check, row.subject, row.verdicts, row.area_m2, verdict
                ));
            }
        }
    }
    (told, wrong)
}

#[test]
fn a_small_ward_is_judged_as_told() {
    let (told, wrong) = compare(&generate(5, 400));
    assert!(told > 1_500 && wrong.is_empty(), "{} of {told} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_ward_is_judged_as_told() {
    let (told, wrong) = compare(&generate(1, 8000));
    assert!(told > 10_000 && wrong.is_empty(), "{} of {told} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The comparison itself: a truth that is turned round is found out row by row.
#[test]
fn a_wrong_truth_is_found_out() {
    let mut ward = generate(5, 400);
    for row in &mut ward.truth {
        row.verdicts = [Verdict::Hit, Verdict::Clear].into_iter().filter(|v| !row.verdicts.contains(v)).collect();
    }
    let (told, wrong) = compare(&ward);
    assert_eq!(told, ward.truth.len());
    let either = ward.truth.iter().filter(|r| r.verdicts.len() != 1).count();
    assert!(wrong.len() + either >= told, "{} of {told}", wrong.len());
}

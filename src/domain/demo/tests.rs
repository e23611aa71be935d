use super::*;
use crate::domain::paper::Paper;
use crate::domain::verify::Verdict;
use geo::{Area, BooleanOps, BoundingRect, LinesIter, Validation};
use geo_types::{Geometry, MultiPolygon, Polygon};
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static LARGE: LazyLock<Ward> = LazyLock::new(|| generate(1, 8000));
static SMALL: LazyLock<Ward> = LazyLock::new(|| generate(1, 300));

fn hash(w: &Ward) -> String {
    hex::encode(Sha256::digest(format!("{w:?}")))
}

fn cadastral(w: &Ward) -> impl Iterator<Item = &DemoFile> {
    w.files.iter().filter(|f| f.theme == "cadastral")
}

fn polygons(w: &Ward) -> Vec<(MultiPolygon<f64>, &Vec<Value>)> {
    let shape = |g: &Geometry<f64>| match g {
        Geometry::Polygon(p) => Some(MultiPolygon(vec![p.clone()])),
        Geometry::MultiPolygon(m) => Some(m.clone()),
        _ => None,
    };
    cadastral(w).flat_map(|f| &f.rows).filter_map(|(g, v)| Some((shape(g.as_ref()?)?, v))).collect()
}

#[test]
fn same_seed_same_ward() {
    assert_eq!(hash(&SMALL), hash(&generate(1, 300)));
    assert_ne!(hash(&SMALL), hash(&generate(2, 300)));
}

#[test]
fn it_looks_like_real_parcels() {
    let all = polygons(&LARGE);
    let mut vertices: Vec<usize> = all.iter().map(|(m, _)| m.0[0].exterior().0.len() - 1).collect();
    let mut edges: Vec<f64> = all.iter().flat_map(|(m, _)| m.lines_iter()).map(|l| l.dx().hypot(l.dy())).collect();
    vertices.sort_unstable();
    edges.sort_by(f64::total_cmp);
    assert!((7600..8500).contains(&all.len()), "{}", all.len());
    assert_eq!(vertices[vertices.len() / 2], 6);
    assert!((900..1400).contains(vertices.last().unwrap()), "{:?}", vertices.last());
    let median = edges[edges.len() / 2];
    assert!((4.0..4.7).contains(&median), "{median}");
    let share = |n: usize, of: usize| n as f64 / of as f64;
    let tiny = share(edges.iter().filter(|e| **e < 0.1).count(), edges.len());
    assert!((0.008..0.025).contains(&tiny), "{tiny}");
    let text = |v: &[Value], i: usize| matches!(&v[i], Value::Text(t) if t == "ODT");
    let odt = share(all.iter().filter(|(_, v)| text(v, 6)).count(), all.len());
    assert!((0.93..0.955).contains(&odt), "{odt}");
    let combined = all.iter().filter(|(_, v)| matches!(&v[6], Value::Text(t) if t.contains('+'))).count();
    assert!((0.007..0.014).contains(&share(combined, all.len())), "{combined}");
    let slivers = all.iter().filter(|(m, _)| m.unsigned_area() < 0.5).count();
    assert!((0.0035..0.0075).contains(&share(slivers, all.len())), "{slivers}");
    let close =
        |m: &MultiPolygon<f64>, v: &[Value]| matches!(v[5], Value::Real(r) if (r - m.unsigned_area()).abs() <= 0.0501);
    let close = all.iter().filter(|(m, v)| close(m, v)).count();
    assert!(share(close, all.len()) > 0.985, "{close}");
}

#[test]
fn faults_are_counted() {
    let count = |r: Reason| LARGE.import_truth.iter().filter(|t| t.reason == r).count();
    assert_eq!(count(Reason::NullGeometry), 3);
    assert_eq!(count(Reason::SelfCrossing), 4);
    assert_eq!(count(Reason::MissingNumber), 4);
    assert_eq!(count(Reason::UnknownLandCode), 5);
    assert_eq!(count(Reason::Overlap), 8);
    assert_eq!(count(Reason::Gap), 6);
    assert!((65..80).contains(&count(Reason::DuplicateKey)), "{}", count(Reason::DuplicateKey));
    assert!(count(Reason::OutsideCommune) >= 1);
    let nulls: usize = cadastral(&LARGE).flat_map(|f| &f.rows).filter(|(g, _)| g.is_none()).count();
    assert_eq!(nulls, 3);
    let invalid = polygons(&LARGE).iter().filter(|(m, _)| !m.is_valid()).count();
    assert_eq!(invalid, 4, "only the planted ones cross themselves");
}

/// Everything else than the planted faults fits to the bit: parcels, streets and river together fill the board.
#[test]
fn neighbours_share_their_vertices() {
    let l = layout::Layout::new(3, 2000);
    let faces = l.plots.iter().map(|p| &p.face).chain(l.roads.iter().map(|r| &r.face));
    let shapes: Vec<Polygon<f64>> = faces.map(|f| l.mesh.surveyed(f, &l.warp)).collect();
    assert!(shapes.iter().all(Validation::is_valid));
    let boxes = shapes.iter().enumerate().filter_map(|(i, p)| {
        let b = p.bounding_rect()?;
        Some(GeomWithData::new(Rectangle::from_corners([b.min().x, b.min().y], [b.max().x, b.max().y]), i))
    });
    let tree = RTree::bulk_load(boxes.collect());
    let (mut overlap, mut touching) = (0.0, 0);
    for (i, p) in shapes.iter().enumerate() {
        let Some(b) = p.bounding_rect() else { continue };
        let near = AABB::from_corners([b.min().x, b.min().y], [b.max().x, b.max().y]);
        for j in tree.locate_in_envelope_intersecting(near).map(|g| g.data).filter(|j| *j > i) {
            overlap += p.intersection(&shapes[j]).unsigned_area();
            touching += 1;
        }
    }
    assert!(touching > shapes.len());
    assert!(overlap < 0.01, "{overlap} m² lie twice");
    let all: Vec<_> = shapes.iter().cloned().chain([l.mesh.surveyed(&(&l.river).into(), &l.warp)]).collect();
    let whole = geo::unary_union(&all);
    assert_eq!(whole.0.len(), 1, "one piece");
    let holes: f64 = whole.0[0].interiors().iter().map(|h| Polygon::new(h.clone(), vec![]).unsigned_area()).sum();
    assert!(holes < 0.01, "{holes} m² belong to nobody");
}

#[test]
fn rows_fit_fields_and_files_fit_drivers() {
    for w in [&*SMALL, &*LARGE] {
        let mut names = BTreeSet::new();
        for f in &w.files {
            assert!(names.insert(&f.name), "{} twice", f.name);
            assert!(f.coverage.is_valid(), "{}", f.name);
            assert!(f.rows.iter().all(|(_, v)| v.len() == f.fields.len()), "{}", f.name);
            assert!(f.theme == "airport" || f.name.contains("2009") || !f.rows.is_empty(), "{}", f.name);
            if f.driver == "ESRI Shapefile" {
                assert!(f.fields.iter().all(|(n, _)| n.len() <= 10), "{}", f.name);
            }
            if f.theme != "cadastral" {
                assert!(f.rows.iter().flat_map(|(g, _)| g).all(Validation::is_valid), "{}", f.name);
            }
        }
        let drivers: BTreeSet<_> = w.files.iter().map(|f| f.driver).collect();
        assert_eq!(drivers.len(), 5, "{drivers:?}");
    }
}

#[test]
fn zones_cover_all_but_the_corner_and_do_not_overlap() {
    let file = LARGE.files.iter().find(|f| f.theme == "landuse_plan").unwrap();
    let zones: Vec<MultiPolygon<f64>> =
        file.rows.iter().filter_map(|(g, _)| Some(MultiPolygon(vec![Polygon::try_from(g.clone()?).ok()?]))).collect();
    let sum: f64 = zones.iter().map(Area::unsigned_area).sum();
    let union = geo::unary_union(&zones).unsigned_area();
    assert!((sum - union).abs() < 0.05, "{sum} {union}");
    assert!((union - file.coverage.unsigned_area()).abs() < 300.0, "{union} {}", file.coverage.unsigned_area());
}

#[test]
fn every_recipe_finds_a_place() {
    for (w, rare) in [(&*LARGE, 0), (&*SMALL, 12)] {
        let made: BTreeSet<&str> = w.cases.iter().map(|c| c.what).collect();
        let all: BTreeSet<&str> = recipe::Recipe::amounts(400).into_iter().map(|(r, _)| r.name()).collect();
        let lacking: Vec<_> = all.difference(&made).collect();
        assert!(lacking.len() <= rare, "{lacking:?}");
    }
    assert!((380..=410).contains(&LARGE.cases.len()), "{}", LARGE.cases.len());
    let parcels: Vec<_> =
        LARGE.cases.iter().filter(|c| c.what != "same_certificate").filter_map(|c| c.parcel.as_ref()).collect();
    assert_eq!(parcels.iter().collect::<BTreeSet<_>>().len(), parcels.len(), "no parcel in two cases");
}

#[test]
fn truth_is_told_for_every_case() {
    for c in &LARGE.cases {
        let rows: Vec<&TruthRow> = LARGE.truth.iter().filter(|t| t.case == c.index).collect();
        assert_eq!(rows.is_empty(), c.refused.is_some(), "{}", c.what);
        let hits: Vec<_> = rows.iter().filter(|r| r.verdicts == [Verdict::Hit]).collect();
        let innocent = [
            "clean",
            "old_name",
            "renumbered",
            "new_form",
            "joint_complete",
            "power_good",
            "mortgage_ended",
            "area_just_within",
            "split",
            "new_commune",
            "register_only",
            "uncovered",
            "partly_covered",
            "forest",
            "wish_fits",
        ];
        if c.what == "clean" {
            assert!(rows.len() > 25 && hits.is_empty(), "{} {hits:?}", c.what);
        } else if c.refused.is_none() && !innocent.contains(&c.what) {
            assert!(!hits.is_empty(), "{} shows nothing", c.what);
        }
    }
    let corridor = |t: &&TruthRow| t.check == "planning.road_corridor" && t.verdicts == [Verdict::Hit];
    assert!(LARGE.truth.iter().filter(corridor).all(|t| t.area_m2.is_some_and(|a| a > 1.0)));
}

#[test]
fn papers_are_papers() {
    let mut serials = BTreeMap::new();
    for c in &LARGE.cases {
        for p in &c.papers {
            let json = serde_json::to_string(&p.paper).unwrap();
            assert_eq!(serde_json::from_str::<Paper>(&json).unwrap(), p.paper);
        }
        let Paper::Certificate(gcn) = &c.papers[0].paper else { panic!("the certificate comes first") };
        serials.entry(gcn.serial.clone()).or_insert_with(BTreeSet::new).insert(c.what);
        assert!(gcn.edges_m.len() == gcn.vertices.len() && gcn.vertices.len() != 1, "{}", c.what);
        if c.what == "clean" {
            let ring = certificate::shoelace(&gcn.vertices);
            assert!(gcn.vertices.is_empty() || (ring - gcn.area_m2.unwrap()).abs() < 0.06);
            let card = c.papers.iter().find_map(|p| match &p.paper {
                Paper::IdentityCard(i) => i.number.clone(),
                _ => None,
            });
            assert_eq!(gcn.holders[0].id_number, card);
        }
    }
    let twice: Vec<_> = serials.iter().filter(|(_, w)| w.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// What a parcel loses to a corridor is what is left outside it, counted the other way round.
#[test]
fn corridor_areas_hold_when_counted_from_the_rest() {
    let corridor: Vec<Polygon<f64>> = LARGE
        .files
        .iter()
        .filter(|f| f.theme == "road_corridor")
        .flat_map(|f| f.rows.iter().filter_map(|(g, _)| Polygon::try_from(g.clone()?).ok()))
        .collect();
    let key = |v: &[Value]| {
        let text = |i: usize| if let Value::Text(t) = &v[i] { t.clone() } else { String::new() };
        let written = |now: usize, before: usize| if text(before).is_empty() { text(now) } else { text(before) };
        format!("{}/{}/{}", text(1), written(2, 9), written(3, 10))
    };
    let parcels: BTreeMap<String, MultiPolygon<f64>> = polygons(&LARGE).into_iter().map(|(m, v)| (key(v), m)).collect();
    let mut seen = 0;
    for row in LARGE.truth.iter().filter(|t| t.check == "planning.road_corridor") {
        let (Some(parcel), Some(lost)) = (row.parcel.as_ref().and_then(|k| parcels.get(k)), row.area_m2) else {
            continue;
        };
        let rest = corridor.iter().fold(parcel.clone(), |m, c| m.difference(c));
        assert!((parcel.unsigned_area() - rest.unsigned_area() - lost).abs() < 0.01);
        seen += 1;
    }
    assert!(seen >= 20, "{seen}");
}

//! Does the data lie where it says? A wrong meridian moves it 26 km, a forgotten datum shift 225 m, swapped axes out of the country.
//! The hands place a sample of the data under every reading people mix up; here it is only judged.

use geo::{BoundingRect, Contains, Distance, Euclidean};
use geo_types::{MultiPolygon, Point, Rect};
use serde::{Deserialize, Serialize};

/// Why a reading is on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateKind {
    Declared,
    /// A cadastral zone, as it should be.
    Zone,
    Utm,
    Wgs84Degrees,
    Vn2000Degrees,
    /// Northing before easting, or latitude before longitude.
    Swapped,
    /// Scale 0.9996 used with a meridian of the cadastral zones.
    WrongScale,
    /// WGS 84 taken for VN-2000 ("internal VN-2000").
    NoShift,
}

/// The sample under one reading. `points`: metres of the target zone, `None` where it has no place; same order for all candidates.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// e.g. `EPSG:9210`.
    pub definition: String,
    pub kind: CandidateKind,
    pub points: Vec<Option<(f64, f64)>>,
}

/// How strict to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Strictness {
    /// Share of the sample that must lie inside, 0 to 1.
    pub min_share: f64,
    /// A point this far outside still counts as inside, metres.
    pub margin_m: f64,
    /// Another reading must lie better by this share before the declared one is doubted.
    pub better_by: f64,
}

impl Default for Strictness {
    fn default() -> Self {
        Self { min_share: 0.9, margin_m: 20.0, better_by: 0.02 }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    pub definition: String,
    pub kind: CandidateKind,
    /// Share of the sample inside the reference, 0 to 1.
    pub share_inside: f64,
}

/// How far the data lies from where it should, metres; what must be added to easting and northing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Offset {
    pub dx: f64,
    pub dy: f64,
    pub distance: f64,
    /// True: measured against the best reading, which fits. False: only from centre to centre.
    pub to_best: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Judgement {
    Fits {
        share_inside: f64,
    },
    /// The declared reading fits, but another one fits better: a person must choose.
    Ambiguous {
        share_inside: f64,
        offset: Option<Offset>,
        candidates: Vec<Ranked>,
    },
    /// The data lies elsewhere; `candidates` would fit, best first (empty: none known does).
    Refused {
        share_inside: f64,
        offset: Option<Offset>,
        candidates: Vec<Ranked>,
    },
    /// There is nothing to judge: no sample or no reference.
    NotJudged,
}

/// Judges `candidates[0]`, the declared reading, against `reference` (commune or layer extent, metres of the zone).
pub fn judge(reference: &MultiPolygon<f64>, candidates: &[Candidate], how: Strictness) -> Judgement {
    let (Some(declared), Some(bounds)) = (candidates.first(), reference.bounding_rect()) else {
        return Judgement::NotJudged;
    };
    if declared.points.is_empty() {
        return Judgement::NotJudged;
    }
    let share = |c: &Candidate| share_inside(reference, &bounds, c, how.margin_m);
    let share_declared = share(declared);
    let mut ranked: Vec<(&Candidate, f64)> = candidates[1..]
        .iter()
        .map(|c| (c, share(c)))
        .filter(|(c, s)| *s >= how.min_share && !same_place(declared, c, how.margin_m))
        .collect();
    // Stable: among equals the likelier reading stays first.
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let fits = share_declared >= how.min_share;
    let better = ranked.first().is_some_and(|(_, s)| *s > share_declared + how.better_by);
    if fits && !better {
        return Judgement::Fits { share_inside: share_declared };
    }
    let offset = match ranked.first() {
        Some((best, _)) => offset_to(declared, best),
        None => offset_to_centre(declared, &bounds),
    };
    let candidates = ranked
        .iter()
        .map(|(c, s)| Ranked { definition: c.definition.clone(), kind: c.kind, share_inside: *s })
        .collect();
    if fits {
        Judgement::Ambiguous { share_inside: share_declared, offset, candidates }
    } else {
        Judgement::Refused { share_inside: share_declared, offset, candidates }
    }
}

fn share_inside(reference: &MultiPolygon<f64>, bounds: &Rect<f64>, c: &Candidate, margin: f64) -> f64 {
    let inside = |&(x, y): &(f64, f64)| {
        let near = x >= bounds.min().x - margin
            && x <= bounds.max().x + margin
            && y >= bounds.min().y - margin
            && y <= bounds.max().y + margin;
        let p = Point::new(x, y);
        near && (reference.contains(&p) || Euclidean.distance(&p, reference) <= margin)
    };
    c.points.iter().flatten().filter(|p| inside(p)).count() as f64 / c.points.len() as f64
}

/// Pairs of points that have a place in both.
fn pairs<'a>(a: &'a Candidate, b: &'a Candidate) -> impl Iterator<Item = (f64, f64)> + 'a {
    a.points.iter().zip(&b.points).filter_map(|(a, b)| a.zip(*b)).map(|(a, b)| (b.0 - a.0, b.1 - a.1))
}

fn same_place(a: &Candidate, b: &Candidate, margin: f64) -> bool {
    let all = a.points.iter().zip(&b.points).all(|(a, b)| a.is_some() == b.is_some());
    all && pairs(a, b).all(|(dx, dy)| dx.hypot(dy) <= margin)
}

fn offset_to(declared: &Candidate, best: &Candidate) -> Option<Offset> {
    let all: Vec<(f64, f64)> = pairs(declared, best).collect();
    let n = all.len() as f64;
    let (dx, dy) = all.iter().fold((0.0, 0.0), |s, d| (s.0 + d.0 / n, s.1 + d.1 / n));
    (!all.is_empty()).then(|| Offset { dx, dy, distance: dx.hypot(dy), to_best: true })
}

fn offset_to_centre(declared: &Candidate, bounds: &Rect<f64>) -> Option<Offset> {
    let all: Vec<&(f64, f64)> = declared.points.iter().flatten().collect();
    let n = all.len() as f64;
    let (x, y) = all.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0 / n, s.1 + p.1 / n));
    let c = bounds.center();
    (!all.is_empty()).then(|| Offset { dx: c.x - x, dy: c.y - y, distance: (c.x - x).hypot(c.y - y), to_best: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Rect, coord};

    fn reference() -> MultiPolygon<f64> {
        MultiPolygon(vec![Rect::new(coord! {x: 0.0, y: 0.0}, coord! {x: 1000.0, y: 1000.0}).to_polygon()])
    }

    fn candidate(name: &str, kind: CandidateKind, dx: f64, dy: f64) -> Candidate {
        let points =
            (0..100).map(|i| Some((5.0 + f64::from(i % 10) * 110.0 + dx, 5.0 + f64::from(i / 10) * 110.0 + dy)));
        Candidate { definition: name.into(), kind, points: points.collect() }
    }

    #[test]
    fn data_in_its_place_fits() {
        let c =
            [candidate("a", CandidateKind::Declared, 0.0, 0.0), candidate("b", CandidateKind::Zone, 26_000.0, 100.0)];
        assert_eq!(judge(&reference(), &c, Strictness::default()), Judgement::Fits { share_inside: 1.0 });
    }

    #[test]
    fn a_wrong_meridian_is_refused_with_its_offset_and_the_right_one() {
        let c = [
            candidate("a", CandidateKind::Declared, 26_000.0, 100.0),
            candidate("far", CandidateKind::Utm, -5e5, 0.0),
            candidate("b", CandidateKind::Zone, 0.0, 0.0),
        ];
        let Judgement::Refused { share_inside, offset: Some(o), candidates } =
            judge(&reference(), &c, Strictness::default())
        else {
            panic!("not refused")
        };
        assert_eq!((share_inside, o.to_best), (0.0, true));
        assert!((o.dx + 26_000.0).abs() < 1e-6 && (o.dy + 100.0).abs() < 1e-6);
        assert_eq!(candidates.iter().map(|c| c.definition.as_str()).collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn a_small_shift_that_another_reading_explains_is_ambiguous() {
        let how = Strictness { min_share: 0.7, ..Strictness::default() };
        let c = [candidate("a", CandidateKind::Declared, 196.0, 0.0), candidate("b", CandidateKind::NoShift, 0.0, 0.0)];
        let j = judge(&reference(), &c, how);
        assert!(matches!(j, Judgement::Ambiguous { ref candidates, .. } if candidates[0].definition == "b"), "{j:?}");
    }

    #[test]
    fn nowhere_known_gives_the_way_to_the_centre() {
        let c = [candidate("a", CandidateKind::Declared, 5000.0, 0.0)];
        let j = judge(&reference(), &c, Strictness::default());
        assert!(matches!(j, Judgement::Refused { offset: Some(Offset { to_best: false, .. }), .. }), "{j:?}");
    }

    #[test]
    fn nothing_to_look_at_is_not_judged() {
        let empty = Candidate { definition: "a".into(), kind: CandidateKind::Declared, points: vec![] };
        assert_eq!(judge(&reference(), &[empty], Strictness::default()), Judgement::NotJudged);
        let c = [candidate("a", CandidateKind::Declared, 0.0, 0.0)];
        assert_eq!(judge(&MultiPolygon(vec![]), &c, Strictness::default()), Judgement::NotJudged);
    }
}

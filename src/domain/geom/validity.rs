//! Is a polygon fit to be measured? Names each flaw and its place; can repair a crossing ring.

use geo::algorithm::Validation;
use geo::algorithm::line_intersection::{LineIntersection, line_intersection};
use geo::{Area, BooleanOps, CoordsIter};
use geo_types::{Coord, Line, LineString, MultiPolygon, Polygon};

/// What is wrong with a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlawKind {
    Empty,
    NonFinite,
    Unclosed,
    TooFewPoints,
    ZeroArea,
    SelfCrossing,
    /// A ring runs back over itself (spike) or touches itself.
    SelfTouching,
    /// A hole outside its shell, rings that overlap, or parts that overlap.
    RingsOverlap,
    /// The same point twice in a row: harmless for measuring.
    RepeatedPoint,
}

impl FlawKind {
    /// Must not be measured as it is.
    pub fn fatal(self) -> bool {
        !matches!(self, FlawKind::RepeatedPoint | FlawKind::SelfTouching)
    }

    /// Message key.
    pub fn key(self) -> &'static str {
        match self {
            FlawKind::Empty => "flaw-empty",
            FlawKind::NonFinite => "flaw-non-finite",
            FlawKind::Unclosed => "flaw-unclosed",
            FlawKind::TooFewPoints => "flaw-too-few-points",
            FlawKind::ZeroArea => "flaw-zero-area",
            FlawKind::SelfCrossing => "flaw-self-crossing",
            FlawKind::SelfTouching => "flaw-self-touching",
            FlawKind::RingsOverlap => "flaw-rings-overlap",
            FlawKind::RepeatedPoint => "flaw-repeated-point",
        }
    }
}

/// One flaw with its place (zone metres), where a place can be named.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flaw {
    pub kind: FlawKind,
    pub part: usize,
    /// 0 is the shell.
    pub ring: usize,
    pub at: Option<Coord<f64>>,
}

/// All flaws, the shells' and holes' own ones first. An empty answer means: may be measured.
pub fn flaws(shape: &MultiPolygon<f64>) -> Vec<Flaw> {
    if shape.0.iter().all(|p| p.exterior().0.is_empty()) {
        return vec![Flaw { kind: FlawKind::Empty, part: 0, ring: 0, at: None }];
    }
    let mut found = Vec::new();
    for (part, polygon) in shape.0.iter().enumerate() {
        for (ring, line) in rings(polygon).enumerate() {
            ring_flaws(line, |kind, at| found.push(Flaw { kind, part, ring, at }));
        }
    }
    let several = shape.0.len() > 1 || shape.0.iter().any(|p| !p.interiors().is_empty());
    if several && !found.iter().any(|f| f.kind.fatal()) && !shape.is_valid() {
        let at = shape.0.first().and_then(|p| p.exterior().0.first()).copied();
        found.push(Flaw { kind: FlawKind::RingsOverlap, part: 0, ring: 0, at });
    }
    found
}

/// Every coordinate is a finite number that metres can hold (below 10^9).
pub fn is_finite(shape: &impl CoordsIter<Scalar = f64>) -> bool {
    shape.coords_iter().all(fit)
}

fn fit(c: Coord<f64>) -> bool {
    c.x.abs() < 1e9 && c.y.abs() < 1e9
}

pub(super) fn rings(p: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(p.exterior()).chain(p.interiors())
}

fn ring_flaws(ring: &LineString<f64>, mut say: impl FnMut(FlawKind, Option<Coord<f64>>)) {
    if let Some(bad) = ring.0.iter().find(|c| !fit(**c)) {
        let at = (bad.x.is_finite() && bad.y.is_finite()).then_some(*bad);
        return say(FlawKind::NonFinite, at);
    }
    if !ring.is_closed() {
        return say(FlawKind::Unclosed, ring.0.first().copied());
    }
    let mut points = ring.0.clone();
    points.dedup();
    if points.len() < ring.0.len() {
        let at = ring.0.windows(2).find(|w| w[0] == w[1]).map(|w| w[0]);
        say(FlawKind::RepeatedPoint, at);
    }
    if points.len() < 4 {
        return say(FlawKind::TooFewPoints, points.first().copied());
    }
    let clean = LineString(points);
    match first_meeting(&clean) {
        Some((FlawKind::SelfCrossing, at)) => return say(FlawKind::SelfCrossing, Some(at)),
        Some((kind, at)) => say(kind, Some(at)),
        None => {}
    }
    if Polygon::new(clean.clone(), vec![]).unsigned_area() < 1e-9 {
        say(FlawKind::ZeroArea, clean.0.first().copied());
    }
}

/// The first place where a ring meets itself other than at the joints of neighbouring edges; a crossing goes before a touch.
fn first_meeting(ring: &LineString<f64>) -> Option<(FlawKind, Coord<f64>)> {
    let n = ring.0.len() - 1;
    let mut edges: Vec<(usize, Line<f64>)> = ring.lines().enumerate().collect();
    edges.sort_by(|a, b| min_x(&a.1).total_cmp(&min_x(&b.1)).then(a.0.cmp(&b.0)));
    let mut touch = None;
    for (i, (ia, a)) in edges.iter().enumerate() {
        let reach = a.start.x.max(a.end.x);
        for (ib, b) in edges[i + 1..].iter().take_while(|(_, b)| min_x(b) <= reach) {
            let neighbours = ia.abs_diff(*ib) == 1 || ia.abs_diff(*ib) == n - 1;
            match line_intersection(*a, *b) {
                Some(LineIntersection::SinglePoint { intersection, is_proper: true }) => {
                    return Some((FlawKind::SelfCrossing, intersection));
                }
                Some(LineIntersection::SinglePoint { intersection, .. }) if !neighbours => {
                    touch.get_or_insert((FlawKind::SelfTouching, intersection));
                }
                Some(LineIntersection::Collinear { intersection }) => {
                    touch.get_or_insert((FlawKind::SelfTouching, intersection.start));
                }
                _ => {}
            }
        }
    }
    touch
}

fn min_x(l: &Line<f64>) -> f64 {
    l.start.x.min(l.end.x)
}

/// Makes a crossing or touching ring valid: what is enclosed an odd number of times stays. Nothing comes back when
/// a coordinate is not finite.
pub fn repair(polygon: &Polygon<f64>) -> MultiPolygon<f64> {
    if !is_finite(polygon) {
        return MultiPolygon(vec![]);
    }
    polygon.union(&MultiPolygon::<f64>(vec![]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    fn kinds(p: Polygon<f64>) -> Vec<FlawKind> {
        flaws(&MultiPolygon(vec![p])).into_iter().map(|f| f.kind).collect()
    }

    #[test]
    fn names_each_flaw_and_its_place() {
        assert!(kinds(wkt!(POLYGON((0. 0.,10. 0.,10. 10.,0. 10.,0. 0.)))).is_empty());
        assert_eq!(kinds(wkt!(POLYGON((0. 0.,10. 0.,10. 0.,10. 10.,0. 0.)))), [FlawKind::RepeatedPoint]);
        assert_eq!(kinds(wkt!(POLYGON((0. 0.,10. 0.,0. 0.)))), [FlawKind::TooFewPoints]);
        assert_eq!(flaws(&MultiPolygon(vec![]))[0].kind, FlawKind::Empty);
        assert_eq!(kinds(wkt!(POLYGON((0. 0.,10. 0.,10. 1e300,0. 0.)))), [FlawKind::NonFinite]);
        let bow = flaws(&MultiPolygon(vec![wkt!(POLYGON((0. 0.,10. 10.,10. 0.,0. 10.,0. 0.)))]));
        assert_eq!((bow[0].kind, bow[0].at), (FlawKind::SelfCrossing, Some(Coord { x: 5.0, y: 5.0 })));
        let spike = kinds(wkt!(POLYGON((0. 0.,10. 0.,15. 0.,10. 0.,10. 10.,0. 10.,0. 0.))));
        assert_eq!(spike, [FlawKind::SelfTouching]);
    }

    #[test]
    fn names_rings_that_overlap() {
        let hole_outside = wkt!(POLYGON((0. 0.,10. 0.,10. 10.,0. 10.,0. 0.),(20. 0.,21. 0.,21. 1.,20. 0.)));
        assert_eq!(kinds(hole_outside), [FlawKind::RingsOverlap]);
    }

    #[test]
    fn repairs_a_bow_tie_to_its_two_lobes() {
        let fixed = repair(&wkt!(POLYGON((0. 0.,10. 10.,10. 0.,0. 10.,0. 0.))));
        assert_eq!(fixed.0.len(), 2);
        assert!((fixed.unsigned_area() - 50.0).abs() < 1e-6);
        assert!(flaws(&fixed).iter().all(|f| !f.kind.fatal()));
        assert!(repair(&wkt!(POLYGON((0. 0.,1. 0.,1. 1e300,0. 0.)))).0.is_empty());
    }
}

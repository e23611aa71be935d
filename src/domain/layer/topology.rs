//! Neighbours on one map: do two parcels claim the same ground, or leave a crack between them?

use geo::{
    Area, BooleanOps, BoundingRect, Centroid, Contains, Distance, Euclidean, InteriorPoint, Line, LineIntersection,
    MultiPolygon, Point, Rect, line_intersection::line_intersection,
};

/// Shared boundaries may differ by this much before anything is said (m).
const SAME_M: f64 = 0.001;
/// A crack wider than this is open ground (a path), not a fault of drawing (m); as the rule `parcel.neighbours` has it (`gap_m`).
pub const CRACK_M: f64 = 0.5;

#[derive(Debug, Clone, PartialEq)]
pub enum Conflict {
    /// m² claimed by both, and a point in it.
    Overlap { area: f64, at: Point<f64> },
    /// Widest distance (m) of a boundary that nearly, but not quite, meets the neighbour's.
    Gap { width: f64, at: Point<f64> },
}

/// A parcel ready to be compared with its neighbours.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub shape: MultiPolygon<f64>,
    pub bbox: Rect<f64>,
    lines: Vec<Line<f64>>,
}

impl Drawn {
    /// None for an empty shape.
    pub fn new(shape: MultiPolygon<f64>) -> Option<Self> {
        let bbox = shape.bounding_rect()?;
        let lines = shape
            .0
            .iter()
            .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
            .flat_map(|r| r.lines())
            .collect();
        Some(Self { shape, bbox, lines })
    }
}

fn near(a: &Rect<f64>, b: &Rect<f64>, by: f64) -> bool {
    a.min().x <= b.max().x + by
        && b.min().x <= a.max().x + by
        && a.min().y <= b.max().y + by
        && b.min().y <= a.max().y + by
}

/// m² that both boxes hold: two shapes share no more.
fn shared_box(a: &Rect<f64>, b: &Rect<f64>) -> f64 {
    let width = a.max().x.min(b.max().x) - a.min().x.max(b.min().x);
    let height = a.max().y.min(b.max().y) - a.min().y.max(b.min().y);
    width.max(0.0) * height.max(0.0)
}

/// What is wrong between two neighbours; `least_overlap` (m²) is what drawing accuracy excuses.
pub fn conflict(a: &Drawn, b: &Drawn, least_overlap: f64) -> Option<Conflict> {
    if !near(&a.bbox, &b.bbox, CRACK_M) {
        return None;
    }
    if shared_box(&a.bbox, &b.bbox) > least_overlap && may_overlap(a, b) {
        let both = a.shape.intersection(&b.shape);
        let area = both.unsigned_area();
        if area > least_overlap {
            let at = both.interior_point().or_else(|| both.centroid())?;
            return Some(Conflict::Overlap { area, at });
        }
    }
    widest_gap(a, b)
}

/// Cheap and never wrong when it says no: some boundary of one runs through the inside of the other, or one holds the other.
fn may_overlap(a: &Drawn, b: &Drawn) -> bool {
    let goes_in = |x: &Drawn, y: &Drawn| {
        x.lines.iter().any(|l| {
            let mid = Point::from((l.start + l.end) / 2.0);
            [Point::from(l.start), mid].into_iter().any(|p| deep_inside(&p, y))
        })
    };
    let crosses = || {
        a.lines.iter().any(|l| {
            b.lines.iter().any(|m| {
                matches!(line_intersection(*l, *m), Some(LineIntersection::SinglePoint { intersection, is_proper: true })
                    if [l.start, l.end, m.start, m.end].iter().all(|e| Euclidean.distance(*e, intersection) > SAME_M))
            })
        })
    };
    let same = || a.shape.interior_point().is_some_and(|p| deep_inside(&p, b));
    goes_in(a, b) || goes_in(b, a) || crosses() || same()
}

fn deep_inside(p: &Point<f64>, y: &Drawn) -> bool {
    let inside_box =
        p.x() > y.bbox.min().x && p.x() < y.bbox.max().x && p.y() > y.bbox.min().y && p.y() < y.bbox.max().y;
    inside_box && y.shape.contains(p) && y.lines.iter().all(|l| Euclidean.distance(p, l) > SAME_M)
}

/// The middle of an edge of one lies outside the other, yet within a hand's width of one of its edges that runs alongside.
fn widest_gap(a: &Drawn, b: &Drawn) -> Option<Conflict> {
    let mut widest: Option<(f64, Point<f64>)> = None;
    for l in a.lines.iter().filter(|l| near(&Rect::new(l.start, l.end), &b.bbox, CRACK_M)) {
        let mid = Point::from((l.start + l.end) / 2.0);
        let beside =
            b.lines.iter().filter(|m| alongside(l, m)).map(|m| Euclidean.distance(&mid, m)).fold(f64::MAX, f64::min);
        let wide = beside > SAME_M * 5.0 && beside < CRACK_M && widest.is_none_or(|(w, _)| beside > w);
        if wide && !b.shape.contains(&mid) {
            widest = Some((beside, mid));
        }
    }
    widest.map(|(width, at)| Conflict::Gap { width, at })
}

fn alongside(l: &Line<f64>, m: &Line<f64>) -> bool {
    let (d, e) = (l.delta(), m.delta());
    let (ld, le) = (d.x.hypot(d.y), e.x.hypot(e.y));
    ld > 1.0 && le > 1.0 && ((d.x * e.y - d.y * e.x) / (ld * le)).abs() < 0.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    fn square(x: f64, y: f64, side: f64) -> Drawn {
        let p = polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)];
        Drawn::new(p.into()).expect("shape")
    }

    #[test]
    fn neighbours_that_share_an_edge_have_no_conflict() {
        assert_eq!(conflict(&square(0.0, 0.0, 10.0), &square(10.0, 0.0, 10.0), 0.01), None);
        assert_eq!(conflict(&square(0.0, 0.0, 10.0), &square(10.0, 3.0, 4.0), 0.01), None);
    }

    #[test]
    fn an_overlap_is_measured_whichever_way_it_lies() {
        let area = |a: &Drawn, b: &Drawn| match conflict(a, b, 0.01) {
            Some(Conflict::Overlap { area, .. }) => area,
            other => panic!("{other:?}"),
        };
        let a = square(0.0, 0.0, 10.0);
        assert!((area(&a, &square(9.9, 0.0, 10.0)) - 1.0).abs() < 1e-6);
        assert!((area(&a, &square(2.0, 2.0, 1.0)) - 1.0).abs() < 1e-6);
        assert!((area(&square(2.0, 2.0, 1.0), &a) - 1.0).abs() < 1e-6);
        assert!((area(&a, &a.clone()) - 100.0).abs() < 1e-6);
    }

    #[test]
    fn a_cross_is_an_overlap_though_no_corner_lies_inside() {
        let p = polygon![(x: -5.0, y: 4.0), (x: 15.0, y: 4.0), (x: 15.0, y: 6.0), (x: -5.0, y: 6.0)];
        let bar = Drawn::new(p.into()).expect("shape");
        assert!(
            matches!(conflict(&square(0.0, 0.0, 10.0), &bar, 0.01), Some(Conflict::Overlap { area, .. }) if (area - 20.0).abs() < 1e-6)
        );
    }

    #[test]
    fn a_crack_is_named_with_its_width_and_a_path_is_not() {
        let a = square(0.0, 0.0, 10.0);
        assert!(
            matches!(conflict(&a, &square(10.1, 0.0, 10.0), 0.01), Some(Conflict::Gap { width, .. }) if (width - 0.1).abs() < 1e-9)
        );
        // as wide as the check on a parcel still calls a gap
        assert!(matches!(conflict(&a, &square(10.42, 0.0, 10.0), 0.01), Some(Conflict::Gap { .. })));
        assert_eq!(conflict(&a, &square(11.5, 0.0, 10.0), 0.01), None);
    }
}

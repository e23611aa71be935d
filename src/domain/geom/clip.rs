//! Clipping rings to an axis-parallel box before any boolean operation: a zone of ten thousand vertices becomes the few
//! that matter near one parcel.

use super::indexed::AreaIndex;
use geo::algorithm::line_intersection::{LineIntersection, line_intersection};
use geo_types::{Coord, Line, LineString, Polygon, Rect};

/// What a polygon is within a box.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Clipped {
    Outside,
    /// The box lies wholly inside the polygon.
    Whole,
    /// Rings cut at the box; they may run along its sides. `crossing`: two edges cross within the box.
    Part {
        polygon: Polygon<f64>,
        crossing: bool,
    },
}

pub(super) fn grow(b: &Rect<f64>, by: f64) -> Rect<f64> {
    Rect::new((b.min().x - by, b.min().y - by), (b.max().x + by, b.max().y + by))
}

pub(super) fn boxes_meet(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    a.min().x <= b.max().x && b.min().x <= a.max().x && a.min().y <= b.max().y && b.min().y <= a.max().y
}

/// Cuts `p` at `window`. `p` is finite; it may cross itself (odd parity counts as inside).
pub(super) fn clip(p: &AreaIndex, window: &Rect<f64>) -> Clipped {
    let rings: Vec<Vec<Coord<f64>>> = p.shortened(window).collect();
    let near: Vec<Line<f64>> = rings.iter().flat_map(|r| edges(r)).filter(|l| meets(l, window)).collect();
    if near.is_empty() {
        let inside = rings.iter().filter(|r| odd_around(r, window.center())).count() % 2 == 1;
        return if inside { Clipped::Whole } else { Clipped::Outside };
    }
    let mut cut = rings.into_iter().map(|r| clip_ring(r, window));
    let shell = cut.next().unwrap_or_else(|| LineString(vec![]));
    if shell.0.len() < 4 {
        return Clipped::Outside;
    }
    let polygon = Polygon::new(shell, cut.filter(|r| r.0.len() > 3).collect());
    Clipped::Part { polygon, crossing: p.crosses_itself() && any_crossing(near) }
}

/// The edges of a ring whose first point does not come again.
fn edges(ring: &[Coord<f64>]) -> impl Iterator<Item = Line<f64>> {
    ring.iter().enumerate().map(|(i, c)| Line::new(*c, ring[(i + 1) % ring.len()]))
}

/// Does a segment meet the closed box?
pub(super) fn meets(l: &Line<f64>, b: &Rect<f64>) -> bool {
    let (lo, hi) = (b.min(), b.max());
    if l.start.x.max(l.end.x) < lo.x
        || l.start.x.min(l.end.x) > hi.x
        || l.start.y.max(l.end.y) < lo.y
        || l.start.y.min(l.end.y) > hi.y
    {
        return false;
    }
    let side = |x: f64, y: f64| (l.end.x - l.start.x) * (y - l.start.y) - (l.end.y - l.start.y) * (x - l.start.x);
    let s = [side(lo.x, lo.y), side(hi.x, lo.y), side(hi.x, hi.y), side(lo.x, hi.y)];
    !(s.iter().all(|v| *v > 0.0) || s.iter().all(|v| *v < 0.0))
}

/// Do two edges cross each other?
pub(super) fn any_crossing(mut near: Vec<Line<f64>>) -> bool {
    let low = |l: &Line<f64>| l.start.x.min(l.end.x);
    near.sort_by(|a, b| low(a).total_cmp(&low(b)));
    near.iter().enumerate().any(|(i, a)| {
        let reach = a.start.x.max(a.end.x);
        near[i + 1..].iter().take_while(|b| low(b) <= reach).any(|b| {
            let apart =
                a.start.y.max(a.end.y) < b.start.y.min(b.end.y) || b.start.y.max(b.end.y) < a.start.y.min(a.end.y);
            let joined = a.start == b.end || a.end == b.start;
            !apart
                && !joined
                && matches!(line_intersection(*a, *b), Some(LineIntersection::SinglePoint { is_proper: true, .. }))
        })
    })
}

fn odd_around(ring: &[Coord<f64>], c: Coord<f64>) -> bool {
    edges(ring).fold(false, |inside, l| {
        let (a, b) = (l.start, l.end);
        let crosses = (a.y > c.y) != (b.y > c.y) && c.x < (b.x - a.x) * (c.y - a.y) / (b.y - a.y) + a.x;
        inside != crosses
    })
}

/// Sutherland-Hodgman against the four sides. Keeps how often each point of the box is wound around.
fn clip_ring(mut points: Vec<Coord<f64>>, b: &Rect<f64>) -> LineString<f64> {
    let (lo, hi) = (b.min(), b.max());
    points = cut(&points, |c| c.x - lo.x, |a, b| on_x(a, b, lo.x));
    points = cut(&points, |c| hi.x - c.x, |a, b| on_x(a, b, hi.x));
    points = cut(&points, |c| c.y - lo.y, |a, b| on_y(a, b, lo.y));
    points = cut(&points, |c| hi.y - c.y, |a, b| on_y(a, b, hi.y));
    points.dedup();
    let mut closed = LineString(points);
    closed.close();
    closed
}

fn cut(
    points: &[Coord<f64>],
    inside: impl Fn(Coord<f64>) -> f64,
    at: impl Fn(Coord<f64>, Coord<f64>) -> Coord<f64>,
) -> Vec<Coord<f64>> {
    let mut out = Vec::with_capacity(points.len() + 4);
    for (i, &to) in points.iter().enumerate() {
        let from = points[(i + points.len() - 1) % points.len()];
        let (f, t) = (inside(from), inside(to));
        if (f < 0.0) != (t < 0.0) {
            out.push(at(from, to));
        }
        if t >= 0.0 {
            out.push(to);
        }
    }
    out
}

fn on_x(a: Coord<f64>, b: Coord<f64>, x: f64) -> Coord<f64> {
    Coord { x, y: a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x) }
}

fn on_y(a: Coord<f64>, b: Coord<f64>, y: f64) -> Coord<f64> {
    Coord { x: a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y), y }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, wkt};

    fn window() -> Rect<f64> {
        Rect::new((0.0, 0.0), (10.0, 10.0))
    }

    #[test]
    fn tells_whole_outside_and_part() {
        let big = wkt!(POLYGON((-50. -50.,50. -50.,50. 50.,-50. 50.,-50. -50.)));
        assert_eq!(clip(&AreaIndex::new(big.clone()), &window()), Clipped::Whole);
        let far = wkt!(POLYGON((20. 20.,30. 20.,30. 30.,20. 20.)));
        assert_eq!(clip(&AreaIndex::new(far.clone()), &window()), Clipped::Outside);
        let around =
            wkt!(POLYGON((-50. -50.,50. -50.,50. 50.,-50. 50.,-50. -50.),(-1. -1.,11. -1.,11. 11.,-1. 11.,-1. -1.)));
        assert_eq!(clip(&AreaIndex::new(around.clone()), &window()), Clipped::Outside);
        let half = wkt!(POLYGON((5. -50.,50. -50.,50. 50.,5. 50.,5. -50.)));
        let Clipped::Part { polygon, crossing } = clip(&AreaIndex::new(half.clone()), &window()) else {
            panic!("part")
        };
        assert!((polygon.unsigned_area() - 50.0).abs() < 1e-9 && !crossing);
    }

    #[test]
    fn sees_a_crossing_inside_the_box_only() {
        let bow = wkt!(POLYGON((0. 0.,10. 10.,10. 0.,0. 10.,0. 0.)));
        assert!(matches!(clip(&AreaIndex::new(bow.clone()), &window()), Clipped::Part { crossing: true, .. }));
        assert!(matches!(
            clip(&AreaIndex::new(bow.clone()), &Rect::new((0.0, 0.0), (1.0, 1.0))),
            Clipped::Part { crossing: false, .. } | Clipped::Outside
        ));
    }
}

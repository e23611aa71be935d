//! Narrow strips of nobody's land between a parcel and its neighbours.

use super::clip::{boxes_meet, grow, meets};
use super::join::join;
use super::overlay::{Measured, TOUCH_M};
use super::validity::rings;
use geo::{BooleanOps, BoundingRect, Buffer, Distance, Euclidean, Intersects};
use geo_types::{Line, LineString, MultiPolygon, Point, Polygon, Rect};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Edges that are looked at one by one.
const FEW: usize = 24;

/// Strips narrower than `width` (m) between `parcel` and `neighbours` (valid shapes). They are what appears when all
/// shapes are widened by half of it, joined, and shrunk again; only strips that touch the parcel are told. Their ends come
/// out rounded, so a strip measures a little less than it is.
pub fn narrow_gaps(parcel: &Measured, neighbours: &[&MultiPolygon<f64>], width: f64) -> Vec<Polygon<f64>> {
    let suspects: Vec<&MultiPolygon<f64>> =
        neighbours.iter().copied().filter(|n| any_corner_near(&parcel.shape, n, width)).collect();
    if suspects.is_empty() {
        return vec![];
    }
    let all = || neighbours.iter().copied().chain([&parcel.shape]);
    let closed = join(all().flat_map(|s| s.buffer(width / 2.0))).buffer(-width / 2.0);
    let taken = join(all().flat_map(|s| s.0.iter().cloned()));
    closed.difference(&taken).0.into_iter().filter(|g| suspects.iter().any(|s| between(g, &parcel.shape, s))).collect()
}

fn between(gap: &Polygon<f64>, a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> bool {
    let slack = TOUCH_M * 10.0;
    within(gap, a, slack) && within(gap, b, slack)
}

/// Does the gap, which lies outside of `shape`, come within `reach` of it? Only edges near the gap are looked at.
fn within(gap: &Polygon<f64>, shape: &MultiPolygon<f64>, reach: f64) -> bool {
    let Some(window) = gap.bounding_rect().map(|b| grow(&b, reach)) else { return false };
    let near: Vec<Line<f64>> = edges(shape).filter(|l| meets(l, &window)).collect();
    rings(gap).flat_map(LineString::lines).any(|g| near.iter().any(|l| Euclidean.distance(&g, l) <= reach))
}

fn edges(shape: &MultiPolygon<f64>) -> impl Iterator<Item = Line<f64>> {
    shape.0.iter().flat_map(rings).flat_map(LineString::lines)
}

/// Is a corner of one off the other's boundary, but nearer than `width`? Without such a corner no gap can open.
fn any_corner_near(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>, width: f64) -> bool {
    let (Some(ra), Some(rb)) = (a.bounding_rect(), b.bounding_rect()) else { return false };
    let (ra, rb) = (grow(&ra, width), grow(&rb, width));
    boxes_meet(&ra, &rb) && (corner_near(a, &ra, b, &rb, width) || corner_near(b, &rb, a, &ra, width))
}

/// As [`any_corner_near`], for the corners of `from`; the boxes are grown by `width`. Two long roads have thousands of corners
/// and edges: there each corner asks a tree for the few edges near it. For a few edges a tree is dearer than a look at each.
fn corner_near(
    from: &MultiPolygon<f64>,
    from_box: &Rect<f64>,
    to: &MultiPolygon<f64>,
    to_box: &Rect<f64>,
    width: f64,
) -> bool {
    let corners = from.0.iter().flat_map(rings).flat_map(|r| &r.0).filter(|c| to_box.intersects(*c));
    let mut corners = corners.peekable();
    if corners.peek().is_none() {
        return false;
    }
    let gap = |d: f64| d > TOUCH_M && d < width;
    let edges: Vec<Line<f64>> = edges(to).filter(|l| meets(l, from_box)).collect();
    if edges.len() <= FEW {
        return corners
            .any(|c| gap(edges.iter().map(|l| Euclidean.distance(&Point(*c), l)).fold(f64::INFINITY, f64::min)));
    }
    let boxed =
        |l: Line<f64>| GeomWithData::new(Rectangle::from_corners([l.start.x, l.start.y], [l.end.x, l.end.y]), l);
    let tree = RTree::bulk_load(edges.into_iter().map(boxed).collect());
    corners.any(|c| {
        let near = AABB::from_corners([c.x - width, c.y - width], [c.x + width, c.y + width]);
        let near = tree.locate_in_envelope_intersecting(near);
        gap(near.map(|l| Euclidean.distance(&Point(*c), &l.data)).fold(f64::INFINITY, f64::min))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    /// As it is defined, over every corner and every edge.
    fn plainly(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>, width: f64) -> bool {
        let one = |from: &MultiPolygon<f64>, to: &MultiPolygon<f64>| {
            from.0.iter().flat_map(rings).flat_map(|r| &r.0).any(|c| {
                let d = edges(to).map(|l| Euclidean.distance(&Point(*c), &l)).fold(f64::INFINITY, f64::min);
                d > TOUCH_M && d < width
            })
        };
        one(a, b) || one(b, a)
    }

    #[test]
    fn the_tree_finds_what_every_pair_would() {
        use geo::Densify;
        let few: MultiPolygon<f64> = wkt!(POLYGON((0. 0.,40. 0.,40. 10.,20. 10.4,0. 10.,0. 0.))).into();
        let many = Euclidean.densify(&few, 1.0);
        assert!(edges(&few).count() <= FEW && edges(&many).count() > 3 * FEW);
        [few, many].iter().for_each(moved_about);
    }

    fn moved_about(base: &MultiPolygon<f64>) {
        let mut seen = [0, 0];
        for i in 0..600 {
            let (dx, dy) = (f64::from(i % 30) * 0.37 - 5.0, 9.0 + f64::from(i / 30) * 0.11);
            let other = wkt!(POLYGON((0. 0.,12. 0.05,30. 0.,30. 8.,0. 8.,0. 0.)));
            let other = MultiPolygon::from(geo::Translate::translate(&other, dx, dy));
            let found = any_corner_near(base, &other, 0.3);
            assert_eq!(found, plainly(base, &other, 0.3), "moved by {dx} {dy}");
            seen[usize::from(found)] += 1;
        }
        assert!(seen.iter().all(|n| *n > 50), "{seen:?}");
    }
}

//! Narrow strips of nobody's land between a parcel and its neighbours.

use super::join::join;
use super::overlay::{Measured, TOUCH_M};
use super::validity::rings;
use geo::{BooleanOps, BoundingRect, Buffer, Distance, Euclidean};
use geo_types::{LineString, MultiPolygon, Point, Polygon};

/// Strips narrower than `width` (m) between `parcel` and `neighbours` (valid shapes). They are what appears when all
/// shapes are widened by half of it, joined, and shrunk again; only strips that touch the parcel are told. Their ends come
/// out rounded, so a strip measures a little less than it is.
pub fn narrow_gaps(parcel: &Measured, neighbours: &[MultiPolygon<f64>], width: f64) -> Vec<Polygon<f64>> {
    let suspects: Vec<&MultiPolygon<f64>> =
        neighbours.iter().filter(|n| any_corner_near(&parcel.shape, n, width)).collect();
    if suspects.is_empty() {
        return vec![];
    }
    let all = || neighbours.iter().chain([&parcel.shape]);
    let closed = join(all().flat_map(|s| s.buffer(width / 2.0))).buffer(-width / 2.0);
    let taken = join(all().flat_map(|s| s.0.iter().cloned()));
    closed.difference(&taken).0.into_iter().filter(|g| suspects.iter().any(|s| between(g, &parcel.shape, s))).collect()
}

fn between(gap: &Polygon<f64>, a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> bool {
    let slack = TOUCH_M * 10.0;
    Euclidean.distance(gap, a) <= slack && Euclidean.distance(gap, b) <= slack
}

/// Is a corner of one off the other's boundary, but nearer than `width`? Without such a corner no gap can open.
fn any_corner_near(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>, width: f64) -> bool {
    let (Some(ra), Some(rb)) = (a.bounding_rect(), b.bounding_rect()) else { return false };
    if !super::clip::boxes_meet(&super::clip::grow(&ra, width), &rb) {
        return false;
    }
    let near = |from: &MultiPolygon<f64>, to: &MultiPolygon<f64>| {
        let lines: Vec<&LineString<f64>> = to.0.iter().flat_map(rings).collect();
        from.0.iter().flat_map(rings).flat_map(|r| &r.0).any(|c| {
            let d = lines.iter().map(|l| Euclidean.distance(&Point(*c), *l)).fold(f64::INFINITY, f64::min);
            d > TOUCH_M && d < width
        })
    };
    near(a, b) || near(b, a)
}

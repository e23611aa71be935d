//! The union of many polygons, whichever way their rings run.

use super::common_area::ring_area;
use geo::BooleanOps;
use geo::algorithm::bool_ops::FillRule;
use geo_types::{LineString, MultiPolygon, Polygon};

/// Union of polygons, overlapping or not, whose rings do not cross themselves.
///
/// `geo::unary_union` goes by the turn of a ring at its extreme corner and loses whole polygons when rings run in different
/// ways; a ring that was cut at a window runs along its border, there and back, and turns both ways at such a corner. Here
/// the sign of its area tells how a ring runs.
pub fn join(polygons: impl IntoIterator<Item = Polygon<f64>>) -> MultiPolygon<f64> {
    let turned: MultiPolygon<f64> = polygons.into_iter().map(turned).collect();
    turned.union_with_fill_rule(&MultiPolygon(vec![]), FillRule::NonZero)
}

/// The shell counter-clockwise, holes clockwise.
fn turned(p: Polygon<f64>) -> Polygon<f64> {
    let turn = |mut ring: LineString<f64>, up: bool| {
        if (ring_area(&ring.0) > 0.0) != up {
            ring.0.reverse();
        }
        ring
    };
    let (shell, holes) = p.into_inner();
    Polygon::new(turn(shell, true), holes.into_iter().map(|h| turn(h, false)).collect())
}

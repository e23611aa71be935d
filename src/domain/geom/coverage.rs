//! Does the area in which a map claims to be complete contain the parcel?

use super::clip::meets;
use super::join::join;
use super::overlay::{Measured, TOUCH_M};
use super::validity::rings;
use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{Area, BooleanOps};
use geo_types::MultiPolygon;

/// Answer of [`coverage`].
#[derive(Debug, Clone, PartialEq)]
pub enum Cover {
    Contains,
    Partly { uncovered_m2: f64, uncovered: MultiPolygon<f64> },
    Outside,
}

/// Several coverages count as one. What is left open by less than a millimetre along the boundary counts as covered
/// (the boolean operation and the stored coordinates round below that).
pub fn coverage<'a>(parcel: &Measured, covers: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Cover {
    let finite: Vec<&MultiPolygon<f64>> =
        covers.into_iter().filter(|c| !c.0.is_empty() && super::is_finite(*c)).collect();
    if finite.iter().any(|c| holds(c, parcel)) {
        return Cover::Contains;
    }
    let union = match finite.as_slice() {
        [] => return Cover::Outside,
        [one] => (*one).clone(),
        many => join(many.iter().flat_map(|c| c.0.iter().cloned())),
    };
    let uncovered = parcel.shape.difference(&union);
    let open = uncovered.unsigned_area();
    let rounding = TOUCH_M * parcel.perimeter;
    if open <= rounding.min(parcel.area * 0.5) {
        Cover::Contains
    } else if open >= parcel.area - rounding {
        Cover::Outside
    } else {
        Cover::Partly { uncovered_m2: open, uncovered }
    }
}

/// No edge of the cover comes near the parcel's box, and a point of the box lies within: nothing can be open.
fn holds(cover: &MultiPolygon<f64>, parcel: &Measured) -> bool {
    let edges = cover.iter().flat_map(rings).flat_map(|r| r.lines());
    edges.into_iter().all(|l| !meets(&l, &parcel.bbox))
        && cover.coordinate_position(&parcel.bbox.center()) == CoordPos::Inside
}

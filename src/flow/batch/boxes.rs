//! Which boxes meet, as PostGIS says it (`&&`): it keeps boxes as floats rounded outwards, so near its edge a box reaches up to
//! a few decimetres farther than its numbers say. A batch must find the same rows as a query for one parcel, to the last one.

use crate::store::feature::Bounds;
use geo::BoundingRect;
use geo_types::Rect;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Farther than this from a window, a parcel begins a window of its own (m).
const GAP_M: f64 = 150.0;

fn down(v: f64) -> f32 {
    let f = v as f32;
    if f64::from(f) <= v { f } else { f.next_down() }
}
fn up(v: f64) -> f32 {
    let f = v as f32;
    if f64::from(f) >= v { f } else { f.next_up() }
}

fn stored(b: Bounds) -> AABB<[f32; 2]> {
    AABB::from_corners([down(b.min_e), down(b.min_n)], [up(b.max_e), up(b.max_n)])
}

/// Finds things by their boxes.
pub struct Boxes(RTree<GeomWithData<Rectangle<[f32; 2]>, usize>>);

impl Boxes {
    /// Boxes with the places of what they are around.
    pub fn new(all: impl Iterator<Item = (usize, Bounds)>) -> Self {
        let entry = |(i, b)| GeomWithData::new(Rectangle::from_aabb(stored(b)), i);
        Self(RTree::bulk_load(all.map(entry).collect()))
    }

    /// Places of the boxes that meet `b`, ascending.
    pub fn meeting(&self, b: Bounds) -> Vec<usize> {
        let mut found: Vec<usize> = self.0.locate_in_envelope_intersecting(stored(b)).map(|e| e.data).collect();
        found.sort_unstable();
        found
    }
}

pub fn box_of(shape: &impl BoundingRect<f64, Output: Into<Option<Rect<f64>>>>) -> Option<Bounds> {
    shape.bounding_rect().into().map(Bounds::from)
}

/// Boxes that hold all of `all`, which come in an order in which neighbours stand together: one where they lie together, more
/// where there is land in between.
pub fn windows(all: impl Iterator<Item = Bounds>) -> Vec<Bounds> {
    let mut out: Vec<Bounds> = vec![];
    for b in all {
        match out.iter_mut().rev().take(4).find(|w| meets(w.widened(GAP_M), b)) {
            Some(w) => *w = joined(*w, b),
            None => out.push(b),
        }
    }
    out
}

fn meets(a: Bounds, b: Bounds) -> bool {
    a.min_e <= b.max_e && b.min_e <= a.max_e && a.min_n <= b.max_n && b.min_n <= a.max_n
}

fn joined(a: Bounds, b: Bounds) -> Bounds {
    Bounds {
        min_e: a.min_e.min(b.min_e),
        min_n: a.min_n.min(b.min_n),
        max_e: a.max_e.max(b.max_e),
        max_n: a.max_n.max(b.max_n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(e: f64, n: f64, size: f64) -> Bounds {
        Bounds { min_e: e, min_n: n, max_e: e + size, max_n: n + size }
    }

    #[test]
    fn boxes_are_compared_as_floats_rounded_outwards() {
        // at a northing of 1.7 million metres floats are an eighth of a metre apart
        let tree = Boxes::new([(7, at(550_000.0, 1_777_000.0, 10.0))].into_iter());
        assert_eq!(tree.meeting(at(550_000.0, 1_777_010.124, 1.0)), [7]);
        assert_eq!(tree.meeting(at(550_000.0, 1_777_010.125, 1.0)), [] as [usize; 0]);
    }

    #[test]
    fn what_lies_apart_gets_windows_of_its_own() {
        let together = [at(0.0, 0.0, 100.0), at(120.0, 0.0, 100.0), at(0.0, 120.0, 100.0)];
        assert_eq!(windows(together.into_iter()).len(), 1);
        let apart = [at(0.0, 0.0, 100.0), at(9000.0, 0.0, 100.0), at(50.0, 0.0, 100.0)];
        assert_eq!(windows(apart.into_iter()).len(), 2);
    }
}

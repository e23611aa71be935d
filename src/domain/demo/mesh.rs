//! Faces on the drawing board that fit without gap or overlap. Edges run along the axes (a cut corner may be slanted);
//! wherever a corner of one face lies on the edge of another, that edge gets the vertex too, so neighbours share every
//! vertex also where one wall meets another in a T.

use super::warp::Warp;
use geo::Winding;
use geo_types::{Coord, LineString, Polygon};
use std::collections::{BTreeMap, BTreeSet};

/// A point of the drawing board, millimetres.
pub(crate) type P = (i64, i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rect {
    pub x0: i64,
    pub y0: i64,
    pub x1: i64,
    pub y1: i64,
}

impl Rect {
    pub(crate) fn new(x0: i64, y0: i64, x1: i64, y1: i64) -> Self {
        Self { x0, y0, x1, y1 }
    }
    pub(crate) fn width(&self) -> i64 {
        self.x1 - self.x0
    }
    pub(crate) fn height(&self) -> i64 {
        self.y1 - self.y0
    }
    pub(crate) fn middle(&self) -> P {
        ((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2)
    }
    pub(crate) fn ring(&self) -> Vec<P> {
        vec![(self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1)]
    }
    pub(crate) fn grown(&self, by: i64) -> Self {
        Self::new(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)
    }
    /// What is left of `self` without `hole`: up to four rectangles.
    pub(crate) fn without(&self, hole: &Rect) -> Vec<Rect> {
        let h = Rect::new(hole.x0.max(self.x0), hole.y0.max(self.y0), hole.x1.min(self.x1), hole.y1.min(self.y1));
        if h.x0 >= h.x1 || h.y0 >= h.y1 {
            return vec![*self];
        }
        [
            Rect::new(self.x0, self.y0, self.x1, h.y0),
            Rect::new(self.x0, h.y1, self.x1, self.y1),
            Rect::new(self.x0, h.y0, h.x0, h.y1),
            Rect::new(h.x1, h.y0, self.x1, h.y1),
        ]
        .into_iter()
        .filter(|r| r.x0 < r.x1 && r.y0 < r.y1)
        .collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Face {
    pub outer: Vec<P>,
    pub holes: Vec<Vec<P>>,
}

impl From<Vec<P>> for Face {
    fn from(outer: Vec<P>) -> Self {
        Self { outer, holes: Vec::new() }
    }
}
impl From<&Rect> for Face {
    fn from(r: &Rect) -> Self {
        r.ring().into()
    }
}

/// Every vertex of the board, by vertical and by horizontal line.
#[derive(Debug, Default)]
pub(crate) struct Mesh {
    on_x: BTreeMap<i64, BTreeSet<i64>>,
    on_y: BTreeMap<i64, BTreeSet<i64>>,
}

impl Mesh {
    pub(crate) fn point(&mut self, p: P) {
        self.on_x.entry(p.0).or_default().insert(p.1);
        self.on_y.entry(p.1).or_default().insert(p.0);
    }

    pub(crate) fn face(&mut self, face: &Face) {
        for p in face.outer.iter().chain(face.holes.iter().flatten()) {
            self.point(*p);
        }
    }

    /// Vertices every `step` mm along the sides of `r`.
    pub(crate) fn dense(&mut self, r: &Rect, step: i64) {
        for side in r.ring().iter().zip(r.ring().iter().cycle().skip(1)) {
            let (a, b) = (*side.0.min(side.1), *side.0.max(side.1));
            let length = (b.0 - a.0) + (b.1 - a.1);
            for k in 0..=(length / step) {
                self.point(if a.0 == b.0 { (a.0, a.1 + k * step) } else { (a.0 + k * step, a.1) });
            }
        }
    }

    /// The ring with every vertex that others have on its edges.
    pub(crate) fn full(&self, ring: &[P]) -> Vec<P> {
        let mut out = Vec::with_capacity(ring.len() + 4);
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            if a == b {
                continue;
            }
            out.push(*a);
            if a.0 == b.0 {
                out.extend(between(self.on_x.get(&a.0), a.1, b.1).into_iter().map(|y| (a.0, y)));
            } else if a.1 == b.1 {
                out.extend(between(self.on_y.get(&a.1), a.0, b.0).into_iter().map(|x| (x, a.1)));
            }
        }
        out
    }

    pub(crate) fn polygon(&self, face: &Face, place: impl Fn(P) -> Coord<f64>) -> Polygon<f64> {
        let ring = |r: &Vec<P>, ccw: bool| {
            let mut line: LineString<f64> = self.full(r).into_iter().map(&place).collect();
            line.close();
            if ccw {
                line.make_ccw_winding()
            } else {
                line.make_cw_winding()
            }
            line
        };
        Polygon::new(ring(&face.outer, true), face.holes.iter().map(|h| ring(h, false)).collect())
    }

    pub(crate) fn surveyed(&self, face: &Face, warp: &Warp) -> Polygon<f64> {
        self.polygon(face, |p| warp.ground(p))
    }
}

fn between(line: Option<&BTreeSet<i64>>, from: i64, to: i64) -> Vec<i64> {
    let Some(line) = line else { return Vec::new() };
    let (low, high) = (from.min(to) + 1, from.max(to));
    if low >= high {
        return Vec::new();
    }
    let mut inner: Vec<i64> = line.range(low..high).copied().collect();
    if from > to {
        inner.reverse();
    }
    inner
}

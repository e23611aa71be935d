//! Finding room for labels: none covers another.

use geo::Intersects;
use geo_types::{Coord, Rect};

pub(super) struct Placer {
    frame: Rect<f64>,
    taken: Vec<Rect<f64>>,
}

impl Placer {
    pub fn new(frame: Rect<f64>) -> Self {
        Self { frame, taken: Vec::new() }
    }

    pub fn frame(&self) -> Rect<f64> {
        self.frame
    }

    /// Keeps a place free of labels.
    pub fn take(&mut self, r: Rect<f64>) {
        self.taken.push(r);
    }

    /// Takes a box of `w` by `h` mm around `at`, when it lies in the frame and nothing stands there yet.
    pub fn fits(&mut self, at: Coord<f64>, w: f64, h: f64) -> bool {
        let free = self.is_free(at, w, h);
        if free {
            self.take(boxed(at, w, h));
        }
        free
    }

    pub fn is_free(&self, at: Coord<f64>, w: f64, h: f64) -> bool {
        let r = boxed(at, w, h);
        let (f, inside) = (self.frame, |a: f64, low: f64, high: f64| a >= low && a <= high);
        inside(r.min().x, f.min().x, f.max().x)
            && inside(r.max().x, f.min().x, f.max().x)
            && inside(r.min().y, f.min().y, f.max().y)
            && inside(r.max().y, f.min().y, f.max().y)
            && !self.taken.iter().any(|t| t.intersects(&r))
    }

    /// As [`Placer::fits`], for a box that is turned clockwise by `turn` degrees: a box around it is kept free.
    pub fn fits_turned(&mut self, at: Coord<f64>, w: f64, h: f64, turn: f64) -> bool {
        let (s, c) = turn.to_radians().sin_cos();
        let (s, c) = (s.abs(), c.abs());
        // A slanted label is taken as a row of small boxes, so that it does not keep its whole corner free.
        let steps = (w / h).ceil().max(1.0);
        let side = h * (s + c).max(1.0);
        let (dx, dy) = (turn.to_radians().cos(), turn.to_radians().sin());
        let spots: Vec<Coord<f64>> = (0..steps as usize)
            .map(|i| ((i as f64 + 0.5) / steps - 0.5) * w)
            .map(|t| Coord { x: at.x + dx * t, y: at.y + dy * t })
            .collect();
        let free = spots.iter().all(|p| self.is_free(*p, side, side));
        if free {
            self.taken.extend(spots.iter().map(|p| boxed(*p, side, side)));
        }
        free
    }
}

pub(super) fn boxed(at: Coord<f64>, w: f64, h: f64) -> Rect<f64> {
    Rect::new(Coord { x: at.x - w / 2.0, y: at.y - h / 2.0 }, Coord { x: at.x + w / 2.0, y: at.y + h / 2.0 })
}

//! From the drawing board to the ground. Everything is drawn on a board of whole millimetres with straight, square lines,
//! and one smooth one-to-one map bends it: two faces that share a point of the board share it on the ground, to the bit.

use super::certificate::cent;
use super::chance::mix;
use super::mesh::P;
use geo_types::Coord;

#[derive(Debug, Clone)]
pub(crate) struct Warp {
    seed: u64,
    /// Middle of the board (m).
    middle: (f64, f64),
    /// Height of the board (m): the wave lengths of the big bends follow it.
    height: f64,
    /// Where the river runs (m from the board's left).
    river_x: f64,
}

/// Middle of the ward: easting, northing in EPSG:5899.
const PLACE: (f64, f64) = (550_000.0, 1_777_000.0);
const COS: f64 = 0.98;

impl Warp {
    pub(crate) fn new(seed: u64, width: f64, height: f64, river_x: f64) -> Self {
        Self { seed, middle: (width / 2.0, height / 2.0), height, river_x }
    }

    /// The point as the surveyor writes it, to the centimetre.
    pub(crate) fn ground(&self, p: P) -> Coord<f64> {
        let (x, y) = (p.0 as f64 / 1000.0, p.1 as f64 / 1000.0);
        let (bx, by) = self.bend(x, y);
        let fine = |channel| {
            0.8 * self.noise(x, y, 25.0, channel)
                + 0.25 * self.noise(x, y, 6.0, channel + 1)
                + 0.04 * self.noise(x, y, 2.0, channel + 2)
        };
        self.place(bx + fine(10), by + fine(20))
    }

    /// The point as a planner draws it: without the small irregularities of walls and fences. `shift` (m) is the
    /// planner's own positional error.
    pub(crate) fn drawn(&self, p: P, shift: (f64, f64)) -> Coord<f64> {
        let (bx, by) = self.bend(p.0 as f64 / 1000.0, p.1 as f64 / 1000.0);
        self.place(bx + shift.0, by + shift.1)
    }

    fn bend(&self, x: f64, y: f64) -> (f64, f64) {
        let long = (0.45 * self.height).clamp(60.0, 450.0);
        let short = (0.25 * self.height).clamp(40.0, 230.0);
        let near = (1.0 - (x - self.river_x).abs() / (0.5 * self.height)).max(0.0);
        let meander = 0.13 * short * near * near * (3.0 - 2.0 * near) * self.noise(0.0, y, short, 3);
        (x + 0.09 * long * self.noise(x, y, long, 1) + meander, y + 0.07 * long * self.noise(x, y, long, 2))
    }

    fn place(&self, x: f64, y: f64) -> Coord<f64> {
        let sin = (1.0 - COS * COS).sqrt();
        let (dx, dy) = (x - self.middle.0, y - self.middle.1);
        Coord { x: cent(PLACE.0 + COS * dx - sin * dy), y: cent(PLACE.1 + sin * dx + COS * dy) }
    }

    /// Value noise in [-1, 1] on a lattice of `cell` metres.
    fn noise(&self, x: f64, y: f64, cell: f64, channel: u64) -> f64 {
        let (gx, gy) = (x / cell, y / cell);
        let (ix, iy) = (gx.floor(), gy.floor());
        let ease = |t: f64| t * t * (3.0 - 2.0 * t);
        let (tx, ty) = (ease(gx - ix), ease(gy - iy));
        let knot = |i: f64, j: f64| {
            let h = mix(mix(mix(self.seed ^ channel) ^ (ix + i) as i64 as u64) ^ (iy + j) as i64 as u64);
            (h >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        let low = knot(0.0, 0.0) * (1.0 - tx) + knot(1.0, 0.0) * tx;
        let high = knot(0.0, 1.0) * (1.0 - tx) + knot(1.0, 1.0) * tx;
        low * (1.0 - ty) + high * ty
    }
}

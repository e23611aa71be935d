//! A ring with the boxes of its runs, so that a window near one parcel is answered from the few edges that matter.

use geo_types::{Coord, LineString, Rect};

/// Edges per box, and boxes per box above.
const RUN: usize = 8;

/// Boxes over runs of consecutive edges, each level over the one below.
#[derive(Debug, Clone, Default)]
pub(super) struct RingIndex {
    levels: Vec<Vec<Rect<f64>>>,
}

impl RingIndex {
    pub fn new(ring: &LineString<f64>) -> Self {
        let edges = ring.0.len().saturating_sub(1);
        let mut levels = Vec::new();
        let mut level: Vec<Rect<f64>> = (0..edges)
            .step_by(RUN)
            .filter_map(|at| bounds(ring.0[at..=(at + RUN).min(edges)].iter().map(|c| (*c, *c))))
            .collect();
        while level.len() > 1 {
            let above = level.chunks(RUN).filter_map(|c| bounds(c.iter().map(|b| (b.min(), b.max())))).collect();
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self { levels }
    }

    /// Box of the ring; none of an empty one.
    pub fn bbox(&self) -> Option<Rect<f64>> {
        self.levels.last()?.first().copied()
    }

    /// The ring without what cannot be seen through `window`: a run that lies on one outer side of it becomes the straight
    /// line between its ends. Every edge that meets the window stays, and what is wound around within it is the same.
    /// Not closed: the first point does not come again.
    pub fn shorten(&self, ring: &LineString<f64>, window: &Rect<f64>) -> Vec<Coord<f64>> {
        let mut out = Shortened { ring: &ring.0, window, points: Vec::with_capacity(16) };
        if let Some(top) = self.levels.len().checked_sub(1) {
            (0..self.levels[top].len()).for_each(|at| self.walk(top, at, &mut out));
        }
        out.points
    }

    fn walk(&self, level: usize, at: usize, out: &mut Shortened<'_>) {
        let b = &self.levels[level][at];
        let span = RUN.pow(level as u32 + 1);
        let (from, to) = (at * span, ((at + 1) * span).min(out.ring.len() - 1));
        if side(b.min(), out.window) & side(b.max(), out.window) != 0 {
            return out.push(out.ring[from]);
        }
        match level.checked_sub(1) {
            None => (from..to).for_each(|i| out.push(out.ring[i])),
            Some(below) => {
                let children = at * RUN..((at + 1) * RUN).min(self.levels[below].len());
                children.for_each(|child| self.walk(below, child, out));
            }
        }
    }
}

struct Shortened<'a> {
    ring: &'a [Coord<f64>],
    window: &'a Rect<f64>,
    points: Vec<Coord<f64>>,
}

impl Shortened<'_> {
    fn push(&mut self, c: Coord<f64>) {
        if let [.., a, b] = self.points.as_slice()
            && side(*a, self.window) & side(*b, self.window) & side(c, self.window) != 0
        {
            self.points.pop();
        }
        self.points.push(c);
    }
}

/// On which outer sides of the window a point lies, one bit each.
fn side(c: Coord<f64>, w: &Rect<f64>) -> u8 {
    u8::from(c.x < w.min().x)
        | u8::from(c.x > w.max().x) << 1
        | u8::from(c.y < w.min().y) << 2
        | u8::from(c.y > w.max().y) << 3
}

fn bounds(corners: impl Iterator<Item = (Coord<f64>, Coord<f64>)>) -> Option<Rect<f64>> {
    let all = corners.reduce(|(lo, hi), (a, b)| {
        (Coord { x: lo.x.min(a.x), y: lo.y.min(a.y) }, Coord { x: hi.x.max(b.x), y: hi.y.max(b.y) })
    });
    all.map(|(lo, hi)| Rect::new(lo, hi))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A circle of many corners; the window sees a few of them, in order.
    #[test]
    fn keeps_every_edge_that_meets_the_window() {
        let ring: LineString<f64> = (0..=1000)
            .map(|i| {
                let t = f64::from(i % 1000) / 1000.0 * std::f64::consts::TAU;
                Coord { x: 100.0 * t.cos(), y: 100.0 * t.sin() }
            })
            .collect();
        let index = RingIndex::new(&ring);
        let window = Rect::new((95.0, -3.0), (105.0, 3.0));
        let short = index.shorten(&ring, &window);
        assert!(short.len() < 40, "{}", short.len());
        let meets = |l: &geo_types::Line<f64>| super::super::clip::meets(l, &window);
        let kept = |l: &geo_types::Line<f64>| short.windows(2).any(|w| w == [l.start, l.end]);
        let first = ring.lines().filter(meets).collect::<Vec<_>>();
        assert!(first.len() > 5);
        // the edge over the seam is the one between the last point and the first
        let seam = geo_types::Line::new(ring.0[999], ring.0[1000]);
        assert!(first.iter().filter(|l| **l != seam).all(kept));
        assert_eq!((short.first(), short.last()), (ring.0.first(), ring.0.get(999)));
    }

    #[test]
    fn a_ring_without_points_has_no_box() {
        let empty = LineString(vec![]);
        let index = RingIndex::new(&empty);
        assert_eq!((index.bbox(), index.shorten(&empty, &Rect::new((0., 0.), (1., 1.))).len()), (None, 0));
    }
}

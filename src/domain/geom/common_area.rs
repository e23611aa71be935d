//! The area two shapes have in common, without a boolean operation.
//!
//! A shape is the signed sum of triangles between one point and its edges. Cutting a ring by a triangle keeps how often
//! each point is wound around, so the signed areas add up to the exact common area: no grid, no snapping, no topology
//! that could fail. A convex parcel is cut in one piece.

use super::validity::rings;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// Area (m²) within both. Rings are simple, shells run counter-clockwise and holes clockwise in `parcel`; in `zone` any way.
/// Parts of one shape do not overlap each other.
pub(super) fn common_area<'a>(parcel: &MultiPolygon<f64>, zone: impl IntoIterator<Item = &'a Polygon<f64>>) -> f64 {
    let Some(origin) = parcel.0.first().and_then(|p| p.exterior().0.first()).copied() else { return 0.0 };
    let knives: Vec<Knife> = parcel.0.iter().flat_map(|p| knives(p, origin)).collect();
    let mut cutter = Cutter::default();
    zone.into_iter().map(|z| cutter.area(z, origin, &knives)).sum()
}

/// A convex ring, counter-clockwise, and whether what it cuts is added (1) or taken away (-1).
struct Knife {
    ring: Vec<Coord<f64>>,
    sign: f64,
}

fn knives(p: &Polygon<f64>, origin: Coord<f64>) -> Vec<Knife> {
    let local = |r: &LineString<f64>| -> Vec<Coord<f64>> {
        r.0[..r.0.len().saturating_sub(1)].iter().map(|c| *c - origin).collect()
    };
    let shell = local(p.exterior());
    if p.interiors().is_empty() && convex(&shell) {
        return vec![Knife { ring: shell, sign: 1.0 }];
    }
    let mut out = Vec::new();
    for ring in rings(p) {
        let points = local(ring);
        let Some(&apex) = points.first() else { continue };
        for w in points[1..].windows(2) {
            let turn = cross(apex, w[0], w[1]);
            if turn > 0.0 {
                out.push(Knife { ring: vec![apex, w[0], w[1]], sign: 1.0 });
            } else if turn < 0.0 {
                out.push(Knife { ring: vec![apex, w[1], w[0]], sign: -1.0 });
            }
        }
    }
    out
}

/// Convex, counter-clockwise, and going round once.
fn convex(ring: &[Coord<f64>]) -> bool {
    let n = ring.len();
    let at = |i: usize| ring[i % n];
    let mut turns_of_x = 0;
    for i in 0..n {
        if cross(at(i), at(i + 1), at(i + 2)) < 0.0 {
            return false;
        }
        let (a, b) = (at(i + 1).x - at(i).x, at(i + 2).x - at(i + 1).x);
        turns_of_x += usize::from(a < 0.0 && b >= 0.0);
    }
    n >= 3 && turns_of_x <= 1
}

fn cross(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> f64 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Buffers that are used again.
#[derive(Default)]
struct Cutter {
    whole: Vec<Coord<f64>>,
    from: Vec<Coord<f64>>,
    to: Vec<Coord<f64>>,
}

impl Cutter {
    fn area(&mut self, zone: &Polygon<f64>, origin: Coord<f64>, knives: &[Knife]) -> f64 {
        let mut sum = 0.0;
        for (i, ring) in rings(zone).enumerate() {
            self.whole.clear();
            self.whole.extend(ring.0[..ring.0.len().saturating_sub(1)].iter().map(|c| *c - origin));
            let sign = if i == 0 { 1.0 } else { -1.0 };
            sum += knives.iter().map(|k| sign * k.sign * self.cut(&k.ring).abs()).sum::<f64>();
        }
        sum
    }

    /// Signed area of `whole` within the convex ring.
    fn cut(&mut self, knife: &[Coord<f64>]) -> f64 {
        self.from.clear();
        self.from.extend_from_slice(&self.whole);
        for (i, a) in knife.iter().enumerate() {
            let b = knife[(i + 1) % knife.len()];
            self.to.clear();
            let Some(mut p) = self.from.last().copied() else { return 0.0 };
            let mut side = cross(*a, b, p);
            for &c in &self.from {
                let next = cross(*a, b, c);
                if (side < 0.0) != (next < 0.0) {
                    self.to.push(p + (c - p) * (side / (side - next)));
                }
                if next >= 0.0 {
                    self.to.push(c);
                }
                (p, side) = (c, next);
            }
            std::mem::swap(&mut self.from, &mut self.to);
        }
        ring_area(&self.from)
    }
}

/// Signed area (m²), positive when the ring runs counter-clockwise; its first point may come again at its end.
pub(super) fn ring_area(points: &[Coord<f64>]) -> f64 {
    let Some((first, rest)) = points.split_first() else { return 0.0 };
    0.5 * rest.windows(2).map(|w| cross(*first, w[0], w[1])).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::orient::{Direction, Orient};
    use geo::{Area, BooleanOps, Translate, wkt};
    use proptest::prelude::*;

    fn same(a: &Polygon<f64>, b: &Polygon<f64>) -> (f64, f64) {
        let a = MultiPolygon(vec![a.clone()]).orient(Direction::Default);
        (common_area(&a, [b]), a.intersection(b).unsigned_area())
    }

    #[test]
    fn holes_notches_and_direction_do_not_matter() {
        let u = wkt!(POLYGON((0. 0.,10. 0.,10. 10.,7. 10.,7. 3.,3. 3.,3. 10.,0. 10.,0. 0.)));
        let frame = wkt!(POLYGON((-5. -5.,-5. 15.,15. 15.,15. -5.,-5. -5.),(1. 1.,1. 5.,9. 5.,9. 1.,1. 1.)));
        let ring = wkt!(POLYGON((2. 2.,8. 2.,8. 8.,2. 8.,2. 2.),(4. 4.,6. 4.,6. 6.,4. 6.,4. 4.)));
        for (a, b) in [(&u, &frame), (&frame, &u), (&ring, &u), (&u, &ring), (&ring, &frame), (&frame, &ring)] {
            let (fast, plain) = same(a, b);
            assert!((fast - plain).abs() < 1e-6, "{fast} {plain}");
        }
        let star = wkt!(POLYGON((0. 0.,4. 3.,8. 0.,5. 4.,8. 8.,4. 5.,0. 8.,3. 4.,0. 0.)));
        let (fast, plain) = same(&star, &u);
        assert!((fast - plain).abs() < 1e-6, "{fast} {plain}");
    }

    #[test]
    fn what_only_touches_has_no_common_area() {
        let a = wkt!(POLYGON((0. 0.,10. 0.,10. 10.,0. 10.,0. 0.)));
        for b in [a.translate(10.0, 0.0), a.translate(10.0, 10.0), a.translate(10.001, 3.0)] {
            assert!(same(&a, &b).0.abs() < 1e-9);
        }
        assert!((same(&a, &a.translate(9.999, 0.0)).0 - 0.01).abs() < 1e-9);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn is_what_the_boolean_operation_finds(
            a in prop::collection::vec(2.0..12.0, 3..16), b in prop::collection::vec(2.0..12.0, 3..16), dx in -15.0..15.0, dy in -15.0..15.0
        ) {
            let star = |radii: &[f64], x: f64, y: f64| {
                let n = radii.len() as f64;
                let at = |(i, r): (usize, &f64)| {
                    let t = i as f64 / n * std::f64::consts::TAU;
                    Coord { x: 588_000.0 + x + r * t.cos(), y: 2_326_000.0 + y + r * t.sin() }
                };
                Polygon::new(radii.iter().enumerate().map(at).collect(), vec![])
            };
            let (fast, plain) = same(&star(&a, 0.0, 0.0), &star(&b, dx, dy));
            prop_assert!((fast - plain).abs() < 1e-5, "{fast} {plain}");
        }
    }
}

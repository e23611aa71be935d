//! The overlay against an oracle that makes no rounding: areas out of whole millimetres and fractions of whole numbers.

use super::*;
use crate::domain::geom::tests::{E0, N0};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use shapes::{KINDS, Millimetres, pair};

#[path = "../../../tests/support/shapes.rs"]
mod shapes;

/// A point x/d, y/d with d > 0.
#[derive(Clone, Copy)]
struct Ratio {
    x: i128,
    y: i128,
    d: i128,
}

/// Left of it, a·x + b·y − c is positive.
#[derive(Clone, Copy)]
struct Side {
    a: i128,
    b: i128,
    c: i128,
}

impl Side {
    fn through(p: (i64, i64), q: (i64, i64)) -> Self {
        let (a, b) = (i128::from(p.1 - q.1), i128::from(q.0 - p.0));
        Self { a, b, c: a * i128::from(p.0) + b * i128::from(p.1) }
    }
    fn of(&self, p: Ratio) -> i128 {
        (self.a * p.x + self.b * p.y - self.c * p.d).signum()
    }
    fn meets(&self, o: &Side) -> Ratio {
        let d = self.a * o.b - o.a * self.b;
        let (x, y) = (self.c * o.b - o.c * self.b, self.a * o.c - o.a * self.c);
        Ratio { x: x * d.signum(), y: y * d.signum(), d: d.abs() }
    }
}

/// A convex ring: each corner with the line of the edge that leaves it.
type Ring = Vec<(Ratio, Side)>;

fn cut(ring: &Ring, by: Side) -> Ring {
    let mut out = Ring::new();
    for (i, (p, line)) in ring.iter().enumerate() {
        let next = ring[(i + 1) % ring.len()].0;
        match (by.of(*p), by.of(next)) {
            (0, t) if t < 0 => out.push((*p, by)),
            (s, t) if s >= 0 && t >= 0 => out.push((*p, *line)),
            (s, _) if s > 0 => out.extend([(*p, *line), (line.meets(&by), by)]),
            (_, t) if t > 0 => out.push((line.meets(&by), *line)),
            _ => {}
        }
    }
    out
}

/// m². The division of each term is the only rounding, at the sixteenth digit.
fn area(ring: &Ring) -> f64 {
    let Some((first, _)) = ring.first() else { return 0.0 };
    let apart = |p: Ratio| ((p.x * first.d - first.x * p.d), (p.y * first.d - first.y * p.d), p.d * first.d);
    let term = |w: &[(Ratio, Side)]| {
        let ((ax, ay, ad), (bx, by, bd)) = (apart(w[0].0), apart(w[1].0));
        // mm to m before the product, which would not fit otherwise
        let m = |n: i128, d: i128| n as f64 / d as f64 / 1000.0;
        m(ax, ad) * m(by, bd) - m(ay, ad) * m(bx, bd)
    };
    0.5 * ring.windows(2).map(term).sum::<f64>()
}

/// Triangles of a shape with their signs.
fn triangles(shape: &Millimetres) -> Vec<([(i64, i64); 3], f64)> {
    let mut out = vec![];
    for part in shape {
        for (i, ring) in part.iter().enumerate() {
            let double = |r: &[(i64, i64)]| -> i64 {
                (0..r.len()).map(|k| r[k].0 * r[(k + 1) % r.len()].1 - r[(k + 1) % r.len()].0 * r[k].1).sum()
            };
            let turn = if (double(ring) > 0) == (i == 0) { 1.0 } else { -1.0 };
            for w in ring[1..].windows(2) {
                let t = [ring[0], w[0], w[1]];
                match double(&t) {
                    0 => {}
                    d if d > 0 => out.push((t, turn)),
                    _ => out.push(([t[0], t[2], t[1]], -turn)),
                }
            }
        }
    }
    out
}

fn exact(a: &Millimetres, b: &Millimetres) -> f64 {
    let mut sum = 0.0;
    for (s, sign) in triangles(a) {
        let corner = |p: (i64, i64)| Ratio { x: p.0.into(), y: p.1.into(), d: 1 };
        let ring: Ring = (0..3).map(|i| (corner(s[i]), Side::through(s[i], s[(i + 1) % 3]))).collect();
        for (t, other) in triangles(b) {
            let common = (0..3).fold(ring.clone(), |r, i| cut(&r, Side::through(t[i], t[(i + 1) % 3])));
            sum += sign * other * area(&common);
        }
    }
    sum
}

fn placed(shape: &Millimetres) -> MultiPolygon<f64> {
    let ring = |r: &Vec<(i64, i64)>| {
        let at = |(x, y): &(i64, i64)| Coord { x: E0 + *x as f64 / 1000.0, y: N0 + *y as f64 / 1000.0 };
        LineString(r.iter().chain(r.first()).map(at).collect())
    };
    let part = |p: &Vec<Vec<(i64, i64)>>| Polygon::new(ring(&p[0]), p[1..].iter().map(ring).collect());
    shape.iter().map(part).collect()
}

fn measured(a: &MultiPolygon<f64>, zones: &[&MultiPolygon<f64>]) -> Option<(f64, f64)> {
    let parcel = Measured::new(a).ok()?;
    let zones: Vec<Indexed> = zones.iter().map(|z| Geometry::MultiPolygon((*z).clone()).into()).collect();
    let pieces: Vec<Piece<'_>> =
        zones.iter().enumerate().map(|(i, geom)| Piece { fid: i as i64, geom, half_width: None }).collect();
    let sum = if zones.len() == 1 { common_m2(&parcel, &zones[0]) } else { f64::NAN };
    Some((overlay(&parcel, &pieces, 0.0).area.nominal, sum))
}

#[test]
fn the_oracle_knows_areas_that_everybody_knows() {
    let square = |x: i64, y: i64, w: i64| vec![vec![vec![(x, y), (x + w, y), (x + w, y + w), (x, y + w)]]];
    assert_eq!(exact(&square(0, 0, 2000), &square(1000, 1000, 2000)), 1.0);
    assert_eq!(exact(&square(0, 0, 2000), &square(2000, 0, 2000)), 0.0);
    assert_eq!(exact(&square(0, 0, 2000), &square(1999, 0, 2000)), 0.002);
    let diamond = vec![vec![vec![(1000, 0), (2000, 1000), (1000, 2000), (0, 1000)]]];
    assert_eq!(exact(&square(0, 0, 2000), &diamond), 2.0);
    let mut ring = square(0, 0, 2000);
    ring[0].push(vec![(500, 500), (1500, 500), (1500, 1500), (500, 1500)]);
    assert_eq!(exact(&ring, &ring), 3.0);
    assert_eq!(exact(&ring, &diamond), 2.0 - 1.0);
}

/// Every kind of hard shape, in both roles: areas to a millionth of a square metre.
#[test]
fn areas_are_exact_on_hard_shapes() {
    let mut counted = [0; KINDS.len()];
    for (kind, name) in KINDS.iter().enumerate() {
        for seed in 0..300 {
            let (a, b) = pair(kind, seed);
            for (p, z) in [(&a, &b), (&b, &a)] {
                let Some((nominal, common)) = measured(&placed(p), &[&placed(z)]) else { continue };
                // a zone that is no sound shape is repaired, and repairs are tested by themselves
                if !flaws(&placed(z)).iter().all(|f| !f.kind.fatal()) {
                    continue;
                }
                let truth = exact(p, z);
                assert!((nominal - truth).abs() < 1e-6, "{name} {seed}: overlay {nominal}, exact {truth}");
                assert!((common - truth).abs() < 1e-6, "{name} {seed}: common {common}, exact {truth}");
                counted[kind] += 1;
            }
        }
    }
    assert!(counted.iter().all(|n| *n > 150), "{counted:?}");
}

/// The same input again, twice among the pieces, or written from another corner and the other way round.
#[test]
fn identical_inputs_give_identical_results() {
    for (kind, name) in KINDS.iter().enumerate() {
        for seed in 0..60 {
            let (a, b) = pair(kind, seed);
            let (a, b) = (placed(&a), placed(&b));
            let Some((once, _)) = measured(&a, &[&b]) else { continue };
            assert_eq!(measured(&a, &[&b]).unwrap().0.to_bits(), once.to_bits(), "{name} {seed}");
            let (twice, _) = measured(&a, &[&b, &b]).unwrap();
            assert!((twice - once).abs() < 1e-6, "{name} {seed}: {once} {twice}");
            assert_eq!(measured(&a, &[&b, &b]).unwrap().0.to_bits(), twice.to_bits(), "{name} {seed}");
        }
    }
}

/// Neighbours that share their edges divide a zone among them: nothing is lost along the borders, nothing counted twice.
#[test]
fn neighbours_share_a_zone_without_rest() {
    let square = |x: i64, y: i64| vec![vec![vec![(x, y), (x + 5_000, y), (x + 5_000, y + 5_000), (x, y + 5_000)]]];
    for seed in 0..100 {
        let (zone, _) = pair(0, seed);
        let zone = placed(&zone);
        let mut sum = 0.0;
        for x in -5..5 {
            for y in -5..5 {
                sum += measured(&placed(&square(x * 5_000, y * 5_000)), &[&zone]).unwrap().1;
            }
        }
        let whole = geo::Area::unsigned_area(&zone);
        assert!((sum - whole).abs() < 1e-6, "{seed}: {sum} of {whole}");
    }
}

//! What must hold for any shapes.

use super::tests::{E0, N0, rect};
use super::*;
use crate::domain::verify::Certainty;
use geo::{Area as _, BooleanOps, Translate};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;

/// A star around a centre: always simple.
fn star(cx: f64, cy: f64, radii: &[f64]) -> Polygon<f64> {
    let n = radii.len() as f64;
    let point = |(i, r): (usize, &f64)| {
        let t = i as f64 / n * std::f64::consts::TAU;
        Coord { x: E0 + cx + r * t.cos(), y: N0 + cy + r * t.sin() }
    };
    Polygon::new(radii.iter().enumerate().map(point).collect(), vec![])
}

fn shape(reach: f64, least: f64, most: f64) -> impl Strategy<Value = Polygon<f64>> {
    (-reach..reach, -reach..reach, prop::collection::vec(least..most, 3..14)).prop_map(|(x, y, r)| star(x, y, &r))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_way_measures_what_the_plain_one_does(p in shape(3.0, 3.0, 12.0), zones in prop::collection::vec(shape(20.0, 1.0, 18.0), 1..5)) {
        let parcel = Measured::new(&MultiPolygon(vec![p.clone()])).unwrap();
        let geoms: Vec<Indexed> = zones.iter().cloned().map(Geometry::from).map(Indexed::from).collect();
        let pieces: Vec<Piece> = geoms.iter().enumerate().map(|(i, g)| Piece { fid: i as i64, geom: g, half_width: None }).collect();
        let fast = overlay(&parcel, &pieces, 0.2);
        let all = zones.iter().fold(MultiPolygon(vec![]), |u, z| u.union(z));
        let plain = p.intersection(&all).unsigned_area();
        // The plain operation rounds every corner to a grid of 2^-29 of the largest extent (here up to 80 m).
        let grid = (parcel.perimeter * 80.0 / f64::from(1 << 29)).max(1e-6);
        prop_assert!((fast.area.nominal - plain).abs() < grid, "{} {plain}", fast.area.nominal);
        prop_assert!(fast.area.low <= fast.area.nominal && fast.area.nominal <= fast.area.high);
    }

    #[test]
    fn moving_within_the_accuracy_never_turns_certain_into_none(
        p in shape(2.0, 3.0, 9.0), z in shape(14.0, 0.5, 9.0), sigma in 0.05..1.5, turn in 0.0..std::f64::consts::TAU, far in 0.0..1.0,
        wobble in prop::collection::vec((-0.7..0.7, -0.7..0.7), 16)
    ) {
        let parcel = Measured::new(&MultiPolygon(vec![p])).unwrap();
        let measure = |z: &Polygon<f64>| {
            let g = Geometry::from(z.clone());
            overlay(&parcel, &[Piece { fid: 1, geom: &g.clone().into(), half_width: None }], sigma).area
        };
        let before = measure(&z);
        let moved = z.translate(far * sigma * turn.cos(), far * sigma * turn.sin());
        let n = z.exterior().0.len() - 1;
        let shaken = Polygon::new((0..n).map(|i| z.exterior().0[i] + Coord { x: wobble[i].0 * sigma, y: wobble[i].1 * sigma }).collect(), vec![]);
        let simple = flaws(&MultiPolygon(vec![shaken.clone()])).is_empty();
        for (other, counts) in [(moved, true), (shaken, simple)] {
            let after = measure(&other);
            if counts {
                prop_assert!(after.nominal >= before.low - 1e-4 && after.nominal <= before.high + 1e-4, "{before:?} {after:?}");
            }
            if counts && before.certainty() == Certainty::Certain {
                prop_assert_ne!(after.certainty(), Certainty::None);
            }
        }
    }

    /// Both maps are off at once, each by no more than it may: turned about, or every corner for itself.
    #[test]
    fn both_maps_moving_within_their_accuracy_never_turns_certain_into_none(
        p in shape(2.0, 3.0, 9.0), z in shape(10.0, 0.5, 9.0), (a, b) in (0.05..0.8, 0.05..0.8),
        (p_turn, z_turn) in (0.0..std::f64::consts::TAU, 0.0..std::f64::consts::TAU), opposed in any::<bool>(),
        wobble in prop::collection::vec((-0.7..0.7, -0.7..0.7), 32)
    ) {
        let measure = |p: &Polygon<f64>, z: &Polygon<f64>| {
            let parcel = Measured::new(&MultiPolygon(vec![p.clone()])).ok()?;
            let g = Geometry::from(z.clone());
            Some(overlay(&parcel, &[Piece { fid: 1, geom: &g.into(), half_width: None }], combined_accuracy(a, b)).area)
        };
        let shaken = |s: &Polygon<f64>, by: f64, from: usize| {
            let corners = &s.exterior().0[1..];
            let at = |(i, c): (usize, &Coord<f64>)| *c + Coord { x: wobble[from + i].0 * by, y: wobble[from + i].1 * by };
            Polygon::new(corners.iter().enumerate().map(at).collect(), vec![])
        };
        let before = measure(&p, &z).unwrap();
        let z_turn = if opposed { p_turn + std::f64::consts::PI } else { z_turn };
        let rigid = (p.translate(a * p_turn.cos(), a * p_turn.sin()), z.translate(b * z_turn.cos(), b * z_turn.sin()));
        let after = measure(&rigid.0, &rigid.1).unwrap();
        prop_assert!(after.nominal >= before.low - 1e-4 && after.nominal <= before.high + 1e-4, "{before:?} {after:?}");
        let loose = (shaken(&p, a, 0), shaken(&z, b, 16));
        let simple = flaws(&MultiPolygon(vec![loose.0.clone()])).is_empty() && flaws(&MultiPolygon(vec![loose.1.clone()])).is_empty();
        let shaken = if simple { measure(&loose.0, &loose.1) } else { None };
        for after in [Some(after), shaken].into_iter().flatten() {
            if before.certainty() == Certainty::Certain {
                prop_assert_ne!(after.certainty(), Certainty::None);
            }
        }
    }

    #[test]
    fn what_is_called_covered_leaves_nothing_open(
        radii in prop::collection::vec(20.0..60.0, 3..20), hole in 0.5..6.0, hx in -30.0..30.0, hy in -30.0..30.0, x in -30.0..30.0, y in -30.0..30.0
    ) {
        let n = radii.len() as f64;
        let ring = |radii: &[f64]| -> LineString<f64> {
            let at = |(i, r): (usize, &f64)| {
                let t = i as f64 / n * std::f64::consts::TAU;
                Coord { x: E0 + r * t.cos(), y: N0 + r * t.sin() }
            };
            radii.iter().enumerate().map(at).collect()
        };
        let pond = rect(hx, hy, hole, hole).exterior().clone();
        let land = MultiPolygon(vec![Polygon::new(ring(&radii), vec![])]);
        let cover = land.difference(&MultiPolygon(vec![Polygon::new(pond, vec![])]));
        let parcel = Measured::new(&MultiPolygon(vec![rect(x, y, 6.0, 4.0)])).unwrap();
        let open = parcel.shape.difference(&cover).unsigned_area();
        match coverage(&parcel, [&cover]) {
            Cover::Contains => prop_assert!(open <= TOUCH_M * parcel.perimeter, "{open}"),
            Cover::Partly { uncovered_m2, .. } => prop_assert!((uncovered_m2 - open).abs() < 1e-6),
            Cover::Outside => prop_assert!(open >= parcel.area - TOUCH_M * parcel.perimeter),
        }
    }

    #[test]
    fn a_composition_leaves_nothing_out_and_counts_nothing_twice(p in shape(3.0, 3.0, 12.0), zones in prop::collection::vec((shape(14.0, 1.0, 18.0), 0..3_u8), 1..6)) {
        let parcel = Measured::new(&MultiPolygon(vec![p])).unwrap();
        let geoms: Vec<(Indexed, u8)> = zones.into_iter().map(|(z, code)| (Geometry::from(z).into(), code)).collect();
        let measured = |of: Option<u8>| {
            let pieces = geoms.iter().filter(|g| of.is_none_or(|c| c == g.1)).map(|g| Piece { fid: 1, geom: &g.0, half_width: None });
            overlay(&parcel, &pieces.collect::<Vec<_>>(), 0.0)
        };
        let (total, parts): (_, Vec<Overlap>) = (measured(None), (0..3).map(|c| measured(Some(c))).collect());
        let named: Vec<_> = parts.iter().enumerate().map(|(i, o)| (Some(i.to_string()), o)).collect();
        let c = composition(&parcel, &total, &named);
        let open: f64 = c.lines.iter().filter(|l| l.code.is_none()).map(|l| l.area).sum();
        let rounding = TOUCH_M * parcel.perimeter;
        prop_assert!((open - (parcel.area - total.area.nominal)).abs() <= rounding);
        let sum: f64 = parts.iter().map(|o| o.area.nominal).sum();
        let (doubled, percent) = c.doubled.unwrap_or_default();
        prop_assert!((doubled - (sum - total.area.nominal)).abs() <= rounding);
        let tenths = |p: f64| (p * 10.0).round() as i64;
        prop_assert_eq!(c.lines.iter().map(|l| tenths(l.percent)).sum::<i64>() - tenths(percent), 1000);
    }

    #[test]
    fn shares_always_add_up(weights in prop::collection::vec(0.0..1e5, 1..12)) {
        let units = largest_remainder(&weights, 1000);
        let sum: u32 = units.iter().sum();
        prop_assert_eq!(sum, if weights.iter().sum::<f64>() > 0.0 { 1000 } else { 0 });
    }

    #[test]
    fn garbage_never_panics(xs in prop::collection::vec(prop_oneof![Just(f64::NAN), Just(1e300), Just(0.0), -50.0..50.0], 6..20)) {
        let ring: LineString<f64> = xs.chunks_exact(2).map(|c| Coord { x: c[0], y: c[1] }).collect();
        let any = Polygon::new(ring, vec![]);
        let _ = repair(&any);
        let _ = flaws(&MultiPolygon(vec![any.clone()]));
        let _ = match_vertices(&any.exterior().0, &[], &MultiPolygon(vec![any.clone()]));
        let g = Geometry::from(any.clone());
        let base = Measured::new(&MultiPolygon(vec![geo_types::Rect::new((0.0, 0.0), (20.0, 20.0)).to_polygon()])).unwrap();
        let _ = overlay(&base, &[Piece { fid: 1, geom: &g.clone().into(), half_width: Some(1.0) }], 0.5);
        let _ = coverage(&base, [&MultiPolygon(vec![any.clone()])]);
        if let Ok(m) = Measured::new(&MultiPolygon(vec![any])) {
            let _ = (extent(&m), fits_rectangle(&m, 2.0, 2.0), frontage(&m, &[Piece { fid: 1, geom: &g.clone().into(), half_width: None }], 0.5));
        }
    }
}

//! The twelve geometry questions, and what must hold for any shapes.

use super::*;
use crate::domain::verify::Certainty;
use geo::{Area as _, BooleanOps, Translate, wkt};
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiPolygon, Point, Polygon};
use proptest::prelude::*;

/// A parcel of 35,121 m² (187.40811… m square), far from the origin as real ones are.
const SIDE: f64 = 187.408_111_0;
pub(super) const E0: f64 = 588_000.0;
pub(super) const N0: f64 = 2_326_000.0;

fn rect(x: f64, y: f64, w: f64, h: f64) -> Polygon<f64> {
    geo_types::Rect::new((E0 + x, N0 + y), (E0 + x + w, N0 + y + h)).to_polygon()
}
fn parcel() -> Measured {
    Measured::new(&MultiPolygon(vec![rect(0.0, 0.0, SIDE, SIDE)])).unwrap()
}
fn measure(geoms: &[Geometry<f64>], sigma: f64) -> Overlap {
    let geoms: Vec<Indexed> = geoms.iter().cloned().map(Indexed::from).collect();
    let pieces: Vec<Piece> =
        geoms.iter().enumerate().map(|(i, g)| Piece { fid: i as i64, geom: g, half_width: None }).collect();
    overlay(&parcel(), &pieces, sigma)
}
fn collection(all: Vec<Geometry<f64>>) -> Geometry<f64> {
    Geometry::GeometryCollection(GeometryCollection(all))
}
fn near(a: f64, b: f64, by: f64) {
    assert!((a - b).abs() <= by, "{a} is not {b} within {by}");
}

#[test]
fn q01_same_polygon_twice_is_a_hundred_percent() {
    let whole = Geometry::from(rect(-10.0, -10.0, 300.0, 300.0));
    let parts = Geometry::MultiPolygon(MultiPolygon(vec![rect(0.0, 0.0, 100.0, SIDE), rect(0.0, 0.0, 100.0, SIDE)]));
    near(measure(&[whole.clone(), whole], 0.0).share(&parcel()), 100.0, 0.0);
    near(measure(&[parts.clone(), parts], 0.0).area.nominal, 100.0 * SIDE, 1e-3);
}

#[test]
fn q02_search_distance_is_not_measured() {
    near(measure(&[rect(0.0, 0.0, SIDE, SIDE).into()], 5.0).area.nominal, parcel().area, 1e-3);
}

#[test]
fn q03_a_hundred_small_parts_add_up() {
    let parts = (0..100).map(|i| rect(f64::from(i % 10) * 5.0, f64::from(i / 10) * 5.0, 0.9, 0.9)).collect();
    let o = measure(&[Geometry::MultiPolygon(MultiPolygon(parts))], 0.0);
    near(o.area.nominal, 81.0, 1e-3);
    near(o.share(&parcel()), 0.2306, 1e-3);
}

/// A zone that a street enters from the north and ends in beyond the south-western corner. Cut at the window, its ring runs
/// through that corner twice, in opposite turns. Wherever it begins and whichever way it runs, its area counts, beside that
/// of another piece.
#[test]
fn a_ring_that_passes_a_corner_twice_keeps_its_area() {
    let corners = [
        (300.0, -50.0),
        (300.0, 300.0),
        (70.0, 300.0),
        (-2.0, -30.0),
        (-30.0, -20.0),
        (50.0, 300.0),
        (-60.0, 300.0),
        (-60.0, -50.0),
    ];
    let other = rect(20.0, 10.0, 100.0, 10.0);
    for start in 0..corners.len() {
        let mut ring = corners.map(|(x, y)| Coord { x: E0 + x, y: N0 + y }).to_vec();
        ring.rotate_left(start);
        for _ in 0..2 {
            let zone = Polygon::new(LineString(ring.clone()), vec![]);
            let expected = parcel().shape.intersection(&zone.union(&other)).unsigned_area();
            for pieces in [[zone.clone(), other.clone()], [other.clone(), zone]] {
                near(measure(&pieces.map(Geometry::from), 0.0).area.nominal, expected, 1e-3);
            }
            ring.reverse();
        }
    }
}

/// Shapefiles run their shells clockwise, GeoJSON the other way.
#[test]
fn a_gap_is_found_whichever_way_the_neighbours_run() {
    let turned = |p: &Polygon<f64>, back: bool| {
        let mut ring = p.exterior().clone();
        if back {
            ring.0.reverse();
        }
        MultiPolygon(vec![Polygon::new(ring, vec![])])
    };
    let (east, north) = (rect(SIDE + 0.1, 0.0, 50.0, SIDE), rect(0.0, SIDE, SIDE, 50.0));
    for (back_east, back_north) in [(false, false), (true, false), (false, true), (true, true)] {
        let gaps = narrow_gaps(&parcel(), &[turned(&east, back_east), turned(&north, back_north)], 0.3);
        assert_eq!(gaps.len(), 1, "{back_east} {back_north}");
        near(gaps[0].unsigned_area(), 0.1 * SIDE, 0.05);
    }
}

#[test]
fn q04_a_ring_outside_is_near_with_no_area() {
    let outer = rect(-4.0, -4.0, SIDE + 8.0, SIDE + 8.0);
    let hole = rect(-2.0, -2.0, SIDE + 4.0, SIDE + 4.0);
    let ring = Polygon::new(outer.exterior().clone(), vec![hole.exterior().clone()]);
    let o = measure(&[ring.into()], 5.0);
    assert_eq!(o.area.nominal, 0.0);
    assert!(matches!(o.relation, Relation::Near(d) if (d - 2.0).abs() < 1e-6), "{:?}", o.relation);
    assert_eq!(o.area.certainty(), Certainty::Possible);
}

#[test]
fn q05_a_self_crossing_polygon_is_measured_and_named() {
    let c = |x: f64, y: f64| Coord { x: E0 + x, y: N0 + y };
    let bow = Polygon::new(
        LineString(vec![c(10.0, 10.0), c(20.0, 20.0), c(20.0, 10.0), c(10.0, 20.0), c(10.0, 10.0)]),
        vec![],
    );
    let o = measure(&[bow.into(), rect(50.0, 50.0, 10.0, 10.0).into()], 0.0);
    near(o.area.nominal, 150.0, 1e-3);
    assert_eq!((o.crossing, o.fids), (vec![0], vec![0, 1]));
}

#[test]
fn q06_a_collection_is_measured_by_part() {
    let two = collection(vec![rect(0.0, 0.0, 10.0, 10.0).into(), collection(vec![rect(5.0, 0.0, 10.0, 10.0).into()])]);
    near(measure(&[two], 0.0).area.nominal, 150.0, 1e-3);
    let mixed = collection(vec![rect(0.0, 0.0, 10.0, 10.0).into(), Point::new(E0 + 50.0, N0 + 50.0).into()]);
    near(measure(&[mixed], 0.0).area.nominal, 100.0, 1e-3);
}

/// Curves are drawn as chords when a map is read (GDAL); a circle of many chords in a collection is measured.
#[test]
fn q07_a_curve_in_a_collection_is_measured() {
    let ring = (0..=720).map(|i| {
        let t = f64::from(i % 720).to_radians() / 2.0;
        Coord { x: E0 + 50.0 + 20.0 * t.cos(), y: N0 + 50.0 + 20.0 * t.sin() }
    });
    let circle = Polygon::new(ring.collect(), vec![]);
    let o = measure(&[collection(vec![circle.into()])], 0.0);
    near(o.area.nominal, std::f64::consts::PI * 400.0, 0.05);
}

#[test]
fn q08_a_small_square_keeps_its_own_size() {
    near(measure(&[rect(-1.0, 0.0, 2.05, 1.05).into()], 0.0).area.nominal, 1.05 * 1.05, 1e-4);
}

#[test]
fn q09_an_empty_parcel_is_refused_by_name() {
    assert_eq!(Measured::new(&MultiPolygon(vec![])).unwrap_err()[0].kind, FlawKind::Empty);
}

#[test]
fn q11_touching_is_not_overlapping() {
    let edge = measure(&[rect(SIDE, 0.0, 10.0, SIDE).into()], 0.0);
    let corner = measure(&[rect(SIDE, SIDE, 10.0, 10.0).into()], 0.0);
    for o in [edge, corner] {
        assert_eq!((o.relation, o.area.nominal, o.fids.len()), (Relation::Touch, 0.0, 0));
    }
    assert_eq!(measure(&[rect(SIDE + 1.0, 0.0, 10.0, SIDE).into()], 0.0).relation, Relation::Apart);
}

#[test]
fn q12_the_same_question_gets_the_same_bytes_on_any_thread() {
    let zones: Vec<Geometry<f64>> =
        (0..30).map(|i| rect(f64::from(i) * 7.3 - 5.0, f64::from(i) * 3.1, 41.7, 63.9).into()).collect();
    let one = measure(&zones, 0.3);
    std::thread::scope(|s| {
        let runs: Vec<_> = (0..16).map(|_| s.spawn(|| measure(&zones, 0.3))).collect();
        runs.into_iter().for_each(|r| assert_eq!(r.join().unwrap(), one));
    });
}

#[test]
fn lines_and_points_get_their_width() {
    let across = Geometry::LineString(LineString(vec![
        Coord { x: E0 - 500.0, y: N0 + 50.0 },
        Coord { x: E0 + 900.0, y: N0 + 50.0 },
    ]));
    let wide = overlay(&parcel(), &[Piece { fid: 7, geom: &across.clone().into(), half_width: Some(4.0) }], 0.0);
    near(wide.area.nominal, 8.0 * SIDE, 1e-3);
    let thin = measure(&[across], 0.0);
    near(thin.length, SIDE, 1e-3);
    assert_eq!((thin.area.nominal, thin.fids), (0.0, vec![0]));
    let pole = Geometry::Point(Point::new(E0 + 20.0, N0 + 20.0));
    let round = overlay(&parcel(), &[Piece { fid: 7, geom: &pole.clone().into(), half_width: Some(2.0) }], 0.0);
    near(round.area.nominal, std::f64::consts::PI * 4.0, 0.1);
}

#[test]
fn a_broken_number_is_named_and_the_rest_measured() {
    let mut bad = rect(0.0, 0.0, 10.0, 10.0);
    bad.exterior_mut(|r| r.0[1].x = f64::NAN);
    let huge = rect(0.0, 0.0, 1e300, 10.0);
    let o = measure(&[bad.into(), huge.into(), rect(0.0, 0.0, 10.0, 10.0).into()], 0.2);
    assert_eq!(o.broken, [0, 1]);
    near(o.area.nominal, 100.0, 1e-3);
}

#[test]
fn coverage_answers_with_the_open_area() {
    let p = parcel();
    let cover = |c: Polygon<f64>| coverage(&p, [&MultiPolygon(vec![c])]);
    assert_eq!(cover(rect(0.0, 0.0, SIDE, SIDE)), Cover::Contains);
    assert_eq!(cover(rect(1e-5, -1.0, SIDE + 1.0, SIDE + 2.0)), Cover::Contains);
    assert_eq!(cover(rect(SIDE, 0.0, 50.0, 50.0)), Cover::Outside);
    let Cover::Partly { uncovered_m2, .. } = cover(rect(-1.0, -1.0, 101.0, 500.0)) else { panic!("partly") };
    near(uncovered_m2, (SIDE - 100.0) * SIDE, 1e-3);
    let halves =
        [MultiPolygon(vec![rect(-1.0, -1.0, 101.0, 500.0)]), MultiPolygon(vec![rect(99.0, -1.0, 150.0, 500.0)])];
    assert_eq!(coverage(&p, &halves), Cover::Contains);
    assert_eq!(coverage(&p, &[]), Cover::Outside);
}

#[test]
fn composition_adds_up_to_a_hundred() {
    let p = parcel();
    let third = SIDE / 3.0;
    let parts: Vec<Overlap> =
        (0..3).map(|i| measure(&[rect(f64::from(i) * third, 0.0, third, SIDE).into()], 0.0)).collect();
    let named: Vec<(Option<String>, &Overlap)> =
        parts.iter().zip(["A", "B", "C"]).map(|(o, c)| (Some(c.to_owned()), o)).collect();
    let c = composition(&p, &named);
    assert_eq!(c.lines.iter().map(|l| (l.percent * 10.0).round() as i64).sum::<i64>(), 1000);
    assert_eq!((c.lines.len(), c.doubled), (3, 0.0));
    let c = composition(&p, &named[..2]);
    assert_eq!(c.lines.last().map(|l| l.code.clone()), Some(None));
    let whole = measure(&[rect(-1.0, -1.0, 500.0, 500.0).into()], 0.0);
    let c = composition(&p, &[(Some("A".into()), &whole), (Some("B".into()), &parts[0])]);
    near(c.doubled, p.area / 3.0, 1e-2);
}

#[test]
fn vertices_match_from_any_start_in_any_direction() {
    let ring = [(0.0, 0.0), (20.0, 1.0), (22.0, 15.0), (8.0, 19.0), (-1.0, 9.0)];
    let at = |i: usize| Coord { x: E0 + ring[i % 5].0, y: N0 + ring[i % 5].1 };
    let map = MultiPolygon(vec![Polygon::new((0..6).map(at).collect(), vec![])]);
    let mut table: Vec<Coord<f64>> = (0..5).rev().map(|i| at(i + 2)).collect();
    let exact = match_vertices(&table, &[], &map).unwrap();
    assert_eq!((exact.largest, exact.hausdorff, exact.swapped), (0.0, 0.0, false));
    assert!(exact.edges.iter().all(|e| (e.paper - e.map).abs() < 1e-9));
    table[3].x += 0.5;
    let moved = match_vertices(&table, &[], &map).unwrap();
    assert_eq!((moved.worst, (moved.largest * 1000.0).round()), (3, 500.0));
    let turned: Vec<Coord<f64>> = table.iter().map(|c| Coord { x: c.y, y: c.x }).collect();
    assert!(match_vertices(&turned, &[], &map).unwrap().swapped);
    let shifted: Vec<Coord<f64>> = (0..5).map(|i| at(i) + Coord { x: 195.0, y: -110.0 }).collect();
    let far = match_vertices(&shifted, &[], &map).unwrap();
    near(far.shift.x, 195.0, 1e-6);
    near(far.largest_unshifted, 0.0, 1e-6);
    assert!(match_vertices(&table[..2], &[], &map).is_none());
}

#[test]
fn a_rectangle_fits_or_not() {
    let turned = Measured::new(&MultiPolygon(vec![
        wkt!(POLYGON((0. 0.,8. 6.,5. 10.,-3. 4.,0. 0.))), // 10 by 5 m, turned
    ]))
    .unwrap();
    assert!(fits_rectangle(&turned, 5.0, 10.0) && fits_rectangle(&turned, 10.0, 5.0));
    assert!(!fits_rectangle(&turned, 5.1, 9.0) && !fits_rectangle(&turned, 7.0, 7.0));
    near(largest_side(&turned, 4.0, 20.0), 10.0, 0.02);
    let flag =
        Measured::new(&MultiPolygon(vec![wkt!(POLYGON((0. 0.,3. 0.,3. 10.,20. 10.,20. 20.,0. 20.,0. 0.)))])).unwrap();
    assert!(
        fits_rectangle(&flag, 3.0, 20.0) && fits_rectangle(&flag, 20.0, 10.0) && !fits_rectangle(&flag, 11.0, 12.0)
    );
    let e = extent(&flag).unwrap();
    assert_eq!((e.narrow.round(), e.long.round()), (20.0, 20.0));
}

#[test]
fn frontage_is_the_outline_along_a_way() {
    let road = Geometry::Polygon(rect(-20.0, -8.0, 400.0, 8.0));
    let road = Indexed::from(road);
    let piece = [Piece { fid: 1, geom: &road, half_width: None }];
    near(frontage(&parcel(), &piece, 0.3).0, SIDE + 0.6, 0.1);
    let far = Geometry::Polygon(rect(-20.0, -80.0, 400.0, 8.0));
    assert_eq!(frontage(&parcel(), &[Piece { fid: 1, geom: &far.clone().into(), half_width: None }], 0.3).0, 0.0);
}

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

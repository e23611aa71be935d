//! The twelve geometry questions.

use super::*;
use crate::domain::verify::Certainty;
use geo::{Area as _, BooleanOps, wkt};
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiPolygon, Point, Polygon};

/// A parcel of 35,121 m² (187.40811… m square), far from the origin as real ones are.
const SIDE: f64 = 187.408_111_0;
pub(super) const E0: f64 = 588_000.0;
pub(super) const N0: f64 = 2_326_000.0;

pub(super) fn rect(x: f64, y: f64, w: f64, h: f64) -> Polygon<f64> {
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
        let gaps = narrow_gaps(&parcel(), &[&turned(&east, back_east), &turned(&north, back_north)], 0.3);
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
    let whole = measure(&[rect(-1.0, -1.0, 500.0, 500.0).into()], 0.0);
    let c = composition(&p, &whole, &named);
    assert_eq!(c.lines.iter().map(|l| (l.percent * 10.0).round() as i64).sum::<i64>(), 1000);
    assert_eq!((c.lines.len(), c.doubled), (3, None));
    let two = measure(&[rect(0.0, 0.0, 2.0 * third, SIDE).into()], 0.0);
    let c = composition(&p, &two, &named[..2]);
    assert_eq!(c.lines.last().map(|l| l.code.clone()), Some(None));
    let c = composition(&p, &whole, &[(Some("A".into()), &whole), (Some("B".into()), &parts[0])]);
    near(c.doubled.unwrap().0, p.area / 3.0, 1e-2);
}

#[test]
fn open_ground_and_doubled_ground_do_not_make_up_for_each_other() {
    let p = parcel();
    let (a, b) = (rect(0.0, 0.0, 0.6 * SIDE, SIDE), rect(0.4 * SIDE, 0.0, 0.4 * SIDE, SIDE));
    let (a, b): (Geometry<f64>, Geometry<f64>) = (a.into(), b.into());
    let (one, other, total) =
        (measure(std::slice::from_ref(&a), 0.0), measure(std::slice::from_ref(&b), 0.0), measure(&[a, b], 0.0));
    let c = composition(&p, &total, &[(Some("A".into()), &one), (Some("B".into()), &other)]);
    let shares: Vec<_> = c.lines.iter().map(|l| (l.code.as_deref(), l.percent)).collect();
    assert_eq!(shares, [(Some("A"), 60.0), (Some("B"), 40.0), (None, 20.0)]);
    let (area, percent) = c.doubled.unwrap();
    near(area, 0.2 * p.area, 1e-2);
    assert_eq!(percent, 20.0);
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

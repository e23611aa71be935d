use super::*;
use geo_types::coord;

fn reference() -> MultiPolygon<f64> {
    MultiPolygon(vec![Rect::new(coord! {x: 0.0, y: 0.0}, coord! {x: 1000.0, y: 1000.0}).to_polygon()])
}

fn candidate(name: &str, kind: CandidateKind, dx: f64, dy: f64) -> Candidate {
    let points = (0..100).map(|i| Some((5.0 + f64::from(i % 10) * 110.0 + dx, 5.0 + f64::from(i / 10) * 110.0 + dy)));
    Candidate { definition: name.into(), kind, points: points.collect(), more: vec![], on_grid: false }
}

fn judged(candidates: &[Candidate]) -> Judgement {
    judge(&reference(), &Corners::default(), candidates, Strictness::default())
}

fn names(c: &[Ranked]) -> Vec<&str> {
    c.iter().map(|c| c.definition.as_str()).collect()
}

use CandidateKind::{Declared, NoShift, OtherOperation, Utm, Zone};

#[test]
fn data_in_its_place_fits() {
    let c = [candidate("a", Declared, 0.0, 0.0), candidate("b", Zone, 26_000.0, 100.0)];
    assert_eq!(judged(&c), Judgement::Fits { share_inside: 1.0, proof: Proof::Place });
}

#[test]
fn a_wrong_meridian_is_refused_with_its_offset_and_the_right_one() {
    let c =
        [candidate("a", Declared, 26_000.0, 100.0), candidate("far", Utm, -5e5, 0.0), candidate("b", Zone, 0.0, 0.0)];
    let Judgement::Refused { share_inside, offset: Some(o), candidates } = judged(&c) else { panic!("not refused") };
    assert_eq!((share_inside, o.to_best), (0.0, true));
    assert!((o.dx + 26_000.0).abs() < 1e-6 && (o.dy + 100.0).abs() < 1e-6);
    assert_eq!(names(&candidates), ["b"]);
}

#[test]
fn a_small_shift_that_another_reading_explains_is_ambiguous() {
    let how = Strictness { min_share: 0.7, must_prove: false, ..Strictness::default() };
    let c = [candidate("a", Declared, 196.0, 0.0), candidate("b", NoShift, 0.0, 0.0)];
    let j = judge(&reference(), &Corners::default(), &c, how);
    assert!(matches!(j, Judgement::Ambiguous { ref candidates, .. } if candidates[0].definition == "b"), "{j:?}");
}

#[test]
fn nowhere_known_gives_the_way_to_the_centre() {
    let j = judged(&[candidate("a", Declared, 5000.0, 0.0)]);
    assert!(matches!(j, Judgement::Refused { offset: Some(Offset { to_best: false, .. }), .. }), "{j:?}");
}

#[test]
fn nothing_to_look_at_is_not_judged() {
    let empty = Candidate { points: vec![], ..candidate("a", Declared, 0.0, 0.0) };
    assert_eq!(judged(&[empty]), Judgement::NotJudged);
    let c = [candidate("a", Declared, 0.0, 0.0)];
    let nowhere = judge(&MultiPolygon(vec![]), &Corners::default(), &c, Strictness::default());
    assert_eq!(nowhere, Judgement::NotJudged);
}

/// Two readings 225 m apart, both in the middle of a large commune.
fn two(on_grid: [bool; 2]) -> [Candidate; 2] {
    let mut c = [candidate("a", Declared, 0.0, 0.0), candidate("b", NoShift, 10.0, 25.0)];
    for (c, g) in c.iter_mut().zip(on_grid) {
        c.on_grid = g;
    }
    c
}

#[test]
fn what_nothing_tells_apart_is_ambiguous_or_at_least_said() {
    for grid in [[false, false], [true, true]] {
        assert!(matches!(judged(&two(grid)), Judgement::Ambiguous { .. }), "{grid:?}");
        let how = Strictness { must_prove: false, ..Strictness::default() };
        let j = judge(&reference(), &Corners::default(), &two(grid), how);
        assert!(matches!(j, Judgement::Unproved { ref candidates, .. } if names(candidates) == ["b"]), "{j:?}");
    }
}

/// Off the centimetre grid, half a metre beside: the commune holds both, and so proves neither.
#[test]
fn a_commune_does_not_tell_two_datum_operations_apart() {
    let c = [candidate("a", Declared, 0.0, 0.0), candidate("b", OtherOperation, 0.64, 0.1)];
    for must_prove in [false, true] {
        let how = Strictness { must_prove, ..Strictness::default() };
        let j = judge(&reference(), &Corners::default(), &c, how);
        assert!(matches!(j, Judgement::Unproved { ref candidates, .. } if names(candidates) == ["b"]), "{j:?}");
        let close = Strictness { doubt_from_m: SAME_CORNER_M, ..how };
        let j = judge(&reference(), &Corners::default(), &c, close);
        assert_eq!(matches!(j, Judgement::Ambiguous { .. }), must_prove, "{j:?}");
    }
    // the same coordinates under another name are no rival
    let named = [c[0].clone(), candidate("a by another name", Zone, 0.001, 0.0)];
    assert_eq!(judged(&named), Judgement::Fits { share_inside: 1.0, proof: Proof::Place });
}

#[test]
fn the_grid_tells_them_apart() {
    assert_eq!(judged(&two([true, false])), Judgement::Fits { share_inside: 1.0, proof: Proof::Grid });
    let j = judged(&two([false, true]));
    let Judgement::Refused { offset: Some(o), .. } = j else { panic!("{j:?}") };
    assert!((o.distance - 10f64.hypot(25.0)).abs() < 1e-9, "{o:?}");
}

#[test]
fn the_map_that_is_there_has_the_last_word() {
    let corners = Corners::new(candidate("", Declared, 0.02, 0.03).points.into_iter().flatten());
    let how = Strictness::default();
    let Judgement::Fits { proof: Proof::Map(m), .. } = judge(&reference(), &corners, &two([false, true]), how) else {
        panic!("the grid may mislead, the map does not")
    };
    assert!(m.share > 0.99 && (m.residual_m.unwrap() - 0.02f64.hypot(0.03)).abs() < 1e-9, "{m:?}");
    // 0.7 m beside: no boundary tells it, the map does.
    let c = [
        candidate("a", Declared, 0.62, 0.16),
        candidate("far", NoShift, 10.0, 25.0),
        candidate("b", OtherOperation, 0.0, 0.0),
    ];
    let j = judge(&reference(), &corners, &c, how);
    let Judgement::Refused { offset: Some(o), candidates, .. } = j else { panic!("{j:?}") };
    assert!((0.6..0.7).contains(&o.distance) && names(&candidates) == ["b", "far"], "{candidates:?}");
    // Half of the corners are new: still clear. A map nobody meets says nothing.
    let half = Corners::new(candidate("", Declared, 0.0, 0.0).points.into_iter().flatten().step_by(2));
    assert!(matches!(judge(&reference(), &half, &two([false; 2]), how), Judgement::Fits { proof: Proof::Map(_), .. }));
    let other = Corners::new([(3.0, 3.0)]);
    assert!(matches!(judge(&reference(), &other, &two([false; 2]), how), Judgement::Ambiguous { .. }));
}

/// One field whose corner lies beside somebody else's: 0.64 m away a corner is met by chance, and says nothing. Where all of
/// its corners are met there, it does.
#[test]
fn one_corner_met_by_chance_does_not_refuse_what_is_declared() {
    let field = |name: &str, kind, dx: f64| {
        let at = |x: f64, y: f64| Some((x + dx, y));
        let more = vec![at(400.0, 100.0), at(400.0, 300.0), at(100.0, 300.0)];
        Candidate { points: vec![at(100.0, 100.0)], more, ..candidate(name, kind, 0.0, 0.0) }
    };
    let c = [field("a", Declared, 0.0), field("b", OtherOperation, 0.64)];
    let how = Strictness { must_prove: false, ..Strictness::default() };
    let on = |corners: &[(f64, f64)]| judge(&reference(), &Corners::new(corners.iter().copied()), &c, how);
    let taken = |j| matches!(j, Judgement::Unproved { ref candidates, .. } if names(candidates) == ["b"]);
    assert!(taken(on(&[(100.64, 100.0)])));
    let there = [(100.64, 100.0), (400.64, 100.0), (400.64, 300.0)];
    assert!(matches!(on(&there), Judgement::Refused { ref candidates, .. } if names(candidates) == ["b"]));
    // several points at one corner are one
    let twice = [(100.64, 100.0), (100.64, 100.0), (100.65, 100.0)];
    assert!(taken(on(&twice)));
}

#[test]
fn typed_coordinates_sit_on_the_grid_and_shifted_ones_do_not() {
    let typed: Vec<(f64, f64)> =
        (0..40).map(|i| (550_000.0 + f64::from(i) * 13.37, 1_777_000.0 + f64::from(i * i) * 0.07)).collect();
    assert!(on_centimetres(&typed));
    let noisy = typed.iter().map(|p| (p.0 * 1.000_01, p.1 * 1.000_01)).collect::<Vec<_>>();
    assert!(!on_centimetres(&noisy));
    assert!(!on_centimetres(&typed[..5]), "five may be chance");
    let half: Vec<_> = typed.iter().step_by(2).chain(noisy.iter().step_by(2)).copied().collect();
    assert!(on_centimetres(&half), "half of the corners were cut by a computer");
}

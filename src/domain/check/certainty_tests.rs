//! Interval and word always agree, and a boundary moved within its accuracy never turns certain into none.

use super::fixtures::{feature, layer, rect, run, themed};
use super::{Context, fixtures, planning_composition, planning_hazard, planning_protection};
use crate::domain::geom::combined_accuracy;
use crate::domain::verify::{Certainty, Finding, LayerFacts};
use proptest::prelude::*;

/// (check, theme, code): the last is a zone in which the parcel's use does not fit.
type Checked = (fn(&Context<'_>) -> Vec<Finding>, &'static str, Option<&'static str>);
const CHECKED: [Checked; 3] = [
    (planning_hazard::run, "hazard_flood", Some("sau")),
    (planning_protection::run, "heritage", None),
    (planning_composition::run, "landuse_plan", Some("DGT")),
];

fn judged((check, theme, code): Checked, zones: &[(f64, f64, f64)]) -> Finding {
    // several zones with codes of their own, as high as the parcel and more
    let one = |(i, (x, y, w)): (usize, &(f64, f64, f64))| {
        let code = if i == 0 { code } else { Some("OTHER") };
        feature(i as i64, code, &rect(*x, *y, *w, 30.0))
    };
    let mut facts = fixtures::facts();
    let all: LayerFacts = layer(1, zones.iter().enumerate().map(one).collect());
    facts.themes = vec![themed(theme, vec![all])];
    run(check, &facts).remove(0)
}

fn agrees(f: &Finding) -> Result<(), TestCaseError> {
    match (f.area, f.certainty) {
        (Some(a), word) => {
            prop_assert!(a.low <= a.nominal && a.nominal <= a.high && a.high > 0.0, "{a:?}");
            prop_assert_eq!(word, Some(a.certainty()), "{:?}", a);
        }
        // nothing within the accuracy, or nobody can say
        (None, word) => prop_assert!(word.is_none_or(|c| c == Certainty::None), "{f:?}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn certain_never_becomes_none(
        gap in -1.5..1.5, y in -16.0..1.0, w in 0.2..30.0, second in prop::option::of(-1.0..1.0),
        turn in 0.0..std::f64::consts::TAU, far in 0.0..1.0, kind in 0..3_usize
    ) {
        // the parcel's accuracy is 0.1 m, the layer's 0.3 m; a zone along the east side, one along the west side
        let sigma = combined_accuracy(0.3, 0.1);
        let mut zones = vec![(20.0 + gap, y, w)];
        zones.extend(second.map(|s: f64| (-10.0 + s, -5.0, 10.0)));
        let before = judged(CHECKED[kind], &zones);
        agrees(&before)?;
        let moved: Vec<_> = zones.iter().map(|(x, y, w)| (x + far * sigma * turn.cos(), y + far * sigma * turn.sin(), *w)).collect();
        let after = judged(CHECKED[kind], &moved);
        agrees(&after)?;
        if before.certainty == Some(Certainty::Certain) {
            prop_assert_ne!(after.certainty, Some(Certainty::None), "{:?} {:?}", before, after);
        }
        if let (Some(a), Some(Certainty::None)) = (before.area, after.certainty) {
            prop_assert!(a.low == 0.0, "{a:?}");
        }
    }
}

#[test]
fn what_touches_may_overlap() {
    for checked in CHECKED {
        let f = judged(checked, &[(20.0, -5.0, 10.0)]);
        assert_eq!(f.certainty, Some(Certainty::Possible), "{f:?}");
        assert!(f.area.is_some_and(|a| a.low == 0.0 && a.nominal == 0.0 && a.high > 1.0), "{f:?}");
    }
}

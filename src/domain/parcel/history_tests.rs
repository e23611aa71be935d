//! Random histories: every old parcel reaches exactly its descendants, found here by walking back from those of the end.

use super::*;
use proptest::prelude::*;
use time::macros::datetime;

const START: OffsetDateTime = datetime!(2010-01-01 00:00 UTC);

/// A map that lives: parcels as sets of cells of the ground.
#[derive(Debug, Default)]
struct Land {
    steps: Vec<Step>,
    now: BTreeMap<Uuid, BTreeSet<u32>>,
    /// Parcel, first day, cells: everything that ever was.
    ever: Vec<(Uuid, OffsetDateTime, BTreeSet<u32>)>,
    next: u128,
}

impl Land {
    fn settle(cells: u32) -> Self {
        let mut land = Self::default();
        for c in 0..cells {
            land.begin(BTreeSet::from_iter([c * 4, c * 4 + 1, c * 4 + 2, c * 4 + 3]), START);
        }
        land
    }

    fn begin(&mut self, cells: BTreeSet<u32>, at: OffsetDateTime) -> Uuid {
        self.next += 1;
        let id = Uuid::from_u128(self.next);
        self.ever.push((id, at, cells.clone()));
        self.now.insert(id, cells);
        id
    }

    /// One step of a history; what the draw does not allow is left out.
    fn act(&mut self, what: u8, pick: usize, at: OffsetDateTime) {
        let ids: Vec<Uuid> = self.now.keys().copied().collect();
        let first = ids[pick % ids.len()];
        let second = ids[(pick + 1) % ids.len()];
        let (from, to, kind) = match what {
            0 if self.now[&first].len() > 1 => {
                let cells: Vec<u32> = self.now[&first].iter().copied().collect();
                let (a, b) = cells.split_at(1 + pick % (cells.len() - 1));
                (vec![first], vec![a.to_vec(), b.to_vec()], StepKind::Split)
            }
            1 if first != second => {
                let both = self.now[&first].union(&self.now[&second]).copied().collect();
                (vec![first, second], vec![both], StepKind::Merge)
            }
            2 => (vec![first], vec![self.now[&first].iter().copied().collect()], StepKind::Renumber),
            3 => (vec![first], vec![self.now[&first].iter().copied().collect()], StepKind::ReSurvey),
            _ => return,
        };
        from.iter().for_each(|f| drop(self.now.remove(f)));
        let to: Vec<Uuid> = to.into_iter().map(|cells| self.begin(cells.into_iter().collect(), at)).collect();
        assert!(kind.allows(from.len(), to.len()));
        for f in &from {
            for t in &to {
                self.steps.push(Step { at, from: *f, to: *t, kind, source: String::new(), revoked_at: None });
            }
        }
    }

    /// Everything `parcel` came of, itself too.
    fn ancestors(&self, parcel: Uuid) -> BTreeSet<Uuid> {
        let mut seen = BTreeSet::from([parcel]);
        let mut open = vec![parcel];
        while let Some(p) = open.pop() {
            open.extend(self.steps.iter().filter(|s| s.to == p).map(|s| s.from).filter(|f| seen.insert(*f)));
        }
        seen
    }
}

proptest! {
    #[test]
    fn every_old_parcel_reaches_exactly_what_came_of_it(
        plots in 2u32..8,
        acts in prop::collection::vec((0u8..4, 0usize..1000), 0..40),
    ) {
        let mut land = Land::settle(plots);
        let at = |i: usize| START + time::Duration::days(1 + i as i64);
        for (i, (what, pick)) in acts.iter().enumerate() {
            land.act(*what, *pick, at(i));
        }
        let end = at(acts.len());
        for (parcel, begun, cells) in &land.ever {
            let reached = descendants(*parcel, end, &land.steps);
            let due: BTreeSet<Uuid> = land.now.keys().copied().filter(|p| land.ancestors(*p).contains(parcel)).collect();
            prop_assert_eq!(reached.keys().copied().collect::<BTreeSet<_>>(), due);
            let ground: BTreeSet<u32> = reached.keys().flat_map(|p| &land.now[p]).copied().collect();
            prop_assert!(cells.is_subset(&ground), "none of its ground is lost");
            for (to, path) in &reached {
                prop_assert!(path.windows(2).all(|w| w[0].to == w[1].from && w[0].at <= w[1].at));
                prop_assert_eq!(path.first().map_or(*to, |s| s.from), *parcel);
                prop_assert_eq!(path.last().map_or(*parcel, |s| s.to), *to);
            }
            // the day it began nothing has become of it yet
            prop_assert_eq!(descendants(*parcel, *begun, &land.steps).len(), 1);
        }
    }
}

fn step(day: i64, from: u128, to: u128, kind: StepKind) -> Step {
    let (from, to) = (Uuid::from_u128(from), Uuid::from_u128(to));
    Step { at: START + time::Duration::days(day), from, to, kind, source: "1/QĐ".into(), revoked_at: None }
}

#[test]
fn a_merge_and_a_later_split_are_told_with_their_days() {
    let steps = [
        step(1, 1, 3, StepKind::Merge),
        step(1, 2, 3, StepKind::Merge),
        step(9, 3, 4, StepKind::Split),
        step(9, 3, 5, StepKind::Split),
    ];
    let on = |day: i64| descendants(Uuid::from_u128(1), START + time::Duration::days(day), &steps);
    let ids = |m: &BTreeMap<Uuid, Vec<Step>>| m.keys().map(Uuid::as_u128).collect::<Vec<_>>();
    assert_eq!((ids(&on(0)), ids(&on(5)), ids(&on(9))), (vec![1], vec![3], vec![4, 5]));
    assert_eq!(on(9)[&Uuid::from_u128(4)], [steps[0].clone(), steps[2].clone()]);
}

#[test]
fn a_parcel_that_comes_back_is_not_lost_in_a_circle() {
    let steps = [step(1, 1, 2, StepKind::ReSurvey), step(2, 2, 1, StepKind::ReSurvey)];
    let on = |day: i64| descendants(Uuid::from_u128(1), START + time::Duration::days(day), &steps);
    assert_eq!(on(1).keys().next().unwrap().as_u128(), 2);
    assert_eq!(on(2).keys().next().unwrap().as_u128(), 1);
    let own = [step(1, 1, 1, StepKind::Renumber)];
    let reached = descendants(Uuid::from_u128(1), START + time::Duration::days(3), &own);
    assert_eq!(reached[&Uuid::from_u128(1)], own, "renumbered in place");
}

#[test]
fn a_revoked_step_is_followed_only_as_of_before() {
    let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let day = |n| START + time::Duration::days(n);
    let mut wrong = step(1, 1, 2, StepKind::Renumber);
    wrong.revoked_at = Some(day(5));
    let reached = |n| descendants(a, day(n), std::slice::from_ref(&wrong)).into_keys().collect::<Vec<_>>();
    assert_eq!((reached(0), reached(4), reached(5)), (vec![a], vec![b], vec![a]));
}

#[test]
fn who_followed_a_revoked_step_comes_back() {
    let ids = |found: Option<BTreeSet<Uuid>>| found.map(|f| f.iter().map(Uuid::as_u128).collect::<Vec<_>>());
    let day = |n| START + time::Duration::days(n);
    let mut wrong = step(1, 1, 2, StepKind::Renumber);
    wrong.revoked_at = Some(day(5));
    let steps =
        [wrong, step(2, 2, 3, StepKind::Renumber), step(7, 1, 4, StepKind::Split), step(7, 1, 5, StepKind::Split)];
    let seen = |seen: u128, n| ids(moved_on(Uuid::from_u128(1), Uuid::from_u128(seen), day(n), &steps));
    assert_eq!((seen(1, 0), seen(1, 1), seen(2, 2), seen(3, 3)), (None, Some(vec![2]), Some(vec![3]), None));
    assert_eq!((seen(3, 5), seen(2, 5)), (Some(vec![1]), Some(vec![1])), "the strangers' parcels are left");
    assert_eq!((seen(3, 7), seen(4, 7)), (Some(vec![4, 5]), None));
    let beside = [step(1, 1, 2, StepKind::Split), step(1, 1, 3, StepKind::Split), step(2, 2, 4, StepKind::Renumber)];
    assert_eq!(
        ids(moved_on(Uuid::from_u128(1), Uuid::from_u128(2), day(2), &beside)),
        Some(vec![4]),
        "not its neighbour's"
    );
}

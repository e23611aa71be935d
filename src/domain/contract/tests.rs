use super::*;
use crate::domain::case::{Event, Happened, Signer};
use crate::domain::money::Dong;
use crate::domain::quotation::{Instalment, Milestone};
use crate::domain::theme::Bilingual;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;
use time::macros::{date, datetime};
use uuid::Uuid;

fn id(n: usize) -> Uuid {
    Uuid::from_u128(n as u128 + 1)
}

fn plan(amounts: &[i64]) -> Vec<Instalment> {
    let title = || Bilingual { vi: "x".into(), en: "x".into() };
    let one =
        |(no, a): (u32, &i64)| Instalment { no, title: title(), amount: Dong(*a), on: Milestone::Signing, days: 3 };
    (1u32..).zip(amounts).map(one).collect()
}

const BY: Date = date!(2026 - 12 - 01);

fn standing(slots: &[Slot], signed: &[i32], today: Date) -> Standing {
    Standing::of(slots, &signed.iter().copied().collect(), (false, true), BY, today)
}

fn open(all: &[i32]) -> Standing {
    Standing::Open(all.iter().copied().collect())
}

#[test]
fn customers_sign_as_they_come_and_then_the_firm() {
    let slots = slots(&[id(1), id(2)], Order::CustomersFirst);
    assert_eq!(slots.iter().map(|s| (s.no, s.turn)).collect::<Vec<_>>(), [(1, 1), (2, 1), (3, 2)]);
    assert_eq!((slots[2].signer, slots[2].party), (Signer::Firm, None));
    assert_eq!(standing(&slots, &[], BY), open(&[1, 2]));
    assert_eq!(standing(&slots, &[2], BY), open(&[1]));
    assert_eq!(standing(&slots, &[1, 2], BY), open(&[3]));
    assert_eq!(standing(&slots, &[1, 2, 3], date!(2027 - 01 - 01)), Standing::Concluded);
}

#[test]
fn other_orders_are_possible() {
    let firm_first = slots(&[id(1)], Order::FirmFirst);
    assert_eq!(standing(&firm_first, &[], BY), open(&[2]));
    assert_eq!(standing(&firm_first, &[2], BY), open(&[1]));
    assert_eq!(standing(&slots(&[id(1)], Order::Any), &[], BY), open(&[1, 2]));
}

#[test]
fn what_is_not_signed_in_time_is_over() {
    let slots = slots(&[id(1)], Order::CustomersFirst);
    let late = date!(2026 - 12 - 02);
    let of = |signed: &[i32], refused, newest| {
        Standing::of(&slots, &signed.iter().copied().collect(), (refused, newest), BY, late).name()
    };
    assert_eq!(of(&[1], false, true), "expired");
    assert_eq!(of(&[1], true, true), "refused");
    assert_eq!(of(&[1], false, false), "replaced");
    assert_eq!(of(&[1, 2], true, false), "concluded", "what binds stays so");
}

fn entry(n: usize, kind: Kind, amount: i64) -> Entry {
    Entry { id: id(n), kind, amount: Dong(amount), reverses: None }
}

#[test]
fn more_than_is_owed_is_taken_on_purpose_only() {
    assert_eq!(split(Dong(300), Dong(250), Dong(51), false), Err(TooMuch(Dong(50))));
    assert_eq!(split(Dong(300), Dong(250), Dong(50), false), Ok((Dong(50), Dong(0))));
    assert_eq!(split(Dong(300), Dong(250), Dong(80), true), Ok((Dong(50), Dong(30))));
    assert_eq!(split(Dong(300), Dong(300), Dong(1), true), Ok((Dong(0), Dong(1))));
}

#[test]
fn the_oldest_instalment_is_filled_first_and_days_are_counted() {
    let plan = plan(&[100, 200, 50]);
    let due = BTreeMap::from([(1, BY), (2, BY)]);
    let seen = |paid, today| {
        let all = owing(&plan, &due, Dong(paid), today).unwrap();
        all.iter().map(|o| (o.open.0, o.state, o.days_over)).collect::<Vec<_>>()
    };
    use OwingState::{Due, Overdue, Paid, Waiting};
    assert_eq!(seen(0, BY), [(100, Due, 0), (200, Due, 0), (50, Waiting, 0)]);
    assert_eq!(seen(150, date!(2026 - 12 - 04)), [(0, Paid, 0), (150, Overdue, 3), (50, Waiting, 0)]);
    assert_eq!(seen(350, date!(2026 - 12 - 04)), [(0, Paid, 0), (0, Paid, 0), (0, Paid, 0)]);
}

#[test]
fn a_milestone_counts_from_when_the_contract_binds() {
    let contract = id(9);
    let submitted = || Happened::Submitted {
        submission: id(1),
        agency: "a".into(),
        procedure: "p".into(),
        due: None,
        province: None,
        on: Some(date!(2026 - 12 - 05)),
    };
    let beside = || Happened::Submitted {
        submission: id(4),
        agency: "a".into(),
        procedure: "mortgage_release".into(),
        due: None,
        province: None,
        on: None,
    };
    let all = [
        submitted(),
        Happened::ContractConcluded { contract: id(8) },
        Happened::ContractConcluded { contract },
        Happened::WorkPlanned { plan: id(2), procedure: "p".into(), tasks: 1 },
        beside(),
        Happened::AgencyDecided {
            submission: id(4),
            agency: "a".into(),
            granted: true,
            on: None,
            issue: None,
            next_by: None,
        },
        submitted(),
        Happened::AgencyDecided {
            submission: id(1),
            agency: "a".into(),
            granted: false,
            on: None,
            issue: None,
            next_by: None,
        },
        Happened::AgencyDecided {
            submission: id(1),
            agency: "a".into(),
            granted: true,
            on: None,
            issue: None,
            next_by: None,
        },
    ];
    let event = |(n, what): (i32, Happened)| {
        let at = datetime!(2026-12-01 02:00 UTC) + time::Duration::days(i64::from(n));
        Event { seq: n, at, actor: "a".into(), what }
    };
    let events: Vec<Event> = (1..).zip(all).map(event).collect();
    let day = |m, upto: usize| reached(m, contract, &events[..upto]);
    assert_eq!(day(Milestone::Signing, 2), None);
    assert_eq!(day(Milestone::Submission, 3), None, "the first one was before the contract");
    assert_eq!(day(Milestone::Signing, 9), Some(date!(2026 - 12 - 04)));
    assert_eq!(day(Milestone::Submission, 6), None, "what lies beside is not what is paid for");
    assert_eq!(
        day(Milestone::Submission, 9),
        Some(date!(2026 - 12 - 05)),
        "the day it was handed in, noted on the 8th"
    );
    assert_eq!(day(Milestone::Result, 8), None, "neither a decision about something else nor a refusal");
    assert_eq!(day(Milestone::Result, 9), Some(date!(2026 - 12 - 10)));
    let mistaken = Happened::SubmissionWithdrawn {
        submission: id(1),
        agency: "a".into(),
        mistake: true,
        on: None,
        issue: None,
        next_by: None,
    };
    let events = [&events[..7], &[event((8, mistaken))]].concat();
    assert_eq!(reached(Milestone::Submission, contract, &events), None, "it was never handed in");
}

#[test]
fn evidence_says_who_when_where_and_what() {
    let evidence = Evidence {
        schema: EVIDENCE.into(),
        id: id(1),
        contract: id(2),
        number: "HĐ-2026-000001".into(),
        no: 1,
        signer: Signer::Customer,
        party: Some(id(3)),
        way: "code".into(),
        name: "Người Mẫu".into(),
        id_number: "001099000017".into(),
        shown: "0".repeat(64),
        scan: None,
        code: Some(id(4)),
        handed: Some(Handed { to: "sales.1".into(), at: datetime!(2026-12-01 02:00 UTC) }),
        from: "văn phòng".into(),
        address: "127.0.0.1".into(),
        filed: None,
        recorded_by: "sales.1".into(),
        at: datetime!(2026-12-01 02:05 UTC),
    };
    let text = crate::domain::verify::canonical(&evidence).unwrap();
    assert_eq!(serde_json::from_str::<Evidence>(&text).unwrap(), evidence);
    assert!(!text.contains("04816253") && !text.contains("\"scan\""), "no code, and nothing that is not there: {text}");
    let other = Evidence { shown: "1".repeat(64), ..evidence };
    assert_ne!(crate::domain::verify::canonical(&other).unwrap(), text);
}

#[derive(Debug, Clone)]
enum Step {
    Pay(i64, bool),
    Reverse(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pay = (1i64..400, any::<bool>()).prop_map(|(a, p)| Step::Pay(a, p));
    prop::collection::vec(prop_oneof![3 => pay, 1 => (0usize..20).prop_map(Step::Reverse)], 0..25)
}

/// Plays steps as the act does: entries one after the other, what may not be is refused.
fn played(total: Dong, steps: &[Step]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for step in steps {
        let n = entries.len();
        match *step {
            Step::Pay(amount, on_purpose) => {
                if let Ok((fills, beyond)) = split(total, sums(&entries).unwrap().paid, Dong(amount), on_purpose) {
                    let both = [(Kind::Payment, fills), (Kind::Overpayment, beyond)];
                    let made = both.into_iter().filter(|(_, a)| *a > Dong::ZERO);
                    entries.extend((n..).zip(made).map(|(n, (kind, a))| entry(n, kind, a.0)));
                }
            }
            Step::Reverse(which) => {
                let gone: BTreeSet<_> = entries.iter().filter_map(|e| e.reverses).collect();
                if let Some(e) = entries.get(which).copied()
                    && e.kind != Kind::Reversal
                    && !gone.contains(&e.id)
                {
                    entries.push(Entry { reverses: Some(e.id), ..entry(n, Kind::Reversal, e.amount.0) });
                }
            }
        }
    }
    entries
}

proptest! {
    /// Never below zero, never above the total; what is paid and open is the total, instalment by instalment.
    #[test]
    fn no_dong_is_lost(amounts in prop::collection::vec(0i64..1000, 1..6), steps in steps()) {
        let plan = plan(&amounts);
        let total = Dong(amounts.iter().sum());
        let entries = played(total, &steps);
        let Sums { paid, over } = sums(&entries).unwrap();
        prop_assert!((Dong::ZERO..=total).contains(&paid) && over >= Dong::ZERO);
        let all = owing(&plan, &BTreeMap::new(), paid, BY).unwrap();
        prop_assert_eq!(all.iter().map(|o| o.paid.0).sum::<i64>(), paid.0);
        for (o, a) in all.iter().zip(&amounts) {
            prop_assert_eq!(o.paid.0 + o.open.0, *a);
        }
        // An instalment is open only when all behind it are untouched.
        for pair in all.windows(2) {
            prop_assert!(pair[0].open == Dong::ZERO || pair[1].paid == Dong::ZERO);
        }
    }

    /// The same entries in any order come to the same.
    #[test]
    fn order_does_not_matter(steps in steps(), seed in any::<prop::sample::Index>()) {
        let entries = played(Dong(2000), &steps);
        let mut other = entries.clone();
        other.reverse();
        if !other.is_empty() {
            let by = seed.index(other.len());
            other.rotate_left(by);
        }
        prop_assert_eq!(sums(&entries).unwrap(), sums(&other).unwrap());
    }
}

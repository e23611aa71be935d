use super::super::event::{Ending, tests::samples};
use super::*;
use proptest::prelude::*;
use time::macros::{date, datetime};

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn event(seq: i32, actor: &str, what: Happened) -> Event {
    Event {
        seq,
        at: datetime!(2026-10-05 02:00 UTC) + time::Duration::hours(i64::from(seq)),
        actor: actor.into(),
        what,
    }
}

fn opened() -> Happened {
    Happened::Opened { channel: Channel::Office, procedures: vec!["transfer".into()] }
}

/// A case led through `steps` by one actor per event.
fn led(steps: &[(&str, Happened)]) -> Result<Case, NoMove> {
    let all = [("care", opened())].into_iter().chain(steps.iter().cloned());
    let events: Vec<Event> = (1..).zip(all).map(|(seq, (actor, what))| event(seq, actor, what)).collect();
    Case::fold(&events).map(|c| c.unwrap())
}

fn to_execution() -> Vec<(&'static str, Happened)> {
    use Happened as H;
    vec![
        ("legal", H::Verified { verification: id(1), outcome: Outcome::CanProceed }),
        ("legal", H::OptionSheetSigned { sheet: id(2), version: 1, verification: id(1), procedure: "transfer".into() }),
        ("sales", H::QuotationOffered { quotation: id(3), version: 1, total: 9, valid_to: date!(2026 - 12 - 01) }),
        ("sales", H::QuotationAccepted { quotation: id(3), version: 1 }),
        (
            "sales",
            H::ContractDrawn { contract: id(4), version: 1, sign_by: date!(2026 - 12 - 01), next: Signer::Customer },
        ),
        (
            "sales",
            H::ContractSigned { contract: id(4), signer: Signer::Customer, signature: id(5), next: Some(Signer::Firm) },
        ),
        ("boss", H::ContractSigned { contract: id(4), signer: Signer::Firm, signature: id(6), next: None }),
        ("boss", H::ContractConcluded { contract: id(4) }),
    ]
}

#[test]
fn eight_steps() {
    use Happened as H;
    let due = date!(2026 - 12 - 01);
    let mut steps = to_execution();
    let turn = |n: usize| led(&to_execution()[..n]).unwrap().turn();
    assert_eq!(
        [turn(2), turn(3), turn(4), turn(5), turn(6)],
        [Turn::Ours, Turn::Customer, Turn::Ours, Turn::Customer, Turn::Ours]
    );
    assert_eq!(led(&steps).unwrap().step, Step::Execution { contract: id(4) });
    steps.extend([
        ("legal", H::TaskCreated { task: id(8), task_kind: "file".into(), department: "legal".into(), due }),
        ("lan", H::TaskDone { task: id(8), task_kind: "file".into() }),
        (
            "lan",
            H::Submitted {
                submission: id(9),
                agency: "office".into(),
                procedure: "transfer".into(),
                due: None,
                province: None,
                on: None,
            },
        ),
    ]);
    assert_eq!(led(&steps).unwrap().turn(), Turn::Authority);
    steps.push(("lan", H::ReviewAsked {}));
    assert_eq!(led(&steps).unwrap_err().why, Why::WorkOpen(UnderWay { dossiers: 1, ..UnderWay::default() }));
    steps.pop();
    steps.push(("lan", H::AgencyAskedMore { submission: id(9), agency: "office".into(), on: None }));
    assert_eq!(led(&steps).unwrap().turn(), Turn::Ours);
    steps.push(("lan", H::AgencyAnswered { submission: id(9), agency: "office".into(), on: None }));
    steps.push(("lan", decided(9, true)));
    steps.push(("legal", H::ReviewAsked {}));
    for own in ["lan", "legal"] {
        steps.push((own, H::ReviewPassed { review: id(10) }));
        let refused = led(&steps).unwrap_err();
        assert_eq!(refused.to_string(), "review_passed cannot happen in review: nobody reviews their own work");
        steps.pop();
    }
    steps.push(("eye", H::ReviewPassed { review: id(10) }));
    steps.push(("care", H::HandOverOffered { handover: id(11), way: "office".into() }));
    assert_eq!(led(&steps).unwrap().turn(), Turn::Customer);
    steps.push(("care", H::HandedOver { handover: id(11), way: "office".into() }));
    steps.push(("care", H::Ended { ending: Ending::Closed, reason: "done".into() }));
    let case = led(&steps).unwrap();
    assert_eq!((case.step, case.seq), (Step::Closed, 1 + steps.len() as i32));
    steps.push(("care", H::IntakeCompleted {}));
    assert_eq!(led(&steps).unwrap_err().why, Why::Ended);
}

fn handed_in(n: u128, procedure: &str) -> Happened {
    Happened::Submitted {
        submission: id(n),
        agency: "office".into(),
        procedure: procedure.into(),
        due: None,
        province: None,
        on: None,
    }
}

fn decided(n: u128, granted: bool) -> Happened {
    Happened::AgencyDecided {
        submission: id(n),
        agency: "office".into(),
        granted,
        on: None,
        issue: None,
        next_by: None,
    }
}

/// A mortgage is released so that the land can be transferred: that it is released is no word about the transfer.
#[test]
fn what_lies_beside_does_not_decide_the_case() {
    use Happened as H;
    let mut steps = to_execution();
    steps.push(("boss", H::WorkPlanned { plan: id(7), procedure: "transfer".into(), tasks: 9 }));
    steps.extend([("lan", handed_in(20, "mortgage_release")), ("lan", decided(20, true))]);
    let case = led(&steps).unwrap();
    assert_eq!((case.granted(), case.main_dossiers().count()), (None, 0));
    steps.extend([("lan", handed_in(21, "transfer")), ("lan", handed_in(22, "mortgage_release"))]);
    steps.push(("lan", H::AgencyAskedMore { submission: id(21), agency: "office".into(), on: None }));
    let case = led(&steps).unwrap();
    assert_eq!(case.turn(), Turn::Ours, "one authority waits for us, whatever another does");
    assert_eq!(case.main_dossiers().filter(|d| d.open()).count(), 1);
    steps.push(("lan", H::AgencyAnswered { submission: id(21), agency: "office".into(), on: None }));
    steps.extend([("lan", decided(21, true)), ("lan", decided(22, false))]);
    let case = led(&steps).unwrap();
    assert_eq!((case.granted(), case.refused_beside()), (Some(true), vec!["mortgage_release"]));
    steps.extend([("lan", handed_in(23, "mortgage_release")), ("lan", decided(23, true))]);
    assert_eq!(led(&steps).unwrap().refused_beside(), [""; 0], "the last decision counts");
    steps.extend([("lan", handed_in(24, "transfer")), ("lan", decided(24, false))]);
    assert_eq!(led(&steps).unwrap().granted(), Some(false));
}

#[test]
fn what_cannot_happen_says_why() {
    use Happened as H;
    let steps = to_execution();
    let why = |n: usize, what: Happened| {
        let mut steps = steps[..n].to_vec();
        steps.push(("x", what));
        led(&steps).unwrap_err().why
    };
    let offer = H::QuotationOffered { quotation: id(3), version: 2, total: 9, valid_to: date!(2026 - 12 - 01) };
    assert_eq!(why(0, offer.clone()), Why::OtherStep);
    assert_eq!(why(1, offer.clone()), Why::NoSheet);
    assert_eq!(why(0, steps[1].1.clone()), Why::NotVerified);
    assert_eq!(why(3, H::QuotationAccepted { quotation: id(3), version: 7 }), Why::OtherQuotation);
    assert_eq!(why(3, steps[4].1.clone()), Why::NotAccepted);
    assert_eq!(why(5, H::ContractConcluded { contract: id(4) }), Why::NotSigned);
    assert_eq!(why(5, H::ContractConcluded { contract: id(5) }), Why::OtherContract);
    assert_eq!(why(7, steps[6].1.clone()), Why::SignedBefore);
    assert_eq!(why(8, H::Ended { ending: Ending::Closed, reason: "x".into() }), Why::PromiseStands);
    assert_eq!(why(0, H::ItemSettled { item: id(9), how: Settled::Met }), Why::NotOpen);
    assert_eq!(why(0, opened()), Why::Beginning);
    let gap = [event(1, "x", opened()), event(3, "x", H::IntakeCompleted {})];
    assert_eq!(Case::fold(&gap).unwrap_err().why, Why::Gap);
    let mut outdated = steps[..2].to_vec();
    outdated.push(("system:watch", H::OptionSheetOutdated { sheet: id(2), because: "layer".into() }));
    outdated.push(("sales", offer));
    assert_eq!(led(&outdated).unwrap_err().why, Why::SheetOutdated);
}

#[test]
fn after_a_refusal_another_version_may_be_offered() {
    use Happened as H;
    let steps = to_execution();
    let offer = |version| H::QuotationOffered { quotation: id(13), version, total: 8, valid_to: date!(2026 - 12 - 01) };
    let mut refused = steps[..3].to_vec();
    refused.push(("sales", H::QuotationRefused { quotation: id(3), version: 1, reason: "price".into() }));
    refused.push(("sales", offer(2)));
    assert_eq!(led(&refused).unwrap().step.name(), "quotation");
    let mut outdated = refused[..4].to_vec();
    outdated.push(("system:watch", H::OptionSheetOutdated { sheet: id(2), because: "layer".into() }));
    outdated.push(("sales", offer(2)));
    assert_eq!(led(&outdated).unwrap_err().why, Why::SheetOutdated);
    // Confirmed on newer maps it is the same sheet, and may be offered on.
    outdated.pop();
    outdated.push(("legal", H::OptionSheetConfirmed { sheet: id(2), version: 1, verification: id(9) }));
    outdated.push(("sales", offer(2)));
    assert_eq!(led(&outdated).unwrap().step.name(), "quotation");
    let other =
        [&steps[..2], &[("legal", H::OptionSheetConfirmed { sheet: id(7), version: 1, verification: id(9) })]].concat();
    assert_eq!(led(&other).unwrap_err().why, Why::NoSheet);
    let withdrawn = |version| [&steps[..4], &[("legal", H::QuotationWithdrawn { quotation: id(3), version })]].concat();
    assert_eq!(led(&withdrawn(1)).unwrap().step.name(), "advice", "also when it was accepted");
    assert_eq!(led(&withdrawn(2)).unwrap_err().why, Why::OtherQuotation);
    // What was accepted on a sheet that holds no longer is begun anew with the next one.
    let mut anew = steps[..4].to_vec();
    let signed = H::OptionSheetSigned { sheet: id(22), version: 2, verification: id(1), procedure: "transfer".into() };
    anew.push(("legal", signed));
    assert_eq!(led(&anew).unwrap().step.name(), "advice");
    anew.push(("sales", offer(2)));
    assert_eq!(led(&anew).unwrap().step.name(), "quotation");
}

#[test]
fn who_is_asked_to_sign_has_the_move() {
    use Happened as H;
    let steps = to_execution();
    let turn = |n: usize, more: &[(&'static str, Happened)]| led(&[&steps[..n], more].concat()).unwrap().turn();
    assert_eq!(turn(5, &[]), Turn::Customer);
    let one_of_two =
        H::ContractSigned { contract: id(4), signer: Signer::Customer, signature: id(5), next: Some(Signer::Customer) };
    assert_eq!(turn(5, &[("sales", one_of_two)]), Turn::Customer);
    assert_eq!(turn(6, &[]), Turn::Ours);
    let firm_first =
        H::ContractDrawn { contract: id(4), version: 1, sign_by: date!(2026 - 12 - 01), next: Signer::Firm };
    assert_eq!(turn(4, &[("sales", firm_first)]), Turn::Ours);
}

#[test]
fn a_verdict_that_asks_for_papers_waits_for_the_customer() {
    use Happened as H;
    let due = date!(2026 - 12 - 01);
    let mut steps = vec![
        ("legal", H::Verified { verification: id(1), outcome: Outcome::NeedsPapers }),
        ("legal", H::PapersRequested { request: id(2), round: 1, items: vec![id(3), id(4)], due }),
        ("legal", H::ItemSettled { item: id(3), how: Settled::Met }),
    ];
    let case = led(&steps).unwrap();
    assert_eq!((case.turn(), case.step.name(), case.rounds), (Turn::Customer, "verification", 1));
    steps.push(("legal", H::ItemSettled { item: id(4), how: Settled::Dropped }));
    assert_eq!(led(&steps).unwrap().turn(), Turn::Ours);
    steps.push(("legal", H::Verified { verification: id(5), outcome: Outcome::CanProceed }));
    assert_eq!(led(&steps).unwrap().step, Step::Advice { sheet: None });
}

/// Any event about one of a few things, by one of a few people.
fn any_event() -> impl Strategy<Value = (String, Happened)> {
    let what = (0..samples(id(1)).len(), 1u128..4).prop_map(|(i, n)| samples(id(n)).swap_remove(i));
    (prop::sample::select(vec!["care", "legal", "eye"]).prop_map(str::to_owned), what)
}

/// Offers `moves` one after the other; what is refused is left out.
fn played(moves: Vec<(String, Happened)>) -> (Vec<Event>, Vec<Case>) {
    let first = event(1, "care", opened());
    let mut case = Case::next(None, &first).unwrap();
    let (mut events, mut cases) = (vec![first], vec![case.clone()]);
    for (actor, what) in moves {
        let event = event(case.seq + 1, &actor, what);
        if let Ok(next) = Case::next(Some(case.clone()), &event) {
            case = next;
            events.push(event);
            cases.push(case.clone());
        }
    }
    (events, cases)
}

proptest! {
    /// What is kept beside the case is what its events tell, after each of them, also through JSON.
    #[test]
    fn the_fold_is_what_was_kept(moves in prop::collection::vec(any_event(), 0..120)) {
        let (events, cases) = played(moves);
        for (i, kept) in cases.iter().enumerate() {
            prop_assert_eq!(&Case::fold(&events[..=i]).unwrap().unwrap(), kept);
        }
        let last = cases.last().unwrap();
        let text = serde_json::to_string(last).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Case>(&text).unwrap(), last);
        prop_assert!(Step::NAMES.contains(&last.step.name()));
    }

    /// However a case runs: it never comes back from its end, is the customer's move only when they owe something, and
    /// nobody passes their own work.
    #[test]
    fn promises_hold_on_every_way(moves in prop::collection::vec(any_event(), 0..160)) {
        let (events, cases) = played(moves);
        for (pair, event) in cases.windows(2).zip(&events[1..]) {
            let (before, after) = (&pair[0], &pair[1]);
            prop_assert!(!before.step.ended() || after.step == before.step);
            prop_assert_eq!(after.seq, before.seq + 1);
            if matches!(event.what, Happened::ReviewPassed { .. }) {
                prop_assert!(!after.hands.contains(&event.actor));
            }
            if matches!(after.step, Step::Execution { .. }) && !matches!(before.step, Step::Execution { .. } | Step::Review { .. }) {
                let signed_by_both = matches!(&before.step, Step::Contract { signed, .. } if signed.len() == 2);
                prop_assert!(signed_by_both);
            }
        }
        for case in &cases {
            let owes = !case.asked.is_empty()
                || matches!(case.step, Step::Quotation { .. } | Step::Contract { .. } | Step::HandOver { .. });
            prop_assert!(case.turn() != Turn::Customer || owes);
            prop_assert_eq!(case.turn() == Turn::Nobody, case.step.ended());
        }
    }
}

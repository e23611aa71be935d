use super::super::event::{Channel, Settled, Signer};
use super::*;
use crate::domain::case::alarm::{self, alarms};
use crate::domain::verify::Outcome;
use proptest::prelude::*;
use time::OffsetDateTime;
use time::macros::{date, datetime};

fn vn() -> &'static Calendar {
    Calendar::shipped().unwrap()
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn opened(at: OffsetDateTime) -> Vec<Event> {
    let what = Happened::Opened { channel: Channel::Office, procedures: vec!["transfer".into()] };
    vec![Event { seq: 1, at, actor: "care".into(), what }]
}

/// Adds an event when it can happen.
fn add(events: &mut Vec<Event>, at: OffsetDateTime, what: Happened) {
    let case = Case::fold(events.iter()).unwrap();
    let event = Event { seq: events.len() as i32 + 1, at, actor: "x".into(), what };
    if Case::next(case, &event).is_ok() {
        events.push(event);
    }
}

fn measured(events: &[Event]) -> Vec<Clock> {
    let states = states(events).unwrap();
    clocks(events, &states, vn(), Limits::shipped().unwrap(), &ProcedureBook::default())
}

#[test]
fn it_stands_still_while_the_customer_is_to_move() {
    // Thursday before Tết 2026: Friday is a working day, then the holidays, then Monday 23 February.
    let mut events = opened(datetime!(2026-02-12 03:00 UTC));
    add(
        &mut events,
        datetime!(2026-02-12 04:00 UTC),
        Happened::Verified { verification: id(1), outcome: Outcome::NeedsPapers },
    );
    let clock = |events: &[Event]| measured(events).into_iter().find(|c| c.id == "step.verification").unwrap();
    assert_eq!(clock(&events).deadline, Some(date!(2026 - 02 - 26)), "Fri 13, then 23 to 26 February");
    let asked = Happened::PapersRequested { request: id(2), round: 1, items: vec![id(3)], due: date!(2026 - 03 - 02) };
    add(&mut events, datetime!(2026-02-13 04:00 UTC), asked);
    let still = clock(&events);
    assert_eq!((still.deadline, still.used, still.running), (None, 1, false));
    add(&mut events, datetime!(2026-02-25 18:00 UTC), Happened::ItemSettled { item: id(3), how: Settled::Met });
    let on = clock(&events);
    assert_eq!(on.deadline, Some(date!(2026 - 03 - 04)), "26 February in Viet Nam; four working days after it");
    let days = on.days(date!(2026 - 02 - 27), vn());
    let why: Vec<_> = days.iter().map(|d| (d.date.day(), d.why)).collect();
    assert_eq!(why[..3], [(12, DayReason::FirstDay), (13, DayReason::Counted), (14, DayReason::StoodStill)]);
    assert_eq!(why[14..], [(26, DayReason::FirstDay), (27, DayReason::Counted)]);
    assert_eq!(days.last().unwrap().used, Some(2));
}

#[test]
fn warned_once_and_escalated_once() {
    let events = opened(datetime!(2026-10-05 02:00 UTC));
    let day = |on: Date, events: &[Event]| alarms(events, &measured(events), &[], on, vn());
    assert_eq!(day(date!(2026 - 10 - 05), &events), [], "two days are left");
    let warned = day(date!(2026 - 10 - 06), &events);
    let expected = |left| Happened::DeadlineWarned {
        clock: "step.intake".into(),
        deadline: date!(2026 - 10 - 07),
        left,
        role: "customer_care".into(),
    };
    assert_eq!(warned, [expected(1)]);
    let mut told = events.clone();
    add(&mut told, datetime!(2026-10-06 02:00 UTC), expected(1));
    assert_eq!(day(date!(2026 - 10 - 07), &told), []);
    let late = day(date!(2026 - 10 - 08), &told);
    assert!(matches!(late[..], [Happened::DeadlineEscalated { .. }]), "{late:?}");
    add(&mut told, datetime!(2026-10-08 02:00 UTC), late[0].clone());
    assert_eq!(day(date!(2026 - 10 - 09), &told), []);
}

/// Saturday is over the deadline of Friday, though no working day is used by it.
#[test]
fn escalated_on_the_next_day_even_when_it_is_a_rest_day() {
    let mut events = opened(datetime!(2026-10-07 02:00 UTC));
    let (id, deadline, role) = ("step.intake".to_owned(), date!(2026 - 10 - 09), "customer_care".to_owned());
    let warned = Happened::DeadlineWarned { clock: id.clone(), deadline, left: 1, role };
    add(&mut events, datetime!(2026-10-08 02:00 UTC), warned);
    let late = alarms(&events, &measured(&events), &[], date!(2026 - 10 - 10), vn());
    assert_eq!(late, [Happened::DeadlineEscalated { clock: id, deadline, role: "manager".into() }]);
}

/// The random histories below lie across every Tết from 2025 to 2027 and the Saturdays worked in their years.
#[test]
fn the_recount_goes_over_tet_and_compensatory_days() {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut over = std::collections::BTreeMap::new();
    for _ in 0..300 {
        let events = history().new_tree(&mut runner).unwrap().current();
        for clock in measured(&events) {
            let (Some(from), Some(to)) = (clock.spans.first().map(|s| s.from), clock.deadline) else { continue };
            for day in [
                date!(2025 - 01 - 29),
                date!(2025 - 04 - 26),
                date!(2026 - 02 - 17),
                date!(2026 - 08 - 22),
                date!(2027 - 02 - 08),
            ] {
                *over.entry(day).or_insert(0) += usize::from(from < day && day < to);
            }
        }
    }
    assert!(over.values().all(|n| *n >= 5), "{over:?}");
}

#[test]
fn limits_are_checked() {
    let one = |step: &str, days: u32, warn: u32| {
        format!(
            "[[step]]\nstep='{step}'\nworking_days={days}\nwarn={warn}\nrole='legal'\nescalate='manager'\nstanding='house'\n"
        )
    };
    let read = |steps: &str, days: u32| {
        let house = "role='legal'\nescalate='manager'\nstanding='house'\n";
        Limits::read(&format!("{steps}[authority]\nworking_days={days}\nwarn=2\n{house}"))
    };
    assert!(read(&one("intake", 2, 1), 20).is_ok());
    assert!(read(&one("dance", 2, 1), 20).unwrap_err().contains("no step"));
    assert!(read(&format!("{0}{0}", one("intake", 2, 1)), 20).unwrap_err().contains("twice"));
    assert!(read(&one("intake", 2, 2), 20).unwrap_err().contains("warning"));
    assert!(read(&one("intake", 2, 1), 2).unwrap_err().contains("authority"));
}

/// Moves that lead a case on, back, to the customer and to an authority.
fn script(n: usize) -> Happened {
    use Happened as H;
    let (due, word) = (date!(2027 - 01 - 01), "transfer".to_owned());
    match n {
        0 => H::Verified { verification: id(1), outcome: Outcome::NeedsPapers },
        1 => H::Verified { verification: id(1), outcome: Outcome::CanProceed },
        2 => H::OptionSheetSigned { sheet: id(2), version: 1, verification: id(1), procedure: word },
        3 => H::QuotationOffered { quotation: id(3), version: 1, total: 9, valid_to: due },
        4 => H::QuotationAccepted { quotation: id(3), version: 1 },
        5 => H::ContractDrawn { contract: id(4), version: 1, sign_by: due, next: Signer::Customer },
        6 => {
            H::ContractSigned { contract: id(4), signer: Signer::Customer, signature: id(5), next: Some(Signer::Firm) }
        }
        7 => H::ContractSigned { contract: id(4), signer: Signer::Firm, signature: id(6), next: None },
        8 => H::ContractConcluded { contract: id(4) },
        9 => H::PapersRequested { request: id(7), round: 1, items: vec![id(8)], due },
        10 => H::ItemSettled { item: id(8), how: Settled::Met },
        11 => {
            H::Submitted { submission: id(9), agency: "a".into(), procedure: word, due: None, province: None, on: None }
        }
        12 => H::AgencyAskedMore { submission: id(9), agency: "a".into(), on: None },
        13 => H::AgencyAnswered { submission: id(9), agency: "a".into(), on: None },
        _ => H::QuotationRefused { quotation: id(3), version: 1, reason: word },
    }
}

/// The calendar ends with 2027; what begins after this may end beyond it.
const LAST: OffsetDateTime = datetime!(2027-09-15 00:00 UTC);

/// A case that wanders for up to a year from a day of 2025, 2026 or the first weeks of 2027: over every Tết of these years.
fn history() -> impl Strategy<Value = Vec<Event>> {
    let forward = prop::collection::vec((0usize..15, 0i64..500), 0..30);
    // In the weeks before each Tết, in the months before a worked Saturday, or anywhere.
    let start = prop_oneof![0i64..18, 60i64..105, 380i64..402, 540i64..590, 730i64..755, 0i64..760];
    (start, forward).prop_map(|(day, moves)| {
        let mut at = datetime!(2025-01-10 01:00 UTC) + Duration::days(day);
        let mut events = opened(at);
        let mut next = 0;
        for (choice, hours) in moves {
            at += Duration::hours(hours);
            if at > LAST {
                break;
            }
            // Mostly onwards, sometimes anything.
            let n = if choice < 8 { next } else { choice };
            let before = events.len();
            add(&mut events, at, script(n));
            next = if events.len() > before && n == next && next < 8 { next + 1 } else { next };
        }
        events
    })
}

/// Counted one day after the other by looking at who held the case when each day began, over a plain list of rest days.
fn naive(events: &[Event], limit: u32, holds: impl Fn(&Case) -> bool) -> Option<Date> {
    let table: toml::Value = toml::from_str(include_str!("../../../data/calendars/vn.toml")).unwrap();
    let list = |name: &str| -> Vec<String> {
        let of_year = |y: &toml::Value| y[name].as_array().unwrap().clone();
        let years = table["year"].as_array().unwrap().iter().flat_map(of_year);
        years.map(|v| v.as_str().or_else(|| v["date"].as_str()).unwrap().to_owned()).collect()
    };
    let (off, working) = (list("off"), list("working"));
    let states = states(events).unwrap();
    let (mut day, mut used) = (day_of(events[0].at), 0);
    while day < date!(2027 - 12 - 31) {
        day = day.next_day().unwrap();
        let began = events.iter().zip(&states).rev().find(|(e, _)| day_of(e.at) < day).map(|(_, c)| c);
        let text = day.to_string();
        let works = working.contains(&text) || (day.weekday().number_from_monday() < 6 && !off.contains(&text));
        if began.is_some_and(&holds) && works {
            used += 1;
            if used == limit {
                return Some(day);
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn equals_a_naive_recount(events in history()) {
        let shipped = ProcedureBook::from_toml(&[("transfer", include_str!("../../../data/procedures/transfer.toml"))]).unwrap();
        let states = states(&events).unwrap();
        for clock in clocks(&events, &states, vn(), Limits::shipped().unwrap(), &shipped) {
            let Some(limit) = clock.limit else { continue };
            let expected = match clock.id.strip_prefix("step.") {
                Some(step) => naive(&events, limit, |c| c.step.name() == step && c.turn() == Turn::Ours),
                None => naive(&events, limit, |c| c.dossiers.get(&id(9)).is_some_and(Dossier::at_work)),
            };
            prop_assert_eq!(clock.deadline, expected, "{}", clock.id);
            // The explanation adds up: its last used day is the deadline.
            if let Some(deadline) = clock.deadline {
                let days = clock.days(deadline, vn());
                prop_assert_eq!(days.last().and_then(|d| d.used), Some(limit));
                prop_assert_eq!(clock.used_by(deadline, vn()), limit);
            }
        }
    }

    /// What has ended stays as it was when more happens, so counting on is the same as counting anew.
    #[test]
    fn counting_on_is_counting_anew(events in history()) {
        let states = states(&events).unwrap();
        let ours = |c: &Case| c.turn() == Turn::Ours;
        let whole = spans(&events, &states, ours);
        for k in 1..=events.len() {
            let part = spans(&events[..k], &states[..k], ours);
            let closed: Vec<_> = part.iter().copied().filter(|s| s.to.is_some()).collect();
            prop_assert_eq!(&whole[..closed.len()], &closed[..]);
            prop_assert!(part.iter().zip(&whole).all(|(p, w)| p.from == w.from));
        }
        let parts = segments(&events, &states);
        prop_assert!(parts.windows(2).all(|w| w[0].to == Some(w[1].from)));
    }
}

/// The calendar ends while cases run: what is counted beyond it is doubtful, warned of and escalated as ever.
#[test]
fn a_clock_goes_on_where_no_calendar_reaches() {
    let last = vn().known_until().unwrap();
    let events = opened(crate::domain::calendar::day_begins(last));
    let clock = &measured(&events)[0];
    let deadline = clock.deadline.unwrap();
    assert!(deadline > last && clock.doubtful);
    let told = alarms(&events, &measured(&events), &[], deadline + Duration::DAY, vn());
    assert!(matches!(told[..], [Happened::DeadlineEscalated { .. }]), "{told:?}");
}

/// A task, a problem and a day printed on a receipt are promises too: each warned of and escalated once.
#[test]
fn days_that_were_promised_are_watched() {
    let mut events = opened(datetime!(2026-10-05 02:00 UTC));
    let raised = Happened::IssueRaised { issue: id(3), topic: "x".into(), owner: id(4), due: date!(2026 - 10 - 09) };
    events.push(Event { seq: 2, at: events[0].at, actor: "care".into(), what: raised });
    let case = Case::fold(&events).unwrap().unwrap();
    let promises = alarm::issues(&case, &events);
    let told = |events: &[Event], on: Date| alarms(events, &[], &promises, on, vn());
    assert_eq!(told(&events, date!(2026 - 10 - 07)), []);
    let warned = told(&events, date!(2026 - 10 - 08));
    let [Happened::DeadlineWarned { clock, left: 1, role, .. }] = &warned[..] else { panic!("{warned:?}") };
    assert_eq!((clock.as_str(), role.as_str()), (&*format!("issue.{}", id(3)), &*format!("staff:{}", id(4))));
    assert_eq!(warned[0].owed(), [crate::domain::case::Owed::Staff(id(4))]);
    events.push(Event { seq: 3, at: events[0].at, actor: "system:x".into(), what: warned[0].clone() });
    assert_eq!(told(&events, date!(2026 - 10 - 09)), [], "once");
    let late = told(&events, date!(2026 - 10 - 10));
    assert!(matches!(&late[..], [Happened::DeadlineEscalated { role, .. }] if role == "manager"), "{late:?}");
    events.push(Event {
        seq: 4,
        at: events[0].at,
        actor: "care".into(),
        what: Happened::IssueResolved { issue: id(3), topic: "x".into() },
    });
    assert_eq!(alarm::issues(&Case::fold(&events).unwrap().unwrap(), &events), []);
}

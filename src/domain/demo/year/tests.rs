use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::demo::generate_on;
use serde_json::json;
use std::collections::BTreeSet;
use time::macros::{date, datetime};

fn drawn() -> Year {
    let ward = generate_on(7, 600, date!(2025 - 12 - 01));
    year(7, date!(2025 - 12 - 01), (365, None), 200, &ward).unwrap()
}

#[test]
fn the_same_seed_is_the_same_year_and_nobody_comes_on_a_rest_day() {
    let (a, b) = (drawn(), drawn());
    assert_eq!((a.stories.len(), &a.stories, &a.arrivals), (200, &b.stories, &b.arrivals));
    let calendar = Calendar::shipped().unwrap();
    assert!(a.arrivals.keys().all(|d| calendar.is_working_day(*d).unwrap()));
    assert!(a.arrivals.keys().all(|d| !(date!(2026 - 02 - 16)..=date!(2026 - 02 - 20)).contains(d)), "Tết");
    assert_eq!(a.arrivals.values().flatten().count(), 200);
    assert_ne!(a.stories[0].name, a.stories[1].name);
}

/// A screen as the API gives it, with these lines.
fn screen(step: &str, lines: serde_json::Value) -> View {
    serde_json::from_value(json!({
        "case": {"id": "x"}, "clock": {}, "rounds": 0,
        "timeline": {"case_id": "0199b2f0-0000-7000-8000-000000000001", "number": "HS", "procedure": "transfer",
            "now": {"step": step, "turn": "ours", "next": "", "by": null}, "lines": lines, "last": 9},
        "papers": [], "requests": [], "tasks": [], "issues": [],
    }))
    .unwrap()
}

fn line(seq: i32, day: &str, kind: &str) -> serde_json::Value {
    json!({"seq": seq, "at": format!("{day}T03:00:00Z"), "kind": kind, "what": "", "who": "", "data": {}})
}

#[test]
fn what_people_do_depends_on_the_screen_and_the_day_alone() {
    let year = drawn();
    let story = &year.stories[3];
    let view =
        screen("verification", json!([line(1, "2026-01-05", "opened"), line(2, "2026-01-05", "intake_completed")]));
    let later = date!(2026 - 01 - 20);
    let calls = react(story, &view, later);
    assert_eq!(calls, react(story, &view, later));
    assert!(calls.iter().all(|c| matches!(c.what, "paper" | "appointment")), "{calls:?}");
    assert!(calls.iter().any(|c| c.what == "paper"));
    let ended = screen("closed", json!([line(1, "2026-01-05", "opened")]));
    assert_eq!(react(story, &ended, later), vec![]);
}

#[test]
fn who_told_half_calls_back_or_is_given_up() {
    let year = drawn();
    let half: Vec<&Story> = year.stories.iter().filter(|s| !s.complete).collect();
    let view = screen("intake", json!([line(1, "2026-01-05", "opened"), line(2, "2026-01-05", "intake_saved")]));
    let what = |s: &Story, day| react(s, &view, day).iter().map(|c| c.what).find(|w| *w != "appointment");
    let week: Vec<_> = half.iter().map(|s| what(s, date!(2026 - 01 - 12))).collect();
    assert!(week.contains(&Some("resume")) && week.contains(&None), "{week:?}");
    let month: Vec<_> = half.iter().map(|s| what(s, date!(2026 - 02 - 12))).collect();
    assert!(month.iter().all(Option::is_some) && month.contains(&Some("close")), "{month:?}");
}

#[test]
fn a_meeting_waits_for_its_hour_and_a_missed_one_gets_another() {
    let year = drawn();
    let (id, day) = ("0199b2f0-0000-7000-8000-000000000003", date!(2026 - 01 - 20));
    let missed = |seq| with(line(seq, "2026-01-20", "appointment_missed"), json!({"task": id}));
    let meeting = |misses: i32, at: serde_json::Value, now| {
        let lines = [line(1, "2026-01-05", "opened")].into_iter().chain((2..2 + misses).map(missed));
        let task = json!({"id": id, "kind": "appointment", "subject": "x", "department": "legal", "state": "accepted",
            "assignee": null, "due": day, "appointment_at": at, "version": 3, "updated_at": "2026-01-19T03:00:00Z"});
        View {
            tasks: vec![serde_json::from_value(task).unwrap()],
            now: Some(now),
            ..screen("verification", lines.collect::<Vec<_>>().into())
        }
    };
    let what = |view: &View, day| -> BTreeSet<&str> {
        let of = |s: &Story| react(s, view, day).into_iter().map(|c| c.what).find(|w| !matches!(*w, "paper" | "issue"));
        year.stories.iter().filter_map(of).collect()
    };
    let at = json!("2026-01-20T03:00:00Z");
    let before = meeting(0, at.clone(), datetime!(2026-01-20 01:35 UTC));
    assert!(waits(&before, day) && what(&before, day).is_empty(), "{:?}", what(&before, day));
    let begun = meeting(0, at, datetime!(2026-01-20 03:45 UTC));
    assert!(!waits(&begun, day));
    assert_eq!(what(&begun, day), BTreeSet::from(["meeting", "no_show"]));
    let next = date!(2026 - 01 - 21);
    let later = datetime!(2026-01-21 03:45 UTC);
    assert_eq!(what(&meeting(1, serde_json::Value::Null, later), next), BTreeSet::from(["appointment"]));
    assert_eq!(what(&meeting(3, serde_json::Value::Null, later), next), BTreeSet::from(["give up"]));
}

fn with(mut line: serde_json::Value, data: serde_json::Value) -> serde_json::Value {
    line["data"] = data;
    line
}

#[test]
fn a_sheet_that_newer_maps_outdate_is_confirmed_or_made_anew() {
    let story = &drawn().stories[5];
    let id = "0199b2f0-0000-7000-8000-000000000002";
    let mut lines = vec![
        line(1, "2026-01-05", "opened"),
        line(2, "2026-01-06", "verified"),
        with(line(3, "2026-01-07", "option_sheet_signed"), json!({"sheet": id})),
        with(line(4, "2026-01-08", "quotation_offered"), json!({"quotation": id})),
        line(5, "2026-01-09", "quotation_accepted"),
        with(line(6, "2026-01-09", "party_added"), json!({"party": id})),
    ];
    let what = |lines: &[serde_json::Value], refused: &[(&str, i32)]| {
        let mut view = screen("quotation", json!(lines));
        view.papers = serde_json::from_value(json!([{"id": id, "kind": "certificate", "scan": {}}])).unwrap();
        view.refused = refused.iter().map(|(w, seq)| ((*w).to_owned(), *seq)).collect();
        react(story, &view, date!(2026 - 02 - 09)).into_iter().map(|c| c.what).collect::<Vec<_>>()
    };
    assert_eq!(what(&lines, &[]), ["contract"]);
    let outdated = ("contract:sheet-outdated", 6);
    assert_eq!(what(&lines, &[outdated]), ["verify"], "a new look first");
    lines.push(line(7, "2026-02-01", "verified"));
    assert_eq!(what(&lines, &[outdated]), ["confirm"]);
    assert_eq!(what(&lines, &[outdated, ("confirm:sheet-changed", 7)]), ["draft"]);
    lines.push(with(line(8, "2026-02-02", "option_sheet_confirmed"), json!({"sheet": id})));
    assert_eq!(what(&lines, &[outdated]), ["contract"], "on newer ground");
}

#[test]
fn what_is_read_first_becomes_what_is_sent() {
    let item = |code: &str, standing: &str, must: bool| json!({"code": code, "standing": standing, "must": must});
    let list = |all: Vec<serde_json::Value>| Then::Review.body(&json!({"seq": 9, "items": all}));
    let fine = list(vec![item("tasks", "ok", true), item("advice_fresh", "not_ok", false)]);
    assert_eq!(
        (&fine["pass"], &fine["seq"], &fine["items"][0]["code"]),
        (&json!(true), &json!(9), &json!("advice_fresh"))
    );
    assert_eq!(list(vec![item("tasks", "not_ok", true)])["pass"], false);
    let task: uuid::Uuid = "0199b2f0-0000-7000-8000-000000000003".parse().unwrap();
    let package = json!({"made_at": "2026-01-05T03:00:00Z", "tasks": [{"task": {"id": task}, "lease": {"id": "l"}}]});
    let then = Then::Batch { task, values: vec![("note", json!("x")), ("photos", json!([PHOTO]))] };
    let sent = then.body(&package);
    assert_eq!(sent, then.body(&package), "the same whenever it is sent");
    assert_eq!((&sent["items"][1]["lease"], &sent["items"][1]["value"]), (&json!("l"), &json!([PHOTO])));
    assert_ne!(sent["items"][0]["id"], sent["items"][1]["id"]);
    let scores = Then::Survey.body(&json!({"token": "t", "steps": ["intake"]}));
    assert_eq!(scores["scores"]["intake"], 3);
}

mod promises {
    use super::*;
    use crate::domain::case::clock::Limits;
    use crate::domain::case::{Case, Channel, Event, Happened, ProcedureBook, Turn};
    use time::macros::datetime;
    use uuid::Uuid;

    fn told(events: Vec<Happened>) -> Told {
        let at = datetime!(2026-01-05 03:00 UTC);
        let events: Vec<Event> = events
            .into_iter()
            .enumerate()
            .map(|(i, what)| Event { seq: i as i32 + 1, at, actor: "cham.soc.1".into(), what })
            .collect();
        let case = Case::fold(&events).unwrap().unwrap();
        Told {
            id: Uuid::nil(),
            number: "HS".into(),
            state: case.step.name().into(),
            turn: case.turn().as_str().into(),
            kept: Some(case),
            owed: events.iter().map(|e| e.what.owed().iter().map(ToString::to_string).collect()).collect(),
            events,
            tasks: vec![],
            requests: vec![],
            items: vec![],
            issues: vec![],
            agreed: AgreedTold::default(),
        }
    }

    fn opened() -> Happened {
        Happened::Opened { channel: Channel::Office, procedures: vec!["transfer".into()] }
    }

    fn faults(told: &Told, today: time::Date) -> Vec<String> {
        let book = ProcedureBook::default();
        broken(told, today, Calendar::shipped().unwrap(), Limits::shipped().unwrap(), &book)
    }

    #[test]
    fn a_sound_case_breaks_none() {
        assert_eq!(faults(&told(vec![opened()]), date!(2026 - 01 - 06)), Vec::<String>::new());
    }

    #[test]
    fn each_promise_can_be_broken() {
        let one = |change: fn(&mut Told), today| {
            let mut t = told(vec![opened()]);
            change(&mut t);
            faults(&t, today)
        };
        let day = date!(2026 - 01 - 06);
        assert!(one(|t| t.kept = None, day)[0].contains("fold"));
        assert!(one(|t| t.turn = Turn::Nobody.as_str().into(), day)[0].contains("kept as"));
        assert!(one(|t| t.owed[0].push("customer".into()), day)[0].contains("owes a word"));
        let task = |t: &mut Told| {
            let due = date!(2026 - 01 - 09);
            t.tasks.push(TaskTold {
                id: Uuid::nil(),
                kind: "x".into(),
                department: "legal".into(),
                state: "open".into(),
                due,
            });
        };
        let lost = one(task, day);
        assert!(lost.iter().any(|f| f.contains("in the table, not in the case")), "{lost:?}");
        for (change, wanted) in [
            ((|t| t.agreed.concluded = 1) as fn(&mut Told), "contract: 1 in the table, 0 in the events"),
            (|t| t.agreed.plans = 1, "plan: 1 in the table"),
            (|t| t.agreed.received.push(5), "5 dong in the table, 0 in the events"),
            (|t| t.agreed.called.push((1, date!(2026 - 01 - 07), 5)), "instalment 1 is due on 2026-01-07"),
            (|t| t.agreed.submitted.extend([Uuid::nil()]), "submission 00000000"),
            (|t| t.agreed.handed_over = 1, "hand-over: 1 in the table"),
        ] {
            let broken = one(change, day);
            assert!(broken.iter().any(|f| f.contains(wanted)), "{wanted}: {broken:?}");
        }
        let late = one(|_| {}, date!(2026 - 01 - 13));
        assert!(late.iter().any(|f| f.contains("nobody was told")), "{late:?}");
        let silent = one(|_| {}, date!(2026 - 03 - 02));
        assert_eq!(one(|_| {}, date!(2026 - 03 - 01)), Vec::<String>::new(), "nobody is told on a Sunday");
        assert!(silent.iter().any(|f| f.contains("nobody noticed")), "{silent:?}");
    }

    #[test]
    fn nothing_may_be_told_twice() {
        let added = || Happened::PaperAdded {
            paper: Uuid::nil(),
            version: 1,
            paper_kind: "certificate".into(),
            complete: true,
        };
        let twice = faults(&told(vec![opened(), added(), added()]), date!(2026 - 01 - 06));
        assert!(twice.iter().any(|f| f.contains("a second time")), "{twice:?}");
    }

    #[test]
    fn two_runs_are_compared_without_ids_and_persons() {
        let case = |actor: &str, id: u128| {
            let paper = Happened::PaperAdded {
                paper: Uuid::from_u128(id),
                version: 1,
                paper_kind: "certificate".into(),
                complete: true,
            };
            let (clock, role) = (format!("task.{}", Uuid::from_u128(id)), format!("staff:{}", Uuid::from_u128(id)));
            let warned = Happened::DeadlineWarned { clock, deadline: date!(2026 - 01 - 06), left: 0, role };
            let mut t = told(vec![opened(), paper, warned]);
            t.events[1].actor = actor.into();
            digest(&[(0, t)].into()).1
        };
        assert_eq!(case("cham.soc.1", 1), case("cham.soc.2", 2));
        assert_ne!(case("cham.soc.1", 1), case("phap.che.1", 1), "another department");
    }
}

#[test]
fn who_owes_two_instalments_pays_the_first_one_first() {
    let year = drawn();
    let contract = "0199b2f0-0000-7000-8000-000000000002";
    let of = |seq, kind: &str, no: i64| {
        let mut l = line(seq, "2026-01-05", kind);
        l["data"] = json!({"contract": contract, "instalment": no, "amount": 1_000_000 * no});
        l
    };
    let (first, second) = (of(1, "payment_due", 1), of(2, "payment_due", 2));
    let pays = |lines: serde_json::Value, day| -> Vec<String> {
        let calls = year.stories.iter().flat_map(|s| super::agree::pay(s, &screen("execution", lines.clone()), day));
        let reference = |c: Call| match c.body {
            Body::Json(body) => body["reference"].as_str().unwrap().to_owned(),
            other => panic!("{other:?}"),
        };
        calls.map(reference).collect()
    };
    for day in [date!(2026 - 01 - 06), date!(2026 - 01 - 20), date!(2026 - 03 - 20)] {
        let all = pays(json!([second, first]), day);
        assert!(!all.is_empty() && all.iter().all(|r| r.ends_with("-1")), "{day}: {all:?}");
    }
    let rest = pays(json!([first, second, of(3, "payment_received", 1)]), date!(2026 - 03 - 20));
    assert!(rest.len() == year.stories.len() && rest.iter().all(|r| r.ends_with("-2")), "{rest:?}");
}

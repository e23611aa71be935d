use super::*;
use crate::domain::case::ProcedureBook;
use crate::domain::fee::{Amount, FeeBook, FeeFacts};
use crate::domain::theme::Effect;
use crate::domain::verify::*;
use std::collections::BTreeMap;
use time::macros::date;
use uuid::Uuid;

fn finding(check: &'static str, verdict: Verdict, effect: Effect) -> FindingRecord {
    FindingRecord {
        group: "planning".into(),
        check: check.into(),
        subject: String::new(),
        verdict,
        effect,
        certainty: None,
        measured: None,
        allowed: None,
        area: None,
        message: Message::new("theme-clear"),
        details: vec![],
        evidence: vec![],
        sources: vec![],
        rule: None,
    }
}

fn record(findings: Vec<FindingRecord>) -> Record {
    let pins = Pins {
        parcel: None,
        layers: vec![],
        papers: vec![],
        rules: "r".into(),
        themes: "t".into(),
        inputs: "i".into(),
        engine: "e".into(),
    };
    Record {
        schema: SCHEMA.into(),
        case: CaseRecord {
            id: Uuid::nil(),
            number: "HS-2026-000001-0".into(),
            procedure: "transfer".into(),
            wish: Wish::default(),
        },
        as_of: date!(2026 - 11 - 23),
        parcel: None,
        outcome: Outcome::CanProceed,
        findings,
        pins,
    }
}

fn guides() -> GuideBook {
    GuideBook::from_toml("options.toml", include_str!("../../../data/options.toml")).unwrap()
}

fn procedures() -> ProcedureBook {
    ProcedureBook::from_toml(&[
        ("transfer", include_str!("../../../data/procedures/transfer.toml")),
        ("split", include_str!("../../../data/procedures/split.toml")),
        ("first_certificate", include_str!("../../../data/procedures/first_certificate.toml")),
        ("correction", include_str!("../../../data/procedures/correction.toml")),
        ("mortgage_release", include_str!("../../../data/procedures/mortgage_release.toml")),
        ("change_of_use", include_str!("../../../data/procedures/change_of_use.toml")),
    ])
    .unwrap()
}

fn work(findings: Vec<FindingRecord>, papers: &[(&str, bool)]) -> Vec<Opt> {
    let held: Vec<(String, bool)> = papers.iter().map(|(k, c)| ((*k).to_owned(), *c)).collect();
    let fees = FeeBook::from_toml(&[("r", include_str!("../../../data/fees/registration.toml"))]).unwrap();
    let fees = fees.in_force(date!(2026 - 11 - 23), &["75"]).unwrap();
    let history = BTreeMap::from([("transfer".to_owned(), History::of(vec![9, 12, 30]).unwrap())]);
    options(&Asked {
        as_of: date!(2026 - 11 - 23),
        record: &record(findings),
        papers: &held,
        province: Some("75"),
        facts: &FeeFacts::default(),
        procedures: &procedures(),
        guides: &guides(),
        fees: &fees,
        history: &history,
    })
}

fn of<'a>(all: &'a [Opt], code: &str) -> &'a Opt {
    all.iter().find(|o| o.procedure == code).unwrap()
}

const ALL: &[(&str, bool)] =
    &[("certificate", true), ("identity_card", true), ("request_form", true), ("sale_contract", true)];

#[test]
fn what_is_there_can_be_done_and_the_wish_comes_first() {
    let all = work(vec![], ALL);
    assert_eq!(all.len(), 6, "every procedure of the book that has a guide");
    let wish = &all[0];
    assert_eq!((wish.procedure.as_str(), wish.wished, wish.feasibility), ("transfer", true, Feasibility::Feasible));
    let days = wish.days.as_ref().unwrap();
    assert_eq!((days.working, days.standing), (Some(8), crate::domain::rule::Standing::Unverified));
    assert_eq!(days.ours, Some(History { cases: 3, median: 12, longest: 30 }));
    assert_eq!(wish.missing.iter().map(|m| m.when.as_str()).collect::<Vec<_>>(), ["represented"]);
    assert!(matches!(wish.dues[0].amount, Amount::NotKnown { .. }) && wish.total.unwrap().incomplete);
    assert_eq!(of(&all, "first_certificate").feasibility, Feasibility::NotApplicable, "there is one");
    assert_eq!(of(&all, "split").feasibility, Feasibility::NeedsPapers, "the drawing is missing");
    let change = of(&all, "change_of_use");
    assert!(change.days.as_ref().unwrap().working.is_none());
    assert!(change.reasons.contains(&Reason::Said { say: Message::new("option-reason-no-days") }));
}

#[test]
fn findings_stand_in_the_way_of_what_they_are_about() {
    let found = vec![
        finding("planning.hazard", Verdict::NotCovered, Effect::NeedsPerson),
        finding("planning.recovery", Verdict::Hit, Effect::Blocks),
        finding("split.minimum", Verdict::Hit, Effect::Blocks),
        finding("paper.required_set", Verdict::Hit, Effect::NeedsPapers),
    ];
    let all = work(found, ALL);
    let transfer = of(&all, "transfer");
    assert_eq!(transfer.feasibility, Feasibility::Blocked);
    let named: Vec<&str> = transfer
        .reasons
        .iter()
        .filter_map(|r| match r {
            Reason::Finding { check, .. } => Some(check.as_str()),
            Reason::Said { .. } => None,
        })
        .collect();
    assert_eq!(named, ["planning.recovery", "planning.hazard"], "heaviest first; the split's minimum is not about it");
    assert_eq!(of(&all, "split").reasons.len(), 3);
    assert_eq!(of(&all, "correction").feasibility, Feasibility::NeedsPapers, "a plan does not forbid to correct");
}

#[test]
fn a_release_needs_a_mortgage() {
    let release = |v: Vec<FindingRecord>| of(&work(v, ALL), "mortgage_release").feasibility;
    let clear = finding("encumbrance.register", Verdict::Clear, Effect::None);
    let hit = finding("encumbrance.register", Verdict::Hit, Effect::Blocks);
    assert_eq!(release(vec![clear]), Feasibility::NotApplicable);
    assert_eq!(release(vec![]), Feasibility::NeedsPerson, "nobody knows");
    assert_eq!(release(vec![hit]), Feasibility::NeedsPapers, "it is what the release is for");
}

#[test]
fn a_draft_is_a_missing_paper() {
    let all = work(vec![], &[("certificate", false), ("identity_card", true), ("request_form", true)]);
    let missing: Vec<(&str, bool)> = of(&all, "transfer").missing.iter().map(|m| (m.kind.as_str(), m.draft)).collect();
    assert_eq!(missing, [("certificate", true), ("sale_contract", false), ("power_of_attorney", false)]);
}

fn pins(layers: Vec<(String, i64)>) -> SheetPins {
    SheetPins {
        verification: Uuid::nil(),
        digest: "d".into(),
        rules: "r".into(),
        procedures: "p".into(),
        fees: "f".into(),
        guides: "g".into(),
        parcel: Some(Pinned { id: Uuid::nil(), version: 1 }),
        layers,
    }
}

#[test]
fn a_sheet_says_why_it_no_longer_holds() {
    let made = pins(vec![("road".into(), 7), ("zoning".into(), 9)]);
    let keys = |now: &SheetPins| stale(&made, now).into_iter().map(|m| m.key).collect::<Vec<_>>();
    assert_eq!(keys(&made), Vec::<String>::new());
    assert_eq!(keys(&SheetPins { fees: "x".into(), ..made.clone() }), ["sheet-outdated-fees"]);
    assert_eq!(keys(&SheetPins { guides: "x".into(), ..made.clone() }), ["sheet-outdated-procedures"]);
    let newer = SheetPins { layers: vec![("road".into(), 8), ("zoning".into(), 9)], ..made.clone() };
    assert_eq!(stale(&made, &newer), [Message::new("sheet-outdated-layer").with("layer", "road")]);
    let added = SheetPins { layers: [made.layers.clone(), vec![("hazard".into(), 3)]].concat(), ..made.clone() };
    assert_eq!(stale(&made, &added), [Message::new("sheet-outdated-layer").with("layer", "hazard")]);
}

#[test]
fn edits_name_options() {
    let all = work(vec![], ALL);
    let edits = Edits {
        recommended: Some("nothing".into()),
        remark: "x".repeat(4001),
        notes: BTreeMap::from([("mars".to_owned(), "x".to_owned())]),
    };
    let fields: Vec<String> = edits.problems(&all).into_iter().map(|p| p.field).collect();
    assert_eq!(fields, ["edits.recommended", "edits.remark", "edits.notes.mars"]);
}

/// Every text that an option can name stands in both languages.
#[test]
fn every_option_has_words() {
    let steps = guides().guides.into_iter().flat_map(|g| g.steps).map(|s| format!("step-{s}"));
    for key in steps {
        for lang in [text::Lang::Vi, text::Lang::En] {
            assert_ne!(text::message(lang, &Message::new(key.clone())), key);
        }
    }
}

fn sheet_of(findings: Vec<FindingRecord>, papers: &[(&str, bool)]) -> (Sheet, Record) {
    let pins = pins(vec![]);
    let sheet = Sheet {
        schema: OPTIONS.into(),
        id: Uuid::nil(),
        case_id: Uuid::nil(),
        case_number: "HS-2026-000001-0".into(),
        version: 1,
        as_of: date!(2026 - 11 - 23),
        pins,
        facts: FeeFacts::default(),
        options: work(findings.clone(), papers),
        edits: Edits { recommended: Some("transfer".into()), ..Edits::default() },
        by: "legal".into(),
        at: time::macros::datetime!(2026-11-23 02:00 UTC),
    };
    (sheet, record(findings))
}

#[test]
fn a_sheet_is_confirmed_when_nothing_new_stands_against_it() {
    let hit = |subject: &str| FindingRecord {
        subject: subject.into(),
        ..finding("planning.hazard", Verdict::Hit, Effect::NeedsPerson)
    };
    let (was, then) = sheet_of(vec![hit("flood")], &[]);
    let new = |findings: Vec<FindingRecord>, papers: &[(&str, bool)]| -> Vec<String> {
        let (now, later) = sheet_of(findings, papers);
        new_since(&was, &then, &now, &later).into_iter().map(|m| m.key.into_owned()).collect()
    };
    let nothing = Vec::<String>::new();
    assert_eq!(new(vec![hit("flood")], &[]), nothing);
    assert_eq!(new(vec![], &[]), nothing, "what went away is no hindrance");
    assert_eq!(new(vec![hit("flood")], &[("certificate", true)]), nothing, "a paper came in");
    assert_eq!(new(vec![hit("slide")], &[]), ["sheet-changed-finding"]);
    let day = |n: f64| FindingRecord { measured: Some(Quantity::new(n, Unit::Day)), ..hit("flood") };
    assert_eq!(new(vec![day(3.0)], &[]), nothing, "a source is older each day");
    let area = |n: f64| FindingRecord { measured: Some(Quantity::new(n, Unit::SquareMetre)), ..hit("flood") };
    assert_eq!(new(vec![area(3.0)], &[]), ["sheet-changed-finding"]);
    let named = |key: &'static str, bank: &str| {
        let note = Message::new(key).with("text", bank).with("days", 3.0);
        FindingRecord { message: note.clone(), details: vec![note], ..hit("flood") }
    };
    let (was_named, then_named) = sheet_of(vec![named("notes-line", "Ngân hàng A")], &[]);
    let anew = |finding: FindingRecord| {
        let (now, later) = sheet_of(vec![finding], &[]);
        new_since(&was_named, &then_named, &now, &later).into_iter().map(|m| m.key).collect::<Vec<_>>()
    };
    assert_eq!(anew(named("notes-line", "Ngân hàng A")), nothing);
    assert_eq!(anew(named("notes-line", "Ngân hàng B")), ["sheet-changed-finding"], "another bank's mortgage");
    let only = |what: fn(&mut FindingRecord)| {
        let mut finding = named("notes-line", "Ngân hàng A");
        what(&mut finding);
        anew(finding)
    };
    assert_eq!(
        only(|f| f.details[0] = Message::new("notes-line").with("text", "Quỹ tín dụng C")),
        ["sheet-changed-finding"]
    );
    assert_eq!(only(|f| f.details.clear()), nothing, "a detail that went away");
    assert_eq!(only(|f| f.message = f.message.clone().with("days", 4.0)), nothing, "a day later");
    let (mut now, later) = sheet_of(vec![hit("flood")], &[]);
    now.pins.parcel = Some(Pinned { id: Uuid::nil(), version: 2 });
    now.options.iter_mut().for_each(|o| o.steps.clear());
    let keys: Vec<_> = new_since(&was, &then, &now, &later).into_iter().map(|m| m.key.into_owned()).collect();
    assert_eq!(keys, ["sheet-changed-parcel", "sheet-changed-steps"]);
    now.options.clear();
    assert!(new_since(&was, &then, &now, &later).iter().any(|m| m.key == "sheet-changed-option"));
}

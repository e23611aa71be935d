use super::*;
use crate::domain::check::fixtures as fx;
use crate::domain::verify::text::{Lang, opinion, opinion_subject};
use crate::domain::verify::{Facts, Gathered, Neighbour, RuleSet, Unit, verify};
use time::macros::datetime;

const ROAD: (&str, &str) = ("planning.road_corridor", "road_corridor");

fn record(facts: &Facts) -> Record {
    verify(facts, &RuleSet::in_force(&fx::rules(), facts.as_of, &[Some("01")]).unwrap())
}

/// A parcel with a road over it.
fn facts() -> Facts {
    let mut facts = fx::facts();
    let road = fx::feature(7, None, &fx::rect(-5.0, -5.0, 10.0, 60.0));
    facts.themes = vec![fx::themed(ROAD.1, vec![fx::layer(1, vec![road])])];
    facts
}

fn finding(record: &Record) -> &FindingRecord {
    record.findings.iter().find(|f| (&*f.check, f.subject.as_str()) == ROAD).expect("the road is found")
}

fn said(record: &Record, stance: Stance) -> Opinion {
    Opinion {
        schema: OPINION.into(),
        id: Uuid::from_u128(9),
        case_id: record.case.id,
        verification_id: Uuid::from_u128(1),
        digest: record.digest().unwrap(),
        check: ROAD.0.into(),
        subject: ROAD.1.into(),
        stance,
        corrected: (stance == Stance::Correct)
            .then(|| Correction { verdict: Verdict::Hit, measured: Some(Quantity::new(12.5, Unit::SquareMetre)) }),
        reason: "Đã đo lại tại thực địa ngày 20/11/2026.".into(),
        evidence: vec![Support::Reference { text: "Biên bản đo đạc số 12".into() }],
        rests: Rests::of(record, None, finding(record)).unwrap(),
        by: "legal".into(),
        at: datetime!(2026-11-24 02:00 UTC),
    }
}

fn standing(record: &Record, at: u128, o: &Opinion) -> Standing {
    place(record, None, Uuid::from_u128(at), vec![o.clone()]).unwrap().remove(0).standing
}

#[test]
fn carried_as_long_as_what_it_rests_on_is_the_same() {
    let before = facts();
    let first = record(&before);
    let o = said(&first, Stance::Reject);
    assert_eq!(standing(&first, 1, &o), Standing::Given);
    assert_eq!(standing(&first, 2, &o), Standing::Carried);

    // The same content under another version, on another day, with other papers: a map finding rests on none of it.
    let mut same = before.clone();
    same.as_of = same.as_of.next_day().unwrap();
    let layer = &mut same.themes[0].layers[0];
    let pin = std::sync::Arc::make_mut(&mut layer.pin);
    (pin.layer_version_id, pin.number) = (2, 2);
    assert_eq!(standing(&record(&same), 2, &o), Standing::Carried);
}

/// A finding on maps, backed by a paper: with another version of that paper it is to be looked at again.
#[test]
fn it_lapses_with_the_paper_that_backs_it() {
    let card = || crate::domain::paper::Paper::IdentityCard(Default::default());
    let mut before = facts();
    before.papers = vec![fx::paper(5, card())];
    let first = record(&before);
    let pin = first.pins.papers[0].clone();
    let evidence = vec![Support::Paper { id: pin.id, version: 1, pin: pin.sha256.clone() }];
    let o = Opinion { evidence, ..said(&first, Stance::Reject) };
    assert_eq!(standing(&first, 2, &o), Standing::Carried);
    let mut newer = before.clone();
    (newer.papers[0].version, newer.papers[0].sha256) = (2, "01".into());
    assert_eq!(standing(&record(&newer), 2, &o), Standing::Lapsed(vec![Change::Paper(pin.id)]));
    assert_eq!(standing(&record(&facts()), 2, &o), Standing::Lapsed(vec![Change::Paper(pin.id)]), "it is gone");
}

#[test]
fn what_changed_is_named() {
    let before = facts();
    let o = said(&record(&before), Stance::Confirm);
    let lapsed = |change: fn(&mut Facts)| {
        let mut now = before.clone();
        change(&mut now);
        match standing(&record(&now), 2, &o) {
            Standing::Lapsed(changes) => changes,
            other => panic!("{other:?}"),
        }
    };
    let layer = |f: &mut Facts| std::sync::Arc::make_mut(&mut f.themes[0].layers[0].pin).content_hash = "other".into();
    assert_eq!(lapsed(layer), [Change::Layer("layer-1".into())]);
    let parcel = |f: &mut Facts| f.parcel.as_mut().unwrap().row_hash = "other".into();
    assert_eq!(lapsed(parcel), [Change::Parcel]);
    assert_eq!(lapsed(|f| f.case.procedure = "gift".into()), [Change::Case]);
    assert_eq!(lapsed(|f| f.themes.clear()), [Change::Gone]);
    // The map grew old: nothing of its content changed, and yet the finding is another.
    let aged = lapsed(|f| f.as_of = f.as_of.saturating_add(time::Duration::days(9_000)));
    assert!(matches!(aged[..], [Change::Said | Change::Rule(_)]), "{aged:?}");
}

#[test]
fn a_rule_or_a_paper_that_changed_is_named() {
    let first = record(&facts());
    let rests = Rests::of(&first, None, finding(&first)).unwrap();
    let rule = rests.rule.clone().expect("drawn by a rule");
    let other = Rests { rule: Some(RulePin { version: rule.version + 1, ..rule.clone() }), ..rests.clone() };
    assert_eq!(rests.changes(&other), [Change::Rule(rule.id)]);
    let id = Uuid::from_u128(3);
    let more = Rests { papers: [(id, "x".to_owned())].into(), ..rests.clone() };
    assert_eq!(rests.changes(&more), [Change::Paper(id)], "a paper that came");
    assert_eq!(more.changes(&rests), [Change::Paper(id)], "a paper that went");
    let next = Rests { papers: [(id, "y".to_owned())].into(), ..rests };
    assert_eq!(more.changes(&next), [Change::Paper(id)], "a paper that was written anew");
}

/// A neighbour's row that changed, though the finding says the same.
#[test]
fn neighbours_count_for_the_finding_on_them_alone() {
    let before = facts();
    let rests = |facts: &Facts, check: &str| {
        let record = record(facts);
        let f = record.findings.iter().find(|f| f.check == check).expect("found");
        Rests::of(&record, Some(&Inputs::of(facts)), f).unwrap()
    };
    let mut now = before.clone();
    now.neighbours = Gathered::Read(vec![std::sync::Arc::new(Neighbour {
        id: Uuid::from_u128(5),
        version: 2,
        row_hash: "other".into(),
        sheet: "12".into(),
        number: "35".into(),
        boundary: fx::polygons(&fx::rect(500.0, 500.0, 10.0, 10.0)).into(),
    })]);
    let changes = |check: &str| rests(&before, check).changes(&rests(&now, check));
    assert_eq!(changes(parcel_neighbours::ID), [Change::Neighbours]);
    assert_eq!(changes(ROAD.0), []);
}

#[test]
fn what_was_sent_is_looked_at() {
    let first = record(&facts());
    let problems = |change: fn(&mut Opinion), stance: Stance| {
        let mut o = said(&first, stance);
        change(&mut o);
        o.problems().into_iter().map(|p| p.field).collect::<Vec<_>>()
    };
    for stance in [Stance::Confirm, Stance::Correct, Stance::Reject] {
        assert!(problems(|_| (), stance).is_empty(), "{stance:?}");
    }
    assert!(problems(|o| o.evidence.clear(), Stance::Confirm).is_empty());
    assert_eq!(problems(|o| o.evidence.clear(), Stance::Reject), ["evidence"]);
    assert_eq!(problems(|o| o.corrected = None, Stance::Correct), ["corrected"]);
    let two = problems(|o| o.corrected = Some(Correction { verdict: Verdict::Clear, measured: None }), Stance::Reject);
    assert_eq!(two, ["corrected"]);
    assert_eq!(problems(|o| o.reason = "  vì sai   ".into(), Stance::Confirm), ["reason"]);
    let short = |o: &mut Opinion| o.evidence = vec![Support::Reference { text: " ".into() }];
    assert_eq!(problems(short, Stance::Reject), ["evidence[0].text"]);
}

#[test]
fn it_is_told_in_both_languages() {
    let first = record(&facts());
    let o = said(&first, Stance::Correct);
    let mut placed = place(&first, None, Uuid::from_u128(2), vec![o]).unwrap().remove(0);
    let told = opinion(Lang::En, &placed).join("\n");
    for part in ["CORRECTED (legal, 2026-11-24)", "hit; measured 12.5 m²", "Biên bản đo đạc số 12", "Carried from"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    placed.standing =
        Standing::Lapsed(vec![Change::Layer("a.b".into()), Change::Gone, Change::Said, Change::Parcel, Change::Case]);
    for lang in [Lang::Vi, Lang::En] {
        let told = opinion(lang, &placed).join("\n");
        assert!(!told.contains("opinion-") && told.contains("a.b"), "{told}");
        assert!(opinion_subject(lang, &placed).contains(ROAD.1));
    }
    let (text, digest) = placed.opinion.sealed_form().unwrap();
    assert_eq!(serde_json::from_str::<Opinion>(&text).unwrap().sealed_form().unwrap().1, digest);
}

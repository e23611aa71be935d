use super::*;
use crate::domain::paper::{OtherPaper, PowerOfAttorney};
use crate::domain::verify::{CaseRecord, Message, Outcome, Pins, Wish};
use time::macros::date;

fn paper(n: u128, paper: Paper, complete: bool) -> PaperFacts {
    PaperFacts { id: Uuid::from_u128(n), version: 1, sha256: String::new(), complete, paper, scan: None }
}

fn finding(check: &'static str, subject: &str, effect: Effect, details: Vec<Message>) -> FindingRecord {
    FindingRecord {
        group: check.split('.').next().unwrap_or_default().into(),
        check: check.into(),
        subject: subject.into(),
        verdict: Verdict::Hit,
        effect,
        certainty: None,
        measured: None,
        allowed: None,
        area: None,
        message: Message::new("theme-clear"),
        details,
        evidence: vec![],
        sources: vec![],
        rule: None,
    }
}

fn record(findings: Vec<FindingRecord>) -> Record {
    Record {
        schema: String::new(),
        case: CaseRecord {
            id: Uuid::nil(),
            number: "HS-TEST".into(),
            procedure: "transfer".into(),
            wish: Wish::default(),
        },
        as_of: date!(2026 - 10 - 05),
        parcel: None,
        outcome: Outcome::NeedsPapers,
        findings,
        pins: Pins {
            parcel: None,
            layers: vec![],
            papers: vec![],
            rules: String::new(),
            themes: String::new(),
            inputs: String::new(),
            engine: String::new(),
        },
    }
}

#[test]
fn everything_is_asked_for_at_once() {
    let lack = |kind: &str| Message::new("papers-lack-one").with("kind", kind).with("citation", "Art. 1");
    let draft = Message::new("papers-draft").with("kind", "certificate").with("fields", "serial, issued_on");
    let power = PowerOfAttorney { valid_until: Some(date!(2026 - 11 - 01)), ..Default::default() };
    let papers = [
        paper(1, Paper::Certificate(Box::default()), false),
        paper(2, Paper::PowerOfAttorney(power), true),
        paper(3, Paper::Other(OtherPaper::default()), true),
    ];
    let id = |n: u128| Uuid::from_u128(n).to_string();
    let record = record(vec![
        finding("paper.required_set", "", Effect::NeedsPapers, vec![lack("request_form"), draft]),
        finding("paper.scan", &id(2), Effect::NeedsPapers, vec![]),
        finding("paper.consistency", &id(3), Effect::NeedsPerson, vec![]),
        finding("parcel.vertices", "edges", Effect::NeedsPerson, vec![]),
        finding("parcel.area", "", Effect::NeedsPerson, vec![]),
        finding("planning.road_corridor", "", Effect::Blocks, vec![]),
        finding("paper.serial", &id(1), Effect::None, vec![]),
    ]);
    let told = |until| -> Vec<(Need, String, Option<u128>)> {
        plan(&record, &papers, until)
            .into_iter()
            .map(|a| (a.need, a.paper_kind, a.paper.map(|p| p.as_u128())))
            .collect()
    };
    let mut expected = vec![
        (Need::Missing, "certificate".to_owned(), Some(1)),
        (Need::Missing, "request_form".to_owned(), None),
        (Need::Unreadable, "power_of_attorney".to_owned(), Some(2)),
        (Need::Expired, "power_of_attorney".to_owned(), Some(2)),
        (Need::Contradicts, "other".to_owned(), Some(3)),
        (Need::Boundary, "boundary".to_owned(), None),
    ];
    assert_eq!(told(date!(2026 - 11 - 20)), expected, "a paper that runs out before it is used is asked for now");
    expected.remove(3);
    assert_eq!(told(date!(2026 - 10 - 20)), expected);
    assert_eq!(plan(&record, &[], date!(2026 - 10 - 20)).len(), 3, "what is about a paper we do not hold is left out");
}

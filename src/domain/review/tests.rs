use super::*;
use crate::domain::case::request::{Asked, Need};
use crate::domain::case::{Channel, Event, Happened};
use crate::domain::verify::text::{Lang, message};
use crate::domain::verify::{Message, Outcome};
use time::macros::{date, datetime};
use uuid::Uuid;

fn good() -> ReviewFacts {
    ReviewFacts {
        papers: vec![PaperFact {
            id: Uuid::from_u128(1),
            version: 2,
            kind: "certificate".into(),
            complete: true,
            scan_whole: Some(true),
            verified: true,
        }],
        verdict: Some(VerdictFact { outcome: Outcome::CanProceed, signed: true, stale: vec![], wanting: vec![] }),
        sheet: Some(SheetFact { version: 1, signed: true, stale: vec![] }),
        contract: Some(ContractFacts { signed_by_customer: true, signed_by_firm: true }),
        conflicts: 0,
        submissions: Submissions { open: 0, granted: Some(true), refused_beside: vec![] },
        instalments: Some(vec![]),
        ..ReviewFacts::default()
    }
}

/// Codes that are not ok, each with its first reason's key.
fn wrong(facts: &ReviewFacts) -> Vec<(&'static str, String)> {
    let all = checklist(facts);
    assert_eq!(all.iter().map(|i| i.code).collect::<Vec<_>>(), Code::ALL);
    for item in &all {
        for said in &item.because {
            for lang in [Lang::Vi, Lang::En] {
                let text = message(lang, said);
                assert!(!text.contains(&*said.key) && !text.contains('{'), "{text}");
            }
        }
    }
    let bad = all.into_iter().filter(|i| i.standing == Standing::NotOk);
    bad.map(|i| (i.code.as_str(), i.because[0].key.to_string())).collect()
}

fn asked(need: Need) -> Asked {
    Asked { need, paper_kind: "certificate".into(), paper: None, because: "x".into(), detail: String::new() }
}

#[test]
fn a_case_in_order_is_in_order() {
    assert_eq!(wrong(&good()), []);
    assert!(checklist(&good()).iter().all(|i| i.standing == Standing::Ok));
}

type Spoil = fn(&mut ReviewFacts);

#[test]
fn each_fault_is_its_own_item() {
    let faults: &[(Spoil, &str, &str)] = &[
        (|f| f.papers[0].complete = false, "papers_complete", "review-draft"),
        (|f| f.papers[0].scan_whole = Some(false), "scans_whole", "review-scan-broken"),
        (|f| f.papers[0].verified = false, "verdict_saw_papers", "review-unseen"),
        (|f| f.verdict.as_mut().unwrap().wanting = vec![asked(Need::Missing)], "papers_complete", "review-wanting"),
        (|f| f.verdict.as_mut().unwrap().wanting = vec![asked(Need::Unreadable)], "papers_readable", "review-wanting"),
        (|f| f.verdict.as_mut().unwrap().wanting = vec![asked(Need::Expired)], "papers_valid", "review-wanting"),
        (|f| f.verdict.as_mut().unwrap().wanting = vec![asked(Need::Contradicts)], "papers_agree", "review-wanting"),
        (|f| f.verdict.as_mut().unwrap().wanting = vec![asked(Need::Boundary)], "boundary", "review-wanting"),
        (|f| f.verdict.as_mut().unwrap().outcome = Outcome::Blocked, "verdict", "review-blocked"),
        (|f| f.verdict.as_mut().unwrap().signed = false, "verdict_signed", "review-unsigned"),
        (
            |f| f.verdict.as_mut().unwrap().stale = vec![Message::new("sheet-outdated-rules")],
            "verdict_fresh",
            "sheet-outdated-rules",
        ),
        (|f| f.sheet.as_mut().unwrap().signed = false, "advice_signed", "review-unsigned"),
        (
            |f| f.sheet.as_mut().unwrap().stale = vec![Message::new("sheet-outdated-fees")],
            "advice_fresh",
            "sheet-outdated-fees",
        ),
        (|f| f.contract.as_mut().unwrap().signed_by_firm = false, "contract_signed", "review-unsigned-firm"),
        (|f| f.requests = vec![("missing".into(), "certificate".into())], "requests", "review-asked"),
        (|f| f.issues = vec!["neighbour".into()], "issues", "review-issue"),
        (|f| f.conflicts = 2, "conflicts", "review-conflicts-open"),
        (|f| f.tasks = vec!["survey_boundary".into()], "tasks", "review-task"),
        (|f| f.submissions.refused_beside = vec!["mortgage_release".into()], "authority", "review-refused-beside"),
        (|f| f.submissions.open = 1, "authority", "review-submitted"),
        (|f| f.submissions.granted = Some(false), "authority", "review-not-granted"),
        (
            |f| f.instalments = Some(vec![Instalment { no: 2, open: 5, due: Some(date!(2026 - 12 - 01)) }]),
            "instalments",
            "review-instalment",
        ),
        (|f| f.obligations = vec![Owed { what: "income_tax".into(), due: None }], "obligations", "review-owed"),
    ];
    for (spoil, code, key) in faults {
        let mut facts = good();
        spoil(&mut facts);
        assert_eq!(wrong(&facts), [(*code, (*key).to_owned())]);
    }
}

#[test]
fn what_is_not_kept_does_not_apply() {
    let facts = ReviewFacts { contract: None, instalments: None, sheet: None, ..good() };
    let not: Vec<_> =
        checklist(&facts).into_iter().filter(|i| i.standing == Standing::NotApplicable).map(|i| i.code).collect();
    assert_eq!(not, [Code::AdviceSigned, Code::AdviceFresh, Code::ContractSigned, Code::Instalments]);
    assert_eq!(wrong(&ReviewFacts::default()), [("verdict", "review-no-verdict".to_owned())], "never ok without one");
}

#[test]
fn who_worked_is_named_with_what() {
    use Happened as H;
    let id = Uuid::nil();
    let all = [
        ("care", H::Opened { channel: Channel::Office, procedures: vec![] }),
        ("lan", H::Verified { verification: id, outcome: Outcome::CanProceed }),
        ("minh", H::OptionSheetDrafted { sheet: id, version: 1 }),
        ("lan", H::TaskDone { task: id, task_kind: "survey_boundary".into() }),
        ("old", H::ReviewAsked {}),
        ("eye", H::ReviewReturned { review: id, faults: vec![] }),
        ("boss", H::ReviewAsked {}),
    ];
    let events: Vec<Event> = (1..)
        .zip(all)
        .map(|(seq, (actor, what))| Event { seq, at: datetime!(2026-10-05 02:00 UTC), actor: actor.into(), what })
        .collect();
    let said = |w: &Work| message(Lang::En, &w.said());
    let of = |login: &str| own_work(&events, login).iter().map(said).collect::<Vec<_>>();
    assert_eq!(
        of("lan"),
        ["Verified the case (line 2).", "Did the task \"Measure the boundary of the parcel\" (line 4)."]
    );
    assert_eq!(of("minh"), ["Wrote or signed the option sheet (line 3)."]);
    assert_eq!(of("boss"), ["Asked for the review (line 7)."]);
    for free in ["care", "eye", "old"] {
        assert_eq!(of(free), Vec::<String>::new(), "{free}");
    }
}

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use time::macros::{date, datetime};
use uuid::Uuid;

const OUTCOMES: [Outcome; 4] = [Outcome::CanProceed, Outcome::NeedsPapers, Outcome::NeedsPerson, Outcome::Blocked];

fn finding(check: &str, subject: &str, verdict: Verdict, effect: Effect) -> FindingSummary {
    FindingSummary { check: check.into(), subject: subject.into(), verdict, effect }
}

fn planned(findings: &[FindingSummary], outcome: Outcome) -> Vec<NewTask> {
    plan(Table::shipped().unwrap(), findings, outcome, Calendar::shipped().unwrap(), date!(2026 - 11 - 20))
}

fn names(tasks: &[NewTask]) -> Vec<String> {
    tasks.iter().map(|t| format!("{} {} {}", t.department.as_str(), t.kind, t.subject).trim().to_owned()).collect()
}

#[test]
fn a_clean_case_becomes_a_quotation() {
    let tasks = planned(&[finding("parcel.area", "", Verdict::Clear, Effect::None)], Outcome::CanProceed);
    assert_eq!(names(&tasks), ["sales prepare_quotation"]);
    assert_eq!(tasks[0].due, date!(2026 - 11 - 25), "24 November is off");
    assert!(tasks[0].because.is_empty() && !tasks[0].due_doubtful);
}

#[test]
fn a_hard_case_becomes_work_for_all_three_departments_once_each() {
    use Effect::*;
    use Verdict::*;
    let findings = [
        finding("paper.required_set", "power_of_attorney", Hit, NeedsPapers),
        finding("paper.required_set", "marriage", Hit, NeedsPapers),
        finding("parcel.area", "", Hit, NeedsPerson),
        finding("parcel.vertices", "", Hit, NeedsPerson),
        finding("planning.road_corridor", "road_plan", Hit, NeedsPerson),
        finding("planning.recovery", "recovery", Hit, Blocks),
        finding("planning.hazard", "flood", StaleSource, NeedsPerson),
        finding("encumbrance.register", "register", Hit, Blocks),
    ];
    let tasks = planned(&findings, Outcome::Blocked);
    assert_eq!(
        names(&tasks),
        [
            "legal clear_encumbrance register",
            "legal examine_planning recovery",
            "legal examine_planning road_plan",
            "sales inform_customer",
            "legal obtain_source flood",
            "sales request_papers",
            "legal review_findings",
            "field survey_boundary",
        ]
    );
    assert_eq!(tasks[7].because.len(), 2, "two findings, one way to the parcel");
}

#[test]
fn the_table_and_the_checks_know_each_other() {
    let table = Table::shipped().unwrap();
    let checks = || crate::domain::check::CHECKS.iter().map(|c| c.id);
    for pattern in table.patterns() {
        assert!(checks().any(|c| table::fits(pattern, c)), "{pattern} speaks of no check");
    }
    for check in checks() {
        let grave = finding(check, "", Verdict::Hit, Effect::Blocks);
        assert!(table.for_finding(&grave).next().is_some(), "a blocking hit of {check} makes no task");
    }
}

#[test]
fn bad_tables_are_refused() {
    let good = include_str!("../../../data/dispatch.toml");
    let swap = |from: &str, to: &str| Table::read(&good.replacen(from, to, 1)).unwrap_err();
    assert!(swap("make = [\"prepare_quotation\"]", "make = []").contains("CanProceed"));
    assert!(swap("make = [\"prepare_quotation\"]", "make = [\"nonsense\"]").contains("nonsense"));
    assert!(swap("kind = \"request_papers\"", "kind = \"prepare_quotation\"").contains("twice"));
    assert!(swap("verdict = ", "verdikt = ").contains("verdikt"));
}

fn person(id: u128, department: Department, territory: &[&str], open_load: u32) -> Candidate {
    let territory = territory.iter().map(|t| (*t).to_owned()).collect();
    let (skills, absent, booked) = (BTreeSet::new(), vec![], vec![]);
    let department = Some(department);
    Candidate { id: Uuid::from_u128(id), department, territory, skills, open_load, active: true, absent, booked }
}

const NONE: &BTreeSet<String> = &BTreeSet::new();

fn need(department: Department, commune: Option<&str>) -> Need<'_> {
    Need { department, commune, skills: NONE, days: (date!(2026 - 10 - 05), date!(2026 - 10 - 07)), at: None }
}

#[test]
fn territory_goes_before_load_and_load_before_id() {
    use Department::*;
    let mut staff = vec![
        person(1, Field, &["26734"], 9),
        person(2, Field, &[], 0),
        person(3, Field, &["00001"], 0),
        person(4, Legal, &["26734"], 0),
    ];
    let who = |staff: &[Candidate], d, c| assign(&need(d, c), staff).map(|(id, why)| (id.as_u128(), why.place));
    assert_eq!(who(&staff, Field, Some("26734")), Some((1, Place::OwnTerritory)));
    assert_eq!(who(&staff, Field, Some("99999")), Some((2, Place::Everywhere)));
    assert_eq!(who(&staff, Legal, Some("99999")), Some((4, Place::OtherTerritory)));
    assert_eq!(who(&staff, Sales, Some("26734")), None);
    staff[1].active = false;
    assert_eq!(who(&staff, Field, None), Some((3, Place::OtherTerritory)));
    staff.push(person(5, Field, &["26734"], 3));
    staff.push(person(6, Field, &["26734"], 3));
    assert_eq!(who(&staff, Field, Some("26734")), Some((5, Place::OwnTerritory)));
}

#[test]
fn skill_absence_and_the_hour_set_people_aside_and_the_reason_says_so() {
    use Department::Field;
    let mut staff = [1, 2, 3, 4].map(|id| person(id, Field, &[], id as u32));
    let survey = BTreeSet::from(["survey".to_owned()]);
    staff[1..].iter_mut().for_each(|c| c.skills.clone_from(&survey));
    let hour = (datetime!(2026-10-06 02:00 UTC), datetime!(2026-10-06 03:00 UTC));
    let asked = Need { skills: &survey, at: Some(hour), ..need(Field, None) };
    assert_eq!(assign(&asked, &staff).unwrap().0.as_u128(), 2);
    staff[1].absent =
        vec![(date!(2026 - 10 - 01), date!(2026 - 10 - 05)), (date!(2026 - 10 - 06), date!(2026 - 10 - 07))];
    staff[2].booked = vec![(datetime!(2026-10-06 02:59 UTC), datetime!(2026-10-06 04:00 UTC))];
    let (who, why) = assign(&asked, &staff).unwrap();
    assert_eq!((who.as_u128(), why.set_aside), (4, SetAside { unskilled: 1, absent: 1, booked: 1 }));
    staff[1].absent.pop();
    assert_eq!(assign(&asked, &staff).unwrap().0.as_u128(), 2, "away on one of three days only");
    staff[2].booked = vec![(hour.1, datetime!(2026-10-06 04:00 UTC))];
    assert_eq!(staff[2].unfit(&asked), None, "one ends as the other begins");
}

fn findings() -> impl Strategy<Value = Vec<FindingSummary>> {
    let check = prop::sample::select(vec![
        "paper.x",
        "parcel.area",
        "parcel.access",
        "planning.hazard",
        "encumbrance.register",
        "odd",
    ]);
    let verdict = prop::sample::select(vec![Verdict::Hit, Verdict::Clear, Verdict::NotCovered, Verdict::Failed]);
    let effect = prop::sample::select(vec![Effect::None, Effect::NeedsPapers, Effect::NeedsPerson, Effect::Blocks]);
    let one = (check, "[ab]?", verdict, effect).prop_map(|(c, s, v, e)| finding(c, &s, v, e));
    prop::collection::vec(one, 0..30)
}

proptest! {
    #[test]
    fn every_outcome_makes_work_and_nothing_is_asked_for_twice(f in findings(), o in 0usize..4) {
        let tasks = planned(&f, OUTCOMES[o]);
        prop_assert!(!tasks.is_empty());
        let mut keys: Vec<_> = tasks.iter().map(|t| (&t.kind, &t.subject)).collect();
        keys.dedup();
        prop_assert_eq!(keys.len(), tasks.len());
        let mut turned = f.clone();
        turned.reverse();
        let strip = |t: Vec<NewTask>| t.into_iter().map(|t| (t.kind, t.subject, t.due)).collect::<Vec<_>>();
        prop_assert_eq!(strip(planned(&turned, OUTCOMES[o])), strip(tasks));
    }
}

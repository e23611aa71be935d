use super::*;
use crate::domain::case::clock::Limits;
use crate::domain::verify::text::Lang;
use proptest::prelude::*;
use serde_json::{Value, json};
use time::macros::date;

fn book() -> &'static PlanBook {
    PlanBook::shipped().unwrap()
}

fn ended(kinds: &[&str]) -> BTreeSet<String> {
    kinds.iter().map(|k| (*k).to_owned()).collect()
}

fn blockers(plan: &WorkPlan, kind: &str, done: &[&str], facts: &Facts) -> Vec<String> {
    plan.waits_for(kind, &ended(done), facts).iter().map(ToString::to_string).collect()
}

#[test]
fn every_shipped_procedure_has_its_plan() {
    let all: BTreeSet<_> = book().procedures().collect();
    for entry in std::fs::read_dir("data/procedures").unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(all.contains(name.as_str()), "{name} has no plan");
    }
    assert_eq!(book().plan("something_new"), book().plan("correction"), "the general one");
}

#[test]
fn a_transfer_from_the_contract_to_the_certificate() {
    let plan = book().plan("transfer");
    let tasks = plan.begin(Calendar::shipped().unwrap(), date!(2026 - 10 - 05));
    let due = |kind: &str| tasks.iter().find(|t| t.kind == kind).unwrap().due;
    assert_eq!(tasks.len(), 9);
    assert_eq!(due("collect_originals"), date!(2026 - 10 - 07));
    assert_eq!(due("visit_parcel"), date!(2026 - 10 - 08), "beside it, not behind it");
    assert_eq!(due("draft_deed"), date!(2026 - 10 - 09));
    assert_eq!(due("sign_deed"), date!(2026 - 10 - 16), "five working days behind the later of the two");
    let facts = Facts { papers_asked: true, issue_open: true, ..Facts::default() };
    assert_eq!(blockers(plan, "collect_originals", &[], &facts), ["papers_in"]);
    assert_eq!(blockers(plan, "visit_parcel", &[], &facts), [""; 0], "nobody waits for papers to look at the land");
    assert_eq!(blockers(plan, "sign_deed", &["draft_deed"], &facts), ["task:visit_parcel", "no_issue"]);
    let facts = Facts::default();
    assert_eq!(blockers(plan, "sign_deed", &["draft_deed", "visit_parcel"], &facts), [""; 0]);
    let exit = &plan.step("sign_deed").unwrap().exit;
    assert_eq!(facts.lacking(exit), [&Condition::Paper("sale_contract".into())]);
    let lies = Facts { with_authority: true, ..Facts::default() };
    let granted = Facts { granted: Some(true), ..Facts::default() };
    assert_eq!(plan.step("submit_dossier").unwrap().exit, [Condition::Submitted]);
    assert_eq!((facts.hold(&Condition::Submitted), lies.hold(&Condition::Submitted)), (false, true));
    assert_eq!(blockers(plan, "collect_result", &["hand_tax_notice"], &lies), ["granted"]);
    assert_eq!(blockers(plan, "collect_result", &["hand_tax_notice"], &granted), [""; 0]);
    let again = Facts { with_authority: true, granted: Some(true), ..Facts::default() };
    assert!(!again.hold(&Condition::Granted), "something lies there again");
    assert!(
        !Facts { granted: Some(false), ..Facts::default() }.hold(&Condition::Submitted),
        "refused: to be handed in anew"
    );
}

#[test]
fn a_plan_that_cannot_be_carried_out_is_refused_with_its_name() {
    let text = |steps: &str| {
        format!(
            "skill = []\n[day]\nspeed_kmh = 25\ndetour = 1.4\nfrom_minute = 450\nto_minute = 1020\n[[kind]]\nkind = 'a'\ndepartment = 'legal'\ntitle = {{ vi = 'A', en = 'A' }}\nat = 'office'\nminutes = 5\n\
             [[kind]]\nkind = 'b'\ndepartment = 'field'\ntitle = {{ vi = 'B', en = 'B' }}\nat = 'parcel'\nminutes = 5\n\
             [[plan]]\nprocedures = ['p']\notherwise = true\n{steps}"
        )
    };
    let step = |kind: &str, after: &str| format!("[[plan.step]]\nkind = '{kind}'\nafter = [{after}]\ndue_days = 1\n");
    let refused = |steps: String| PlanBook::read(&text(&steps)).unwrap_err();
    assert!(PlanBook::read(&text(&(step("a", "") + &step("b", "'a'")))).is_ok());
    assert!(refused(step("a", "'b'") + &step("b", "'a'")).contains("circle"));
    assert!(refused(step("a", "'a'")).contains("circle"));
    assert!(refused(step("c", "")).contains("c: no such kind"));
    assert!(refused(step("a", "'b'")).contains("is not in the plan"));
    assert!(refused(step("a", "") + &step("a", "")).contains("twice"));
    assert!(refused(step("a", "") + "entry = ['weather']\n").contains("a condition is"));
    let department = text(&step("a", "")).replace("'field'", "'kitchen'");
    assert!(PlanBook::read(&department).unwrap_err().contains("kitchen"));
    let skill = text(&step("a", "")).replacen("minutes = 5\n", "minutes = 5\nskills = ['magic']\n", 1);
    assert!(PlanBook::read(&skill).unwrap_err().contains("magic: no such skill"));
    let field = "[[kind.field]]\ncode = 'x'\ntype = 'choice'\ntitle = { vi = 'X', en = 'X' }\n";
    let field = text(&step("a", "")).replacen("minutes = 5\n", &format!("minutes = 5\n{field}"), 1);
    assert!(PlanBook::read(&field).unwrap_err().contains("options"));
}

#[test]
fn values_fit_their_fields() {
    let survey = book().kind("survey_parcel").unwrap();
    let field = |code: &str| survey.fields.iter().find(|f| f.code == code).unwrap();
    let point = |lon: f64| json!({"lon": lon, "lat": 16.06, "accuracy_m": 0.02, "label": "M1"});
    let corners = json!([point(108.2), point(108.3), point(108.4)]);
    assert_eq!(fault(field("corners"), &corners), None);
    assert_eq!(fault(field("corners"), &json!([point(108.2)])).unwrap().code, "shape");
    assert_eq!(fault(field("corners"), &json!([point(108.2), point(1.0), point(900.0)])).unwrap().code, "shape");
    assert_eq!(fault(field("area_m2"), &json!("200")).unwrap().code, "range");
    assert_eq!(fault(field("area_m2"), &json!(0)).unwrap().code, "range");
    assert_eq!(fault(field("neighbours_agree"), &json!("perhaps")).unwrap().code, "not-in-list");
    let words = fault(field("area_m2"), &json!("Người Mẫu")).unwrap();
    assert!(!words.found.contains("Mẫu"), "a refusal quotes nobody: {}", words.found);
}

/// What a form calls wrong is a problem that somebody is charged with; what it calls right is none.
#[test]
fn what_is_wrong_has_somebody_who_sees_to_it() {
    let raised = |kind: &str, field: &str, value: Value| -> Option<String> {
        let field = book().kind(kind)?.fields.iter().find(|f| f.code == field)?;
        assert_eq!(fault(field, &value), None);
        field.topic_of(&value).map(str::to_owned)
    };
    assert_eq!(raised("visit_parcel", "boundary_disputed", json!(true)).as_deref(), Some("dispute"));
    assert_eq!(raised("visit_parcel", "boundary_disputed", json!(false)), None);
    assert_eq!(raised("visit_parcel", "state_of_land", json!("as_papers_say")), None);
    assert_eq!(raised("survey_parcel", "neighbours_agree", json!("some")).as_deref(), Some("neighbour_objects"));
    assert_eq!(raised("survey_parcel", "neighbours_agree", json!("not_asked")), None);
    assert_eq!(raised("check_result", "agrees", json!(false)).as_deref(), Some("result_differs"));
    let limits = Limits::shipped().unwrap();
    for raise in book().kinds().flat_map(|k| &k.fields).flat_map(|f| &f.raises) {
        assert!(limits.charge(&raise.topic).is_some(), "{} is nobody's", raise.topic);
    }
    let disputed = book().kind("visit_parcel").unwrap().fields.iter().find(|f| f.code == "boundary_disputed").unwrap();
    assert_eq!(disputed.said(&json!(true), Lang::Vi), "Có tranh chấp ranh giới: có");
    let strange = include_str!("../../../data/plans.toml").replace("value = true, topic", "value = 7, topic");
    assert!(PlanBook::read(&strange).unwrap_err().contains("boundary_disputed: it raises"));
}

proptest! {
    /// Whatever the order in which people work: a plan never stands still before its end, and nothing begins before what it
    /// comes after.
    #[test]
    fn a_plan_can_always_be_carried_to_its_end(order in prop::collection::vec(any::<prop::sample::Index>(), 40)) {
        for procedure in book().procedures() {
            let plan = book().plan(procedure);
            let mut done = BTreeSet::new();
            for pick in &order {
                let facts = Facts { granted: done.contains("submit_dossier").then_some(true), ..Facts::default() };
                let ready: Vec<&str> = plan.steps.iter().map(|s| s.kind.as_str())
                    .filter(|k| !done.contains(*k) && plan.waits_for(k, &done, &facts).is_empty()).collect();
                if ready.is_empty() {
                    break;
                }
                let next = *pick.get(&ready);
                prop_assert!(plan.step(next).unwrap().after.iter().all(|a| done.contains(a)));
                done.insert(next.to_owned());
            }
            prop_assert_eq!(done.len(), plan.steps.len(), "{}", procedure);
        }
    }
}

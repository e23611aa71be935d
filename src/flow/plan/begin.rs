use super::PlanView;
use super::advance::advance;
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::case::{Happened, Step};
use crate::domain::plan::{At, PlanBook, Planned};
use crate::flow::case::{Entry, record_all};
use crate::flow::staff::Actor;
use crate::flow::task::{happened, note, parcel_place};
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::task::{self, TaskRow};
use crate::store::work_plan::{self, WorkPlanRow};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Makes the plan of a case that is in execution and has none: one whose contract was signed before plans began by themselves.
pub async fn make(app: &App, by: &Actor, case_id: Uuid) -> Result<PlanView> {
    let mut tx = begin(app).await?;
    let standing = crate::flow::case::lock(&mut tx, case_id).await?;
    let step = standing.as_ref().map_or("nothing", |c| c.step.name());
    let Some(Step::Execution { contract }) = standing.as_ref().map(|c| &c.step) else {
        return Err(Error::Conflict { code: "case-step", detail: format!("the case is in {step}") });
    };
    if !begin_for(app, &mut tx, by, case_id, *contract).await? {
        return Err(Error::Conflict { code: "plan-exists", detail: case_id.to_string() });
    }
    let view = super::view::of(&mut tx, case_id).await?;
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case_id}/plan"))).await?;
    Ok(view)
}

/// Makes the plan of a case that has come into execution, with its tasks and events, inside the caller's transaction; those
/// that can begin are given to somebody. The plan is that of the procedure the contract is about. False: it has a plan already.
pub(in crate::flow) async fn begin_for(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case_id: Uuid,
    contract: Uuid,
) -> Result<bool> {
    let procedure = work_plan::procedure(tx, case_id, contract).await?;
    let book = PlanBook::shipped().map_err(anyhow::Error::msg)?;
    let calendar = Calendar::shipped().map_err(anyhow::Error::msg)?;
    let plan = book.plan(&procedure);
    let row = WorkPlanRow {
        id: app.clock.new_id(),
        case_id,
        procedure,
        plan: serde_json::to_value(plan).map_err(|e| Error::Broken(e.into()))?,
        made_at: app.clock.now(),
    };
    if !work_plan::insert(tx, &row).await? {
        return Ok(false);
    }
    let planned = plan.begin(calendar, app.clock.today());
    let tasks = planned.len() as u32;
    let mut entries =
        vec![Entry::from(Happened::WorkPlanned { plan: row.id, procedure: row.procedure.clone(), tasks })];
    let place = parcel_place(tx, case_id).await?;
    for new in planned {
        let there = plan.kinds.get(&new.kind).is_some_and(|k| k.at == At::Parcel);
        let task = task_of(app, &row, new, place.filter(|_| there));
        task::insert(tx, &task).await?;
        note(app, tx, by, &task, "created", json!({})).await?;
        entries.push(happened(&task, "created").into());
    }
    let deed = Deed {
        at: row.made_at,
        actor: &by.login,
        action: "plan.make",
        subject: format!("case/{case_id}"),
        case_id: Some(case_id),
        detail: json!({"plan": row.id, "procedure": row.procedure, "tasks": tasks}),
    };
    audit::write(tx, &deed).await?;
    record_all(app, tx, by, case_id, entries).await?;
    advance(app, tx, by, case_id).await?;
    Ok(true)
}

/// Waiting, for now; [`advance`] says for what.
fn task_of(app: &App, plan: &WorkPlanRow, new: Planned, place: Option<(f64, f64)>) -> TaskRow {
    TaskRow {
        id: app.clock.new_id(),
        case_id: plan.case_id,
        verification_id: None,
        kind: new.kind,
        subject: "plan".into(),
        department: new.department.as_str().into(),
        state: "blocked".into(),
        assignee: None,
        reason: json!({ "planned_due": new.due, "due_doubtful": new.due_doubtful }),
        due: new.due,
        appointment_at: None,
        place_text: None,
        sealed_place: None,
        lon: place.map(|p| p.0),
        lat: place.map(|p| p.1),
        result: None,
        version: 1,
        created_at: plan.made_at,
        updated_at: plan.made_at,
        plan_id: Some(plan.id),
        waits_for: Vec::new(),
        escalated_to: None,
    }
}

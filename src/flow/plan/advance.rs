use super::{facts, read};
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::dispatch::{Candidate, Department, Need, assign, due};
use crate::domain::plan::WorkPlan;
use crate::flow::case::{Entry, record_all};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::task::{candidates, free_lapsed, happened, note};
use crate::flow::{Result, begin};
use crate::store::queue::Lease;
use crate::store::task::{self, TaskRow};
use crate::store::work_plan;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Carries the plan of a case on, inside the caller's transaction: tasks whose wait is over become open, due from today, and
/// somebody's; those for whom nobody was found before are tried again. A case without a plan is left alone.
pub(crate) async fn advance(app: &App, tx: &mut PgConnection, by: &Actor, case_id: Uuid) -> Result<()> {
    let Some(row) = work_plan::of_case(tx, case_id).await? else { return Ok(()) };
    let (plan, facts) = (read(&row)?, facts(app, tx, case_id).await?);
    let tasks = task::of_plan(tx, row.id).await?;
    let over = |t: &&TaskRow| matches!(t.state.as_str(), "done" | "cancelled");
    let ended: BTreeSet<String> = tasks.iter().filter(over).map(|t| t.kind.clone()).collect();
    let (mut staff, commune) = (candidates(tx, app.clock.today()).await?, work_plan::commune(tx, case_id).await?);
    let mut entries = Vec::new();
    for task in tasks {
        let nobodys = task.state == "open" && task.assignee.is_none() && task.reason["assigned"].is_null();
        if task.state == "blocked" {
            let waits = plan.waits_for(&task.kind, &ended, &facts);
            let waits: Vec<String> = waits.iter().map(ToString::to_string).collect();
            if !waits.is_empty() {
                work_plan::set_waits(tx, task.id, &waits).await?;
                continue;
            }
        } else if !nobodys {
            continue;
        }
        entries.extend(ready(app, tx, by, &plan, task, commune.as_deref(), &mut staff).await?);
    }
    if !entries.is_empty() {
        record_all(app, tx, by, case_id, entries).await?;
    }
    Ok(())
}

/// Opens one task, when it is not open yet, and gives it to whoever fits best.
async fn ready(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    plan: &WorkPlan,
    mut task: TaskRow,
    commune: Option<&str>,
    staff: &mut [Candidate],
) -> Result<Vec<Entry>> {
    let (calendar, today) = (Calendar::shipped().map_err(anyhow::Error::msg)?, app.clock.today());
    let waited = task.state == "blocked";
    if waited {
        let (day, doubtful) = due(calendar, today, plan.step(&task.kind).map_or(0, |s| s.due_days));
        task.due = day;
        task.reason["due_doubtful"] = json!(doubtful);
    }
    let skills = plan.kinds.get(&task.kind).map(|k| k.skills.clone()).unwrap_or_default();
    let chosen = Department::parse(&task.department).and_then(|department| {
        let need = Need { department, commune, skills: &skills, days: (today, task.due.max(today)), at: None };
        assign(&need, staff)
    });
    if chosen.is_none() && !waited {
        return Ok(Vec::new());
    }
    task.reason["assigned"] = json!(chosen.map(|c| c.1));
    task.assignee = chosen.map(|c| c.0);
    work_plan::make_ready(tx, task.id, task.due, task.assignee, &task.reason, app.clock.now()).await?;
    if waited {
        note(app, tx, by, &task, "ready", json!({ "due": task.due })).await?;
    }
    let Some(taken) = staff.iter_mut().find(|c| Some(c.id) == task.assignee) else { return Ok(Vec::new()) };
    taken.open_load += 1;
    note(app, tx, by, &task, "assigned", task.reason["assigned"].clone()).await?;
    Ok(vec![happened(&task, "assigned").into()])
}

/// Looks after plans that wait for conditions (papers, issues) and not for a task: what they wait for may have come since.
/// Frees hours whose hold has run out.
pub async fn sweep(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("plans");
    let (mut each, mut last) = (Each::default(), Uuid::nil());
    loop {
        let cases = work_plan::waiting_on_conditions(&mut *app.pool.acquire().await?, last, 200).await?;
        let Some(end) = cases.last().copied() else { break };
        for case in cases {
            each.take(case, carry_on(app, &by, case).await)?;
        }
        last = end;
    }
    free_lapsed(app, &by, &mut each).await?;
    each.end(app, lease).await
}

async fn carry_on(app: &App, by: &Actor, case: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    advance(app, &mut tx, by, case).await?;
    Ok(tx.commit().await?)
}

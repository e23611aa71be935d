use super::read;
use crate::app::App;
use crate::flow::task::{TaskView, views};
use crate::flow::{Error, Result};
use crate::store::{case, task, work_plan};
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// The work plan of a case: how many tasks stand where, and each of them behind those it comes after.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PlanView {
    pub id: Uuid,
    pub case_id: Uuid,
    /// The procedure whose plan it is.
    pub procedure: String,
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// By state.
    pub counts: BTreeMap<String, u32>,
    pub tasks: Vec<PlannedTask>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PlannedTask {
    /// Kinds of the tasks before it.
    pub after: Vec<String>,
    /// What must hold before it begins, and before it ends.
    pub entry: Vec<String>,
    pub exit: Vec<String>,
    pub task: TaskView,
}

/// The plan of a case.
pub async fn view(app: &App, case_id: Uuid) -> Result<PlanView> {
    of(&mut *app.pool.acquire().await?, case_id).await
}

pub(super) async fn of(conn: &mut PgConnection, case_id: Uuid) -> Result<PlanView> {
    let no_case = || Error::NotFound { what: "case", id: case_id.to_string() };
    let number = case::get(conn, case_id).await?.ok_or_else(no_case)?.number;
    let row = work_plan::of_case(conn, case_id).await?.ok_or(Error::NotFound { what: "plan", id: number })?;
    let plan = read(&row)?;
    let rows = task::of_plan(conn, row.id).await?;
    let mut counts = BTreeMap::new();
    rows.iter().for_each(|t| *counts.entry(t.state.clone()).or_default() += 1);
    let text = |all: &[crate::domain::plan::Condition]| all.iter().map(ToString::to_string).collect();
    let planned = |task: TaskView| {
        let step = plan.step(&task.kind);
        PlannedTask {
            after: step.map(|s| s.after.clone()).unwrap_or_default(),
            entry: step.map(|s| text(&s.entry)).unwrap_or_default(),
            exit: step.map(|s| text(&s.exit)).unwrap_or_default(),
            task,
        }
    };
    let tasks = views(conn, rows).await?.into_iter().map(planned).collect();
    Ok(PlanView { id: row.id, case_id, procedure: row.procedure, made_at: row.made_at, counts, tasks })
}

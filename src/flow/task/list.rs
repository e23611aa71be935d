use super::change::existing;
use super::view::{AppointmentView, TaskView, view};
use crate::app::App;
use crate::flow::Result;
use crate::store::task::{self, TaskRow};
use crate::store::{appointment, case};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub use crate::store::task::TaskFilter;

/// Soonest due first; at most 500 at once. Page on with `TaskFilter::after`.
pub async fn list(app: &App, filter: &TaskFilter) -> Result<Vec<TaskView>> {
    let filter = TaskFilter { limit: filter.limit.clamp(1, 500), ..filter.clone() };
    let mut conn = app.pool.acquire().await?;
    let rows = task::page(&mut conn, &filter).await?;
    views(&mut conn, rows).await
}

/// One task with its events.
pub async fn find(app: &App, id: Uuid) -> Result<TaskView> {
    let mut conn = app.pool.acquire().await?;
    let row = existing(&mut conn, id).await?;
    let events = task::events(&mut conn, id).await?.into_iter().map(Into::into).collect();
    Ok(TaskView { events, ..full(&mut conn, row).await? })
}

/// Tasks with the latest appointment of each.
pub(crate) async fn views(conn: &mut PgConnection, rows: Vec<TaskRow>) -> Result<Vec<TaskView>> {
    let ids: Vec<Uuid> = rows.iter().filter(|t| t.appointment_at.is_some()).map(|t| t.id).collect();
    let mut held: BTreeMap<Uuid, AppointmentView> = BTreeMap::new();
    if !ids.is_empty() {
        let found = appointment::of_tasks(conn, &ids).await?;
        held.extend(found.into_iter().map(|a| (a.task_id, AppointmentView::from(a))));
    }
    let numbers = numbers(conn, rows.iter().map(|t| t.case_id)).await?;
    let number = |t: &TaskRow| numbers.get(&t.case_id).cloned();
    let one = |t: TaskRow| TaskView { appointment: held.remove(&t.id), case_number: number(&t), ..view(t) };
    Ok(rows.into_iter().map(one).collect())
}

/// Numbers of cases, by id.
pub(super) async fn numbers(
    conn: &mut PgConnection,
    cases: impl Iterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, String>> {
    let cases: Vec<Uuid> = cases.collect::<BTreeSet<_>>().into_iter().collect();
    Ok(case::numbers(conn, &cases).await?.into_iter().collect())
}

/// A task with its latest appointment.
pub(super) async fn full(conn: &mut PgConnection, row: TaskRow) -> Result<TaskView> {
    let found = appointment::of_tasks(conn, &[row.id]).await?;
    Ok(TaskView { appointment: found.into_iter().next().map(Into::into), ..view(row) })
}

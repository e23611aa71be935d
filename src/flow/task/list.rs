use super::change::existing;
use super::view::{AppointmentView, TaskView, view};
use crate::app::App;
use crate::flow::Result;
use crate::store::appointment;
use crate::store::task::{self, TaskRow};
use sqlx::PgConnection;
use std::collections::BTreeMap;
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
    Ok(rows.into_iter().map(|t| TaskView { appointment: held.remove(&t.id), ..view(t) }).collect())
}

/// A task with its latest appointment.
pub(super) async fn full(conn: &mut PgConnection, row: TaskRow) -> Result<TaskView> {
    let found = appointment::of_tasks(conn, &[row.id]).await?;
    Ok(TaskView { appointment: found.into_iter().next().map(Into::into), ..view(row) })
}

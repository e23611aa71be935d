use super::change::existing;
use super::view::{TaskView, view};
use crate::app::App;
use crate::flow::Result;
use crate::store::task;
use uuid::Uuid;

pub use crate::store::task::TaskFilter;

/// Soonest due first; at most 500 at once. Page on with `TaskFilter::after`.
pub async fn list(app: &App, filter: &TaskFilter) -> Result<Vec<TaskView>> {
    let filter = TaskFilter { limit: filter.limit.clamp(1, 500), ..filter.clone() };
    let mut conn = app.pool.acquire().await?;
    Ok(task::page(&mut conn, &filter).await?.into_iter().map(view).collect())
}

/// One task with its events.
pub async fn find(app: &App, id: Uuid) -> Result<TaskView> {
    let mut conn = app.pool.acquire().await?;
    let row = existing(&mut conn, id).await?;
    let events = task::events(&mut conn, id).await?.into_iter().map(Into::into).collect();
    Ok(TaskView { events, ..view(row) })
}

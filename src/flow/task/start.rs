use super::TaskView;
use super::change::{at_version, leads, reason, write, write_as};
use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case::Entry;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::task::TaskRow;
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

/// Begins a task one has accepted, or takes one up again that was set down.
pub async fn start(app: &App, by: &Actor, id: Uuid, version: i32) -> Result<TaskView> {
    let (tx, mut task) = own(app, by, id, version, &["accepted", "paused"]).await?;
    task.state = "started".into();
    write(app, tx, by, task, "started", json!({})).await
}

/// Sets a task down for a while, with a reason.
pub async fn pause(app: &App, by: &Actor, id: Uuid, version: i32, why: &str) -> Result<TaskView> {
    let why = reason(why)?;
    let (tx, mut task) = own(app, by, id, version, &["started"]).await?;
    task.state = "paused".into();
    // The words of the reason may name people: they stay with the task.
    let what = Happened::TaskPaused { task: id, task_kind: task.kind.clone(), reason: String::new() };
    let event = Entry { what, sealed: Some(why.clone()) };
    write_as(app, tx, by, task, "paused", why, vec![event]).await
}

async fn own(
    app: &App,
    by: &Actor,
    id: Uuid,
    version: i32,
    states: &[&str],
) -> Result<(Transaction<'static, Postgres>, TaskRow)> {
    let mut tx = begin(app).await?;
    let task = at_version(&mut tx, id, version, states).await?;
    if task.assignee != by.id && !leads(by) {
        return Err(Error::Forbidden("task-of-somebody-else"));
    }
    Ok((tx, task))
}

use super::TaskView;
use super::change::{at_version, leads, reason, write};
use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use uuid::Uuid;

/// Gives a task back, with a reason: it is open again and nobody's, for anybody of the department to take.
pub async fn hand_back(app: &App, by: &Actor, id: Uuid, version: i32, why: &str) -> Result<TaskView> {
    let why = reason(why)?;
    let mut tx = begin(app).await?;
    let mut task = at_version(&mut tx, id, version, &["open", "accepted", "started", "paused"]).await?;
    if task.assignee.is_none() {
        return Err(Error::Conflict { code: "task-state", detail: "the task is nobody's".into() });
    }
    if task.assignee != by.id && !leads(by) {
        return Err(Error::Forbidden("task-of-somebody-else"));
    }
    task.assignee = None;
    task.state = "open".into();
    write(app, tx, by, task, "handed_back", why).await
}

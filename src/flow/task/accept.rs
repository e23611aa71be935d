use super::TaskView;
use super::change::{at_version, write};
use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use serde_json::json;
use uuid::Uuid;

/// Takes an open task of one's own department upon oneself. One that was given to somebody else has to be handed back first.
pub async fn accept(app: &App, by: &Actor, id: Uuid, version: i32) -> Result<TaskView> {
    let Some(me) = by.id else { return Err(Error::Forbidden("person-only")) };
    let mut tx = begin(app).await?;
    let mut task = at_version(&mut tx, id, version, &["open"]).await?;
    if task.department != by.department {
        return Err(Error::Forbidden("task-of-another-department"));
    }
    if task.assignee.is_some_and(|a| a != me) {
        return Err(Error::Conflict { code: "task-of-another", detail: "the task was given to somebody else".into() });
    }
    task.assignee = Some(me);
    task.state = "accepted".into();
    write(app, tx, by, task, "accepted", json!({})).await
}

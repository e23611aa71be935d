use super::TaskView;
use super::change::{at_version, write};
use super::fields::kind_of;
use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::absence;
use crate::store::task::TaskRow;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Takes an open task of one's own department upon oneself. One that was given to somebody else has to be handed back first;
/// what needs a skill is for who has it.
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
    // Who gave it has looked already.
    if task.assignee.is_none() {
        skilled(&mut tx, &task, me).await?;
    }
    task.assignee = Some(me);
    task.state = "accepted".into();
    write(app, tx, by, task, "accepted", json!({})).await
}

async fn skilled(tx: &mut PgConnection, task: &TaskRow, who: Uuid) -> Result<()> {
    let Some(kind) = kind_of(tx, task).await? else { return Ok(()) };
    let has = absence::skills(tx, who).await?;
    let lacks: Vec<&str> = kind.skills.iter().map(String::as_str).filter(|s| !has.iter().any(|h| h == s)).collect();
    match lacks.is_empty() {
        true => Ok(()),
        false => Err(Error::refused("skills", "skill-lacking", has.join(", "), lacks.join(", "))),
    }
}

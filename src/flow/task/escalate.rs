use super::TaskView;
use super::change::{at_version, leads, reason, write_as};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::staff::Role;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use serde::Deserialize;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 3, "to": "manager", "reason": "The office refuses to take the dossier."}))]
pub struct Escalate {
    pub version: i32,
    /// A role: manager, legal, reviewer.
    pub to: String,
    pub reason: String,
}

const TO: [Role; 3] = [Role::Manager, Role::Legal, Role::Reviewer];

/// Asks a role to see to a task that does not get on: by its department, or by who leads. It stays whose it is.
pub async fn escalate(app: &App, by: &Actor, id: Uuid, how: Escalate) -> Result<TaskView> {
    let why = reason(&how.reason)?;
    let Some(role) = Role::parse(&how.to).filter(|r| TO.contains(r)) else {
        return Err(Error::refused("to", "not-in-list", &how.to, TO.map(Role::as_str).join(", ")));
    };
    let mut tx = begin(app).await?;
    let states = ["blocked", "open", "accepted", "started", "paused"];
    let mut task = at_version(&mut tx, id, how.version, &states).await?;
    if task.department != by.department && !leads(by) {
        return Err(Error::Forbidden("task-of-another-department"));
    }
    task.escalated_to = Some(role.as_str().into());
    let what = Happened::TaskEscalated { task: id, task_kind: task.kind.clone(), role: role.as_str().into() };
    write_as(app, tx, by, task, "escalated", why, vec![what.into()]).await
}

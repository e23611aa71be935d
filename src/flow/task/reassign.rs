use super::TaskView;
use super::assign::candidates;
use super::change::{at_version, leads, reason, write_as};
use super::fields::kind_of;
use crate::app::App;
use crate::domain::dispatch::{Candidate, Department, Need, Unfit};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::appointment;
use crate::store::task::TaskRow;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 3, "to": "019a0000-0000-7000-8000-000000000001", "reason": "She knows the neighbours."}))]
pub struct Reassign {
    pub version: i32,
    /// Active staff of the task's department.
    pub to: Uuid,
    pub reason: String,
}

/// Gives a task to another, who has to accept it. By who leads. Refused when the other cannot do it, with the reason.
pub async fn reassign(app: &App, by: &Actor, id: Uuid, how: Reassign) -> Result<TaskView> {
    let why = reason(&how.reason)?;
    if !leads(by) {
        return Err(Error::Forbidden("leaders-only"));
    }
    let mut tx = begin(app).await?;
    let mut task = at_version(&mut tx, id, how.version, &["open", "accepted", "started", "paused"]).await?;
    fits(app, &mut tx, &task, how.to).await?;
    let from = task.assignee.replace(how.to);
    task.state = "open".into();
    let detail = json!({ "by": by.login, "from": from, "reason": why["reason"] });
    let event = super::happened(&task, "assigned");
    write_as(app, tx, by, task, "assigned", detail, vec![event.into()]).await
}

/// Refuses somebody who is of another department, lacks a skill, is away all the time, or is elsewhere at that hour.
pub(super) async fn fits(app: &App, tx: &mut PgConnection, task: &TaskRow, who: Uuid) -> Result<()> {
    let today = app.clock.today();
    let staff = candidates(tx, today).await?;
    let Some(department) = Department::parse(&task.department) else { return Ok(()) };
    let known = |c: &&Candidate| c.id == who && c.active && c.department == Some(department);
    let Some(found) = staff.iter().find(known) else {
        return Err(Error::refused("to", "staff-unknown", who, "active staff of the department"));
    };
    let skills = kind_of(tx, task).await?.map(|k| k.skills).unwrap_or_else(BTreeSet::new);
    let hour = appointment::live_of_task(tx, task.id).await?.filter(|a| a.staff_id != Some(who));
    let days = (today, task.due.max(today));
    let need = Need { department, commune: None, skills: &skills, days, at: hour.map(|a| (a.starts, a.ends)) };
    match found.unfit(&need) {
        None => Ok(()),
        Some(Unfit::Unskilled) => {
            let needed: Vec<&str> = skills.iter().map(String::as_str).collect();
            Err(Error::refused("to", "staff-unskilled", who, needed.join(", ")))
        }
        Some(Unfit::Absent) => Err(Error::refused("to", "staff-absent", who, "somebody who is there before it is due")),
        Some(Unfit::Booked) => Err(Error::refused("to", "staff-booked", who, "somebody who is free at that hour")),
    }
}

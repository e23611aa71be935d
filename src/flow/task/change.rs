//! What all changes of a task share.

use super::TaskView;
use super::list::full;
use super::view::event_place;
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::staff::Role;
use crate::flow::case::{self, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, commit};
use crate::store::appointment::{self, AppointmentRow};
use crate::store::audit::{self, Deed};
use crate::store::lease;
use crate::store::task::{self, TaskRow};
use serde_json::{Value, json};
use sqlx::{PgConnection, Postgres, Transaction};
use time::OffsetDateTime;
use uuid::Uuid;

/// May act on any task, whoever has it.
pub(super) fn leads(by: &Actor) -> bool {
    by.has_any(&[Role::Manager, Role::Admin])
}

/// The task as it stands.
pub(super) async fn existing(conn: &mut PgConnection, id: Uuid) -> Result<TaskRow> {
    task::get(conn, id).await?.ok_or_else(|| Error::NotFound { what: "task", id: id.to_string() })
}

/// Locks the case of a task, which must not have ended: what is read of the task after this stays so.
pub(super) async fn lock_of(conn: &mut PgConnection, id: Uuid) -> Result<()> {
    let task = existing(conn, id).await?;
    lock_open(conn, task.case_id).await
}

/// The task as `version` knows it, when it is in one of `states`.
pub(super) async fn at_version(conn: &mut PgConnection, id: Uuid, version: i32, states: &[&str]) -> Result<TaskRow> {
    let task = existing(conn, id).await?;
    if task.version != version {
        return Err(stale(&task));
    }
    if !states.contains(&task.state.as_str()) {
        return Err(Error::Conflict { code: "task-state", detail: format!("the task is {}", task.state) });
    }
    Ok(task)
}

fn stale(task: &TaskRow) -> Error {
    Error::Conflict { code: "version", detail: format!("task {} is at version {}", task.id, task.version) }
}

/// Writes `task` (read at its version, changed since), its event and its audit row, and commits.
pub(super) async fn write(
    app: &App,
    tx: Transaction<'static, Postgres>,
    by: &Actor,
    task: TaskRow,
    what: &'static str,
    detail: Value,
) -> Result<TaskView> {
    let event = happened(&task, what);
    write_as(app, tx, by, task, what, detail, vec![event.into()]).await
}

/// As [`write()`], with the events its case gets (by which the plan of the case goes on). When a task changes hands, so do its
/// appointment and the right to write its fields far from any line; when it ends, its appointment was kept or is needed no more.
pub(super) async fn write_as(
    app: &App,
    mut tx: Transaction<'static, Postgres>,
    by: &Actor,
    mut task: TaskRow,
    what: &'static str,
    detail: Value,
    mut events: Vec<case::Entry>,
) -> Result<TaskView> {
    task.updated_at = app.clock.now();
    lock_open(&mut tx, task.case_id).await?;
    let before = existing(&mut tx, task.id).await?;
    if !task::change(&mut tx, &task).await? {
        return Err(stale(&task));
    }
    events.extend(hand_on(&mut tx, by, &before, &task).await?);
    note(app, &mut tx, by, &task, what, detail).await?;
    if !events.is_empty() {
        case::record_all(app, &mut tx, by, task.case_id, events).await?;
    }
    task.version += 1;
    let view = full(&mut tx, task).await?;
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

/// What goes with a task that ends or changes hands.
async fn hand_on(tx: &mut PgConnection, by: &Actor, before: &TaskRow, task: &TaskRow) -> Result<Option<case::Entry>> {
    let ended = matches!(task.state.as_str(), "done" | "cancelled");
    let mut told = None;
    if task.state == "done" && appointment::keep_begun(tx, task.id, task.updated_at).await? {
        told = Some(Happened::AppointmentKept { task: task.id }.into());
    } else if ended {
        let off = appointment::cancel_of_task(tx, task.id, task.updated_at).await?;
        told = off.and_then(|a| not_needed(&a, task.updated_at));
    } else if !appointment::give(tx, task.id, task.assignee, task.updated_at).await? {
        let detail = "somewhere else at the hour of its appointment".into();
        return Err(Error::Conflict { code: "double-booked", detail });
    }
    if ended || before.assignee != task.assignee {
        lease::revoke_of_task(tx, task.id, task.updated_at, &by.login).await?;
    }
    Ok(told)
}

/// What a case is told of an hour that is off.
pub(super) fn called_off(a: &AppointmentRow, why: &str) -> Happened {
    Happened::AppointmentCancelled {
        task: a.task_id,
        starts: a.starts,
        with_customer: a.with_customer,
        why: why.into(),
    }
}

/// An hour that is not needed any more; nothing is told of one that has passed.
fn not_needed(a: &AppointmentRow, now: OffsetDateTime) -> Option<case::Entry> {
    (a.starts > now).then(|| called_off(a, "not_needed").into())
}

/// Ends a task, with its appointment, in the transaction of another act. Answers what its case is told.
pub(super) async fn cancel_in(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    id: Uuid,
    because: &str,
) -> Result<Vec<case::Entry>> {
    let now = app.clock.now();
    task::cancel(tx, id, now).await?;
    let off = appointment::cancel_of_task(tx, id, now).await?;
    let row = existing(tx, id).await?;
    note(app, tx, by, &row, "cancelled", json!({ "because": because })).await?;
    let off = off.and_then(|a| not_needed(&a, now));
    Ok([happened(&row, "cancelled").into()].into_iter().chain(off).collect())
}

/// The task's event, whose `reason` (a person's words) is sealed, the audit row and the case's event without it.
pub(super) async fn record(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    task: &TaskRow,
    what: &'static str,
    detail: Value,
) -> Result<()> {
    note(app, tx, by, task, what, detail).await?;
    case::record(app, tx, by, task.case_id, happened(task, what)).await?;
    Ok(())
}

/// What a change of a task is to its case.
pub(crate) fn happened(task: &TaskRow, what: &'static str) -> Happened {
    let (id, task_kind) = (task.id, task.kind.clone());
    match (what, task.assignee) {
        ("created", _) => {
            Happened::TaskCreated { task: id, task_kind, department: task.department.clone(), due: task.due }
        }
        ("assigned", Some(assignee)) => Happened::TaskAssigned { task: id, task_kind, assignee },
        ("accepted", _) => Happened::TaskAccepted { task: id, task_kind },
        ("started", _) => Happened::TaskStarted { task: id, task_kind },
        ("done", _) => Happened::TaskDone { task: id, task_kind },
        ("cancelled", _) => Happened::TaskCancelled { task: id, task_kind },
        _ => Happened::TaskHandedBack { task: id, task_kind },
    }
}

/// As [`record`], when the caller records the case's event itself.
pub(crate) async fn note(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    task: &TaskRow,
    what: &'static str,
    mut detail: Value,
) -> Result<()> {
    let now = app.clock.now();
    let words = detail.as_object_mut().and_then(|d| d.remove("reason"));
    let words = words.as_ref().and_then(Value::as_str);
    let sealed = words.map(|w| app.vault.seal(&event_place(task.id, what, now), w.as_bytes())).transpose()?;
    task::add_event(tx, task.id, now, &by.login, what, &detail, sealed).await?;
    let action = match what {
        "created" => "task.create",
        "assigned" => "task.assign",
        "accepted" => "task.accept",
        "handed_back" => "task.hand_back",
        "ready" => "task.ready",
        "appointed" => "appointment.make",
        "started" => "task.start",
        "paused" => "task.pause",
        "escalated" => "task.escalate",
        "confirmed" => "appointment.confirm",
        "moved" => "appointment.move",
        "kept" => "appointment.keep",
        "missed" => "appointment.miss",
        "hold_over" => "appointment.lapse",
        "done" => "task.return_result",
        _ => "task.cancel",
    };
    let deed = Deed {
        at: now,
        actor: &by.login,
        action,
        subject: format!("task/{}", task.id),
        case_id: Some(task.case_id),
        detail: json!({ "kind": task.kind, "subject": task.subject, "assignee": task.assignee }),
    };
    Ok(audit::write(tx, &deed).await?)
}

/// A reason in words: needed, and not a novel.
pub(super) fn reason(text: &str) -> Result<Value> {
    match text.trim() {
        "" => Err(Error::refused("reason", "required", "", "a reason in words")),
        long if long.chars().count() > 500 => {
            Err(Error::refused("reason", "length", long.chars().count(), "up to 500 characters"))
        }
        text => Ok(json!({ "reason": text })),
    }
}

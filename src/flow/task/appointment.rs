//! What becomes of an appointment: confirmed, moved, kept, missed. Each is an event of the case.

use super::TaskView;
use super::appoint::{book, closed, there};
use super::change::{at_version, leads, reason, write_as};
use super::list::numbers;
use super::view::AppointmentView;
use crate::app::App;
use crate::domain::calendar::{day_of, shown};
use crate::domain::case::Happened;
use crate::flow::agency::must_be_known;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::agency;
use crate::store::appointment::{self, AppointmentRow};
use crate::store::task::TaskRow;
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

pub use crate::store::appointment::AppointmentFilter;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 1, "at": "2026-10-08T02:00:00Z", "reason": "The customer asked for another day."}))]
pub struct MoveAppointment {
    pub version: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// None: as long as before.
    #[serde(default)]
    pub minutes: Option<u32>,
    pub reason: String,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 2, "by": "customer", "reason": "Nobody came within half an hour."}))]
pub struct MissAppointment {
    pub version: i32,
    /// Who did not come: customer, agency, us.
    pub by: String,
    pub reason: String,
}

/// Soonest first; at most 500 at once.
pub async fn appointments(app: &App, filter: &AppointmentFilter) -> Result<Vec<AppointmentView>> {
    let filter = AppointmentFilter { limit: filter.limit.clamp(1, 500), ..filter.clone() };
    let mut conn = app.pool.acquire().await?;
    must_be_known(&mut conn, filter.agency.as_deref()).await?;
    let rows = appointment::page(&mut conn, &filter).await?;
    let numbers = numbers(&mut conn, rows.iter().map(|a| a.case_id)).await?;
    let one = |a: AppointmentRow| {
        let case_number = numbers.get(&a.case_id).cloned();
        AppointmentView { case_number, ..AppointmentView::from(a) }
    };
    Ok(rows.into_iter().map(one).collect())
}

/// What was only held stands from now on.
pub async fn confirm(app: &App, by: &Actor, id: Uuid, version: i32) -> Result<TaskView> {
    let (mut tx, task, mut held) = live(app, by, id, version).await?;
    if held.state != "held" {
        return Err(Error::Conflict { code: "appointment-state", detail: format!("it is {}", held.state) });
    }
    held.state = "confirmed".into();
    held.hold_until = None;
    set(app, &mut tx, &mut held).await?;
    // The event that was owed is the making of it; a confirmation changes nothing for who comes.
    write_as(app, tx, by, task, "confirmed", json!({ "starts": held.starts.to_string() }), Vec::new()).await
}

/// Another hour, with the reason; what stood stays in the history as moved. Confirmed or held as before.
pub async fn move_to(app: &App, by: &Actor, id: Uuid, how: MoveAppointment) -> Result<TaskView> {
    let why = reason(&how.reason)?;
    let (mut tx, mut task, mut held) = live(app, by, id, how.version).await?;
    let now = app.clock.now();
    let minutes = how.minutes.map_or(held.ends - held.starts, |m| Duration::minutes(m.into()));
    if how.at <= now {
        return Err(Error::refused("at", "past", shown(how.at), format!("after {}", shown(now))));
    }
    if !(Duration::minutes(5)..=Duration::minutes(600)).contains(&minutes) {
        return Err(Error::refused("minutes", "range", minutes.whole_minutes(), "5-600"));
    }
    let next = AppointmentRow {
        id: app.clock.new_id(),
        starts: how.at,
        ends: how.at + minutes,
        made_by: by.login.clone(),
        made_at: now,
        updated_at: now,
        ..held.clone()
    };
    if let Some(code) = &next.agency
        && let Some(agency) = agency::get(&mut tx, code).await?
        && let Some(problem) = closed(&agency, (next.starts, next.ends))?
    {
        return Err(Error::Refused(vec![problem]));
    }
    there(app, &mut tx, &next).await?;
    held.state = "moved".into();
    (held.hold_until, held.moved_to) = (None, Some(next.id));
    set(app, &mut tx, &mut held).await?;
    appointment::free_holds(&mut tx, now).await?;
    book(&mut tx, &next).await?;
    task.appointment_at = Some(next.starts);
    if task.kind == super::view::APPOINTMENT {
        task.due = day_of(next.starts);
    }
    let what = Happened::AppointmentMoved { task: id, starts: next.starts, with_customer: next.with_customer };
    let detail = json!({ "from": held.starts.to_string(), "to": next.starts.to_string(), "reason": why["reason"] });
    write_as(app, tx, by, task, "moved", detail, vec![what.into()]).await
}

/// Everybody came.
pub async fn keep(app: &App, by: &Actor, id: Uuid, version: i32) -> Result<TaskView> {
    let (mut tx, task, mut held) = begun(app, by, id, version).await?;
    held.state = "kept".into();
    held.hold_until = None;
    set(app, &mut tx, &mut held).await?;
    let what = Happened::AppointmentKept { task: id };
    write_as(app, tx, by, task, "kept", json!({}), vec![what.into()]).await
}

/// Somebody did not come. The task stays, without an hour, for a new appointment.
pub async fn miss(app: &App, by: &Actor, id: Uuid, how: MissAppointment) -> Result<TaskView> {
    let why = reason(&how.reason)?;
    if !["customer", "agency", "us"].contains(&how.by.as_str()) {
        return Err(Error::refused("by", "not-in-list", &how.by, "customer, agency, us"));
    }
    let (mut tx, mut task, mut held) = begun(app, by, id, how.version).await?;
    held.state = "missed".into();
    (held.hold_until, held.missed_by) = (None, Some(how.by.clone()));
    set(app, &mut tx, &mut held).await?;
    task.appointment_at = None;
    let what = Happened::AppointmentMissed { task: id, by: how.by.clone() };
    let detail: Value = json!({ "by": how.by, "reason": why["reason"] });
    write_as(app, tx, by, task, "missed", detail, vec![what.into()]).await
}

type Live = (Transaction<'static, Postgres>, TaskRow, AppointmentRow);

/// The appointment a task has, for its department or who leads.
async fn live(app: &App, by: &Actor, id: Uuid, version: i32) -> Result<Live> {
    let mut tx = begin(app).await?;
    let task = at_version(&mut tx, id, version, &["open", "accepted", "started", "paused"]).await?;
    if task.department != by.department && !leads(by) && by.department != "customer_care" {
        return Err(Error::Forbidden("task-of-another-department"));
    }
    let none = || Error::Conflict { code: "appointment-none", detail: "the task has no appointment".into() };
    let held = appointment::live_of_task(&mut tx, id).await?.ok_or_else(none)?;
    if held.hold_until.is_some_and(|until| until <= app.clock.now()) {
        return Err(Error::Conflict { code: "hold-over", detail: "the hold has run out; make it anew".into() });
    }
    Ok((tx, task, held))
}

/// As [`live`], of an appointment whose hour has come.
async fn begun(app: &App, by: &Actor, id: Uuid, version: i32) -> Result<Live> {
    let found = live(app, by, id, version).await?;
    if found.2.starts > app.clock.now() {
        return Err(Error::Conflict {
            code: "appointment-early",
            detail: format!("it begins at {}", shown(found.2.starts)),
        });
    }
    Ok(found)
}

async fn set(app: &App, tx: &mut Transaction<'static, Postgres>, held: &mut AppointmentRow) -> Result<()> {
    held.updated_at = app.clock.now();
    Ok(appointment::change(tx, held).await?)
}

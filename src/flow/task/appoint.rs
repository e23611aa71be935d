use super::assign::candidates;
use super::change::{existing, happened, note};
use super::list::full;
use super::view::{APPOINTMENT, TaskView, where_place};
use crate::app::App;
use crate::domain::calendar::{Calendar, clock_time, day_of, shown};
use crate::domain::case::Happened;
use crate::domain::dispatch::Department;
use crate::domain::fieldwork::hours::Hours;
use crate::domain::problem::FieldProblem;
use crate::domain::text::fold::squeezed;
use crate::domain::verify::text;
use crate::flow::case::{Entry, lock_open, record_all};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::agency::{self, AgencyRow};
use crate::store::appointment::{self, AppointmentRow};
use crate::store::task::{self, TaskRow};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A meeting with an agency or a customer, or a visit: a task with a place and a time.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"case_id": "019a0000-0000-7000-8000-000000000001", "department": "legal",
    "at": "2026-10-07T02:00:00Z", "minutes": 45, "agency": "notary.example", "with_customer": true, "hold_minutes": 1440}))]
pub struct NewAppointment {
    pub case_id: Uuid,
    /// legal, sales or field.
    pub department: String,
    /// A task of the case that gets this hour; none: the appointment is a task of its own.
    #[serde(default)]
    pub task: Option<Uuid>,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// How long it takes, 5 to 600.
    #[serde(default = "hour")]
    pub minutes: u32,
    /// Code of an agency; its place is taken, and it must be open.
    #[serde(default)]
    pub agency: Option<String>,
    /// Where, in words: kept sealed. Not needed with an agency, whose name and address are taken.
    #[serde(default)]
    pub place_text: String,
    /// WGS 84 longitude and latitude, degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    #[serde(default)]
    pub lat: Option<f64>,
    /// Who goes; none: who has the task, or the department decides.
    #[serde(default)]
    pub assignee: Option<Uuid>,
    /// The customer comes too.
    #[serde(default)]
    pub with_customer: bool,
    /// Only held back for so long (1 to 10080), until it is confirmed; none: it stands.
    #[serde(default)]
    pub hold_minutes: Option<u32>,
}

fn hour() -> u32 {
    60
}

/// Makes an appointment. One that is a task of its own is due on its day. Refused when the agency is closed or who goes is
/// away; in conflict when they have to be elsewhere at that hour.
pub async fn appoint(app: &App, by: &Actor, new: NewAppointment) -> Result<TaskView> {
    let mut tx = begin(app).await?;
    let view = appoint_in(app, &mut tx, by, new).await?;
    commit(app, tx, by, &view, Some(format!("/api/v1/tasks/{}", view.id))).await?;
    Ok(view)
}

/// As [`appoint`], in the transaction of another act.
pub(in crate::flow) async fn appoint_in(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    mut new: NewAppointment,
) -> Result<TaskView> {
    let now = app.clock.now();
    let agency = agency_of(tx, &mut new).await?;
    let at = Where::of(&new, agency.as_ref());
    let mut problems = problems(&new, now);
    let hour = (new.at, new.at + Duration::minutes(new.minutes.into()));
    if let Some(agency) = &agency {
        problems.extend(closed(agency, hour)?);
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    lock_open(tx, new.case_id).await?;
    appointment::free_holds(tx, now).await?;
    let (row, mut events) = match new.task {
        Some(id) => (timed(app, tx, by, id, &new, &at).await?, Vec::new()),
        None => made(app, tx, by, &new, &at).await?,
    };
    let held = AppointmentRow {
        id: app.clock.new_id(),
        task_id: row.id,
        case_id: row.case_id,
        staff_id: row.assignee,
        agency: new.agency,
        starts: hour.0,
        ends: hour.1,
        with_customer: new.with_customer,
        state: if new.hold_minutes.is_some() { "held" } else { "confirmed" }.into(),
        hold_until: new.hold_minutes.map(|m| now + Duration::minutes(m.into())),
        missed_by: None,
        moved_to: None,
        made_by: by.login.clone(),
        made_at: now,
        updated_at: now,
    };
    there(app, tx, &held).await?;
    book(tx, &held).await?;
    let what = Happened::AppointmentMade { task: row.id, starts: new.at, with_customer: new.with_customer };
    events.push(Entry::from(what));
    record_all(app, tx, by, row.case_id, events).await?;
    full(tx, row).await
}

/// Refuses an hour at which the database knows the person elsewhere.
pub(super) async fn book(tx: &mut PgConnection, held: &AppointmentRow) -> Result<()> {
    if appointment::insert(tx, held).await? {
        return Ok(());
    }
    match appointment::live_of_task(tx, held.task_id).await? {
        Some(other) => {
            Err(Error::Conflict { code: "appointment-exists", detail: format!("at {}", shown(other.starts)) })
        }
        None => {
            let detail = format!("{} to {}", shown(held.starts), shown(held.ends));
            Err(Error::Conflict { code: "double-booked", detail })
        }
    }
}

/// Who goes is of the firm and not away that day.
pub(super) async fn there(app: &App, tx: &mut PgConnection, held: &AppointmentRow) -> Result<()> {
    let Some(who) = held.staff_id else { return Ok(()) };
    let day = day_of(held.starts);
    let staff = candidates(tx, app.clock.today()).await?;
    if staff.iter().any(|c| c.id == who && c.is_away((day, day))) {
        return Err(Error::refused("assignee", "staff-absent", who, format!("somebody who is there on {day}")));
    }
    Ok(())
}

/// The problem with an hour at which an agency is closed.
pub(super) fn closed(agency: &AgencyRow, hour: (OffsetDateTime, OffsetDateTime)) -> Result<Option<FieldProblem>> {
    let hours: Hours = serde_json::from_value(agency.hours.clone()).map_err(|e| Error::Broken(e.into()))?;
    let calendar = Calendar::shipped().map_err(anyhow::Error::msg)?;
    if hours.open(hour, calendar) {
        return Ok(None);
    }
    let open = hours.on(day_of(hour.0), calendar).iter().map(span).collect::<Vec<_>>().join(", ");
    let wrong = FieldProblem::new("at", "agency-closed", shown(hour.0), &open);
    Ok(Some(wrong.said(|lang| {
        let none = || text::word(lang, "agency-closed-all-day");
        (shown(hour.0), if open.is_empty() { none() } else { open.clone() })
    })))
}

/// `07:30-11:30`.
fn span((a, b): &(OffsetDateTime, OffsetDateTime)) -> String {
    let [(h, m), (to_h, to_m)] = [clock_time(*a), clock_time(*b)];
    format!("{h:02}:{m:02}-{to_h:02}:{to_m:02}")
}

/// The agency that is named, which gives the place where none was said.
async fn agency_of(tx: &mut PgConnection, new: &mut NewAppointment) -> Result<Option<AgencyRow>> {
    let Some(code) = &new.agency else { return Ok(None) };
    let unknown = || Error::refused("agency", "agency-unknown", code, "the code of an agency in use");
    let agency = agency::get(tx, code).await?.filter(|a| a.active).ok_or_else(unknown)?;
    if new.lon.is_none() && new.lat.is_none() {
        (new.lon, new.lat) = (agency.lon, agency.lat);
    }
    Ok(Some(agency))
}

/// Where it is: at an agency, or as a person says, whose words may name somebody.
enum Where {
    Agency(String),
    Words(String),
}

impl Where {
    fn of(new: &NewAppointment, agency: Option<&AgencyRow>) -> Self {
        match (new.place_text.trim(), agency) {
            ("", Some(agency)) => Self::Agency(format!("{}, {}", agency.name, agency.address)),
            (words, _) => Self::Words(words.to_owned()),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Agency(text) | Self::Words(text) => text,
        }
    }

    fn put(&self, app: &App, task: &mut TaskRow) -> Result<()> {
        (task.place_text, task.sealed_place) = match self {
            Self::Agency(text) => (Some(text.clone()), None),
            Self::Words(words) => (None, Some(app.vault.seal(&where_place(task.id), words.as_bytes())?)),
        };
        Ok(())
    }
}

/// A task that is there gets an hour.
async fn timed(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    id: Uuid,
    new: &NewAppointment,
    at: &Where,
) -> Result<TaskRow> {
    let mut task = existing(tx, id).await?;
    if task.case_id != new.case_id || task.department != new.department {
        return Err(Error::refused("task", "task-other", id, "a task of this case and department"));
    }
    if !matches!(task.state.as_str(), "open" | "accepted" | "started" | "paused") {
        return Err(Error::Conflict { code: "task-state", detail: format!("the task is {}", task.state) });
    }
    if new.assignee.is_some() && new.assignee != task.assignee {
        return Err(Error::refused(
            "assignee",
            "task-of-another",
            new.assignee.unwrap_or_default(),
            "who has the task",
        ));
    }
    task.appointment_at = Some(new.at);
    if task.kind == APPOINTMENT {
        task.due = day_of(new.at);
    }
    at.put(app, &mut task)?;
    if new.lon.is_some() {
        (task.lon, task.lat) = (new.lon, new.lat);
    }
    task.updated_at = app.clock.now();
    if !task::change(tx, &task).await? {
        return Err(Error::Conflict { code: "version", detail: format!("task {id} was changed meanwhile") });
    }
    task.version += 1;
    note(app, tx, by, &task, "appointed", json!({ "starts": new.at.to_string() })).await?;
    Ok(task)
}

/// Two at one place and hour are one; the place itself stays sealed.
pub(in crate::flow) fn subject(app: &App, at: OffsetDateTime, place: &str) -> String {
    format!("{} {}", at.unix_timestamp(), hex::encode(&app.vault.index("place", squeezed(place))[..8]))
}

/// A task of its own.
async fn made(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    new: &NewAppointment,
    at: &Where,
) -> Result<(TaskRow, Vec<Entry>)> {
    let now = app.clock.now();
    if let Some(who) = new.assignee {
        let staff = crate::store::staff::get(tx, who).await?.filter(|s| s.active && s.department == new.department);
        if staff.is_none() {
            return Err(Error::refused("assignee", "staff-unknown", who, "active staff of the department"));
        }
    }
    let mut row = TaskRow {
        id: app.clock.new_id(),
        case_id: new.case_id,
        verification_id: None,
        kind: APPOINTMENT.into(),
        subject: subject(app, new.at, at.text()),
        department: new.department.clone(),
        state: "open".into(),
        assignee: new.assignee,
        reason: json!({}),
        due: day_of(new.at),
        appointment_at: Some(new.at),
        place_text: None,
        sealed_place: None,
        lon: new.lon,
        lat: new.lat,
        result: None,
        version: 1,
        created_at: now,
        updated_at: now,
        plan_id: None,
        waits_for: Vec::new(),
        escalated_to: None,
    };
    at.put(app, &mut row)?;
    if !task::insert(tx, &row).await? {
        return Err(Error::Conflict { code: "appointment-exists", detail: "the same time and place".into() });
    }
    note(app, tx, by, &row, "created", json!({})).await?;
    let events = vec![happened(&row, "created").into()];
    Ok((row, events))
}

fn problems(new: &NewAppointment, now: OffsetDateTime) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if Department::parse(&new.department).is_none() {
        found.push(FieldProblem::new("department", "unknown-value", &new.department, "legal, sales, field"));
    }
    if new.at <= now {
        found.push(FieldProblem::new("at", "past", shown(new.at), format!("after {}", shown(now))));
    }
    if !(5..=600).contains(&new.minutes) {
        found.push(FieldProblem::new("minutes", "range", new.minutes, "5-600"));
    }
    if new.hold_minutes.is_some_and(|m| !(1..=10_080).contains(&m)) {
        found.push(FieldProblem::new("hold_minutes", "range", new.hold_minutes.unwrap_or_default(), "1-10080"));
    }
    let length = new.place_text.trim().chars().count();
    if length > 600 || (length == 0 && new.agency.is_none()) {
        found.push(FieldProblem::new("place_text", "length", length, "1-600 characters, or an agency"));
    }
    for (field, value, most) in [("lon", new.lon, 180.0), ("lat", new.lat, 90.0)] {
        if value.is_some_and(|v| v.is_nan() || v.abs() > most) {
            found.push(FieldProblem::new(field, "range", value.unwrap_or_default(), format!("-{most} to {most}")));
        }
    }
    if new.lon.is_some() != new.lat.is_some() {
        found.push(FieldProblem::new("lon", "pair", "one of two", "lon and lat together"));
    }
    found
}

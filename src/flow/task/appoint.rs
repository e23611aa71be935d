use super::change::record;
use super::view::{APPOINTMENT, TaskView, view};
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::dispatch::Department;
use crate::domain::problem::FieldProblem;
use crate::flow::case::lock_open;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::task::{self, TaskRow};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

/// A meeting with an agency or a customer: a task with a place and a time.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppointment {
    pub case_id: Uuid,
    /// legal, sales or field.
    pub department: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Where, in words: name and address of the office.
    pub place_text: String,
    /// WGS 84 longitude and latitude, degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    #[serde(default)]
    pub lat: Option<f64>,
    /// Who goes; none: the department decides.
    #[serde(default)]
    pub assignee: Option<Uuid>,
}

/// Makes an appointment. It is due on its own day.
pub async fn appoint(app: &App, by: &Actor, new: NewAppointment) -> Result<TaskView> {
    let now = app.clock.now();
    let problems = problems(&new, now);
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let mut tx = begin(app).await?;
    lock_open(&mut tx, new.case_id).await?;
    if let Some(who) = new.assignee {
        let staff =
            crate::store::staff::get(&mut tx, who).await?.filter(|s| s.active && s.department == new.department);
        if staff.is_none() {
            return Err(Error::refused("assignee", "staff-unknown", who, "active staff of the department"));
        }
    }
    let row = TaskRow {
        id: app.clock.new_id(),
        case_id: new.case_id,
        verification_id: None,
        kind: APPOINTMENT.into(),
        subject: format!("{} {}", new.at.unix_timestamp(), new.place_text.trim()),
        department: new.department,
        state: "open".into(),
        assignee: new.assignee,
        reason: json!({}),
        due: day_of(new.at),
        appointment_at: Some(new.at),
        place_text: Some(new.place_text.trim().to_owned()),
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
    if !task::insert(&mut tx, &row).await? {
        return Err(Error::Conflict { code: "appointment-exists", detail: "the same time and place".into() });
    }
    record(app, &mut tx, by, &row, "created", json!({})).await?;
    let view = view(row);
    commit(app, tx, by, &view, Some(format!("/api/v1/tasks/{}", view.id))).await?;
    Ok(view)
}

fn problems(new: &NewAppointment, now: OffsetDateTime) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if Department::parse(&new.department).is_none() {
        found.push(FieldProblem::new("department", "unknown-value", &new.department, "legal, sales, field"));
    }
    if new.at <= now {
        found.push(FieldProblem::new("at", "past", new.at, format!("after {now}")));
    }
    let length = new.place_text.trim().chars().count();
    if !(1..=300).contains(&length) {
        found.push(FieldProblem::new("place_text", "length", length, "1-300 characters"));
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

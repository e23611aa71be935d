use crate::domain::plan::task_title;
use crate::domain::theme::Bilingual;
use crate::store::appointment::AppointmentRow;
use crate::store::task::{EventRow, TaskRow};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A task as staff see it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TaskView {
    pub id: Uuid,
    pub case_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "HS-2026-000123-7")]
    pub case_number: Option<String>,
    pub verification_id: Option<Uuid>,
    /// A kind of `data/dispatch.toml` or `data/plans.toml`, or `appointment`.
    pub kind: String,
    #[schema(value_type = Object)]
    pub title: Bilingual,
    pub subject: String,
    /// legal, sales or field.
    pub department: String,
    /// blocked, open, accepted, started, paused, done or cancelled.
    pub state: String,
    pub assignee: Option<Uuid>,
    /// The findings that made it, and why it was given to its assignee.
    #[schema(value_type = Object)]
    pub reason: Value,
    /// Day in Viet Nam by whose end it should be done.
    #[schema(value_type = String)]
    pub due: Date,
    #[serde(with = "time::serde::rfc3339::option")]
    pub appointment_at: Option<OffsetDateTime>,
    /// Name and address of the agency.
    pub place_text: Option<String>,
    /// The place is in the words of a person; they are read at `/tasks/{id}/words`.
    pub place_in_words: bool,
    /// WGS 84, degrees.
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// Something came of it; it is read at `/tasks/{id}/result`.
    pub has_result: bool,
    /// Send it back with a change; the change is refused when it is no longer the latest.
    pub version: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// The work plan of its case, when it belongs to it.
    pub plan_id: Option<Uuid>,
    /// What a blocked task waits for: `task:<kind>`, `papers_in`, `no_issue`, `paper:<kind>`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
    /// Role that was asked to see to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated_to: Option<String>,
    /// Its latest appointment or visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment: Option<AppointmentView>,
    /// From the point that was asked about (m).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// Oldest first; only when one task is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct EventView {
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub actor: String,
    /// created, ready, assigned, accepted, started, paused, handed_back, escalated, appointed, confirmed, moved, kept, missed,
    /// hold_over, done, cancelled.
    pub what: String,
    #[schema(value_type = Object)]
    pub detail: Value,
    /// A reason was given in words; it is read at `/tasks/{id}/words`.
    pub has_words: bool,
}

/// Where somebody has to be at an hour.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AppointmentView {
    pub id: Uuid,
    pub task_id: Uuid,
    pub case_id: Uuid,
    /// In lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "HS-2026-000123-7")]
    pub case_number: Option<String>,
    /// Who goes; none: nobody yet.
    pub staff_id: Option<Uuid>,
    /// Code of the agency.
    pub agency: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub starts: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub ends: OffsetDateTime,
    pub with_customer: bool,
    /// held (free again after `hold_until`), confirmed, kept, missed, moved or cancelled.
    pub state: String,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<OffsetDateTime>,
    /// customer, agency or us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<Uuid>,
}

impl From<AppointmentRow> for AppointmentView {
    fn from(a: AppointmentRow) -> Self {
        Self {
            id: a.id,
            task_id: a.task_id,
            case_id: a.case_id,
            case_number: None,
            staff_id: a.staff_id,
            agency: a.agency,
            starts: a.starts,
            ends: a.ends,
            with_customer: a.with_customer,
            state: a.state,
            hold_until: a.hold_until,
            missed_by: a.missed_by,
            moved_to: a.moved_to,
        }
    }
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskResult {
    /// What was done or found, in words.
    pub summary: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<GnssPoint>,
    /// SHA-256 (hex) of photos that were sent for this task before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
}

/// A point measured in the field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GnssPoint {
    /// WGS 84, degrees.
    pub lon: f64,
    pub lat: f64,
    /// Standard deviation as the receiver states it (m).
    pub accuracy_m: f64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub at: Option<OffsetDateTime>,
}

pub(in crate::flow) const APPOINTMENT: &str = "appointment";

fn title(kind: &str) -> Bilingual {
    task_title(kind).unwrap_or_else(|| Bilingual { vi: kind.into(), en: kind.into() })
}

/// Place of a sealed result in the vault.
pub(super) fn place(id: Uuid) -> String {
    format!("task/{id}/result")
}

/// Place of the words that say where it is.
pub(in crate::flow) fn where_place(id: Uuid) -> String {
    format!("task/{id}/place")
}

/// Place of the words of one event.
pub(in crate::flow) fn event_place(id: Uuid, what: &str, at: OffsetDateTime) -> String {
    // The database keeps microseconds.
    format!("task/{id}/{what}/{}", at.unix_timestamp_nanos() / 1000)
}

/// Words that people wrote about a task.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TaskWords {
    /// Where it is.
    pub place_text: Option<String>,
    /// Reasons, oldest first.
    pub reasons: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = TaskReason)]
pub struct Reason {
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub actor: String,
    /// As in the task's events: paused, handed_back, moved, missed and so on.
    pub what: String,
    pub reason: String,
}

/// Without what came of it: that is sealed, and read on its own.
pub(super) fn view(t: TaskRow) -> TaskView {
    TaskView {
        title: title(&t.kind),
        has_result: t.result.is_some(),
        place_in_words: t.sealed_place.is_some(),
        id: t.id,
        case_id: t.case_id,
        case_number: None,
        verification_id: t.verification_id,
        kind: t.kind,
        subject: t.subject,
        department: t.department,
        state: t.state,
        assignee: t.assignee,
        reason: t.reason,
        due: t.due,
        appointment_at: t.appointment_at,
        place_text: t.place_text,
        lon: t.lon,
        lat: t.lat,
        version: t.version,
        created_at: t.created_at,
        updated_at: t.updated_at,
        plan_id: t.plan_id,
        waits_for: t.waits_for,
        escalated_to: t.escalated_to,
        appointment: None,
        distance_m: None,
        events: Vec::new(),
    }
}

impl From<EventRow> for EventView {
    fn from(e: EventRow) -> Self {
        Self { has_words: e.sealed.is_some(), at: e.at, actor: e.actor, what: e.what, detail: e.detail }
    }
}

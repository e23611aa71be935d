use crate::domain::dispatch::Table;
use crate::domain::theme::Bilingual;
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
    pub verification_id: Option<Uuid>,
    /// A kind of `data/dispatch.toml`, or `appointment`.
    pub kind: String,
    #[schema(value_type = Object)]
    pub title: Bilingual,
    pub subject: String,
    /// legal, sales or field.
    pub department: String,
    /// open, accepted, done or cancelled.
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
    pub place_text: Option<String>,
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
    /// created, assigned, accepted, handed_back, done, cancelled.
    pub what: String,
    #[schema(value_type = Object)]
    pub detail: Value,
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

pub(super) const APPOINTMENT: &str = "appointment";

fn title(kind: &str) -> Bilingual {
    let known = Table::shipped().ok().and_then(|t| t.kind(kind)).map(|k| k.title.clone());
    known.unwrap_or_else(|| match kind {
        APPOINTMENT => Bilingual { vi: "Lịch hẹn".into(), en: "Appointment".into() },
        other => Bilingual { vi: other.to_owned(), en: other.to_owned() },
    })
}

/// Place of a sealed result in the vault.
pub(super) fn place(id: Uuid) -> String {
    format!("task/{id}/result")
}

/// Without what came of it: that is sealed, and read on its own.
pub(super) fn view(t: TaskRow) -> TaskView {
    TaskView {
        title: title(&t.kind),
        has_result: t.result.is_some(),
        id: t.id,
        case_id: t.case_id,
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
        distance_m: None,
        events: Vec::new(),
    }
}

impl From<EventRow> for EventView {
    fn from(e: EventRow) -> Self {
        Self { at: e.at, actor: e.actor, what: e.what, detail: e.detail }
    }
}

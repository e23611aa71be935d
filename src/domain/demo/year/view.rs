//! What the screen of a case shows (`GET /cases/{id}/screen`), as far as people of the year look at it.

use crate::domain::calendar::day_of;
use crate::domain::verify::Outcome;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize)]
pub struct View {
    pub timeline: Timeline,
    pub papers: Vec<PaperSeen>,
    pub requests: Vec<RequestSeen>,
    pub tasks: Vec<TaskSeen>,
    pub issues: Vec<IssueSeen>,
    /// What was refused before in this case, as `call:code`, with the last line there was then.
    #[serde(skip)]
    pub refused: BTreeMap<String, i32>,
    /// When it was looked at; none: at the end of the day.
    #[serde(skip)]
    pub now: Option<OffsetDateTime>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Timeline {
    pub case_id: Uuid,
    pub now: NowSeen,
    pub lines: Vec<LineSeen>,
    pub last: i32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct NowSeen {
    pub step: String,
    pub turn: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct LineSeen {
    pub seq: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub kind: String,
    #[serde(default)]
    pub data: Map<String, Value>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct PaperSeen {
    pub id: Uuid,
    pub kind: String,
    pub scan: Option<Value>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct RequestSeen {
    pub round: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    pub items: Vec<ItemSeen>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ItemSeen {
    pub id: Uuid,
    pub need: String,
    pub paper_kind: String,
    pub paper_id: Option<Uuid>,
    pub state: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct TaskSeen {
    pub id: Uuid,
    pub kind: String,
    pub subject: String,
    pub department: String,
    pub state: String,
    pub assignee: Option<Uuid>,
    pub due: Date,
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub appointment_at: Option<OffsetDateTime>,
    pub version: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

#[derive(Debug, Clone, Deserialize)]
pub struct IssueSeen {
    pub id: Uuid,
    pub topic: String,
    #[serde(with = "time::serde::rfc3339")]
    pub raised_at: OffsetDateTime,
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub resolved_at: Option<OffsetDateTime>,
}

impl LineSeen {
    pub fn day(&self) -> Date {
        day_of(self.at)
    }

    pub fn id(&self, field: &str) -> Option<Uuid> {
        self.data.get(field).and_then(Value::as_str).and_then(|s| s.parse().ok())
    }
}

impl View {
    /// An hour has come.
    pub fn begun(&self, at: OffsetDateTime) -> bool {
        self.now.is_none_or(|now| now >= at)
    }

    pub fn step(&self) -> &str {
        &self.timeline.now.step
    }

    /// The last line of a kind.
    pub fn last(&self, kind: &str) -> Option<&LineSeen> {
        self.timeline.lines.iter().rev().find(|l| l.kind == kind)
    }

    pub fn count(&self, kind: &str) -> usize {
        self.timeline.lines.iter().filter(|l| l.kind == kind).count()
    }

    /// A line of this kind stands behind the last one of `other`, or that is not there.
    pub fn after(&self, kind: &str, other: &str) -> bool {
        let at = |kind: &str| self.last(kind).map_or(0, |l| l.seq);
        at(kind) > at(other)
    }

    pub fn opened(&self) -> Date {
        self.timeline.lines.first().map_or(Date::MIN, LineSeen::day)
    }

    pub fn outcome(&self) -> Option<Outcome> {
        self.last("verified").and_then(|l| serde_json::from_value(l.data.get("outcome")?.clone()).ok())
    }

    /// Day since which the case is where it is: of the last line that is no machine's remark.
    pub fn still_since(&self) -> Date {
        const REMARKS: [&str; 4] = ["stuck_noticed", "deadline_warned", "deadline_escalated", "request_reminded"];
        let moved = self.timeline.lines.iter().rev().find(|l| !REMARKS.contains(&l.kind.as_str()));
        moved.map_or(Date::MIN, LineSeen::day)
    }
}

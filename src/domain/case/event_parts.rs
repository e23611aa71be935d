//! The day of an event, and its kind and data as they are stored.

use super::event::{Event, Happened};
use crate::domain::calendar::day_of;
use serde_json::{Map, Value};
use time::Date;

impl Event {
    /// The day in Viet Nam on which it happened; another one than that on which it was noted only where an authority acted.
    pub fn day(&self) -> Date {
        use Happened as H;
        match &self.what {
            H::Submitted { on: Some(day), .. }
            | H::AgencyAskedMore { on: Some(day), .. }
            | H::AgencyAnswered { on: Some(day), .. }
            | H::AgencyDecided { on: Some(day), .. }
            | H::SubmissionWithdrawn { on: Some(day), .. } => *day,
            _ => day_of(self.at),
        }
    }
}

impl Happened {
    /// Kind and data, as they are stored.
    ///
    /// # Errors
    /// Never for a value of this type; the error is serde's.
    pub fn parts(&self) -> Result<(String, Value), serde_json::Error> {
        let mut all: Map<String, Value> = serde_json::from_value(serde_json::to_value(self)?)?;
        let kind = match all.remove("kind") {
            Some(Value::String(kind)) => kind,
            _ => String::new(),
        };
        Ok((kind, Value::Object(all)))
    }

    /// Out of what was stored.
    ///
    /// # Errors
    /// The kind is unknown, or the data are not those of the kind.
    pub fn from_parts(kind: &str, data: Value) -> Result<Self, serde_json::Error> {
        let mut all: Map<String, Value> = serde_json::from_value(data)?;
        all.insert("kind".into(), kind.into());
        serde_json::from_value(Value::Object(all))
    }
}

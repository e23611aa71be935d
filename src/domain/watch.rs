//! What holds for a watched parcel, and what of it has changed: only what maps and rules say of the land, never how old a map is
//! or who drew it. Where nothing is known on one side, only something that was or is in the way counts as a change.

use crate::domain::case::Happened;
use crate::domain::verify::{Certainty, FindingRecord, Message, Quantity, Record, Unit, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not covered, too old, not answered, does not apply.
    Unknown,
    Clear,
    Hit,
}

/// What one check says of the parcel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    pub check: String,
    /// Theme, for the checks of themes.
    pub subject: String,
    pub state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Quantity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Quantity>,
    /// Shares by zone or code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Message>,
    /// `layer_version_id`s it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<i64>,
}

/// Something of this kind may be what an agreed watch waited for, or ends the wait.
pub fn may_begin(what: &Happened) -> bool {
    use Happened as H;
    match what {
        H::ConsentGiven { what, .. } => what == "parcel_watch",
        H::ParcelBound { .. } | H::Verified { .. } | H::HandedOver { .. } | H::Ended { .. } => true,
        _ => false,
    }
}

/// Name of what is said of the parcel itself.
pub const PARCEL: &str = "parcel";

/// Keys of the details that say what lies where.
const PARTS: [&str; 3] = ["theme-code-area", "zone-none", "zone-doubled"];

fn watched(check: &str) -> bool {
    check.starts_with("planning.") || matches!(check, "encumbrance.register" | "parcel.access")
}

/// All that holds by a record, and the parcel's own area (m²) when it has a boundary.
pub fn held(record: &Record, area_m2: Option<f64>) -> Vec<Held> {
    let mut all: Vec<Held> = record.findings.iter().filter(|f| watched(&f.check)).map(of).collect();
    all.extend(area_m2.map(|area| Held {
        check: PARCEL.into(),
        subject: String::new(),
        state: State::Clear,
        certainty: None,
        measured: Some(Quantity::new(area, Unit::SquareMetre)),
        allowed: None,
        parts: vec![],
        layers: vec![],
    }));
    all
}

fn of(f: &FindingRecord) -> Held {
    let state = match f.verdict {
        Verdict::Hit => State::Hit,
        Verdict::Clear => State::Clear,
        _ => State::Unknown,
    };
    let known = state != State::Unknown;
    let parts = f.details.iter().filter(|m| known && PARTS.contains(&&*m.key)).cloned().collect();
    Held {
        check: f.check.to_string(),
        subject: f.subject.clone(),
        state,
        // Of what is clear it says how sure that is, of a slight touch: no change of what holds.
        certainty: f.certainty.filter(|_| state == State::Hit),
        measured: f.measured.filter(|_| known),
        allowed: f.allowed.filter(|_| known),
        parts,
        layers: f.sources.clone(),
    }
}

/// One thing that is another now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub check: String,
    pub subject: String,
    pub was: Option<Held>,
    pub now: Option<Held>,
}

impl Held {
    /// `unknown`, `clear`, `hit`; with what was measured as `hit:42.5:square_metre`.
    pub fn short(&self) -> String {
        let state = match self.state {
            State::Unknown => "unknown",
            State::Clear => "clear",
            State::Hit => "hit",
        };
        let unit = |q: &Quantity| serde_json::to_value(q.unit).ok()?.as_str().map(str::to_owned);
        match self.measured.as_ref().and_then(|q| Some((q.value, unit(q)?))) {
            Some((value, unit)) => format!("{state}:{value}:{unit}"),
            None => state.to_owned(),
        }
    }

    fn same(&self, other: &Self) -> bool {
        let this = |h: &'_ Self| (h.state, h.certainty, h.measured, h.allowed);
        this(self) == this(other) && self.parts == other.parts
    }
}

/// What was another before, in order of check and subject.
pub fn changes(before: &[Held], after: &[Held]) -> Vec<Change> {
    let by_name = |all: &[Held]| -> BTreeMap<(String, String), Held> {
        all.iter().map(|h| ((h.check.clone(), h.subject.clone()), h.clone())).collect()
    };
    let (mut was, now) = (by_name(before), by_name(after));
    let mut names: Vec<(String, String)> = was.keys().chain(now.keys()).cloned().collect();
    names.sort();
    names.dedup();
    let mut found = Vec::new();
    for name in names {
        let (was, now) = (was.remove(&name), now.get(&name).cloned());
        if matters(was.as_ref(), now.as_ref()) {
            found.push(Change { check: name.0, subject: name.1, was, now });
        }
    }
    found
}

fn matters(was: Option<&Held>, now: Option<&Held>) -> bool {
    let state = |h: Option<&Held>| h.map_or(State::Unknown, |h| h.state);
    match (state(was), state(now)) {
        (State::Unknown, State::Unknown | State::Clear) | (State::Clear, State::Unknown) => false,
        (State::Unknown, State::Hit) | (State::Hit, State::Unknown) => true,
        _ => !matches!((was, now), (Some(a), Some(b)) if a.same(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(state: State, area: Option<f64>) -> Held {
        Held {
            check: "planning.recovery".into(),
            subject: "recovery".into(),
            state,
            certainty: None,
            measured: area.map(|a| Quantity::new(a, Unit::SquareMetre)),
            allowed: None,
            parts: vec![],
            layers: vec![1],
        }
    }

    #[test]
    fn only_what_holds_counts() {
        use State::{Clear, Hit, Unknown};
        let told = |was: Held, now: Held| changes(&[was], &[now]).len();
        assert_eq!(told(one(Clear, None), one(Hit, Some(12.0))), 1);
        assert_eq!(told(one(Hit, Some(12.0)), one(Clear, None)), 1);
        assert_eq!(told(one(Hit, Some(12.0)), one(Hit, Some(12.5))), 1);
        assert_eq!(told(one(Hit, Some(12.0)), Held { layers: vec![2], ..one(Hit, Some(12.0)) }), 0, "another version");
        assert_eq!(told(one(Unknown, None), one(Clear, None)), 0, "a map became fresh");
        assert_eq!(told(one(Clear, None), one(Unknown, None)), 0, "a map grew old");
        assert_eq!(told(one(Unknown, None), one(Hit, Some(1.0))), 1);
        assert_eq!(told(one(Hit, Some(1.0)), one(Unknown, None)), 1);
        let zone =
            |code: &str| Held { parts: vec![Message::new("theme-code-area").with("code", code)], ..one(Clear, None) };
        assert_eq!(told(zone("ODT"), zone("CLN")), 1, "another zone, though both fit");
        assert_eq!(told(zone("ODT"), zone("ODT")), 0);
        assert_eq!(changes(&[one(Hit, Some(1.0))], &[]).len(), 1, "the theme is gone");
        assert_eq!(one(Hit, Some(42.5)).short(), "hit:42.5:square_metre");
        assert_eq!(one(Unknown, None).short(), "unknown");
    }
}

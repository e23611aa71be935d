use crate::domain::case::topic::TOPICS;
use crate::domain::problem::FieldProblem;
use crate::domain::theme::Bilingual;
use crate::domain::verify::text::{Lang, word};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use time::Date;
use time::macros::format_description;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Up to 2000 characters.
    Text,
    Number,
    /// `2026-11-23`.
    Date,
    Choice,
    Flag,
    /// SHA-256 of photos that were sent for the task.
    Photos,
    /// Objects with `lon`, `lat` (WGS 84, degrees), `accuracy_m`, and `label` when it has one.
    Points,
}

/// A value of a field that says that something is wrong, and what problem that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    pub value: Value,
    pub topic: String,
}

/// A field of a task's form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub code: String,
    #[serde(rename = "type")]
    pub kind: FieldKind,
    pub title: Bilingual,
    /// It must be filled before the task can end.
    #[serde(default)]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Of a number, or how many photos or points at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// What each option is called.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub option_titles: BTreeMap<String, Bilingual>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raises: Vec<Raise>,
}

impl Field {
    /// An option as people read it; of a plan from before options had titles, its code.
    fn option(&self, code: &str, lang: Lang) -> String {
        self.option_titles.get(code).map_or(code, |t| t.in_lang(lang)).to_owned()
    }

    /// The topic of the problem that a value raises; none: nothing is wrong.
    pub fn topic_of(&self, value: &Value) -> Option<&str> {
        self.raises.iter().find(|r| r.value == *value).map(|r| r.topic.as_str())
    }

    /// Title and value, as people read them.
    pub fn said(&self, value: &Value, lang: Lang) -> String {
        let shown = match value {
            Value::Bool(yes) => word(lang, if *yes { "flag-yes" } else { "flag-no" }),
            Value::String(code) => self.option(code, lang),
            other => other.to_string(),
        };
        format!("{}: {shown}", self.title.in_lang(lang))
    }
}

const MOST: usize = 500;

/// What is wrong with a field as it is written in the data.
pub(super) fn wrong(f: &Field) -> Option<&'static str> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let counted = matches!(f.kind, FieldKind::Number | FieldKind::Photos | FieldKind::Points);
    if f.code.is_empty() || !f.code.bytes().all(plain) {
        Some("its code is a-z 0-9 _")
    } else if f.title.vi.is_empty() || f.title.en.is_empty() {
        Some("both titles are needed")
    } else if (f.kind == FieldKind::Choice) == f.options.is_empty() {
        Some("a choice has options, and nothing else has")
    } else if f.options.iter().any(|o| !f.option_titles.contains_key(o)) || f.option_titles.len() != f.options.len() {
        Some("every option has a title, and nothing else has")
    } else if !counted && (f.min.is_some() || f.max.is_some()) {
        Some("min and max belong to numbers, photos and points")
    } else if f.min.zip(f.max).is_some_and(|(a, b)| a > b) {
        Some("min is above max")
    } else if f.raises.iter().any(|r| fault(f, &r.value).is_some() || !TOPICS.contains(&r.topic.as_str())) {
        Some("it raises a problem that is none, or by a value it cannot have")
    } else {
        None
    }
}

/// What is wrong with a value sent for a field; none: it fits.
pub fn fault(f: &Field, value: &Value) -> Option<FieldProblem> {
    let say = |code: &str, allowed: String| Some(FieldProblem::new(&f.code, code, shown(value), allowed));
    match f.kind {
        FieldKind::Text => match value.as_str() {
            Some(t) if (1..=2000).contains(&t.trim().chars().count()) => None,
            _ => say("length", "1-2000 characters".into()),
        },
        FieldKind::Number => {
            let (low, high) = (f.min.unwrap_or(f64::MIN), f.max.unwrap_or(f64::MAX));
            match value.as_f64() {
                Some(n) if (low..=high).contains(&n) => None,
                _ => say("range", format!("{low} to {high}")),
            }
        }
        FieldKind::Date => {
            let day = format_description!("[year]-[month]-[day]");
            let read = value.as_str().and_then(|t| Date::parse(t, day).ok());
            if read.is_some() { None } else { say("shape", "a day as 2026-11-23".into()) }
        }
        FieldKind::Choice => match value.as_str() {
            Some(t) if f.options.iter().any(|o| o == t) => None,
            _ => {
                let titles = |lang| {
                    let all = f.options.iter().map(|o| f.option(o, lang)).collect::<Vec<_>>().join(", ");
                    (shown(value), all)
                };
                say("not-in-list", f.options.join(", ")).map(|p| p.said(titles))
            }
        },
        FieldKind::Flag if value.is_boolean() => None,
        FieldKind::Flag => say("shape", "true, false".into()),
        FieldKind::Photos => list(f, value, is_sha256, "SHA-256 (64 hex digits, lower case) of photos of this task"),
        FieldKind::Points => list(f, value, is_point, "lon, lat (degrees), accuracy_m (0 to 1000), label"),
    }
}

fn list(f: &Field, value: &Value, fits: fn(&Value) -> bool, what: &str) -> Option<FieldProblem> {
    let least = f.min.unwrap_or(0.0).max(0.0) as usize;
    let all = value.as_array();
    let good = all.is_some_and(|a| (least..=MOST).contains(&a.len()) && a.iter().all(fits));
    if good {
        return None;
    }
    let found = all.map_or_else(|| shown(value), |a| format!("{} entries", a.len()));
    Some(FieldProblem::new(&f.code, "shape", found, format!("{least} to {MOST}: {what}")))
}

fn is_sha256(v: &Value) -> bool {
    v.as_str().is_some_and(|s| s.len() == 64 && s.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

fn is_point(v: &Value) -> bool {
    let Some(point) = v.as_object() else { return false };
    let within = |name: &str, low: f64, high: f64| {
        point.get(name).and_then(Value::as_f64).is_some_and(|n| (low..=high).contains(&n))
    };
    let label = point.get("label").is_none_or(|l| l.as_str().is_some_and(|t| t.chars().count() <= 100));
    let known = point.keys().all(|k| matches!(k.as_str(), "lon" | "lat" | "accuracy_m" | "label" | "at"));
    within("lon", -180.0, 180.0) && within("lat", -90.0, 90.0) && within("accuracy_m", 0.0, 1000.0) && label && known
}

/// What was found, without quoting words that may name people.
fn shown(value: &Value) -> String {
    match value {
        Value::String(t) => format!("a text of {} characters", t.chars().count()),
        Value::Array(a) => format!("{} entries", a.len()),
        Value::Object(_) => "an object".into(),
        other => other.to_string(),
    }
}

//! Reading what was sent as JSON: every value that does not fit its field is named, with what was found and what is allowed.

use crate::domain::problem::FieldProblem;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// No sender needs to hear of more at once.
const MOST_PROBLEMS: usize = 50;

/// Why a text gave no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It is no JSON; where it stops to be (from 1).
    Syntax {
        line: usize,
        column: usize,
    },
    Fields(Vec<FieldProblem>),
}

/// Reads a JSON text.
///
/// # Errors
/// What is no JSON, holds the character U+0000 (which no database keeps), or does not fit `T`.
pub fn from_slice<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unread> {
    let syntax = |e: &serde_json::Error| Unread::Syntax { line: e.line(), column: e.column() };
    let nul = text.windows(6).any(|w| w == b"\\u0000");
    if !nul && let Ok(value) = serde_json::from_slice(text) {
        return Ok(value);
    }
    let value: Value = serde_json::from_slice(text).map_err(|e| syntax(&e))?;
    if let Some(path) = holder_of_nul(&value) {
        return Err(Unread::Fields(vec![FieldProblem::new(path, "nul", "U+0000", "text without U+0000")]));
    }
    match read(value.clone()) {
        Err(problems) => Err(Unread::Fields(problems)),
        // A `Value` has each key once.
        Ok(read) => match serde_json::from_slice::<T>(text) {
            Ok(_) => Ok(read),
            Err(e) => Err(Unread::Fields(vec![problem("", &e.to_string(), &value)])),
        },
    }
}

fn holder_of_nul(value: &Value) -> Option<String> {
    let below = |step: String, v: &Value| {
        let rest = holder_of_nul(v)?;
        Some(if rest.is_empty() || rest.starts_with('[') { step + &rest } else { format!("{step}.{rest}") })
    };
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(list) => list.iter().enumerate().find_map(|(i, v)| below(format!("[{i}]"), v)),
        Value::Object(map) => {
            map.iter().find_map(|(k, v)| if k.contains('\0') { Some(k.replace('\0', "")) } else { below(k.clone(), v) })
        }
        _ => None,
    }
}

/// Reads, and after each problem takes the value that caused it away and reads again, so that all are told at once.
///
/// # Errors
/// Unknown and missing fields, values of the wrong type or out of range, each with its path.
pub fn read<T: DeserializeOwned>(mut value: Value) -> Result<T, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(value.clone()) {
            Ok(paper) if problems.is_empty() => return Ok(paper),
            Ok(_) => return Err(problems),
            Err(error) => error,
        };
        let path = error.path().clone();
        let mut told = problem(&path.to_string(), &error.into_inner().to_string(), &value);
        if told.code == "date-format" && !fits::<T>(&value, &path, "2000-01-01") {
            told.allowed = "YYYY-MM-DDThh:mm:ssZ".to_owned();
        }
        // A required value that was taken away is missed next; it has been told of already.
        if problems.iter().all(|p: &FieldProblem| p.field != told.field) {
            problems.push(told);
        }
        if problems.len() == MOST_PROBLEMS || !take_away(&mut value, &path) {
            return Err(problems);
        }
    }
}

/// Would another text be taken in the same place?
fn fits<T: DeserializeOwned>(value: &Value, path: &Path, text: &str) -> bool {
    let mut value = value.clone();
    let Some(place) = place_of(&mut value, path) else { return false };
    *place = Value::from(text);
    match serde_path_to_error::deserialize::<_, T>(value) {
        Ok(_) => true,
        Err(e) => e.path().to_string() != path.to_string(),
    }
}

/// Puts serde's sentence into parts: `invalid type: string "x", expected f64`.
fn problem(path: &str, sentence: &str, value: &Value) -> FieldProblem {
    let field = if path == "." { "" } else { path };
    let (head, expected) = sentence.split_once(", expected ").unwrap_or((sentence, ""));
    let expected = expected.split(" at line ").next().unwrap_or(expected);
    let named = head.split('`').nth(1).unwrap_or_default();
    let code = match head.split_once('`').map_or(head, |(words, _)| words.trim_end()) {
        "unknown field" => "unknown-field",
        "missing field" => "missing-field",
        "duplicate field" => return FieldProblem::new(named, "field-twice", named, "1"),
        "unknown variant" => "unknown-value",
        _ if head.starts_with("invalid type") => "wrong-type",
        _ => "wrong-value",
    };
    if code == "missing-field" && !named.is_empty() {
        let parent = field.strip_suffix(named).map_or(field, |p| p.trim_end_matches('.'));
        let full = if parent.is_empty() { named.to_owned() } else { format!("{parent}.{named}") };
        return FieldProblem::new(full, code, "", named);
    }
    let found = at(value, field).map_or_else(|| named.to_owned(), shown);
    let (code, allowed) = match (code, expected) {
        ("wrong-value", "") if is_about_a_day(head) => ("date-format", "YYYY-MM-DD".to_owned()),
        ("wrong-value", "") if head.starts_with("UUID") => (code, "uuid".to_owned()),
        ("wrong-value", "") if head.starts_with("data did not match") => (code, "/api/v1/openapi.json".to_owned()),
        ("wrong-value", "") => (code, head.to_owned()),
        ("unknown-field" | "unknown-value", "") => (code, "-".to_owned()),
        ("wrong-value", _) => (code, range(expected).map_or_else(|| plainly(expected), str::to_owned)),
        _ => (code, plainly(expected)),
    };
    FieldProblem::new(field, code, found, allowed)
}

/// What serde expected, in words of JSON.
fn plainly(expected: &str) -> String {
    match expected {
        "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize" => "integer".into(),
        "f32" | "f64" => "number".into(),
        "a string" | "a borrowed string" | "string or map" => "string".into(),
        "a boolean" => "boolean".into(),
        "a sequence" => "array".into(),
        "a map" => "object".into(),
        "a `Date`" => "YYYY-MM-DD".into(),
        e if e.contains("OffsetDateTime") => "YYYY-MM-DDThh:mm:ssZ".into(),
        e if e.contains("UUID") => "uuid".into(),
        e if e.starts_with("struct ") || e.starts_with("internally tagged enum ") => "object".into(),
        e => e.strip_prefix("one of ").unwrap_or(e).replace("` or `", ", ").replace('`', ""),
    }
}

/// The whole numbers that a type holds.
fn range(expected: &str) -> Option<&'static str> {
    Some(match expected {
        "u8" => "0-255",
        "u16" => "0-65535",
        "u32" => "0-4294967295",
        "u64" | "usize" => "0-18446744073709551615",
        "i16" => "-32768-32767",
        "i32" => "-2147483648-2147483647",
        "i64" => "-9223372036854775808-9223372036854775807",
        _ => return None,
    })
}

/// The only values that fail without an expectation are days; their parser names the component.
fn is_about_a_day(sentence: &str) -> bool {
    ["component", "literal", "trailing", "out of range", "in range"].iter().any(|word| sentence.contains(word))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => type_name(value).to_owned(),
        other => other.to_string(),
    }
}

pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Value at a path like `holders[0].name`.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let pointer: String = path
        .replace('[', ".")
        .replace(']', "")
        .split('.')
        .filter(|s| !s.is_empty())
        .fold(String::new(), |pointer, step| pointer + "/" + &step.replace('~', "~0").replace('/', "~1"));
    value.pointer(&pointer)
}

fn step<'a>(here: &'a mut Value, segment: &Segment) -> Option<&'a mut Value> {
    match segment {
        Segment::Map { key } => here.get_mut(key),
        Segment::Seq { index } => here.get_mut(*index),
        Segment::Enum { variant } => here.get_mut(variant),
        Segment::Unknown => None,
    }
}

fn place_of<'a>(value: &'a mut Value, path: &Path) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |here, segment| step(here, segment))
}

/// Takes the named value out; false when it cannot be found.
fn take_away(value: &mut Value, path: &Path) -> bool {
    let segments: Vec<&Segment> = path.iter().collect();
    let Some((last, parents)) = segments.split_last() else { return false };
    let Some(here) = parents.iter().try_fold(value, |here, segment| step(here, segment)) else { return false };
    match (last, here) {
        (Segment::Map { key } | Segment::Enum { variant: key }, Value::Object(map)) => map.remove(key).is_some(),
        (Segment::Seq { index }, Value::Array(list)) if *index < list.len() => {
            list.remove(*index);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use time::{Date, OffsetDateTime};
    use uuid::Uuid;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        Cash,
        Transfer,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Sent {
        id: Option<Uuid>,
        day: Option<Date>,
        #[serde(with = "time::serde::rfc3339::option")]
        at: Option<OffsetDateTime>,
        count: Option<u32>,
        small: Option<i32>,
        way: Option<Way>,
        names: Vec<String>,
        yes: bool,
    }

    fn told(text: &str) -> Vec<String> {
        match from_slice::<Sent>(text.as_bytes()).unwrap_err() {
            Unread::Syntax { line, column } => vec![format!("syntax {line}:{column}")],
            Unread::Fields(all) => {
                all.iter().map(|p| format!("{} {} {} ({})", p.field, p.code, p.found, p.allowed)).collect()
            }
        }
    }

    #[test]
    fn what_was_found_and_what_is_allowed_in_words_of_json() {
        for (text, expected) in [
            (r#"{"id": "x"}"#, "id wrong-value x (uuid)"),
            (r#"{"id": 5}"#, "id wrong-type 5 (uuid)"),
            (r#"{"day": "2026-02-30"}"#, "day date-format 2026-02-30 (YYYY-MM-DD)"),
            (r#"{"day": "30/02/2026"}"#, "day date-format 30/02/2026 (YYYY-MM-DD)"),
            (r#"{"at": "2026-02-30T00:00:00Z"}"#, "at date-format 2026-02-30T00:00:00Z (YYYY-MM-DDThh:mm:ssZ)"),
            (r#"{"at": "2026-02-03"}"#, "at date-format 2026-02-03 (YYYY-MM-DDThh:mm:ssZ)"),
            (r#"{"count": -1}"#, "count wrong-value -1 (0-4294967295)"),
            (r#"{"count": 1.5}"#, "count wrong-type 1.5 (integer)"),
            (r#"{"small": 99999999999}"#, "small wrong-value 99999999999 (-2147483648-2147483647)"),
            (r#"{"small": 1e300}"#, "small wrong-type 1e+300 (integer)"),
            (r#"{"way": "gold"}"#, "way unknown-value gold (cash, transfer)"),
            (r#"{"names": ["a", 5]}"#, "names[1] wrong-type 5 (string)"),
            (r#"{"names": ["a", "b\u0000"]}"#, "names[1] nul U+0000 (text without U+0000)"),
            (r#"{"names": "a"}"#, "names wrong-type a (array)"),
            (r#"{"yes": "true"}"#, "yes wrong-type true (boolean)"),
            (r#"{"yes": true, "yes": true}"#, "yes field-twice yes (1)"),
            (r#"{"no": 1}"#, "no unknown-field 1 (id, day, at, count, small, way, names, yes)"),
            (r#"[1"#, "syntax 1:2"),
            (r#""x""#, " wrong-type x (object)"),
        ] {
            assert_eq!(told(text), [expected], "{text}");
        }
        assert_eq!(told(r#"{"id": "x", "count": -1}"#).len(), 2, "all at once");
        assert!(from_slice::<Sent>(b"{\"way\": \"cash\"}").is_ok());
    }
}

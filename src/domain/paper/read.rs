//! A paper from JSON: every value that does not fit its field is named, not only the first.

use super::*;
use crate::domain::problem::FieldProblem;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// No sender needs to hear of more at once.
const MOST_PROBLEMS: usize = 50;

/// Reads `{"kind": "certificate", ...}`. Says nothing yet about [`Paper::problems`] and [`Paper::missing`].
///
/// # Errors
/// Unknown kind, unknown fields, values of the wrong type, each with its path.
pub fn from_json(mut value: Value) -> Result<Paper, Vec<FieldProblem>> {
    let Some(fields) = value.as_object_mut() else {
        return Err(vec![FieldProblem::new("", "wrong-type", type_name(&value), "object")]);
    };
    let kind = fields.remove("kind").unwrap_or(Value::Null);
    Ok(match kind.as_str() {
        Some("certificate") => Paper::Certificate(Box::new(read(value)?)),
        Some("identity_card") => Paper::IdentityCard(read(value)?),
        Some("power_of_attorney") => Paper::PowerOfAttorney(read(value)?),
        Some("marriage_certificate") => Paper::MarriageCertificate(read(value)?),
        Some("tax_notice") => Paper::TaxNotice(read(value)?),
        Some("planning_extract") => Paper::PlanningExtract(read(value)?),
        Some("other") => Paper::Other(read(value)?),
        found => {
            let found = found.map_or_else(|| kind.to_string(), str::to_owned);
            return Err(vec![FieldProblem::new("kind", "unknown-kind", found, Paper::KINDS.join(", "))]);
        }
    })
}

/// Reads, and after each problem takes the value that caused it away and reads again, so that all are told at once.
fn read<T: DeserializeOwned>(mut value: Value) -> Result<T, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(value.clone()) {
            Ok(paper) if problems.is_empty() => return Ok(paper),
            Ok(_) => return Err(problems),
            Err(error) => error,
        };
        let path = error.path().clone();
        let told = problem(&path.to_string(), &error.into_inner().to_string(), &value);
        // A required value that was taken away is missed next; it has been told of already.
        if problems.iter().all(|p: &FieldProblem| p.field != told.field) {
            problems.push(told);
        }
        if problems.len() == MOST_PROBLEMS || !take_away(&mut value, &path) {
            return Err(problems);
        }
    }
}

/// Puts serde's sentence into parts: `invalid type: string "x", expected f64`.
fn problem(path: &str, sentence: &str, value: &Value) -> FieldProblem {
    let field = if path == "." { "" } else { path };
    let (head, expected) = sentence.split_once(", expected ").unwrap_or((sentence, ""));
    let code = match head.split_once('`').map_or(head, |(words, _)| words.trim_end()) {
        "unknown field" => "unknown-field",
        "missing field" => "missing-field",
        "unknown variant" => "unknown-value",
        _ if head.starts_with("invalid type") => "wrong-type",
        _ => "wrong-value",
    };
    if let ("missing-field", Some(name)) = (code, head.split('`').nth(1)) {
        let parent = field.strip_suffix(name).map_or(field, |p| p.trim_end_matches('.'));
        let full = if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
        return FieldProblem::new(full, code, "", name);
    }
    let found = at(value, field).map_or_else(|| head.to_owned(), shown);
    let (code, allowed) = match (code, expected) {
        ("wrong-value", "") if is_about_a_day(head) => ("date-format", "YYYY-MM-DD"),
        ("wrong-value", "") => (code, head),
        (_, "a `Date`") => (code, "YYYY-MM-DD"),
        (_, "f64") => (code, "number"),
        (_, "i32" | "i64") => (code, "integer"),
        _ => (code, expected),
    };
    FieldProblem::new(field, code, found, allowed)
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

fn type_name(value: &Value) -> &'static str {
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

/// Takes the named value out; false when it cannot be found.
fn take_away(value: &mut Value, path: &serde_path_to_error::Path) -> bool {
    use serde_path_to_error::Segment;
    let segments: Vec<&Segment> = path.iter().collect();
    let Some((last, parents)) = segments.split_last() else { return false };
    let mut here = value;
    for segment in parents {
        let next = match segment {
            Segment::Map { key } => here.get_mut(key),
            Segment::Seq { index } => here.get_mut(*index),
            Segment::Enum { variant } => here.get_mut(variant),
            Segment::Unknown => None,
        };
        let Some(next) = next else { return false };
        here = next;
    }
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
#[path = "read_tests.rs"]
mod tests;

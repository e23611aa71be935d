//! What each route may be asked: the parameters of its path and query, as its own OpenAPI description names them. Another
//! name, or a value of another shape, is refused here, for every route alike, before a handler sees it.

use super::problem::{Kind, Problem, Result};
use crate::domain::problem::FieldProblem;
use axum::extract::{Query, RawPathParams};
use axum::http::{Method, Uri};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

static ROUTES: LazyLock<BTreeMap<(String, String), Vec<Param>>> = LazyLock::new(|| read(&super::openapi()));

struct Param {
    name: String,
    in_path: bool,
    shape: Shape,
}

enum Shape {
    Text,
    OneOf(Vec<String>),
    Whole { least: Option<i64>, most: Option<i64> },
    Number,
    Boolean,
    Uuid,
    Day,
    Instant,
}

fn read(document: &Value) -> BTreeMap<(String, String), Vec<Param>> {
    let mut routes = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (verb, operation) in item.as_object().into_iter().flatten() {
            let params = operation["parameters"].as_array().into_iter().flatten();
            let params = params.filter(|p| p["in"] == "path" || p["in"] == "query").map(|p| Param {
                name: p["name"].as_str().unwrap_or_default().to_owned(),
                in_path: p["in"] == "path",
                shape: Shape::of(&p["schema"]),
            });
            routes.insert((verb.to_uppercase(), path.clone()), params.collect());
        }
    }
    routes
}

impl Shape {
    fn of(schema: &Value) -> Self {
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|k| *k != "null").and_then(Value::as_str),
            one => one.as_str(),
        };
        let format = schema["format"].as_str();
        if let Some(names) = schema["enum"].as_array() {
            return Self::OneOf(names.iter().filter_map(|n| n.as_str().map(str::to_owned)).collect());
        }
        match (kind, format) {
            (Some("integer"), format) => {
                let whole = |bound: &str| schema[bound].as_f64().map(|b| b as i64);
                let (low, high) =
                    if format == Some("int32") { (i32::MIN.into(), i32::MAX.into()) } else { (i64::MIN, i64::MAX) };
                Self::Whole { least: whole("minimum").or(Some(low)), most: whole("maximum").or(Some(high)) }
            }
            (Some("number"), _) => Self::Number,
            (Some("boolean"), _) => Self::Boolean,
            (_, Some("uuid")) => Self::Uuid,
            (_, Some("date")) => Self::Day,
            (_, Some("date-time")) => Self::Instant,
            _ => Self::Text,
        }
    }

    /// What is wrong with a value: a code, and what is allowed.
    fn fault(&self, value: &str) -> Option<(&'static str, String)> {
        if value.contains('\0') {
            return Some(("nul", "text without U+0000".into()));
        }
        match self {
            Self::Text => None,
            Self::OneOf(names) => (!names.iter().any(|n| n == value)).then(|| ("not-in-list", names.join(", "))),
            Self::Whole { least, most } => {
                let bounds = format!("{}-{}", least.unwrap_or(i64::MIN), most.unwrap_or(i64::MAX));
                match value.parse::<i64>() {
                    Ok(n) if least.is_none_or(|l| n >= l) && most.is_none_or(|m| n <= m) => None,
                    Ok(_) => Some(("range", bounds)),
                    Err(_) => Some(("wrong-type", "integer".into())),
                }
            }
            Self::Number => {
                let good = value.parse::<f64>().is_ok_and(f64::is_finite);
                (!good).then(|| ("wrong-type", "number".into()))
            }
            Self::Boolean => (!matches!(value, "true" | "false")).then(|| ("wrong-type", "true, false".into())),
            Self::Uuid => Uuid::parse_str(value).is_err().then(|| ("wrong-type", "uuid".into())),
            Self::Day => {
                let bad = Date::parse(value, format_description!("[year]-[month]-[day]")).is_err();
                bad.then(|| ("date-format", "YYYY-MM-DD".into()))
            }
            Self::Instant => {
                let bad = OffsetDateTime::parse(value, &Rfc3339).is_err();
                bad.then(|| ("date-format", "YYYY-MM-DDThh:mm:ssZ".into()))
            }
        }
    }
}

/// Refuses what the route is not asked for. `path` as axum writes it.
pub fn check(method: &Method, path: &str, values: &RawPathParams, uri: &Uri) -> Result<()> {
    let verb = if method == Method::HEAD { "GET" } else { method.as_str() };
    let Some(params) = ROUTES.get(&(verb.to_owned(), path.to_owned())) else { return Ok(()) };
    let mut errors = Vec::new();
    let mut seen = BTreeSet::new();
    let asked = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(asked)| asked).unwrap_or_default();
    let in_path = values.iter().map(|(name, value)| (true, name.to_owned(), value.to_owned()));
    for (in_path, name, value) in in_path.chain(asked.into_iter().map(|(n, v)| (false, n, v))) {
        let Some(param) = params.iter().find(|p| p.in_path == in_path && p.name == name) else {
            let names: Vec<&str> = params.iter().filter(|p| !p.in_path).map(|p| p.name.as_str()).collect();
            let allowed = if names.is_empty() { "-".to_owned() } else { names.join(", ") };
            errors.push(FieldProblem::new(&name, "unknown-parameter", &name, allowed));
            continue;
        };
        if !seen.insert((in_path, name.clone())) {
            errors.push(FieldProblem::new(&name, "field-twice", &name, "1"));
        }
        if let Some((code, allowed)) = param.shape.fault(&value) {
            errors.push(FieldProblem::new(&name, code, &value, allowed));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem { errors, ..Problem::new(Kind::Refused) }) }
}

//! A year in a form that two runs of it can be compared by: what happened on which day in which matter, without ids,
//! instants, or who of a department did it.

use super::people::seat;
use super::promise::Told;
use crate::domain::calendar::day_of;
use crate::domain::verify::sha256_hex;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Fields that depend on who was free, or on how often something was tried.
const LEFT_OUT: [&str; 5] = ["assignee", "owner", "job", "from", "sha256"];

/// Lines of one case under the index of its matter, in an order that is the same for every run.
fn lines(index: usize, told: &Told) -> Vec<String> {
    let mut out = vec![format!("{index} {} {}", told.state, told.turn)];
    let mut events: Vec<String> = Vec::new();
    for event in &told.events {
        let (kind, data) = event.what.parts().unwrap_or_default();
        let data = plain(data);
        events.push(format!("{index} {} {} {kind} {data}", day_of(event.at), seat(&event.actor)));
    }
    // On one day several jobs may tell of a case, in any order.
    events.sort();
    out.extend(events);
    let mut rest: Vec<String> =
        told.tasks.iter().map(|t| format!("{index} task {} {} {} {}", t.kind, t.department, t.state, t.due)).collect();
    let items = |id: Uuid| {
        let mut states: Vec<&str> = told.items.iter().filter(|i| i.request == id).map(|i| i.state.as_str()).collect();
        states.sort_unstable();
        states.join(",")
    };
    rest.extend(told.requests.iter().map(|r| format!("{index} request {} {} {}", r.due, r.reminded, items(r.id))));
    let a = &told.agreed;
    rest.extend(a.called.iter().map(|(no, due, open)| format!("{index} instalment {no} {due} {open}")));
    rest.push(format!("{index} agreed {} {} {:?} {}", a.concluded, a.plans, a.received, a.handed_over));
    rest.extend(told.issues.iter().map(|i| format!("{index} issue {}", i.open)));
    rest.sort();
    out.extend(rest);
    out
}

/// Data without ids (only that one is there) and without what is left out.
fn plain(value: Value) -> Value {
    match value {
        Value::String(s) if Uuid::parse_str(&s).is_ok() => Value::from("#"),
        Value::String(s) => {
            // `task.<id>`, `staff:<id>`
            let parts = s.split_inclusive(['.', ':']);
            let masked = parts.map(|p| match p.trim_end_matches(['.', ':']) {
                id if Uuid::parse_str(id).is_ok() => p.replace(id, "#"),
                _ => p.to_owned(),
            });
            Value::from(masked.collect::<String>())
        }
        Value::Array(all) => all.into_iter().map(plain).collect(),
        Value::Object(all) => all
            .into_iter()
            .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()))
            .map(|(name, v)| (name, plain(v)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other,
    }
}

/// Every line of a year, matters in their order, and the SHA-256 over them (hex).
pub fn digest(cases: &BTreeMap<usize, Told>) -> (Vec<String>, String) {
    let all: Vec<String> = cases.iter().flat_map(|(index, told)| lines(*index, told)).collect();
    let hash = sha256_hex(all.join("\n").as_bytes());
    (all, hash)
}

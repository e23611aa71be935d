use super::change::{at_version, leads, lock_of, write};
use super::fields::{exit_waits_for, kind_of, write_fields};
use super::view::{TaskResult, TaskView, place};
use crate::app::App;
use crate::domain::plan::{Condition, Field};
use crate::domain::problem::FieldProblem;
use crate::domain::verify::text;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::task::TaskRow;
use crate::store::{task_photo, task_value};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Ends a task with what came of it: words, points measured in the field, photos sent before; and values for its fields. Kept
/// sealed. Refused while a required field is empty or what must hold at its end does not.
pub async fn return_result(
    app: &App,
    by: &Actor,
    id: Uuid,
    version: i32,
    result: TaskResult,
    values: &BTreeMap<String, Value>,
) -> Result<TaskView> {
    let problems = problems(&result);
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let mut tx = begin(app).await?;
    lock_of(&mut tx, id).await?;
    for (i, sha256) in result.photos.iter().enumerate() {
        if task_photo::get(&mut tx, id, sha256).await?.is_none() {
            let allowed = "a photo that was sent for this task";
            return Err(Error::refused(format!("photos[{i}]"), "photo-unknown", sha256, allowed));
        }
    }
    let mut task = at_version(&mut tx, id, version, &["accepted", "started", "paused"]).await?;
    if task.assignee != by.id && !leads(by) {
        return Err(Error::Forbidden("task-of-somebody-else"));
    }
    if !values.is_empty() {
        write_fields(app, &mut tx, by, &task, values).await?;
    }
    complete(app, &mut tx, &task).await?;
    let plain = serde_json::to_vec(&result).map_err(|e| Error::Broken(e.into()))?;
    task.result = Some(app.vault.seal(&place(id), &plain)?);
    task.state = "done".into();
    let detail = json!({ "points": result.points.len(), "photos": result.photos });
    write(app, tx, by, task, "done", detail).await
}

async fn complete(app: &App, tx: &mut PgConnection, task: &TaskRow) -> Result<()> {
    let fields = kind_of(tx, task).await?.map(|k| k.fields).unwrap_or_default();
    let filled: Vec<String> = task_value::latest(tx, task.id).await?.into_iter().map(|v| v.field).collect();
    let empty = fields.iter().filter(|f| f.required && !filled.contains(&f.code));
    let lacking = |f: &Field| {
        let titled = |lang| (String::new(), f.title.in_lang(lang).to_owned());
        FieldProblem::new(format!("values.{}", f.code), "required", "nothing", &f.title.en).said(titled)
    };
    let mut lacks: Vec<FieldProblem> = empty.map(lacking).collect();
    let waits = |c: Condition| {
        let words = |lang| (text::message(lang, &c.said()), String::new());
        FieldProblem::new("exit", "exit-condition", &c, "what must hold before it ends").said(words)
    };
    lacks.extend(exit_waits_for(app, tx, task).await?.into_iter().map(waits));
    if lacks.is_empty() { Ok(()) } else { Err(Error::Refused(lacks)) }
}

const MOST: usize = 500;

fn problems(r: &TaskResult) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    let length = r.summary.chars().count();
    if r.summary.trim().is_empty() || length > 4000 {
        found.push(FieldProblem::new("summary", "length", length, "1-4000 characters"));
    }
    for (field, count) in [("points", r.points.len()), ("photos", r.photos.len())] {
        if count > MOST {
            found.push(FieldProblem::new(field, "range", count, format!("up to {MOST}")));
        }
    }
    for (i, p) in r.points.iter().take(MOST).enumerate() {
        for (name, value, low, high) in
            [("lon", p.lon, -180.0, 180.0), ("lat", p.lat, -90.0, 90.0), ("accuracy_m", p.accuracy_m, 0.0, 1000.0)]
        {
            if !(low..=high).contains(&value) {
                let allowed = format!("{low} to {high}");
                found.push(FieldProblem::new(format!("points[{i}].{name}"), "range", value, allowed));
            }
        }
        if p.label.chars().count() > 100 {
            found.push(FieldProblem::new(format!("points[{i}].label"), "length", &p.label, "up to 100 characters"));
        }
    }
    for (i, sha) in r.photos.iter().take(MOST).enumerate() {
        if sha.len() != 64 || !sha.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            found.push(FieldProblem::new(format!("photos[{i}]"), "sha256", sha, "64 hex digits, lower case"));
        }
    }
    found
}

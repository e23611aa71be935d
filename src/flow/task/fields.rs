//! The fields of a task: what can be filled in, what was, by whom. Values are sealed and every version of them stays.

use super::change::{existing, leads, lock_of};
use crate::app::App;
use crate::domain::calendar::shown;
use crate::domain::plan::{Condition, Field, Kind, PlanBook, fault};
use crate::domain::problem::FieldProblem;
use crate::domain::staff::Purpose;
use crate::domain::verify::text::Lang;
use crate::flow::case::{Found, Reading, raise_found};
use crate::flow::plan;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::lease;
use crate::store::task::TaskRow;
use crate::store::task_photo;
use crate::store::task_value::{self, ValueRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Values for fields of a task; what is not named stays.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"values": {"receipt_number": "H01.22-261005-0007", "submitted_on": "2026-10-05"}}))]
pub struct NewValues {
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, Value>,
}

/// The form of a task: its fields, and which are filled (without their values).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FormView {
    pub task_id: Uuid,
    #[schema(value_type = Vec<Object>)]
    pub fields: Vec<Field>,
    /// Version of each field that has a value.
    pub versions: BTreeMap<String, i32>,
    /// Required fields without a value.
    pub missing: Vec<String>,
    /// Conditions that must hold before the task ends and do not.
    pub exit_waits_for: Vec<String>,
}

/// A value, opened.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FieldValue {
    pub field: String,
    pub version: i32,
    #[schema(value_type = Object)]
    pub value: Value,
    pub by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The lease it was captured under; none: written on line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<Uuid>,
}

/// The kind of a task with its fields: as the case's plan has it, or as the shipped plans do for a task from elsewhere.
pub(crate) async fn kind_of(conn: &mut PgConnection, task: &TaskRow) -> Result<Option<Kind>> {
    if let Some(plan) = plan::of_task(conn, task.plan_id).await? {
        return Ok(plan.kinds.get(&task.kind).cloned());
    }
    Ok(PlanBook::shipped().map_err(anyhow::Error::msg)?.kind(&task.kind).cloned())
}

pub async fn form(app: &App, id: Uuid) -> Result<FormView> {
    let mut tx = begin(app).await?;
    form_in(app, &mut tx, id).await
}

async fn form_in(app: &App, tx: &mut PgConnection, id: Uuid) -> Result<FormView> {
    let task = existing(tx, id).await?;
    let fields = kind_of(tx, &task).await?.map(|k| k.fields).unwrap_or_default();
    let versions: BTreeMap<String, i32> =
        task_value::latest(tx, id).await?.into_iter().map(|v| (v.field, v.version)).collect();
    let lacks = |f: &&Field| f.required && !versions.contains_key(&f.code);
    let missing = fields.iter().filter(lacks).map(|f| f.code.clone()).collect();
    let exit_waits_for = exit_waits_for(app, tx, &task).await?.iter().map(ToString::to_string).collect();
    Ok(FormView { task_id: id, fields, versions, missing, exit_waits_for })
}

/// Conditions of a task's end that do not hold.
pub(super) async fn exit_waits_for(app: &App, tx: &mut PgConnection, task: &TaskRow) -> Result<Vec<Condition>> {
    let Some(plan) = plan::of_task(tx, task.plan_id).await? else { return Ok(Vec::new()) };
    let Some(step) = plan.step(&task.kind).filter(|s| !s.exit.is_empty()) else { return Ok(Vec::new()) };
    let facts = plan::facts(app, tx, task.case_id).await?;
    Ok(facts.lacking(&step.exit).into_iter().cloned().collect())
}

/// Writes fields of a task that is being worked on: by who has it, or leads. Fields that somebody holds under a lease far from
/// any line are refused, except from who leads (what comes back later then stands in conflict with it).
pub async fn set_fields(app: &App, by: &Actor, id: Uuid, new: NewValues) -> Result<FormView> {
    let mut tx = begin(app).await?;
    lock_of(&mut tx, id).await?;
    let task = existing(&mut tx, id).await?;
    if task.assignee != by.id && !leads(by) {
        return Err(Error::Forbidden("task-of-somebody-else"));
    }
    if !matches!(task.state.as_str(), "accepted" | "started" | "paused") {
        return Err(Error::Conflict { code: "task-state", detail: format!("the task is {}", task.state) });
    }
    write_fields(app, &mut tx, by, &task, &new.values).await?;
    let view = form_in(app, &mut tx, id).await?;
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

/// Checks values against the form, and writes those that differ from what stands.
pub(super) async fn write_fields(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    task: &TaskRow,
    values: &BTreeMap<String, Value>,
) -> Result<()> {
    let fields = kind_of(tx, task).await?.map(|k| k.fields).unwrap_or_default();
    let mut problems = Vec::new();
    for (code, value) in values {
        match fields.iter().find(|f| f.code == *code) {
            None => {
                let known: Vec<&str> = fields.iter().map(|f| f.code.as_str()).collect();
                problems.push(FieldProblem::new(format!("values.{code}"), "unknown-field", code, known.join(", ")));
            }
            Some(f) => problems.extend(value_fault(tx, task.id, f, value).await?),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let held = lease::of_task(tx, task.id).await?.filter(|l| l.expires_at > app.clock.now());
    if let Some(held) = held.filter(|l| Some(l.staff_id) != by.id && !leads(by))
        && let Some(field) = values.keys().find(|k| held.fields.contains(k))
    {
        return Err(Error::Conflict {
            code: "field-leased",
            detail: format!("{field} until {}", shown(held.expires_at)),
        });
    }
    let stands: BTreeMap<String, ValueRow> =
        task_value::latest(tx, task.id).await?.into_iter().map(|v| (v.field.clone(), v)).collect();
    for (field, value) in fields.iter().filter_map(|f| Some((f, values.get(&f.code)?))) {
        let stands = stands.get(&field.code);
        if stands.is_none_or(|v| v.print != print(app, value)) {
            write_value(app, tx, by, (task, field, stands.map_or(0, |v| v.version) + 1), value, None).await?;
        }
    }
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "task.set_fields",
        subject: format!("task/{}", task.id),
        case_id: Some(task.case_id),
        detail: json!({ "fields": values.keys().collect::<Vec<_>>() }),
    };
    Ok(audit::write(tx, &deed).await?)
}

/// What is wrong with a value; photos must have been sent for the task.
pub(crate) async fn value_fault(
    tx: &mut PgConnection,
    task: Uuid,
    field: &Field,
    value: &Value,
) -> Result<Option<FieldProblem>> {
    use crate::domain::plan::FieldKind;
    if let Some(wrong) = fault(field, value) {
        return Ok(Some(FieldProblem { field: format!("values.{}", field.code), ..wrong }));
    }
    if field.kind == FieldKind::Photos {
        for sha256 in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
            if task_photo::get(tx, task, sha256).await?.is_none() {
                let name = format!("values.{}", field.code);
                let allowed = "a photo that was sent for this task";
                return Ok(Some(FieldProblem::new(name, "photo-unknown", sha256, allowed)));
            }
        }
    }
    Ok(None)
}

/// A keyed hash by which two values are seen to be the same.
pub(crate) fn print(app: &App, value: &Value) -> Vec<u8> {
    app.vault.index("task_value", value.to_string().as_bytes()).to_vec()
}

/// Writes one version of one field: (task, field, version). A value that says that something is wrong raises a problem of the case.
pub(crate) async fn write_value(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    (task, field, version): (&TaskRow, &Field, i32),
    value: &Value,
    lease_id: Option<Uuid>,
) -> Result<()> {
    let plain = serde_json::to_vec(value).map_err(|e| Error::Broken(e.into()))?;
    let row = ValueRow {
        task_id: task.id,
        field: field.code.clone(),
        version,
        sealed: app.vault.seal(&place(task.id, &field.code, version), &plain)?,
        print: print(app, value),
        by: by.login.clone(),
        at: app.clock.now(),
        lease_id,
    };
    task_value::insert(tx, &row).await?;
    if let Some(topic) = field.topic_of(value) {
        let words = format!("{} ({})", field.said(value, Lang::Vi), field.said(value, Lang::En));
        let found =
            Found { topic, words, origin: format!("task/{}/{}/{topic}", task.id, field.code), not_before: None };
        raise_found(app, tx, by, task.case_id, found).await?;
    }
    Ok(())
}

pub(crate) fn place(task: Uuid, field: &str, version: i32) -> String {
    format!("task/{task}/field/{field}/{version}")
}

pub(crate) fn open_value(app: &App, row: &ValueRow) -> Result<Value> {
    let plain = app.vault.open(&place(row.task_id, &row.field, row.version), &row.sealed)?;
    serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))
}

/// The values that stand in a task's fields: a logged read.
pub async fn values(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<Vec<FieldValue>> {
    let task = existing(&mut *app.pool.acquire().await?, id).await?;
    let mut reading = Reading::begin(app, by, task.case_id, purpose).await?;
    let rows = task_value::latest(&mut reading.tx, id).await?;
    reading.log(&format!("task/{id}/fields")).await?;
    let open = |row: ValueRow| {
        let value = open_value(app, &row)?;
        let (field, version, by, at, lease_id) = (row.field, row.version, row.by, row.at, row.lease_id);
        Ok(FieldValue { field, version, value, by, at, lease_id })
    };
    let views = rows.into_iter().map(open).collect::<Result<Vec<_>>>()?;
    reading.end().await?;
    Ok(views)
}

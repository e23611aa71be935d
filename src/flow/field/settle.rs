use super::tray::{ItemView, captured};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::staff::Role;
use crate::flow::case::{self, Entry};
use crate::flow::staff::Actor;
use crate::flow::task::{kind_of, print, value_fault, write_value};
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::field_batch::{self as store, ItemRow};
use crate::store::{task, task_value};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a person decides about a value in conflict or in the tray.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"take": "sent", "reason": "The surveyor measured again on the spot."}))]
pub struct SettleItem {
    /// sent: the captured value becomes the newest version; standing: what stands stays.
    pub take: String,
    pub reason: String,
}

/// Decides between the value that was sent and the one that stands; both stay in the record. By legal or who leads.
pub async fn settle(app: &App, by: &Actor, id: Uuid, how: SettleItem) -> Result<ItemView> {
    if !by.has_any(&[Role::Legal, Role::Manager]) {
        return Err(Error::Forbidden("legal-or-leaders-only"));
    }
    if !["sent", "standing"].contains(&how.take.as_str()) {
        return Err(Error::refused("take", "not-in-list", how.take, "sent, standing"));
    }
    let length = how.reason.trim().chars().count();
    if !(1..=500).contains(&length) {
        return Err(Error::refused("reason", "length", length, "1-500 characters"));
    }
    let mut tx = begin(app).await?;
    let missing = || Error::NotFound { what: "item", id: id.to_string() };
    let row = store::item(&mut tx, id).await?.ok_or_else(missing)?;
    if row.outcome == "applied" {
        return Err(Error::Conflict { code: "item-settled", detail: "it was applied".into() });
    }
    if let Some(case) = row.case_id {
        case::lock(&mut tx, case).await?;
    }
    if !store::settle(&mut tx, id, &how.take, &by.login, app.clock.now()).await? {
        return Err(Error::Conflict { code: "item-settled", detail: "somebody decided before".into() });
    }
    if how.take == "sent" {
        apply(app, &mut tx, by, &row).await?;
    }
    if let Some(case) = row.case_id {
        let sealed = Some(json!({ "reason": how.reason.trim() }));
        let told = Entry { what: Happened::ConflictSettled { item: id }, sealed };
        case::record(app, &mut tx, by, case, told).await?;
    }
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "field.settle",
        subject: format!("field_item/{id}"),
        case_id: row.case_id,
        detail: json!({"took": how.take, "outcome": row.outcome, "why": row.why}),
    };
    audit::write(&mut tx, &deed).await?;
    let row = store::item(&mut tx, id).await?.ok_or_else(missing)?;
    let view = ItemView::from(row);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

/// The captured value becomes the newest version, when it is a value of a field of a task that was not cancelled: of one that
/// is done too, where a value that came late may well be the right one.
async fn apply(app: &App, tx: &mut PgConnection, by: &Actor, row: &ItemRow) -> Result<()> {
    let unreadable = || Error::refused("take", "item-unreadable", "sent", "standing: what was sent names no field");
    let c = captured(app, row)?.ok_or_else(unreadable)?;
    let task = task::get(tx, c.task).await?.ok_or_else(unreadable)?;
    if task.state == "cancelled" {
        return Err(Error::Conflict { code: "task-state", detail: format!("the task is {}", task.state) });
    }
    let fields = kind_of(tx, &task).await?.map(|k| k.fields).unwrap_or_default();
    let field = fields.iter().find(|f| f.code == c.field).ok_or_else(unreadable)?;
    if let Some(wrong) = value_fault(tx, task.id, field, &c.value).await? {
        return Err(Error::Refused(vec![wrong]));
    }
    let stands = task_value::versions(tx, task.id, &c.field).await?;
    if stands.last().is_some_and(|v| v.print == print(app, &c.value)) {
        return Ok(());
    }
    let next = stands.last().map_or(0, |v| v.version) + 1;
    write_value(app, tx, by, (&task, field, next), &c.value, Some(c.lease)).await
}

//! Values that were sent, without what they say; and one of them with it, beside what stands.

use super::{Captured, place};
use crate::app::App;
use crate::domain::staff::{Purpose, Role};
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::task::{FieldValue, open_value};
use crate::flow::{Error, Result, begin};
use crate::store::audit::{self, Deed};
use crate::store::field_batch::{self as store, ItemRow};
use crate::store::task_value;
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

pub use crate::store::field_batch::ItemFilter;

/// A value that was sent, without what it says.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ItemView {
    pub id: Uuid,
    pub batch: Uuid,
    pub item: Option<Uuid>,
    pub case_id: Option<Uuid>,
    pub task_id: Option<Uuid>,
    pub field: Option<String>,
    pub sent_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<OffsetDateTime>,
    /// applied, conflict, tray.
    pub outcome: String,
    /// unreadable, name_used, no_lease, other_holder, field_not_leased, revoked, late, task_ended, bad_value, base_unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// It waits for a person.
    pub open: bool,
    /// sent, standing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<String>,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<OffsetDateTime>,
}

impl From<ItemRow> for ItemView {
    fn from(r: ItemRow) -> Self {
        Self {
            open: r.outcome != "applied" && r.took.is_none(),
            id: r.id,
            batch: r.batch_id,
            item: r.item_id,
            case_id: r.case_id,
            task_id: r.task_id,
            field: r.field,
            sent_by: r.sent_by,
            received_at: r.received_at,
            captured_at: r.captured_at,
            outcome: r.outcome,
            why: r.why,
            version: r.version,
            took: r.took,
            settled_by: r.settled_by,
            settled_at: r.settled_at,
        }
    }
}

/// A value that was sent beside the one that stands.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ItemDetail {
    #[serde(flatten)]
    pub item: ItemView,
    /// As it was sent; a text when it is no JSON.
    #[schema(value_type = Object)]
    pub sent: Value,
    pub standing: Option<FieldValue>,
}

/// In the order they came; at most 500 at once.
pub async fn items(app: &App, filter: &ItemFilter) -> Result<Vec<ItemView>> {
    let filter = ItemFilter { limit: filter.limit.clamp(1, 500), ..filter.clone() };
    let rows = store::page(&mut *app.pool.acquire().await?, &filter).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One with both values: a logged read. One that belongs to no case is for who leads.
pub async fn item(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<ItemDetail> {
    let missing = || Error::NotFound { what: "item", id: id.to_string() };
    let row = store::item(&mut *app.pool.acquire().await?, id).await?.ok_or_else(missing)?;
    let sent = sent(app, &row)?;
    let Some(case) = row.case_id else {
        read_of_no_case(app, by, id).await?;
        return Ok(ItemDetail { item: row.into(), sent, standing: None });
    };
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let mut standing = None;
    if let Some((task, field)) = row.task_id.zip(row.field.as_deref())
        && let Some(v) = task_value::versions(&mut reading.tx, task, field).await?.pop()
    {
        let value = open_value(app, &v)?;
        standing =
            Some(FieldValue { field: v.field, version: v.version, value, by: v.by, at: v.at, lease_id: v.lease_id });
    }
    reading.log(&format!("field_item/{id}")).await?;
    reading.end().await?;
    Ok(ItemDetail { item: row.into(), sent, standing })
}

async fn read_of_no_case(app: &App, by: &Actor, id: Uuid) -> Result<()> {
    if !by.has_any(&[Role::Manager]) {
        return Err(Error::Forbidden("leaders-only"));
    }
    let mut tx = begin(app).await?;
    let (at, subject) = (app.clock.now(), format!("field_item/{id}"));
    let deed = Deed { at, actor: &by.login, action: "field.read", subject, case_id: None, detail: json!({}) };
    audit::write(&mut tx, &deed).await?;
    Ok(tx.commit().await?)
}

fn sent(app: &App, row: &ItemRow) -> Result<Value> {
    let plain = app.vault.open(&place(row.id), &row.sealed)?;
    Ok(serde_json::from_slice(&plain).unwrap_or_else(|_| json!(String::from_utf8_lossy(&plain))))
}

/// What an item says; none: it cannot be read.
pub(super) fn captured(app: &App, row: &ItemRow) -> Result<Option<Captured>> {
    Ok(serde_json::from_value(sent(app, row)?).ok())
}

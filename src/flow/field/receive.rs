//! A batch comes in: stored before anybody looks at it, then every value in it gets its one outcome.

use super::{Captured, place};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::fieldwork::reconcile::{self, Fate, Lease, Standing, Why};
use crate::domain::plan::Field;
use crate::domain::shape;
use crate::flow::staff::Actor;
use crate::flow::task::{kind_of, print, value_fault, write_value};
use crate::flow::{Error, Result, begin, case, commit, job};
use crate::store::audit::{self, Deed};
use crate::store::field_batch::{self as store, BatchRow, ItemRow};
use crate::store::task::TaskRow;
use crate::store::{lease, queue, staff, task, task_value};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use uuid::Uuid;

/// What became of a batch. The same batch gets the same receipt, whenever and however often it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Receipt {
    pub batch: Uuid,
    /// SHA-256 of the body as it was received (hex).
    pub sha256: String,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    pub applied: u32,
    pub conflicts: u32,
    pub tray: u32,
    /// One for each value sent, in its order.
    pub items: Vec<ReceiptItem>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReceiptItem {
    /// As the device called it; none: it could not be read.
    pub item: Option<Uuid>,
    /// Under which it is found at `/field/items/{id}`.
    pub id: Uuid,
    /// applied, conflict or tray.
    pub outcome: String,
    /// The version it became; the one it stands in conflict with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// Why it waits in the tray.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl ReceiptItem {
    fn of(row: &ItemRow) -> Self {
        let (outcome, why) = (row.outcome.clone(), row.why.clone());
        Self { item: row.item_id, id: row.id, outcome, version: row.version, why }
    }
}

/// More values in one batch are not looked at one by one; the batch waits as a whole.
const MOST: usize = 2000;

/// Takes a batch: the body as it came. Should this end half-way, a job does the rest.
pub async fn receive(app: &App, by: &Actor, content: Bytes) -> Result<Receipt> {
    let Some(me) = by.id else { return Err(Error::Forbidden("person-only")) };
    if content.is_empty() {
        return Err(Error::refused("body", "empty", "0 bytes", "{\"items\": [...]}"));
    }
    let sha256 = app.scans.put(&content).await?;
    let (id, received_at) = (app.clock.new_id(), app.clock.now());
    let new = BatchRow { id, staff_id: me, sent_by: by.login.clone(), sha256, received_at };
    let mut tx = begin(app).await?;
    if store::insert(&mut tx, &new).await? {
        let key = format!("settle_batch:{id}");
        job::enqueue(&mut tx, "settle_batch", json!({ "batch_id": id }), Some(&key)).await?;
    }
    tx.commit().await?;
    let mut tx = begin(app).await?;
    let gone = || Error::Broken(anyhow::anyhow!("a batch that was stored is gone"));
    let batch = store::by_content(&mut tx, me, &new.sha256).await?.ok_or_else(gone)?;
    let receipt = work_off(app, &mut tx, by, batch.id).await?;
    commit(app, tx, by, &receipt, None).await?;
    Ok(receipt)
}

/// The job: works a batch off whose request did not get so far.
pub async fn settle_batch(app: &App, lease: &queue::Lease, batch: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    let system = Actor::system("settle_batch");
    let missing = || Error::NotFound { what: "batch", id: batch.to_string() };
    let row = store::locked(&mut tx, batch).await?.ok_or_else(missing)?;
    let by = match staff::get(&mut tx, row.staff_id).await? {
        Some(s) => Actor { id: Some(s.id), login: s.login, name: s.name, ..system },
        None => system,
    };
    work_off(app, &mut tx, &by, batch).await?;
    lease.complete(&mut tx).await?;
    Ok(tx.commit().await?)
}

async fn work_off(app: &App, tx: &mut PgConnection, by: &Actor, id: Uuid) -> Result<Receipt> {
    let missing = || Error::NotFound { what: "batch", id: id.to_string() };
    let batch = store::locked(tx, id).await?.ok_or_else(missing)?;
    if let Some(kept) = store::receipt(tx, id).await? {
        return serde_json::from_value(kept).map_err(|e| Error::Broken(e.into()));
    }
    let content = app.scans.get(&batch.sha256).await?;
    let sent = read(&content);
    let tasks: Vec<Uuid> = sent.iter().filter_map(|s| s.1.as_ref().map(|c| c.task)).collect();
    for case in task::cases_of(tx, &tasks).await? {
        case::lock(tx, case).await?;
    }
    let (mut items, mut counts) = (Vec::with_capacity(sent.len()), BTreeMap::new());
    for (position, (raw, captured)) in sent.into_iter().enumerate() {
        let row = one(app, tx, by, &batch, position, &raw, captured).await?;
        if row.batch_id == batch.id && row.position as usize == position {
            count(&mut counts, &row);
        }
        items.push(ReceiptItem::of(&row));
    }
    tell(app, tx, by, &batch, counts).await?;
    let of = |outcome: &str| u32::try_from(items.iter().filter(|i| i.outcome == outcome).count()).unwrap_or(u32::MAX);
    let (applied, conflicts, tray) = (of("applied"), of("conflict"), of("tray"));
    let (sha256, received_at) = (batch.sha256, batch.received_at);
    let receipt = Receipt { batch: id, sha256, received_at, applied, conflicts, tray, items };
    let kept = serde_json::to_value(&receipt).map_err(|e| Error::Broken(e.into()))?;
    store::keep_receipt(tx, id, &kept, app.clock.now()).await?;
    Ok(receipt)
}

/// The values of a body, each as it was sent and, when it can be read, what it says. What is no list of values is one that
/// cannot be read.
fn read(content: &[u8]) -> Vec<(Vec<u8>, Option<Captured>)> {
    let body: Option<Value> = serde_json::from_slice(content).ok();
    match body.as_ref().and_then(|b| b["items"].as_array()).filter(|items| items.len() <= MOST) {
        Some(items) => {
            let one = |raw: Vec<u8>| {
                let captured = shape::from_slice(&raw).ok();
                (raw, captured)
            };
            items.iter().map(|v| one(v.to_string().into_bytes())).collect()
        }
        None => vec![(content.to_vec(), None)],
    }
}

/// What becomes of one value. One that came before is not taken twice: its first outcome stands.
async fn one(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    batch: &BatchRow,
    position: usize,
    raw: &[u8],
    captured: Option<Captured>,
) -> Result<ItemRow> {
    let print = app.vault.index("field_item", raw).to_vec();
    let mut fate = Fate::Tray(Why::Unreadable);
    let (mut known, mut field) = (None, None);
    if let Some(c) = &captured {
        let before = store::named(tx, batch.staff_id, c.id).await?;
        if let Some(same) = before.iter().find(|b| b.print == print) {
            return Ok(same.clone());
        }
        known = task::get(tx, c.task).await?;
        if let Some(task) = &known {
            field = kind_of(tx, task).await?.and_then(|k| k.fields.into_iter().find(|f| f.code == c.field));
        }
        fate = if before.is_empty() {
            fate_of(app, tx, batch, c, known.as_ref().zip(Some(field.as_ref()))).await?
        } else {
            Fate::Tray(Why::NameUsed)
        };
    }
    let id = app.clock.new_id();
    let (outcome, why, version) = match (fate, captured.as_ref().zip(known.as_ref()).zip(field.as_ref())) {
        (Fate::Applied, Some(((c, task), field))) => {
            let next = task_value::newest(tx, c.task, &c.field).await? + 1;
            write_value(app, tx, by, (task, field, next), &c.value, Some(c.lease)).await?;
            ("applied", None, Some(next))
        }
        (Fate::Same, Some(((c, _), _))) => ("applied", None, Some(task_value::newest(tx, c.task, &c.field).await?)),
        (Fate::Conflict { with }, _) => ("conflict", None, Some(with)),
        (Fate::Tray(why), _) => ("tray", Some(why.as_str().to_owned()), None),
        (Fate::Applied | Fate::Same, None) => ("tray", Some(Why::Unreadable.as_str().to_owned()), None),
    };
    let row = ItemRow {
        id,
        batch_id: batch.id,
        position: i32::try_from(position).unwrap_or(i32::MAX),
        staff_id: batch.staff_id,
        item_id: captured.as_ref().map(|c| c.id),
        print,
        sealed: app.vault.seal(&place(id), raw)?,
        case_id: known.as_ref().map(|t| t.case_id),
        task_id: known.as_ref().map(|t| t.id),
        field: captured.as_ref().map(|c| c.field.chars().take(100).collect()),
        lease_id: captured.as_ref().map(|c| c.lease),
        base: captured.as_ref().map(|c| c.base),
        captured_at: captured.as_ref().map(|c| c.captured_at),
        outcome: outcome.into(),
        why,
        version,
        received_at: batch.received_at,
        sent_by: batch.sent_by.clone(),
        took: None,
        settled_by: None,
        settled_at: None,
    };
    store::insert_item(tx, &row).await?;
    Ok(row)
}

async fn fate_of(
    app: &App,
    tx: &mut PgConnection,
    batch: &BatchRow,
    c: &Captured,
    task: Option<(&TaskRow, Option<&Field>)>,
) -> Result<Fate> {
    let Some((task, field)) = task else { return Ok(Fate::Tray(Why::NoLease)) };
    let held = lease::get(tx, c.lease).await?.map(|l| Lease {
        id: l.id,
        holder: l.staff_id,
        task: l.task_id,
        fields: l.fields,
        expires_at: l.expires_at,
        revoked_at: l.revoked_at,
    });
    let fits = match field {
        Some(f) => value_fault(tx, task.id, f, &c.value).await?.is_none(),
        None => false,
    };
    let versions = task_value::versions(tx, task.id, &c.field).await?;
    let latest = versions.last();
    let stands = Standing {
        version: latest.map_or(0, |v| v.version),
        moved: versions.iter().any(|v| v.version > c.base && v.lease_id != Some(c.lease)),
        same: latest.is_some_and(|v| v.print == print(app, &c.value)),
        task_ended: matches!(task.state.as_str(), "done" | "cancelled"),
    };
    let item = reconcile::Captured { lease: c.lease, task: c.task, field: c.field.clone(), base: c.base };
    Ok(reconcile::fate(&item, held.as_ref(), batch.staff_id, batch.received_at, fits, &stands))
}

type Counts = BTreeMap<Uuid, (u32, u32, u32)>;

/// By case; what came under no lease of the sender is no news of a case.
fn count(counts: &mut Counts, row: &ItemRow) {
    let foreign =
        [Why::NoLease, Why::OtherHolder, Why::NameUsed].iter().any(|w| row.why.as_deref() == Some(w.as_str()));
    let Some(case) = row.case_id.filter(|_| !foreign) else { return };
    let n = counts.entry(case).or_default();
    match row.outcome.as_str() {
        "applied" => n.0 += 1,
        "conflict" => n.1 += 1,
        _ => n.2 += 1,
    }
}

async fn tell(app: &App, tx: &mut PgConnection, by: &Actor, batch: &BatchRow, counts: Counts) -> Result<()> {
    let cases: BTreeSet<Uuid> = counts.keys().copied().collect();
    for (case, (applied, conflicts, tray)) in counts {
        let what = Happened::FieldWorkReturned { batch: batch.id, applied, conflicts, tray };
        case::record(app, tx, by, case, what).await?;
    }
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "field.receive",
        subject: format!("field_batch/{}", batch.id),
        case_id: None,
        detail: json!({"sha256": batch.sha256, "cases": cases}),
    };
    Ok(audit::write(tx, &deed).await?)
}

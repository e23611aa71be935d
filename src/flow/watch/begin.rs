use super::look::{Seen, see};
use super::read::{WatchView, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case::{Entry, lock, record, record_all};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin as begin_tx, commit};
use crate::store::audit::{self, Deed};
use crate::store::watch::{self as store, OnRow, WatchRow};
use crate::store::{case, parcel};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Watches the parcel of a case from now on.
///
/// # Errors
/// `Conflict` `case-step` before the hand-over, `watch-consent` without the customer's consent, `watch-parcel` while the parcel
/// is not known, `watch-begun` when it is watched.
pub async fn begin(app: &App, by: &Actor, case: Uuid) -> Result<WatchView> {
    let ground = ground_of(app, case).await?;
    let mut tx = begin_tx(app).await?;
    let not_found = || Error::NotFound { what: "case", id: case.to_string() };
    let standing = lock(&mut tx, case).await?.ok_or_else(not_found)?;
    if !standing.step.finished() {
        let detail = format!("{}: not handed over", standing.step.name());
        return Err(Error::Conflict { code: "case-step", detail });
    }
    let no = |code| Error::Conflict { code, detail: case.to_string() };
    let consent = store::consent(&mut tx, case).await?.ok_or_else(|| no("watch-consent"))?;
    let ground = ground.ok_or_else(|| no("watch-parcel"))?;
    let row = start(app, &mut tx, by, case, consent, &ground).await?.ok_or_else(|| no("watch-begun"))?;
    record(app, &mut tx, by, case, Happened::WatchBegun { watch: row.id }).await?;
    let done = view(&mut tx, row).await?;
    commit(app, tx, by, &done, Some(format!("/api/v1/cases/{case}/watches"))).await?;
    Ok(done)
}

/// A parcel with what holds for it now. Looked at before a transaction begins: it takes connections of its own.
pub(super) struct Ground {
    zone: i32,
    parcel: Uuid,
    version: i32,
    seen: Seen,
}

impl Ground {
    pub(super) async fn of(app: &App, zone: i32, parcel: Uuid) -> Result<Self> {
        let gone = || Error::NotFound { what: "parcel", id: parcel.to_string() };
        let version = parcel::history(&app.pool, zone, parcel).await?.last().map(|p| p.version).ok_or_else(gone)?;
        Ok(Self { zone, parcel, version, seen: see(app, zone, parcel).await? })
    }
}

/// The parcel a case is about, as it stands or stood last, when the customer agreed to its watch.
pub(super) async fn ground_of(app: &App, id: Uuid) -> Result<Option<Ground>> {
    let mut conn = app.pool.acquire().await?;
    if store::consent(&mut conn, id).await?.is_none() {
        return Ok(None);
    }
    let parcel = case::get(&mut conn, id).await?.and_then(|row| row.zone.zip(row.parcel_id));
    drop(conn);
    match parcel {
        Some((zone, parcel)) => Ground::of(app, zone, parcel).await.map(Some),
        None => Ok(None),
    }
}

pub(super) async fn start(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    consent: Uuid,
    ground: &Ground,
) -> Result<Option<WatchRow>> {
    let at = app.clock.now();
    let row = WatchRow { id: app.clock.new_id(), case_id: case, consent_id: consent, began_at: at, ended_at: None };
    if !store::insert(tx, &row).await? {
        return Ok(None);
    }
    watch_on(app, tx, row.id, ground).await?;
    let deed = Deed {
        at,
        actor: &by.login,
        action: "watch.begin",
        subject: format!("watch/{}", row.id),
        case_id: Some(case),
        detail: json!({"consent": consent, "parcel": ground.parcel}),
    };
    audit::write(tx, &deed).await?;
    Ok(Some(row))
}

/// Adds a parcel to a watch, with what held for it when it was looked at.
pub(super) async fn watch_on(app: &App, tx: &mut PgConnection, watch: Uuid, ground: &Ground) -> Result<()> {
    let on = OnRow {
        id: app.clock.new_id(),
        watch_id: watch,
        zone: ground.zone,
        parcel_id: ground.parcel,
        parcel_version: ground.version,
        held: serde_json::to_value(&ground.seen.held).map_err(|e| Error::Broken(e.into()))?,
        rules: ground.seen.rules.clone(),
    };
    Ok(store::insert_on(tx, &on).await?)
}

/// Ends a watch, as the customer wishes.
pub async fn end(app: &App, by: &Actor, id: Uuid) -> Result<WatchView> {
    let mut tx = begin_tx(app).await?;
    let not_found = || Error::NotFound { what: "watch", id: id.to_string() };
    let row = store::get(&mut tx, id).await?.ok_or_else(not_found)?;
    lock(&mut tx, row.case_id).await?;
    let Some(entry) = stop(app, &mut tx, by, &row).await? else {
        return Err(Error::Conflict { code: "watch-ended", detail: id.to_string() });
    };
    record_all(app, &mut tx, by, row.case_id, vec![entry]).await?;
    let row = store::get(&mut tx, id).await?.ok_or_else(not_found)?;
    let done = view(&mut tx, row).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

/// In the transaction in which a consent is withdrawn: what rests on it ends.
pub(in crate::flow) async fn end_of_consent(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    consent: Uuid,
) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for row in store::of_consent(tx, consent).await? {
        entries.extend(stop(app, tx, by, &row).await?);
    }
    Ok(entries)
}

async fn stop(app: &App, tx: &mut PgConnection, by: &Actor, row: &WatchRow) -> Result<Option<Entry>> {
    let at = app.clock.now();
    if !store::end(tx, row.id, at).await? {
        return Ok(None);
    }
    let deed = Deed {
        at,
        actor: &by.login,
        action: "watch.end",
        subject: format!("watch/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"consent": row.consent_id}),
    };
    audit::write(tx, &deed).await?;
    Ok(Some(Happened::WatchEnded { watch: row.id }.into()))
}

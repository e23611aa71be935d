//! A map or a rule is another now: what holds for each watched parcel that it may concern is judged anew and compared.

use super::begin::{Ground, watch_on};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::parcel::history::moved_on;
use crate::domain::verify::Wish;
use crate::domain::watch::{Change, Held, PARCEL, changes, held};
use crate::flow::case::{Entry, lock, record_all};
use crate::flow::job::{Each, enqueue};
use crate::flow::parcel::steps_after;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, verification};
use crate::store::queue::Lease;
use crate::store::watch::{self as store, HitRow, OnRow, WatchRow};
use crate::store::{layer, parcel};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// As far as a map is looked at around a parcel, corridors included (m).
const REACH_M: f64 = 60.0;

/// What holds for a parcel now.
pub(super) struct Seen {
    pub held: Vec<Held>,
    /// Name of the rules.
    pub rules: String,
}

pub(super) async fn see(app: &App, zone: i32, id: Uuid) -> Result<Seen> {
    let area = parcel::current(&app.pool, zone, id).await?.and_then(|p| p.map_area);
    let judged = verification::inspect(app, zone, id, Wish::default()).await?;
    Ok(Seen { held: held(&judged.record, area), rules: judged.record.pins.rules })
}

/// In the transaction of a publication: somebody may have to hear of it.
pub(in crate::flow) async fn published(
    tx: &mut PgConnection,
    zone: i32,
    version: i64,
    replaced: Option<i64>,
) -> Result<()> {
    if store::any(tx, zone).await? {
        enqueue(tx, "watch_parcels", json!({"layer_version_id": version, "replaced": replaced}), None).await?;
    }
    Ok(())
}

/// The job after a publication. Each parcel is a transaction of its own; a second run finds nothing new.
pub async fn watch_parcels(app: &App, lease: &Lease, version: i64, replaced: Option<i64>) -> Result<()> {
    let by = Actor::system("watch_parcels");
    let mut conn = app.pool.acquire().await?;
    let which = layer::Which { id: Some(version), ..Default::default() };
    let not_found = || Error::NotFound { what: "layer version", id: version.to_string() };
    let made = layer::versions(&mut conn, which).await?.into_iter().next().ok_or_else(not_found)?;
    let ids = store::touched(&mut conn, made.zone, replaced, version, REACH_M).await?;
    drop(conn);
    let mut each = Each::default();
    for id in ids {
        each.take(id, look(app, &by, id, Some((version, &made.layer))).await)?;
    }
    each.end(app, lease).await
}

/// The daily job: rules come into force on days of their own.
pub async fn watch_rules(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("watch_rules");
    let (mut each, mut after) = (Each::default(), Uuid::nil());
    loop {
        let ids = store::page(&mut *app.pool.acquire().await?, after, 200).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        for id in ids {
            each.take(id, look(app, &by, id, None).await)?;
        }
    }
    each.end(app, lease).await
}

/// How often a parcel is looked at anew when another run was faster meanwhile.
const AGAIN: u32 = 3;

/// Looks at one watched parcel. `layer`: the version that was published and its layer's code. It is judged before the transaction
/// begins, which is for the row as it was found alone.
async fn look(app: &App, by: &Actor, id: Uuid, layer: Option<(i64, &str)>) -> Result<()> {
    for _ in 0..AGAIN {
        let found = store::lock_on(&mut *begin(app).await?, id).await?;
        let Some((on, watch)) = found else { return Ok(()) };
        let Some(now) = judge(app, &on, layer).await? else { return Ok(()) };
        let mut tx = begin(app).await?;
        match store::lock_on(&mut tx, id).await? {
            None => return Ok(()),
            Some((same, _)) if same == on => {}
            Some(_) => continue,
        }
        let told = keep(app, &mut tx, &on, now).await?;
        tell(app, &mut tx, by, &watch, &on, layer, told).await?;
        return Ok(tx.commit().await?);
    }
    Err(Error::Conflict { code: "watch-moved", detail: id.to_string() })
}

/// What there is to keep of a look.
enum Found {
    /// The parcel stands, at this version.
    Stands { seen: Seen, version: i32 },
    /// It is gone, or was never theirs; this is what is watched in its place, and its last name.
    Gone { was: String, heirs: Vec<(String, Ground)> },
}

/// None: nothing that it was judged by has changed.
async fn judge(app: &App, on: &OnRow, layer: Option<(i64, &str)>) -> Result<Option<Found>> {
    let first = store::first(&mut *app.pool.acquire().await?, on.watch_id).await?;
    let steps = steps_after(app, on.zone, &[first, on.parcel_id]).await?;
    if let Some(heirs) = moved_on(first, on.parcel_id, app.clock.now(), &steps) {
        return gone(app, on, heirs).await.map(Some);
    }
    let Some(row) = parcel::current(&app.pool, on.zone, on.parcel_id).await? else {
        // What came of it is not known yet: it stays watched, and nothing is said.
        return Ok(None);
    };
    if layer.is_none() && verification::rules_of_parcel(app, on.zone, on.parcel_id).await?.as_ref() == Some(&on.rules) {
        return Ok(None);
    }
    let seen = see(app, on.zone, on.parcel_id).await?;
    Ok(Some(Found::Stands { seen, version: row.version }))
}

async fn keep(app: &App, tx: &mut PgConnection, on: &OnRow, found: Found) -> Result<Vec<Told>> {
    match found {
        Found::Gone { was, heirs } => followed(app, tx, on, was, heirs).await,
        Found::Stands { seen, version } => {
            let before: Vec<Held> = serde_json::from_value(on.held.clone()).map_err(|e| Error::Broken(e.into()))?;
            let changed = changes(&before, &seen.held);
            let held = serde_json::to_value(&seen.held).map_err(|e| Error::Broken(e.into()))?;
            store::seen(tx, &OnRow { held, rules: seen.rules, parcel_version: version, ..on.clone() }).await?;
            Ok(changed.into_iter().map(|c| (short(c.was.as_ref()), short(c.now.as_ref()), c)).collect())
        }
    }
}

fn short(held: Option<&Held>) -> String {
    held.map_or_else(|| "unknown".to_owned(), Held::short)
}

/// What was, what is, and all of it.
type Told = (String, String, Change);

async fn gone(app: &App, on: &OnRow, to: BTreeSet<Uuid>) -> Result<Found> {
    let mut heirs = Vec::new();
    for heir in to {
        heirs.push((name(app, on.zone, heir).await?, Ground::of(app, on.zone, heir).await?));
    }
    Ok(Found::Gone { was: name(app, on.zone, on.parcel_id).await?, heirs })
}

/// As it is called, or was last.
async fn name(app: &App, zone: i32, id: Uuid) -> Result<String> {
    let last = parcel::history(&app.pool, zone, id).await?.pop();
    Ok(last.map(|p| format!("{}/{}/{}", p.commune_code, p.sheet, p.number)).unwrap_or_default())
}

/// What came of it is watched in its place.
async fn followed(
    app: &App,
    tx: &mut PgConnection,
    on: &OnRow,
    was: String,
    heirs: Vec<(String, Ground)>,
) -> Result<Vec<Told>> {
    for (_, ground) in &heirs {
        watch_on(app, tx, on.watch_id, ground).await?;
    }
    store::replaced(tx, on.id, app.clock.now()).await?;
    let names = heirs.into_iter().map(|h| h.0).collect::<Vec<_>>().join(", ");
    let change = Change { check: PARCEL.into(), subject: names.clone(), was: None, now: None };
    Ok(vec![(format!("parcel:{was}"), format!("parcel:{names}"), change)])
}

async fn tell(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    watch: &WatchRow,
    on: &OnRow,
    layer: Option<(i64, &str)>,
    found: Vec<Told>,
) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    lock(tx, watch.case_id).await?;
    // The customer may have withdrawn meanwhile: whoever has the case first is first.
    if store::get(tx, watch.id).await?.is_none_or(|w| w.ended_at.is_some()) {
        return Ok(());
    }
    let mut entries: Vec<Entry> = Vec::new();
    for (was, now, change) in found {
        let hit = HitRow {
            id: app.clock.new_id(),
            watch_id: watch.id,
            parcel_id: on.parcel_id,
            layer_version_id: layer.map(|l| l.0),
            at: app.clock.now(),
            change: serde_json::to_value(&change).map_err(|e| Error::Broken(e.into()))?,
        };
        store::insert_hit(tx, &hit).await?;
        let source = layer.map_or("rules", |l| l.1).to_owned();
        let (topic, subject) = (change.check, change.subject);
        entries.push(Happened::WatchHit { watch: watch.id, hit: hit.id, topic, subject, source, was, now }.into());
    }
    record_all(app, tx, by, watch.case_id, entries).await?;
    Ok(())
}

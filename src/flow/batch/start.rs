//! A run is asked for, and cut into chunks.

use crate::app::App;
use crate::domain::batch::{COLUMNS, Filter, Selection};
use crate::flow::commit::accept;
use crate::flow::job::{Specs, enqueue};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::batch::{pins, run, select};
use crate::store::queue::Lease;
use crate::store::{commune, layer as layers, zone};
use serde_json::json;
use uuid::Uuid;

use super::RunView;

/// Begins a run over the current parcels of a selection, as of today. Answered with 202.
pub async fn start(app: &App, by: &Actor, selection: Selection) -> Result<RunView> {
    check(app, &selection).await?;
    let (id, now) = (app.clock.new_id(), app.clock.now());
    let asked = serde_json::to_value(&selection).map_err(|e| Error::Broken(e.into()))?;
    let mut tx = begin(app).await?;
    run::insert(&mut tx, id, &asked, app.clock.today(), &by.login, now).await?;
    enqueue(&mut tx, "plan_batch", json!({"run_id": id}), Some(&format!("plan_batch:{id}"))).await?;
    super::control::deed(app, &mut tx, by, id, "verification_run.start", json!({"selection": asked})).await?;
    let row = run::lock(&mut tx, id).await?.ok_or_else(|| super::missing(id))?;
    let view = RunView::of(row, now);
    accept(app, tx, by, &view, format!("/api/v1/verification-runs/{id}")).await?;
    Ok(view)
}

async fn check(app: &App, s: &Selection) -> Result<()> {
    if s.is_empty() {
        return Err(Error::refused(
            "commune",
            "required",
            "nothing",
            "one or more of commune, zone, layer_version, where",
        ));
    }
    if let Some(code) = &s.commune
        && commune::find(&app.pool, code).await?.is_none()
    {
        return Err(Error::refused("commune", "commune-unknown", code, "the code of a commune of today"));
    }
    if let Some(srid) = s.zone
        && !zone::all(&mut *app.pool.acquire().await?).await?.iter().any(|z| z.srid == srid)
    {
        return Err(Error::refused("zone", "zone-unknown", srid, "EPSG code of a cadastral zone"));
    }
    if let Some(id) = s.layer_version {
        let mut conn = app.pool.acquire().await?;
        if layers::coverage(&mut conn, id).await?.is_none() {
            return Err(Error::refused(
                "layer_version",
                "layer-version-unknown",
                id,
                "a version of a layer with a coverage",
            ));
        }
    }
    filter(s).map(drop)
}

/// The filter of a selection, understood.
fn filter(s: &Selection) -> Result<Option<Filter>> {
    let Some(text) = &s.filter else { return Ok(None) };
    let columns: Vec<&str> = COLUMNS.iter().map(|c| c.0).collect();
    let allowed = format!(
        "CQL2 text over {}: = <> < <= > >=, LIKE, IN, BETWEEN, IS NULL, AND, OR, NOT, S_INTERSECTS(geom, WKT or BBOX)",
        columns.join(", ")
    );
    let filter = Filter::parse(text).map_err(|e| Error::refused("where", "cql", e, allowed))?;
    if filter.has_geometry() && s.zone.is_none() {
        return Err(Error::refused("zone", "required", "nothing", "the zone in whose metres S_INTERSECTS is meant"));
    }
    Ok(Some(filter))
}

/// The job: finds the parcels, cuts them into chunks and puts the chunks into the queue.
pub async fn plan(app: &App, lease: &Lease, run_id: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    pins::hold_maps(&mut tx).await?;
    let row = run::lock(&mut tx, run_id).await?.ok_or_else(|| super::missing(run_id))?;
    if row.state == "planning" {
        let pins = super::pins::pin(app, &mut tx, run_id).await?;
        let selection: Selection = serde_json::from_value(row.selection).map_err(|e| Error::Broken(e.into()))?;
        let size = app.config.limits.chunk_parcels;
        select::cut(&mut tx, run_id, &selection, filter(&selection)?.as_ref(), size).await?;
        let (chunks, parcels) = run::planned(&mut tx, run_id, app.clock.now()).await?;
        let by = Actor::system("plan_batch");
        let told = json!({"pins": pins, "chunks": chunks, "parcels": parcels});
        super::control::deed(app, &mut tx, &by, run_id, "verification_run.planned", told).await?;
        if chunks == 0 {
            super::chunk::finish(app, &mut tx, run_id).await?;
        }
        queue_open(&mut tx, run_id).await?;
    }
    lease.complete(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Every chunk that is open gets a job.
pub(super) async fn queue_open(conn: &mut sqlx::PgConnection, run_id: Uuid) -> Result<()> {
    let specs = Specs::shipped().map_err(anyhow::Error::msg)?;
    let spec = specs.0.get("verify_chunk").ok_or_else(|| Error::Broken(anyhow::anyhow!("no job kind verify_chunk")))?;
    run::enqueue_open(conn, run_id, &spec.kind, &spec.queue, spec.max_attempts).await?;
    Ok(())
}

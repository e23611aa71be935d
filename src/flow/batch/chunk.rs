//! One chunk of a run: read, judged, kept, in one transaction with the completion of its job.

use super::judge::{JudgedChunk, judge};
use super::pack::seal_inputs;
use super::read::read;
use crate::app::App;
use crate::domain::batch::{CHUNK, RunPins, run_root};
use crate::domain::verify::Basis;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::audit;
use crate::store::batch::run::{self, ChunkDone};
use crate::store::queue::Lease;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// The job: verifies the parcels of a chunk. A chunk that is done, or whose run was paused or cancelled, is left as it is.
pub async fn run_chunk(app: &App, lease: &Lease, run_id: Uuid, no: i32) -> Result<()> {
    let missing = || Error::NotFound { what: "verification_chunk", id: format!("{run_id}/{no}") };
    let chunk = run::chunk(&app.pool, run_id, no).await?.ok_or_else(missing)?;
    if chunk.done || chunk.run_state != "running" {
        let mut tx = begin(app).await?;
        // gone on with meanwhile: then this is its job
        let state = run::lock(&mut tx, run_id).await?.map(|r| r.state);
        if chunk.done || state.as_deref() != Some("running") {
            lease.complete(&mut tx).await?;
            return Ok(tx.commit().await?);
        }
    }
    let planned = chunk.pins.ok_or_else(|| Error::refused("pins", "run-pins", "none", "a run begun anew"))?;
    let pins: RunPins = serde_json::from_value(planned).map_err(|e| Error::Broken(e.into()))?;
    let window = read(app, &pins, chunk.zone, &chunk.parcels).await?;
    let themes = window.theme_set.clone();
    let judged = judge(app, run_id, no, chunk.parcels, window, chunk.as_of).await?;
    let bases = judged.rules.values().map(|r| Basis { rules: r.clone(), themes: themes.clone() });
    let bases: Vec<Basis> = bases.collect();
    let mut tx = begin(app).await?;
    for basis in &bases {
        crate::flow::verification::keep_basis(app, &mut tx, basis).await?;
    }
    let kept = keep(app, &mut tx, run_id, no, judged).await?;
    lease.complete(&mut tx).await?;
    if kept {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(())
}

/// Writes a chunk; false: somebody else was faster, or the run was cancelled meanwhile.
async fn keep(app: &App, conn: &mut PgConnection, run_id: Uuid, no: i32, judged: JudgedChunk) -> Result<bool> {
    let JudgedChunk { rows, counts, digest, quiet, inputs, .. } = judged;
    let signed = app.keys.signer()?.sign(CHUNK, &digest);
    let inputs = seal_inputs(app, run_id, no, &inputs)?;
    let now = app.clock.now();
    let done = ChunkDone {
        digest: &digest,
        key_id: &signed.key_id,
        signature: &signed.signature,
        quiet: &quiet,
        inputs: &inputs,
        at: now,
    };
    if !run::chunk_done(conn, run_id, no, &done).await? {
        return Ok(false);
    }
    rows.write(conn).await?;
    // Last, so that chunks of one run wait for each other's commit only.
    match run::count_chunk(conn, run_id, &counts).await? {
        None => Ok(false),
        Some(0) => finish(app, conn, run_id).await.map(|()| true),
        Some(_) => Ok(true),
    }
}

/// The last chunk is done: the run's root goes into the audit, and so into the hash chain.
pub(super) async fn finish(app: &App, conn: &mut PgConnection, run_id: Uuid) -> Result<()> {
    let Some(row) = run::lock(conn, run_id).await?.filter(|r| r.state != "cancelled") else { return Ok(()) };
    let now = app.clock.now();
    let root = run_root(&run::chunk_digests(&mut *conn, run_id).await?);
    run::finish(conn, run_id, &root, now).await?;
    let deed = audit::Deed {
        at: now,
        actor: &Actor::system("verify_chunk").login,
        action: "verification_run.done",
        subject: format!("verification_run/{run_id}"),
        case_id: None,
        detail: json!({"root": root, "parcels": row.parcels, "chunks": row.chunks}),
    };
    Ok(audit::write(conn, &deed).await?)
}

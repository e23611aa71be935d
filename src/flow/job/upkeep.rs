use super::Specs;
use crate::app::App;
use crate::flow::Result;
use crate::store::queue::{Lease, view, work};
use time::Duration;

/// How long a finished job stays to be looked at.
const KEEP_DONE: Duration = Duration::days(7);
const BATCH: i64 = 10_000;

/// Takes back lapsed leases of all queues and warns of dead letters, each with its owner.
pub async fn reap(app: &App, lease: &Lease) -> Result<()> {
    let mut tx = app.pool.begin().await?;
    let reaped = work::reap(&mut tx).await?;
    lease.complete(&mut tx).await?;
    tx.commit().await?;
    if reaped != work::Reaped::default() {
        tracing::warn!(again = reaped.again, dead = reaped.dead, "leases had lapsed");
    }
    for (kind, count) in view::dead_by_kind(&app.pool).await? {
        let spec = Specs::shipped().ok().and_then(|s| s.0.get(&kind));
        let owner = spec.map_or("nobody", |s| s.owner.as_str());
        tracing::warn!(kind, count, owner, "dead letters wait for a person");
    }
    Ok(())
}

/// Deletes old finished jobs, batch by batch.
pub async fn purge_finished(app: &App, lease: &Lease) -> Result<()> {
    let before = app.clock.now() - KEEP_DONE;
    loop {
        let mut tx = app.pool.begin().await?;
        let gone = view::purge_done(&mut tx, before, BATCH).await?;
        let last = gone < BATCH.unsigned_abs();
        if last {
            lease.complete(&mut tx).await?;
        }
        tx.commit().await?;
        if last {
            return Ok(());
        }
    }
}

/// Forgets sessions that are over and old idempotency keys.
pub async fn purge_sessions(app: &App, lease: &Lease) -> Result<()> {
    crate::flow::staff::sweep(app).await?;
    let mut tx = app.pool.begin().await?;
    lease.complete(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

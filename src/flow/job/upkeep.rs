use super::Specs;
use crate::app::App;
use crate::flow::Result;
use crate::store::queue::{self, Lease, view, work};
use time::Duration;

/// How long a finished job stays to be looked at.
const KEEP_DONE: Duration = Duration::days(7);
const BATCH: i64 = 10_000;

/// This clock and the database's may differ by so much before somebody is told.
const SKEW: Duration = Duration::seconds(5);

/// How far this clock is ahead of the database's (negative: behind).
pub async fn clock_skew(app: &App) -> Result<Duration> {
    let mut conn = app.pool.acquire().await?;
    let there = queue::database_time(&mut conn).await?;
    Ok(app.clock.now() - there)
}

/// Takes back lapsed leases of all queues and warns of dead letters, each with its owner, and of a clock that is wrong.
pub async fn reap(app: &App, lease: &Lease) -> Result<()> {
    let skew = clock_skew(app).await?;
    metrics::gauge!("diaba_clock_skew_seconds").set(skew.as_seconds_f64());
    if skew.abs() > SKEW && !app.clock.simulated() {
        tracing::error!(seconds = skew.as_seconds_f64(), "this clock and the database's differ");
    }
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

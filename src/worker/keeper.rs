//! Keeps the leases of this process alive and takes back those of others that have lapsed. A thread with a runtime and a
//! connection of its own: handlers that block every thread of the service cannot make it look dead.

use super::held::Held;
use super::link::{Link, in_time};
use crate::store::queue::work;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

pub(super) struct Keeper {
    stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
}

impl Keeper {
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.ended.await;
    }
}

pub(super) fn start(pool: &PgPool, held: Arc<Held>, lease: Duration) -> std::io::Result<Keeper> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let link = Link::new(pool, "diaba-leases", (lease / 3).max(Duration::from_millis(100)));
    let (stop, stopped) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    std::thread::Builder::new().name("job-leases".into()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                () = keep(link, &held, lease) => {}
                () = watch(&held, lease) => {}
                _ = stopped => {}
            }
        });
        let _ = end.send(());
    })?;
    Ok(Keeper { stop, ended })
}

async fn keep(mut link: Link, held: &Held, lease: Duration) {
    let mut beat = tokio::time::interval(lease / 4);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        if let Err(error) = once(&mut link, held, lease).await {
            tracing::warn!(%error, "leases could not be renewed");
        }
    }
}

/// Beside the beats, which may themselves be waiting on a server that is silent.
async fn watch(held: &Held, lease: Duration) {
    loop {
        tokio::time::sleep((lease / 8).max(Duration::from_millis(50))).await;
        held.stop_lapsed();
    }
}

async fn once(link: &mut Link, held: &Held, lease: Duration) -> sqlx::Result<()> {
    let patience = link.patience();
    let mine = held.to_renew();
    if !mine.is_empty() {
        let asked = Instant::now();
        let renewed = in_time(patience, work::renew(link.open().await?, &mine, lease)).await;
        let lost = link.check(renewed)?;
        held.renewed(&mine, asked);
        for job in lost {
            held.lost(job, &mine);
        }
    }
    let reaped = in_time(patience, work::reap(link.open().await?)).await;
    let reaped = link.check(reaped)?;
    if reaped != work::Reaped::default() {
        tracing::warn!(again = reaped.again, dead = reaped.dead, "leases of silent workers were taken back");
        metrics::counter!("diaba_jobs_reaped_total").increment(reaped.again + reaped.dead);
    }
    Ok(())
}

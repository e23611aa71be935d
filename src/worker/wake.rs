//! The wake-up call: LISTEN, and a nudge for the queue that is named.

use super::link::in_time;
use crate::store::queue::CHANNEL;
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// After this long without a call the line is tried.
const QUIET: Duration = Duration::from_secs(10);

/// Listens until told to stop. Whatever breaks is made again; all queues are nudged then, as calls may have been missed.
pub(super) async fn listen(pool: PgPool, queues: BTreeMap<String, Arc<Notify>>, mut stopping: watch::Receiver<bool>) {
    let options = (*pool.connect_options()).clone().application_name("diaba-wake");
    let own = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None).connect_lazy_with(options);
    let work = async {
        loop {
            let Err(error) = follow(&own, &queues).await;
            tracing::warn!(%error, "wake-up calls are not heard, polling goes on");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::select! {
        () = work => {}
        _ = stopping.wait_for(|s| *s) => {}
    }
}

async fn follow(pool: &PgPool, queues: &BTreeMap<String, Arc<Notify>>) -> sqlx::Result<std::convert::Infallible> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    queues.values().for_each(|q| q.notify_one());
    loop {
        match tokio::time::timeout(QUIET, listener.try_recv()).await {
            Ok(Ok(Some(call))) => {
                if let Some(q) = queues.get(call.payload()) {
                    q.notify_one();
                }
            }
            Ok(Ok(None)) => queues.values().for_each(|q| q.notify_one()),
            Ok(Err(error)) => return Err(error),
            // Nobody called, or the line is dead: asking to be called again tells which.
            Err(_) => in_time(QUIET / 2, listener.listen(CHANNEL)).await?,
        }
    }
}

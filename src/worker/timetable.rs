//! apalis-cron tells when; the queue sees to it that a tick makes one job, however many instances there are.

use super::execute::Hands;
use crate::flow::job::{self, Spec};
use anyhow::anyhow;
use apalis::prelude::{Data, Monitor, WorkerBuilder};
use apalis_cron::timezone::{Asia::Ho_Chi_Minh, Tz};
use apalis_cron::{CronScheduler, Tick};
use chrono::TimeZone as _;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// How far back a missed tick is looked for.
const LOOK_BACK: time::Duration = time::Duration::days(32);

pub(super) fn schedule(spec: &Spec) -> Result<cron::Schedule, String> {
    let text = spec.cron.as_deref().unwrap_or_default();
    cron::Schedule::from_str(text).map_err(|e| format!("job {}: cron `{text}`: {e}", spec.kind))
}

/// The last tick after `after` and not after `now`.
fn missed(schedule: &cron::Schedule, after: OffsetDateTime, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let after = after.max(now - LOOK_BACK);
    let start = Ho_Chi_Minh.timestamp_opt(after.unix_timestamp(), 0).single()?;
    let last = schedule.after(&start).map(|t| t.timestamp()).take_while(|t| *t <= now.unix_timestamp()).last()?;
    OffsetDateTime::from_unix_timestamp(last).ok()
}

#[derive(Clone)]
struct Entry {
    hands: Arc<Hands>,
    spec: Spec,
}

/// One small apalis worker per scheduled job.
pub(super) fn register(mut monitor: Monitor, hands: &Arc<Hands>) -> anyhow::Result<Monitor> {
    for spec in hands.registry.scheduled() {
        let schedule = schedule(spec).map_err(|e| anyhow!(e))?;
        let entry = Entry { hands: hands.clone(), spec: spec.clone() };
        tokio::spawn(catch_up(entry.clone(), schedule.clone()));
        monitor = monitor.register(move |starts| {
            let backend = CronScheduler::new(schedule.clone()).with_timezone(Ho_Chi_Minh);
            let name = format!("cron-{}-{starts}", entry.spec.kind);
            WorkerBuilder::new(name.as_str()).backend(backend).data(entry.clone()).build(on_tick)
        });
    }
    Ok(monitor)
}

async fn on_tick(tick: Tick<Tz>, entry: Data<Entry>) {
    if let Some(at) = i64::try_from(tick.get_timestamp()).ok().and_then(|t| OffsetDateTime::from_unix_timestamp(t).ok())
    {
        fire(&entry, at).await;
    }
}

/// A tick that passed while no instance was up is fired once, late.
async fn catch_up(entry: Entry, schedule: cron::Schedule) {
    for _ in 0..TRIES {
        match job::last_fired(&entry.hands.app, &entry.spec).await {
            Ok(None) => return,
            Ok(Some(last)) => {
                if let Some(tick) = missed(&schedule, last, entry.hands.app.clock.now()) {
                    tracing::info!(kind = entry.spec.kind, %tick, "a missed tick is caught up");
                    fire(&entry, tick).await;
                }
                return;
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

const TRIES: usize = 720;
const PAUSE: Duration = Duration::from_secs(5);

/// Fires through an outage of up to an hour; a later tick makes this one void by itself.
async fn fire(entry: &Entry, tick: OffsetDateTime) {
    for _ in 0..TRIES {
        match job::fire(&entry.hands.app, &entry.spec, tick).await {
            Ok(_) => return,
            Err(error) => tracing::warn!(kind = entry.spec.kind, %error, "a tick could not be queued yet"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn days_are_those_of_viet_nam_and_only_the_last_missed_tick_counts() {
        let nightly = cron::Schedule::from_str("0 20 2 * * *").unwrap();
        let tick = missed(&nightly, datetime!(2026-11-20 12:00 UTC), datetime!(2026-11-23 12:00 UTC));
        assert_eq!(tick, Some(datetime!(2026-11-22 19:20 UTC)), "02:20 in Ha Noi is 19:20 UTC of the day before");
        assert_eq!(missed(&nightly, datetime!(2026-11-22 19:20 UTC), datetime!(2026-11-23 19:19:59 UTC)), None);
        assert!(missed(&nightly, datetime!(2020-01-01 0:00 UTC), datetime!(2026-11-23 12:00 UTC)).is_some());
    }
}

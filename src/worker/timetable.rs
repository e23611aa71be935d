//! apalis-cron tells when; the queue sees to it that a tick makes one job, however many instances there are.

use super::execute::Hands;
use super::registry::Registry;
use crate::app::App;
use crate::flow;
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
    // Backwards: a job of every minute has a thousand ticks in a night.
    let end = Ho_Chi_Minh.timestamp_opt(now.unix_timestamp() + 1, 0).single()?;
    let last = schedule.after(&end).next_back()?.timestamp();
    let missed = last > after.max(now - LOOK_BACK).unix_timestamp();
    OffsetDateTime::from_unix_timestamp(last).ok().filter(|_| missed)
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

/// How often a clock that is moved by hand is looked at, and a job that holds the next one up.
const GLANCE: Duration = Duration::from_millis(2);

/// The timetable of a simulation: whenever the clock has passed a tick, its job is put into the queue, in the order of their
/// times, and the next one when no scheduled job is under way any more, as it would be on a day that takes a day.
pub(super) async fn follow(hands: Arc<Hands>) {
    let (app, registry) = (&hands.app, &hands.registry);
    let mut seen = OffsetDateTime::UNIX_EPOCH;
    loop {
        let now = app.clock.now();
        if now != seen {
            match fire_passed(app, registry, now).await {
                Ok(()) => seen = now,
                Err(error) => tracing::warn!(%error, "the timetable waits"),
            }
        }
        tokio::time::sleep(GLANCE).await;
    }
}

async fn fire_passed(app: &App, registry: &Registry, now: OffsetDateTime) -> Result<(), flow::Error> {
    for (tick, spec) in passed(app, registry, now).await? {
        while job::scheduled_under_way(app).await? {
            tokio::time::sleep(GLANCE).await;
        }
        job::fire(app, spec, tick).await?;
    }
    Ok(())
}

/// The last tick of each scheduled job that the clock has passed and that is not in the queue yet, in the order of their times.
async fn passed<'a>(
    app: &App,
    registry: &'a Registry,
    now: OffsetDateTime,
) -> Result<Vec<(OffsetDateTime, &'a Spec)>, flow::Error> {
    let mut all = Vec::new();
    for spec in registry.scheduled() {
        let last = job::last_fired(app, spec).await?.unwrap_or(now - time::Duration::DAY);
        let schedule = schedule(spec).map_err(|e| flow::Error::Broken(anyhow!(e)))?;
        all.extend(missed(&schedule, last, now).map(|tick| (tick, spec)));
    }
    all.sort_by_key(|(tick, spec)| (*tick, spec.kind.as_str()));
    Ok(all)
}

/// Of a simulation: everything the clock has passed was put into the queue, and the queue is dry.
pub async fn settled(app: &App, registry: &Registry) -> Result<bool, flow::Error> {
    // What waits is the cheaper question; asked again last, since what had passed may have been put in between.
    Ok(job::under_way(app).await? == 0
        && passed(app, registry, app.clock.now()).await?.is_empty()
        && job::under_way(app).await? == 0)
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
        let (minutely, on) = (cron::Schedule::from_str("0 * * * * *").unwrap(), datetime!(2026-11-23 12:00 UTC));
        let seen = |at| missed(&minutely, on - time::Duration::DAY, at);
        assert_eq!(seen(on), Some(on), "a tick counts in its own second");
        assert_eq!(seen(on - time::Duration::SECOND), Some(on - time::Duration::MINUTE));
    }
}

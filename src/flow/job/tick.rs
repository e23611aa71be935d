use super::Spec;
use crate::app::App;
use crate::domain::calendar::{Calendar, day_of};
use crate::flow::Result;
use crate::store::queue::{self, New};
use serde_json::json;
use time::OffsetDateTime;

/// Puts the job of one tick of the timetable into the queue. Any number of instances may call this for the same tick; one
/// job comes of it. Returns whether it was this call. A tick older than the last one is left out: after an outage the
/// latest missed tick stands for all. One of a rest day passes without a job when the kind keeps to working days.
pub async fn fire(app: &App, spec: &Spec, tick: OffsetDateTime) -> Result<bool> {
    let mut tx = app.pool.begin().await?;
    if !queue::advance_schedule(&mut tx, &spec.kind, tick).await? {
        return Ok(false);
    }
    if spec.working_days && !Calendar::shipped().map_err(anyhow::Error::msg)?.works(day_of(tick)) {
        tx.commit().await?;
        return Ok(false);
    }
    let key = format!("cron:{}:{}", spec.kind, tick.unix_timestamp());
    let job = New {
        queue: &spec.queue,
        kind: &spec.kind,
        args: json!({}),
        key: Some(&key),
        // By the database's clock: a tick told too early by a clock that is ahead waits.
        run_at: Some(tick),
        priority: spec.priority,
        max_attempts: spec.max_attempts,
    };
    queue::enqueue(&mut tx, job).await?;
    tx.commit().await?;
    Ok(true)
}

/// The last tick of this job that was put into the queue.
pub async fn last_fired(app: &App, spec: &Spec) -> Result<Option<OffsetDateTime>> {
    let mut conn = app.pool.acquire().await?;
    Ok(queue::last_tick(&mut conn, &spec.kind).await?)
}

/// A job of the timetable waits or runs.
pub async fn scheduled_under_way(app: &App) -> Result<bool> {
    let mut conn = app.pool.acquire().await?;
    Ok(queue::view::under_way(&mut conn, "cron:%").await? > 0)
}

/// Jobs that wait or run, those too that wait for another attempt.
pub async fn under_way(app: &App) -> Result<i64> {
    let mut conn = app.pool.acquire().await?;
    Ok(queue::view::under_way(&mut conn, "%").await?)
}

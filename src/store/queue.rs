//! The job table. Whoever changes state enqueues in the same transaction ([`enqueue`]); whoever works takes a [`Lease`]
//! and commits the effect together with [`Lease::complete`]. `work` is the worker's side, `view` the operator's.

mod lease;
pub mod view;
pub mod work;

pub use lease::{Lease, LeaseError};

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// Channel of the wake-up call; the payload is the queue's name.
pub const CHANNEL: &str = "diaba_job";

/// A job to be put into the queue. `args` hold ids only: never names, numbers or texts of persons.
#[derive(Debug, Clone)]
pub struct New<'a> {
    pub queue: &'a str,
    pub kind: &'a str,
    pub args: Value,
    /// Identity of the work, e.g. `verify:{case}:{case version}`: the same key is put in once as long as its row exists.
    pub key: Option<&'a str>,
    /// Not before this instant; none: at once (database time).
    pub run_at: Option<OffsetDateTime>,
    /// Higher goes first.
    pub priority: i32,
    pub max_attempts: i32,
}

/// Puts a job into the queue inside the caller's transaction: it is there when, and only when, that commits. `None`: a job
/// with this key is already there.
pub async fn enqueue(tx: &mut PgConnection, job: New<'_>) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar(
        "with made as (
            insert into job (queue, kind, args, key, run_at, priority, max_attempts)
            values ($1, $2, $3, $4, coalesce($5, now()), $6, $7)
            on conflict (queue, key) where key is not null do nothing
            returning id, run_at)
         select id from made, lateral (select case when run_at <= now() then pg_notify($8, $1) end) wake",
    )
    .bind(job.queue)
    .bind(job.kind)
    .bind(job.args)
    .bind(job.key)
    .bind(job.run_at)
    .bind(job.priority)
    .bind(job.max_attempts)
    .bind(CHANNEL)
    .fetch_optional(tx)
    .await
}

/// Moves the timetable's memory to `tick`. False: another instance was here first, the tick is an old one, or it lies more than
/// ten minutes ahead of the database's clock (a clock that jumped must not silence the timetable until its time has come).
pub async fn advance_schedule(tx: &mut PgConnection, kind: &str, tick: OffsetDateTime) -> sqlx::Result<bool> {
    let moved = sqlx::query(
        "insert into job_schedule (kind, last_tick) select $1, $2 where $2 <= now() + interval '10 minutes'
         on conflict (kind) do update set last_tick = excluded.last_tick where job_schedule.last_tick < excluded.last_tick",
    )
    .bind(kind)
    .bind(tick)
    .execute(tx)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// What time it is for the queue: schedules and leases go by the database's clock alone.
pub async fn database_time(conn: &mut PgConnection) -> sqlx::Result<OffsetDateTime> {
    sqlx::query_scalar("select clock_timestamp()").fetch_one(conn).await
}

/// The last tick that was put into the queue; none: never yet.
pub async fn last_tick(tx: &mut PgConnection, kind: &str) -> sqlx::Result<Option<OffsetDateTime>> {
    sqlx::query_scalar("select last_tick from job_schedule where kind = $1").bind(kind).fetch_optional(tx).await
}

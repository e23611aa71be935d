//! The operator's side: look, revive, count, clear away.

use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, FromRow, utoipa::ToSchema)]
pub struct Job {
    pub id: Uuid,
    pub queue: String,
    pub kind: String,
    /// Ids only.
    #[schema(value_type = Object)]
    pub args: Value,
    pub key: Option<String>,
    /// `pending`, `running`, `done` or `dead`.
    pub state: String,
    pub priority: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub run_at: OffsetDateTime,
    pub attempts: i32,
    pub max_attempts: i32,
    pub worker: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub progress: Option<Value>,
    pub last_error: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub queue: Option<String>,
    pub kind: Option<String>,
    pub state: Option<String>,
    /// Page on after this job (newest first).
    pub before: Option<(OffsetDateTime, Uuid)>,
    pub limit: i64,
}

pub async fn list(pool: &PgPool, f: &Filter) -> sqlx::Result<Vec<Job>> {
    sqlx::query_as(
        "select id, queue, kind, args, key, state::text as state, priority, run_at, attempts, max_attempts, worker, progress,
                last_error, created_at, started_at, finished_at
         from job
         where ($1::text is null or queue = $1) and ($2::text is null or kind = $2)
           and ($3::text is null or state = $3::job_state)
           and ($4::timestamptz is null or (created_at, id) < ($4, $5))
         order by created_at desc, id desc limit $6",
    )
    .bind(f.queue.as_deref())
    .bind(f.kind.as_deref())
    .bind(f.state.as_deref())
    .bind(f.before.map(|b| b.0))
    .bind(f.before.map(|b| b.1))
    .bind(f.limit)
    .fetch_all(pool)
    .await
}

pub async fn find(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Job>> {
    sqlx::query_as(
        "select id, queue, kind, args, key, state::text as state, priority, run_at, attempts, max_attempts, worker, progress,
                last_error, created_at, started_at, finished_at
         from job where id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// State of a job, its row locked; for an act that is about to change it.
pub async fn lock_state(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<(String, String)>> {
    sqlx::query_as("select state::text, queue from job where id = $1 for update").bind(id).fetch_optional(tx).await
}

/// Makes a waiting or dead job due at once, with all its attempts again when it was dead. The last error stays to be read.
pub async fn due_now(tx: &mut PgConnection, id: Uuid) -> sqlx::Result<bool> {
    let moved = sqlx::query(
        "with moved as (
            update job set run_at = now(), attempts = case when state = 'dead' then 0 else attempts end,
                   state = 'pending', finished_at = null
            where id = $1 and state in ('dead', 'pending') returning queue)
         select pg_notify($2, queue) from moved",
    )
    .bind(id)
    .bind(super::CHANNEL)
    .fetch_optional(tx)
    .await?;
    Ok(moved.is_some())
}

/// Jobs with a key like this (those without one count as any) that wait or run.
pub async fn under_way(conn: &mut PgConnection, key: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from job where state in ('pending', 'running') and coalesce(key, '') like $1")
        .bind(key)
        .fetch_one(conn)
        .await
}

/// What `/metrics` shows of one queue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub struct Metrics {
    pub queue: String,
    /// Due and not started.
    pub depth: i64,
    /// Waiting for their time (scheduled, or backing off).
    pub scheduled: i64,
    /// Age of the oldest due job that has not started (s): the figure to alarm on.
    pub oldest_due_s: f64,
    pub running: i64,
    pub dead: i64,
}

pub async fn metrics(pool: &PgPool) -> sqlx::Result<Vec<Metrics>> {
    sqlx::query_as(
        "select queue, count(*) filter (where state = 'pending' and run_at <= now()) as depth,
                count(*) filter (where state = 'pending' and run_at > now()) as scheduled,
                coalesce(extract(epoch from now() - min(run_at) filter (where state = 'pending' and run_at <= now())), 0)::float8
                    as oldest_due_s,
                count(*) filter (where state = 'running') as running,
                count(*) filter (where state = 'dead') as dead
         from job where state <> 'done' group by queue order by queue",
    )
    .fetch_all(pool)
    .await
}

/// Dead letters per kind.
pub async fn dead_by_kind(pool: &PgPool) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as("select kind, count(*) from job where state = 'dead' group by kind order by kind")
        .fetch_all(pool)
        .await
}

/// Deletes up to `limit` jobs done before `before`; dead letters stay until a person has dealt with them.
pub async fn purge_done(tx: &mut PgConnection, before: OffsetDateTime, limit: i64) -> sqlx::Result<u64> {
    let gone = sqlx::query(
        "delete from job where id in (
            select id from job where state = 'done' and finished_at < $1 limit $2 for update skip locked)",
    )
    .bind(before)
    .bind(limit)
    .execute(tx)
    .await?;
    Ok(gone.rows_affected())
}

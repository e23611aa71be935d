//! The worker's side: claim, settle, renew, reap.

use super::Lease;
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, FromRow)]
pub struct Claim {
    pub id: Uuid,
    pub kind: String,
    pub args: Value,
    pub attempts: i32,
    pub max_attempts: i32,
    pub lease_token: Uuid,
    priority: i32,
    run_at: OffsetDateTime,
}

/// Takes up to `limit` due jobs of the kinds this worker knows; a kind that only a newer version knows stays for that one.
/// The attempt is counted here, so that a run which takes its process down is counted too.
pub async fn claim(
    conn: &mut PgConnection,
    queue: &Arc<str>,
    kinds: &[String],
    limit: usize,
    lease: Duration,
    worker: &str,
) -> sqlx::Result<Vec<(Lease, Value)>> {
    let mut rows: Vec<Claim> = sqlx::query_as(
        "with picked as materialized (
            select id from job
            where queue = $1 and kind = any($2) and state = 'pending' and run_at <= now()
            order by priority desc, run_at
            limit $3 for update skip locked)
         update job j set state = 'running', attempts = attempts + 1, lease_token = gen_random_uuid(), worker = $5,
                lease_until = now() + make_interval(secs => $4), started_at = now()
         from picked where j.id = picked.id
         returning j.id, j.kind, j.args, j.attempts, j.max_attempts, j.lease_token, j.priority, j.run_at",
    )
    .bind(&**queue)
    .bind(kinds)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .bind(lease.as_secs_f64())
    .bind(worker)
    .fetch_all(conn)
    .await?;
    rows.sort_by_key(|c| (std::cmp::Reverse(c.priority), c.run_at));
    Ok(rows.into_iter().map(|c| (Lease::new(&c, queue.clone(), lease), c.args)).collect())
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Done,
    /// Again after `delay`, unless it was the last attempt.
    Failed {
        error: String,
        delay: Duration,
    },
    /// Trying again cannot help.
    Fatal {
        error: String,
    },
    /// Never started: goes back as if it had not been taken.
    Unstarted,
}

#[derive(Debug, Clone)]
pub struct Settlement {
    pub id: Uuid,
    pub token: Uuid,
    pub outcome: Outcome,
}

#[derive(Debug, Default, PartialEq)]
pub struct Settled {
    /// Rows that still bore our token.
    pub kept: usize,
    /// Jobs that became dead letters: id, kind, error.
    pub dead: Vec<(Uuid, String, String)>,
}

/// Writes how runs ended, each fenced by its token, all in one statement and one commit that is on the disk when it returns,
/// whatever the connection's setting.
pub async fn settle(conn: &mut PgConnection, ends: &[Settlement]) -> sqlx::Result<Settled> {
    let (mut ids, mut tokens, mut whats, mut errors, mut delays) = (vec![], vec![], vec![], vec![], vec![]);
    for end in ends {
        let (what, error, delay) = match &end.outcome {
            Outcome::Done => ("done", None, 0.0),
            Outcome::Failed { error, delay } => ("failed", Some(storable(error)), delay.as_secs_f64()),
            Outcome::Fatal { error } => ("fatal", Some(storable(error)), 0.0),
            Outcome::Unstarted => ("unstarted", None, 0.0),
        };
        ids.push(end.id);
        tokens.push(end.token);
        whats.push(what);
        errors.push(error);
        delays.push(delay);
    }
    let rows: Vec<(Uuid, String, bool, Option<String>, String)> = sqlx::query_as(
        "with e as (
            select j.id, e.token, e.what, e.error, e.delay,
                   case when e.what = 'done' then 'done'::job_state
                        when e.what = 'fatal' or (e.what = 'failed' and j.attempts >= j.max_attempts) then 'dead'
                        else 'pending' end as state
            from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::float8[]) as e(id, token, what, error, delay)
            join job j on j.id = e.id)
         update job j set state = e.state, lease_token = null, lease_until = null,
                attempts = j.attempts - (e.what = 'unstarted')::int,
                run_at = case when e.what = 'failed' then clock_timestamp() + make_interval(secs => e.delay) else j.run_at end,
                last_error = case when e.what = 'done' then null else coalesce(e.error, j.last_error) end,
                finished_at = case when e.state in ('done', 'dead') then clock_timestamp() end
         from e where j.id = e.id and j.lease_token = e.token
         returning j.id, j.kind, j.state = 'dead', j.last_error, set_config('synchronous_commit', 'on', true)",
    )
    .bind(ids)
    .bind(tokens)
    .bind(whats)
    .bind(errors)
    .bind(delays)
    .fetch_all(conn)
    .await?;
    let kept = rows.len();
    let dead = rows.into_iter().filter(|r| r.2).map(|r| (r.0, r.1, r.3.unwrap_or_default())).collect();
    Ok(Settled { kept, dead })
}

/// PostgreSQL takes no NUL in a text; and an error is a message, not a dump.
fn storable(error: &str) -> String {
    error.chars().filter(|c| *c != '\0').take(4000).collect()
}

/// Renews leases and tells which are lost. Rows locked by a handler that is just committing its effect are passed over:
/// nobody can take those either, and waiting for one would let all others lapse.
pub async fn renew(conn: &mut PgConnection, held: &[(Uuid, Uuid)], lease: Duration) -> sqlx::Result<Vec<Uuid>> {
    let (ids, tokens): (Vec<Uuid>, Vec<Uuid>) = held.iter().copied().unzip();
    sqlx::query_scalar(
        "with mine as (select * from unnest($1::uuid[], $2::uuid[]) as m(id, token)),
         free as (select j.id from job j join mine m on j.id = m.id and j.lease_token = m.token for update of j skip locked),
         renewed as (update job j set lease_until = now() + make_interval(secs => $3) from free where j.id = free.id)
         select m.id from mine m where not exists (select from job j where j.id = m.id and j.lease_token = m.token)",
    )
    .bind(ids)
    .bind(tokens)
    .bind(lease.as_secs_f64())
    .fetch_all(conn)
    .await
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Reaped {
    /// Lapsed leases given back for another run.
    pub again: u64,
    /// Lapsed leases of jobs that have used up their attempts.
    pub dead: u64,
}

/// Takes back leases that were not renewed: their worker died, hangs, or cannot reach us. The first time the job is due at
/// once; later it waits a random part of 2^attempts seconds (ten minutes at most), so that a job which kills its process
/// does not always take the same neighbours with it.
pub async fn reap(conn: &mut PgConnection) -> sqlx::Result<Reaped> {
    let (again, dead): (i64, i64) = sqlx::query_as(
        "with lapsed as materialized (
            select id from job where state = 'running' and lease_until < now() limit 1000 for update skip locked),
         freed as (
            update job j set lease_token = null, lease_until = null,
                   state = case when attempts >= max_attempts then 'dead'::job_state else 'pending' end,
                   finished_at = case when attempts >= max_attempts then clock_timestamp() end,
                   run_at = clock_timestamp() + make_interval(secs =>
                            case when attempts <= 1 then 0 else least(600, power(2, least(attempts, 20))) * random() end),
                   last_error = format('run %s was lost: %s did not come back', attempts, worker)
            from lapsed where j.id = lapsed.id
            returning j.state)
         select count(*) filter (where state = 'pending'), count(*) filter (where state = 'dead') from freed",
    )
    .fetch_one(conn)
    .await?;
    Ok(Reaped { again: again.unsigned_abs(), dead: dead.unsigned_abs() })
}

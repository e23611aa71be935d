//! Runs and their chunks.

use crate::store::queue::CHANNEL;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgExecutor, PgPool};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct RunRow {
    pub id: Uuid,
    pub state: String,
    pub selection: Value,
    pub as_of: Date,
    /// None until it is planned.
    pub pins: Option<Value>,
    /// Pinned layer versions that are no longer the published ones.
    pub superseded: Vec<i64>,
    pub chunks: i32,
    pub chunks_done: i32,
    pub parcels: i64,
    pub parcels_done: i64,
    pub findings: i64,
    pub possible: i64,
    pub can_proceed: i64,
    pub needs_papers: i64,
    pub needs_person: i64,
    pub blocked: i64,
    pub faults: i64,
    pub since: Option<OffsetDateTime>,
    pub done_before: i64,
    pub root: Option<String>,
    pub created_by: String,
    pub created_at: OffsetDateTime,
    pub finished_at: Option<OffsetDateTime>,
    /// Chunks whose job is a dead letter.
    pub dead: i64,
    /// Jobs of it that failed and wait for their next attempt, or are at it.
    pub failing: i64,
    /// What one of them, failing or dead, failed with last.
    pub last_error: Option<String>,
}

macro_rules! run_select {
    ($rest:literal) => {
        concat!(
            "select r.*, (select count(*) from job j where j.state = 'dead' and j.queue = 'batch' and r.state in ('planning', 'running', 'paused')
                             and j.args->>'run_id' = r.id::text) as dead,
                    (select count(*) from job j where j.queue = 'batch' and j.last_error is not null and r.state in ('planning', 'running', 'paused')
                             and ((j.state = 'pending' and j.attempts > 0) or j.state = 'running') and j.args->>'run_id' = r.id::text) as failing,
                    (select j.last_error from job j where j.queue = 'batch' and j.last_error is not null and r.state in ('planning', 'running', 'paused')
                             and ((j.state = 'pending' and j.attempts > 0) or j.state in ('running', 'dead')) and j.args->>'run_id' = r.id::text
                      order by j.started_at desc nulls last limit 1) as last_error,
                    array(select v.id from jsonb_each(r.pins -> 'layers') z, jsonb_array_elements_text(z.value) p(id)
                            join layer_version v on v.id = p.id::bigint where v.state <> 'published' order by v.id) as superseded
               from verification_run r ",
            $rest
        )
    };
}

pub async fn insert(
    conn: &mut PgConnection,
    id: Uuid,
    selection: &Value,
    as_of: Date,
    by: &str,
    at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query("insert into verification_run (id, state, selection, as_of, created_by, created_at) values ($1, 'planning', $2, $3, $4, $5)")
        .bind(id)
        .bind(selection)
        .bind(as_of)
        .bind(by)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn find(pool: &PgPool, id: Uuid) -> sqlx::Result<Option<RunRow>> {
    sqlx::query_as(run_select!("where r.id = $1")).bind(id).fetch_optional(pool).await
}

/// As [`find`], its row locked.
pub async fn lock(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<RunRow>> {
    sqlx::query_as(run_select!("where r.id = $1 for update of r")).bind(id).fetch_optional(conn).await
}

/// Newest first, older than `before`.
pub async fn list(
    pool: &PgPool,
    state: Option<&str>,
    before: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<RunRow>> {
    sqlx::query_as(run_select!(
        "where ($1::text is null or r.state = $1) and ($2::timestamptz is null or (r.created_at, r.id) < ($2, $3))
         order by r.created_at desc, r.id desc limit $4"
    ))
    .bind(state)
    .bind(before.map(|b| b.0))
    .bind(before.map(|b| b.1))
    .bind(limit)
    .fetch_all(pool)
    .await
}

pub async fn set_pins(conn: &mut PgConnection, id: Uuid, pins: &Value) -> sqlx::Result<()> {
    sqlx::query("update verification_run set pins = $2 where id = $1").bind(id).bind(pins).execute(conn).await?;
    Ok(())
}

/// The run is cut up and begins.
pub async fn planned(conn: &mut PgConnection, id: Uuid, at: OffsetDateTime) -> sqlx::Result<(i32, i64)> {
    sqlx::query_as(
        "update verification_run set state = 'running', since = $2,
                chunks = (select count(*) from verification_chunk where run_id = $1),
                parcels = (select coalesce(sum(cardinality(parcels)), 0) from verification_chunk where run_id = $1)
          where id = $1 returning chunks, parcels",
    )
    .bind(id)
    .bind(at)
    .fetch_one(conn)
    .await
}

/// From now on in this state. A stretch of work begins with `running`, and ends with any other.
pub async fn set_state(conn: &mut PgConnection, id: Uuid, state: &str, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query(
        "update verification_run set state = $2, since = case when $2 = 'running' then $3 end, done_before = parcels_done,
                finished_at = case when $2 = 'cancelled' then $3 end where id = $1",
    )
    .bind(id)
    .bind(state)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Every chunk is done.
pub async fn finish(conn: &mut PgConnection, id: Uuid, root: &str, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("update verification_run set state = 'done', root = $2, finished_at = $3 where id = $1")
        .bind(id)
        .bind(root)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Debug, Clone, FromRow)]
pub struct ChunkRow {
    pub zone: i32,
    pub parcels: Vec<Uuid>,
    pub done: bool,
    pub run_state: String,
    pub as_of: Date,
    pub pins: Option<Value>,
}

pub async fn chunk(pool: &PgPool, run: Uuid, no: i32) -> sqlx::Result<Option<ChunkRow>> {
    sqlx::query_as(
        "select c.zone, c.parcels, c.done_at is not null as done, r.state as run_state, r.as_of, r.pins
           from verification_chunk c join verification_run r on r.id = c.run_id where c.run_id = $1 and c.no = $2",
    )
    .bind(run)
    .bind(no)
    .fetch_optional(pool)
    .await
}

/// Digests of the chunks that are done, in order.
pub async fn chunk_digests(on: impl PgExecutor<'_>, run: Uuid) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("select digest from verification_chunk where run_id = $1 and done_at is not null order by no")
        .bind(run)
        .fetch_all(on)
        .await
}

/// What became of a chunk.
#[derive(Debug, Clone)]
pub struct ChunkDone<'a> {
    pub digest: &'a str,
    pub key_id: &'a str,
    pub signature: &'a [u8],
    pub quiet: &'a Value,
    pub inputs: &'a [u8],
    pub at: OffsetDateTime,
}

/// Marks a chunk done. False: it was already.
pub async fn chunk_done(conn: &mut PgConnection, run: Uuid, no: i32, c: &ChunkDone<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update verification_chunk set digest = $3, key_id = $4, signature = $5, quiet = $6, inputs = $7, done_at = $8
          where run_id = $1 and no = $2 and done_at is null",
    )
    .bind(run)
    .bind(no)
    .bind(c.digest)
    .bind(c.key_id)
    .bind(c.signature)
    .bind(c.quiet)
    .bind(c.inputs)
    .bind(c.at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a chunk adds to its run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub parcels: i64,
    pub findings: i64,
    pub possible: i64,
    pub can_proceed: i64,
    pub needs_papers: i64,
    pub needs_person: i64,
    pub blocked: i64,
    pub faults: i64,
}

/// Adds a chunk; how many are left. None: the run was cancelled.
pub async fn count_chunk(conn: &mut PgConnection, run: Uuid, c: &Counts) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar(
        "update verification_run set chunks_done = chunks_done + 1, parcels_done = parcels_done + $2, findings = findings + $3,
                can_proceed = can_proceed + $4, needs_papers = needs_papers + $5, needs_person = needs_person + $6,
                blocked = blocked + $7, faults = faults + $8, possible = possible + $9
          where id = $1 and state <> 'cancelled' returning chunks - chunks_done",
    )
    .bind(run)
    .bind(c.parcels)
    .bind(c.findings)
    .bind(c.can_proceed)
    .bind(c.needs_papers)
    .bind(c.needs_person)
    .bind(c.blocked)
    .bind(c.faults)
    .bind(c.possible)
    .fetch_optional(conn)
    .await
}

/// Puts a job for every open chunk that has none into the queue; dead ones get all their attempts again, and so do those that came to a
/// chunk while the run was paused.
pub async fn enqueue_open(conn: &mut PgConnection, run: Uuid, kind: &str, queue: &str, most: i32) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "insert into job (queue, kind, args, key, max_attempts)
         select $2, $3, jsonb_build_object('run_id', run_id, 'no', no), $3 || ':' || run_id || ':' || no, $4
           from verification_chunk where run_id = $1 and done_at is null order by no
         on conflict (queue, key) where key is not null do update
            set state = 'pending', attempts = 0, run_at = now(), finished_at = null where job.state in ('dead', 'done')",
    )
    .bind(run)
    .bind(queue)
    .bind(kind)
    .bind(most)
    .execute(&mut *conn)
    .await?;
    sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(queue).execute(conn).await?;
    Ok(done.rows_affected())
}

/// Takes jobs of a run that have not been started out of the queue. Running ones go on to their end.
pub async fn withdraw(conn: &mut PgConnection, run: Uuid, queue: &str) -> sqlx::Result<u64> {
    let gone = sqlx::query("delete from job where queue = $2 and state = 'pending' and args->>'run_id' = $1::text")
        .bind(run)
        .bind(queue)
        .execute(conn)
        .await?;
    Ok(gone.rows_affected())
}

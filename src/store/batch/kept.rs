//! What runs have kept: chunks with what proves them, verdicts, findings.

use crate::store::verification::FindingRow;
use serde_json::Value;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

/// A chunk that is done, with all that proves it.
#[derive(Debug, Clone, FromRow)]
pub struct SealedChunk {
    pub zone: i32,
    pub parcels: Vec<Uuid>,
    pub digest: String,
    pub key_id: String,
    pub signature: Vec<u8>,
    pub inputs: Vec<u8>,
}

pub async fn sealed_chunk(pool: &PgPool, run: Uuid, no: i32) -> sqlx::Result<Option<SealedChunk>> {
    sqlx::query_as(
        "select c.zone, c.parcels, c.digest, c.key_id, c.signature, c.inputs
           from verification_chunk c where c.run_id = $1 and c.no = $2 and c.done_at is not null",
    )
    .bind(run)
    .bind(no)
    .fetch_optional(pool)
    .await
}

macro_rules! verdict_select {
    ($rest:literal) => {
        concat!(
            "select v.chunk, v.place, v.zone, v.parcel_id, v.version, v.outcome, v.digest, v.fault, c.quiet -> v.quiet::int as quiet
               from run_verification v join verification_chunk c on c.run_id = v.run_id and c.no = v.chunk ",
            $rest
        )
    };
}

/// Every verification of a chunk as it is kept, in the order of places.
pub async fn chunk_rows(pool: &PgPool, run: Uuid, no: i32) -> sqlx::Result<Vec<RunVerificationRow>> {
    sqlx::query_as(verdict_select!("where v.run_id = $1 and v.chunk = $2 order by v.place"))
        .bind(run)
        .bind(no)
        .fetch_all(pool)
        .await
}

/// Every finding of a chunk, in the order of place and number.
pub async fn chunk_findings(pool: &PgPool, run: Uuid, no: i32) -> sqlx::Result<Vec<RunFindingRow>> {
    sqlx::query_as("select * from run_finding where run_id = $1 and chunk = $2 order by place, no")
        .bind(run)
        .bind(no)
        .fetch_all(pool)
        .await
}

/// The root of a run as the audit has it.
pub async fn announced_root(pool: &PgPool, run: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("select detail ->> 'root' from audit where subject = 'verification_run/' || $1 and action = 'verification_run.done'")
        .bind(run.to_string())
        .fetch_optional(pool)
        .await
}

/// The audit row that says so.
pub async fn announced(pool: &PgPool, run: Uuid) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "select id from audit where subject = 'verification_run/' || $1 and action = 'verification_run.done'",
    )
    .bind(run.to_string())
    .fetch_optional(pool)
    .await
}

/// How many verdicts of a run are kept.
pub async fn verdict_count(pool: &PgPool, run: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from run_verification where run_id = $1").bind(run).fetch_one(pool).await
}

/// Chunks that are done; the one of `parcel`.
pub async fn done_chunks(pool: &PgPool, run: Uuid, parcel: Option<Uuid>) -> sqlx::Result<Vec<i32>> {
    sqlx::query_scalar(
        "select no from verification_chunk where run_id = $1 and done_at is not null
            and ($2::uuid is null or no = (select chunk from run_verification where run_id = $1 and parcel_id = $2)) order by no",
    )
    .bind(run)
    .bind(parcel)
    .fetch_all(pool)
    .await
}

#[derive(Debug, Clone, Default)]
pub struct FindingFilter<'a> {
    pub check: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub verdict: Option<&'a str>,
    pub effect: Option<&'a str>,
    pub certainty: Option<&'a str>,
    pub parcel: Option<Uuid>,
    /// Chunk, place and number of the last one seen.
    pub after: Option<(i32, i16, i16)>,
    pub limit: i64,
}

#[derive(Debug, Clone, FromRow)]
pub struct RunFindingRow {
    pub chunk: i32,
    pub place: i16,
    pub no: i16,
    pub zone: i32,
    pub parcel_id: Uuid,
    #[sqlx(flatten)]
    pub finding: FindingRow,
}

/// Findings that weigh or are possible, in the order of chunk, place and number. Chunks without such a kind are not looked at.
pub async fn findings(pool: &PgPool, run: Uuid, f: &FindingFilter<'_>) -> sqlx::Result<Vec<RunFindingRow>> {
    sqlx::query_as(
        "select f.* from run_finding f
          where f.run_id = $1 and ($2::text is null or f.check_id = $2) and ($3::text is null or f.subject = $3)
            and ($4::text is null or f.verdict = $4) and ($5::text is null or f.effect = $5)
            and ($11::text is null or f.certainty = $11) and ($6::uuid is null or f.parcel_id = $6)
            and ($7::int is null or (f.chunk, f.place) >= ($7, $8) and (f.chunk, f.place, f.no) > ($7, $8, $9))
            and exists (select from run_finding_kind k where k.run_id = $1 and k.chunk = f.chunk
                           and ($2::text is null or k.check_id = $2) and ($3::text is null or k.subject = $3)
                           and ($4::text is null or k.verdict = $4) and ($5::text is null or k.effect = $5)
                           and ($11::text is null or k.certainty = $11))
          order by f.chunk, f.place, f.no limit $10",
    )
    .bind(run)
    .bind(f.check)
    .bind(f.subject)
    .bind(f.verdict)
    .bind(f.effect)
    .bind(f.parcel)
    .bind(f.after.map(|a| a.0))
    .bind(f.after.map(|a| a.1))
    .bind(f.after.map(|a| a.2))
    .bind(f.limit)
    .bind(f.certainty)
    .fetch_all(pool)
    .await
}

#[derive(Debug, Clone, FromRow)]
pub struct RunVerificationRow {
    pub chunk: i32,
    pub place: i16,
    pub zone: i32,
    pub parcel_id: Uuid,
    pub version: Option<i32>,
    pub outcome: Option<String>,
    pub digest: Option<Vec<u8>>,
    pub fault: Option<String>,
    /// Findings that do not weigh: check, subject, verdict.
    pub quiet: Option<Value>,
}

/// Verdicts of a run, in the order of chunk and place; `outcome` may be `fault`.
pub async fn verdicts(
    pool: &PgPool,
    run: Uuid,
    outcome: Option<&str>,
    parcel: Option<Uuid>,
    after: Option<(i32, i16)>,
    limit: i64,
) -> sqlx::Result<Vec<RunVerificationRow>> {
    sqlx::query_as(
        verdict_select!("where v.run_id = $1 and ($2::text is null or coalesce(v.outcome, 'fault') = $2) and ($3::uuid is null or v.parcel_id = $3)
            and ($4::int is null or (v.chunk, v.place) > ($4, $5))
          order by v.chunk, v.place limit $6"),
    )
    .bind(run)
    .bind(outcome)
    .bind(parcel)
    .bind(after.map(|a| a.0))
    .bind(after.map(|a| a.1))
    .bind(limit)
    .fetch_all(pool)
    .await
}

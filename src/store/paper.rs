//! Papers of a case. A row is one version and is never changed.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct PaperRow {
    pub id: Uuid,
    pub version: i32,
    pub case_id: Uuid,
    pub kind: String,
    pub complete: bool,
    pub missing: Vec<String>,
    pub sealed: Vec<u8>,
    pub facts_sha256: String,
    pub serial_index: Option<Vec<u8>>,
    /// `domain::verify::ScanFacts` as JSON.
    pub scan: Option<Value>,
    pub created_by: String,
    pub created_at: OffsetDateTime,
}

/// Inserts one version; false when that version is already there.
pub async fn insert(conn: &mut PgConnection, p: &PaperRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into paper (id, version, case_id, kind, complete, missing, sealed, facts_sha256, serial_index, scan, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing",
    )
    .bind(p.id)
    .bind(p.version)
    .bind(p.case_id)
    .bind(&p.kind)
    .bind(p.complete)
    .bind(&p.missing)
    .bind(&p.sealed)
    .bind(&p.facts_sha256)
    .bind(&p.serial_index)
    .bind(&p.scan)
    .bind(&p.created_by)
    .bind(p.created_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The latest version of every paper of a case, in the order the papers were added.
pub async fn latest_of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<PaperRow>> {
    sqlx::query_as(
        "select distinct on (id) id, version, case_id, kind, complete, missing, sealed, facts_sha256, serial_index, scan, created_by, created_at
         from paper where case_id = $1 order by id, version desc",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

/// One version of a paper, or its latest.
pub async fn get(
    conn: &mut PgConnection,
    case: Uuid,
    id: Uuid,
    version: Option<i32>,
) -> sqlx::Result<Option<PaperRow>> {
    sqlx::query_as(
        "select id, version, case_id, kind, complete, missing, sealed, facts_sha256, serial_index, scan, created_by, created_at
         from paper where case_id = $1 and id = $2 and ($3::integer is null or version = $3) order by version desc limit 1",
    )
    .bind(case)
    .bind(id)
    .bind(version)
    .fetch_optional(conn)
    .await
}

/// A file that was sent as a scan, and whether it was taken.
#[derive(Debug, Clone)]
pub struct Upload<'a> {
    pub id: Uuid,
    pub case_id: Uuid,
    pub paper_id: Uuid,
    pub sha256: &'a str,
    pub bytes: i64,
    pub media_type: Option<&'a str>,
    pub refused: Option<&'a str>,
    pub sent_by: &'a str,
    pub sent_at: OffsetDateTime,
}

pub async fn insert_upload(conn: &mut PgConnection, u: &Upload<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into scan_upload (id, case_id, paper_id, sha256, bytes, media_type, refused, sent_by, sent_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(u.id)
    .bind(u.case_id)
    .bind(u.paper_id)
    .bind(u.sha256)
    .bind(u.bytes)
    .bind(u.media_type)
    .bind(u.refused)
    .bind(u.sent_by)
    .bind(u.sent_at)
    .execute(conn)
    .await?;
    Ok(())
}

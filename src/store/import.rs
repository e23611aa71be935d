//! Map files sent to be read.

use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, FromRow)]
pub struct ImportRow {
    pub id: Uuid,
    pub ask: Value,
    /// Relative to the home folder.
    pub file: String,
    pub sha256: String,
    /// `waiting`, `done`, `refused`.
    pub state: String,
    pub report: Option<Value>,
    pub job_id: Uuid,
    pub created_by: String,
    pub created_at: OffsetDateTime,
    pub ended_at: Option<OffsetDateTime>,
}

pub async fn insert(conn: &mut PgConnection, r: &ImportRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into import_request (id, ask, file, sha256, job_id, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(r.id)
    .bind(&r.ask)
    .bind(&r.file)
    .bind(&r.sha256)
    .bind(r.job_id)
    .bind(&r.created_by)
    .bind(r.created_at)
    .execute(conn)
    .await
    .map(drop)
}

pub async fn find(pool: &PgPool, id: Uuid) -> sqlx::Result<Option<ImportRow>> {
    sqlx::query_as("select * from import_request where id = $1").bind(id).fetch_optional(pool).await
}

/// Says what came of it. False: it was said before.
pub async fn end(
    conn: &mut PgConnection,
    id: Uuid,
    state: &str,
    report: &Value,
    at: OffsetDateTime,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update import_request set state = $2, report = $3, ended_at = $4 where id = $1 and state = 'waiting'",
    )
    .bind(id)
    .bind(state)
    .bind(report)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

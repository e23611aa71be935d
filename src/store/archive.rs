//! Archives of cases. Rows are never changed.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ArchiveRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub sha256: String,
    pub manifest_sha256: String,
    pub bytes: i64,
    pub created_by: String,
    pub created_at: OffsetDateTime,
}

/// False: this case has an archive of these bytes.
pub async fn insert(conn: &mut PgConnection, a: &ArchiveRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into archive (id, case_id, sha256, manifest_sha256, bytes, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(a.id)
    .bind(a.case_id)
    .bind(&a.sha256)
    .bind(&a.manifest_sha256)
    .bind(a.bytes)
    .bind(&a.created_by)
    .bind(a.created_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Of a case, oldest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<ArchiveRow>> {
    sqlx::query_as(
        "select id, case_id, sha256, manifest_sha256, bytes, created_by, created_at from archive where case_id = $1 order by id",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<ArchiveRow>> {
    sqlx::query_as(
        "select id, case_id, sha256, manifest_sha256, bytes, created_by, created_at from archive where id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

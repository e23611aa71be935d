//! Reviews of cases. Rows are never changed.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ReviewRow {
    pub id: Uuid,
    pub case_id: Uuid,
    /// `passed`, `returned`.
    pub outcome: String,
    /// `domain::review::Item`s.
    pub checklist: Value,
    pub digest: String,
    pub sealed: Vec<u8>,
    pub reviewed_by: String,
    pub reviewed_at: OffsetDateTime,
}

pub async fn insert(conn: &mut PgConnection, r: &ReviewRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into review (id, case_id, outcome, checklist, digest, sealed, reviewed_by, reviewed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(r.id)
    .bind(r.case_id)
    .bind(&r.outcome)
    .bind(&r.checklist)
    .bind(&r.digest)
    .bind(&r.sealed)
    .bind(&r.reviewed_by)
    .bind(r.reviewed_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Of a case, oldest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<ReviewRow>> {
    sqlx::query_as(
        "select id, case_id, outcome, checklist, digest, sealed, reviewed_by, reviewed_at
         from review where case_id = $1 order by id",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

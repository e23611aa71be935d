//! Problems of cases.

use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct IssueRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub topic: String,
    pub sealed: Vec<u8>,
    pub owner: Uuid,
    pub due: Date,
    pub raised_by: String,
    pub raised_at: OffsetDateTime,
    pub resolved_by: Option<String>,
    pub resolved_at: Option<OffsetDateTime>,
    pub sealed_how: Option<Vec<u8>>,
    /// What it comes from, when the service raised it by itself.
    pub origin: Option<String>,
}

pub async fn insert(conn: &mut PgConnection, i: &IssueRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into case_issue (id, case_id, topic, sealed, owner, due, raised_by, raised_at, origin) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(i.id)
    .bind(i.case_id)
    .bind(&i.topic)
    .bind(&i.sealed)
    .bind(i.owner)
    .bind(i.due)
    .bind(&i.raised_by)
    .bind(i.raised_at)
    .bind(&i.origin)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<IssueRow>> {
    sqlx::query_as(
        "select id, case_id, topic, sealed, owner, due, raised_by, raised_at, resolved_by, resolved_at, sealed_how, origin from case_issue where id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Of a case, oldest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<IssueRow>> {
    sqlx::query_as(
        "select id, case_id, topic, sealed, owner, due, raised_by, raised_at, resolved_by, resolved_at, sealed_how, origin
         from case_issue where case_id = $1 order by id",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

/// The one of this origin that is open.
pub async fn open_of(conn: &mut PgConnection, case: Uuid, origin: &str) -> sqlx::Result<Option<IssueRow>> {
    sqlx::query_as(
        "select id, case_id, topic, sealed, owner, due, raised_by, raised_at, resolved_by, resolved_at, sealed_how, origin
         from case_issue where case_id = $1 and origin = $2 and resolved_at is null",
    )
    .bind(case)
    .bind(origin)
    .fetch_optional(conn)
    .await
}

/// False: it was resolved before.
pub async fn resolve(
    conn: &mut PgConnection,
    id: Uuid,
    by: &str,
    at: OffsetDateTime,
    sealed_how: Option<&[u8]>,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update case_issue set resolved_by = $2, resolved_at = $3, sealed_how = $4 where id = $1 and resolved_at is null",
    )
    .bind(id)
    .bind(by)
    .bind(at)
    .bind(sealed_how)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

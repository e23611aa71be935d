//! Who did what, and who read whose data. Written in the transaction of the deed; never changed.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

/// One deed. `action` is `noun.verb`, `subject` is `noun/id`.
#[derive(Debug, Clone)]
pub struct Deed<'a> {
    pub at: OffsetDateTime,
    pub actor: &'a str,
    pub action: &'a str,
    pub subject: String,
    pub case_id: Option<Uuid>,
    /// Never personal data.
    pub detail: Value,
}

pub async fn write(conn: &mut PgConnection, deed: &Deed<'_>) -> sqlx::Result<()> {
    sqlx::query("insert into audit (at, actor, action, subject, case_id, detail) values ($1, $2, $3, $4, $5, $6)")
        .bind(deed.at)
        .bind(deed.actor)
        .bind(deed.action)
        .bind(&deed.subject)
        .bind(deed.case_id)
        .bind(&deed.detail)
        .execute(conn)
        .await?;
    Ok(())
}

/// A read of personal data: `subject` is what was read (`paper/<id>/<version>`).
pub async fn personal_data_read(
    conn: &mut PgConnection,
    at: OffsetDateTime,
    actor: &str,
    case_id: Uuid,
    subject: &str,
    purpose: &str,
) -> sqlx::Result<()> {
    sqlx::query("insert into personal_data_read (at, actor, case_id, subject, purpose) values ($1, $2, $3, $4, $5)")
        .bind(at)
        .bind(actor)
        .bind(case_id)
        .bind(subject)
        .bind(purpose)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct AuditRow {
    pub id: i64,
    pub at: OffsetDateTime,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub detail: Value,
}

/// Deeds on a case, newest first, before the row `before`.
pub async fn of_case(
    conn: &mut PgConnection,
    case: Uuid,
    before: Option<i64>,
    limit: i64,
) -> sqlx::Result<Vec<AuditRow>> {
    sqlx::query_as(
        "select id, at, actor, action, subject, detail from audit
         where (case_id = $1 or subject = 'case/' || $1::text) and ($2::bigint is null or id < $2)
         order by id desc limit $3",
    )
    .bind(case)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ReadRow {
    pub id: i64,
    pub at: OffsetDateTime,
    pub actor: String,
    pub subject: String,
    pub purpose: String,
}

/// Reads of personal data of a case, newest first, before the row `before`.
pub async fn reads_of_case(
    conn: &mut PgConnection,
    case: Uuid,
    before: Option<i64>,
    limit: i64,
) -> sqlx::Result<Vec<ReadRow>> {
    sqlx::query_as(
        "select id, at, actor, subject, purpose from personal_data_read
         where case_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3",
    )
    .bind(case)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

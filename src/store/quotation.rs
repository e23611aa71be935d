//! Quotations and the answers to them.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, FromRow)]
pub struct QuotationRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub version: i32,
    pub sheet_id: Uuid,
    pub procedure: String,
    /// `domain::quotation::Offer`.
    pub offer: Value,
    pub total: i64,
    pub prices: String,
    /// Last day it holds.
    pub valid_to: Date,
    pub created_by: String,
    pub created_at: OffsetDateTime,
    #[sqlx(default)]
    pub accepted: Option<bool>,
    #[sqlx(default)]
    pub reason: Option<String>,
    #[sqlx(default)]
    pub answered_at: Option<OffsetDateTime>,
    /// A newer option sheet took its ground.
    #[sqlx(default)]
    pub withdrawn: bool,
}

macro_rules! answered {
    ($rest:literal) => {
        concat!(
            "select q.*, a.accepted, a.reason, a.answered_at,
                    exists (select from case_event e where e.case_id = q.case_id and e.kind = 'quotation_withdrawn'
                               and e.data ->> 'quotation' = q.id::text) as withdrawn
               from quotation q left join quotation_answer a on a.quotation_id = q.id ",
            $rest
        )
    };
}

/// Only under the case's lock.
pub async fn next_version(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<i32> {
    sqlx::query_scalar("select coalesce(max(version), 0) + 1 from quotation where case_id = $1")
        .bind(case)
        .fetch_one(conn)
        .await
}

pub async fn insert(conn: &mut PgConnection, q: &QuotationRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into quotation (id, case_id, version, sheet_id, procedure, offer, total, prices, valid_to, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(q.id)
    .bind(q.case_id)
    .bind(q.version)
    .bind(q.sheet_id)
    .bind(&q.procedure)
    .bind(&q.offer)
    .bind(q.total)
    .bind(&q.prices)
    .bind(q.valid_to)
    .bind(&q.created_by)
    .bind(q.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<QuotationRow>> {
    sqlx::query_as(answered!("where q.id = $1")).bind(id).fetch_optional(conn).await
}

/// Newest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<QuotationRow>> {
    sqlx::query_as(answered!("where q.case_id = $1 order by q.version desc")).bind(case).fetch_all(conn).await
}

/// False when it was answered before. `reason`: of a refusal.
pub async fn answer(
    conn: &mut PgConnection,
    quotation: Uuid,
    reason: Option<&str>,
    by: &str,
    at: OffsetDateTime,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into quotation_answer (quotation_id, accepted, reason, answered_by, answered_at)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
    )
    .bind(quotation)
    .bind(reason.is_none())
    .bind(reason)
    .bind(by)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

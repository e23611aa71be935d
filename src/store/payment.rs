//! Payments and receipts. Rows are never changed.

use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct PaymentRow {
    pub id: Uuid,
    pub contract_id: Uuid,
    pub reference: String,
    pub amount: i64,
    /// `cash` or `transfer`.
    pub way: String,
    pub paid_on: Date,
    pub recorded_by: String,
    pub recorded_at: OffsetDateTime,
    #[sqlx(default)]
    pub receipt_id: Option<Uuid>,
    #[sqlx(default)]
    pub year: Option<i32>,
    #[sqlx(default)]
    pub no: Option<i32>,
}

pub async fn insert(conn: &mut PgConnection, p: &PaymentRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into payment (id, contract_id, reference, amount, way, paid_on, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(p.id)
    .bind(p.contract_id)
    .bind(&p.reference)
    .bind(p.amount)
    .bind(&p.way)
    .bind(p.paid_on)
    .bind(&p.recorded_by)
    .bind(p.recorded_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// In the order they were recorded.
pub async fn of_contract(conn: &mut PgConnection, contract: Uuid) -> sqlx::Result<Vec<PaymentRow>> {
    sqlx::query_as(
        "select p.*, r.id as receipt_id, r.year, r.no from payment p left join receipt r on r.payment_id = p.id
          where p.contract_id = $1 order by p.recorded_at, p.id",
    )
    .bind(contract)
    .fetch_all(conn)
    .await
}

pub async fn by_receipt(conn: &mut PgConnection, receipt: Uuid) -> sqlx::Result<Option<PaymentRow>> {
    sqlx::query_as(
        "select p.*, r.id as receipt_id, r.year, r.no from payment p join receipt r on r.payment_id = p.id where r.id = $1",
    )
    .bind(receipt)
    .fetch_optional(conn)
    .await
}

/// The next number of a year. Its row stays locked to the end of the transaction: a number taken back leaves no gap.
pub async fn next_receipt(conn: &mut PgConnection, year: i32) -> sqlx::Result<i32> {
    sqlx::query_scalar(
        "insert into receipt_counter (year, last) values ($1, 1)
         on conflict (year) do update set last = receipt_counter.last + 1 returning last",
    )
    .bind(year)
    .fetch_one(conn)
    .await
}

pub async fn insert_receipt(
    conn: &mut PgConnection,
    id: Uuid,
    payment: Uuid,
    (year, no): (i32, i32),
    by: &str,
    at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query("insert into receipt (id, payment_id, year, no, issued_by, issued_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(payment)
        .bind(year)
        .bind(no)
        .bind(by)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

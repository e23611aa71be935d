//! Payments, receipts, and when instalments fall due. Rows are never changed.

use crate::domain::contract::{Entry, Kind, Owing, owing, sums};
use crate::domain::money::Dong;
use crate::domain::quotation::Instalment;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct PaymentRow {
    pub id: Uuid,
    pub contract_id: Uuid,
    /// A name of `domain::contract::Kind`.
    pub kind: String,
    pub reference: String,
    pub attempt: i32,
    pub amount: i64,
    /// `cash` or `transfer`.
    pub way: String,
    pub paid_on: Date,
    pub reverses: Option<Uuid>,
    pub reason: Option<String>,
    pub recorded_by: String,
    pub recorded_at: OffsetDateTime,
}

impl PaymentRow {
    /// What the ledger counts.
    pub fn entry(&self) -> Entry {
        let kind = Kind::parse(&self.kind).unwrap_or(Kind::Reversal);
        Entry { id: self.id, kind, amount: Dong(self.amount), reverses: self.reverses }
    }
}

pub async fn insert(conn: &mut PgConnection, p: &PaymentRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into payment (id, contract_id, kind, reference, attempt, amount, way, paid_on, reverses, reason, recorded_by,
                              recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(p.id)
    .bind(p.contract_id)
    .bind(&p.kind)
    .bind(&p.reference)
    .bind(p.attempt)
    .bind(p.amount)
    .bind(&p.way)
    .bind(p.paid_on)
    .bind(p.reverses)
    .bind(&p.reason)
    .bind(&p.recorded_by)
    .bind(p.recorded_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// In the order they were recorded.
pub async fn of_contract(conn: &mut PgConnection, contract: Uuid) -> sqlx::Result<Vec<PaymentRow>> {
    sqlx::query_as("select * from payment where contract_id = $1 order by recorded_at, id")
        .bind(contract)
        .fetch_all(conn)
        .await
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<PaymentRow>> {
    sqlx::query_as("select * from payment where id = $1").bind(id).fetch_optional(conn).await
}

/// Entries under a reference that take nothing back, in any contract: those that stand, or, when none does, the last one taken back.
pub async fn by_reference(conn: &mut PgConnection, reference: &str) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "with named as (select p.id, p.recorded_at, exists (select from payment r where r.reverses = p.id) as back
                          from payment p where p.reference = $1 and p.reverses is null)
         select id from named n
          where not back or not exists (select from named o where not o.back or (o.recorded_at, o.id) > (n.recorded_at, n.id))
          order by recorded_at, id",
    )
    .bind(reference)
    .fetch_all(conn)
    .await
}

/// Last days to pay, by the instalment's number.
pub async fn due(conn: &mut PgConnection, contract: Uuid) -> sqlx::Result<BTreeMap<u32, Date>> {
    let rows: Vec<(i32, Date)> = sqlx::query_as("select no, due from instalment_due where contract_id = $1")
        .bind(contract)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|(no, due)| Some((u32::try_from(no).ok()?, due))).collect())
}

/// False when it was called before: the first day stays.
pub async fn call(
    conn: &mut PgConnection,
    contract: Uuid,
    no: i32,
    due: Date,
    by: &str,
    at: OffsetDateTime,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into instalment_due (contract_id, no, due, called_by, called_at) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
    )
    .bind(contract)
    .bind(no)
    .bind(due)
    .bind(by)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Instalments of a contract as of a day, paid or not.
pub async fn schedule(conn: &mut PgConnection, contract: Uuid, today: Date) -> sqlx::Result<Vec<Owing>> {
    let plan: Option<Json<Vec<Instalment>>> = sqlx::query_scalar("select instalments from contract where id = $1")
        .bind(contract)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(Json(plan)) = plan else { return Ok(vec![]) };
    let entries: Vec<Entry> = of_contract(conn, contract).await?.iter().map(PaymentRow::entry).collect();
    let too_large = |e: crate::domain::money::TooLarge| sqlx::Error::Decode(e.into());
    let paid = sums(&entries).map_err(too_large)?.paid;
    owing(&plan, &due(conn, contract).await?, paid, today).map_err(too_large)
}

/// What is still open of the instalments of a case's contract that binds, due or not. Empty: nothing, or no such contract.
pub async fn unpaid(conn: &mut PgConnection, case: Uuid, today: Date) -> sqlx::Result<Vec<Owing>> {
    let Some(bound) = super::contract::concluded(conn, case).await? else { return Ok(vec![]) };
    let all = schedule(conn, bound.id, today).await?;
    Ok(all.into_iter().filter(|o| o.open > Dong::ZERO).collect())
}

/// A receipt: of all entries of one sum of money.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ReceiptRow {
    pub id: Uuid,
    pub contract_id: Uuid,
    pub reference: String,
    pub attempt: i32,
    pub year: i32,
    pub no: i32,
    pub issued_by: String,
    pub issued_at: OffsetDateTime,
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

pub async fn insert_receipt(conn: &mut PgConnection, r: &ReceiptRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into receipt (id, contract_id, reference, attempt, year, no, issued_by, issued_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(r.id)
    .bind(r.contract_id)
    .bind(&r.reference)
    .bind(r.attempt)
    .bind(r.year)
    .bind(r.no)
    .bind(&r.issued_by)
    .bind(r.issued_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn receipt(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<ReceiptRow>> {
    sqlx::query_as("select * from receipt where id = $1").bind(id).fetch_optional(conn).await
}

pub async fn receipt_by_number(conn: &mut PgConnection, year: i32, no: i32) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar("select id from receipt where year = $1 and no = $2")
        .bind(year)
        .bind(no)
        .fetch_optional(conn)
        .await
}

pub async fn receipts(conn: &mut PgConnection, contract: Uuid) -> sqlx::Result<Vec<ReceiptRow>> {
    sqlx::query_as("select * from receipt where contract_id = $1 order by year, no")
        .bind(contract)
        .fetch_all(conn)
        .await
}

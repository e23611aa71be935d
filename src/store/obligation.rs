//! Taxes and fees of cases, their figures and payments.

use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// An obligation with its last figure and its payment.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ObligationRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub what: String,
    pub payer: String,
    /// `open`, `paid`, `dropped`.
    pub state: String,
    pub noticed: Date,
    pub reminded: Option<Date>,
    /// Of the last figure: `estimate`, `notice`.
    pub source: String,
    pub low: Option<i64>,
    pub high: Option<i64>,
    pub due: Option<Date>,
    pub citation: String,
    pub standing: String,
    /// How many figures there are.
    pub figures: i32,
    pub paid: Option<i64>,
    pub paid_on: Option<Date>,
    pub receipt_sha256: Option<String>,
}

#[derive(Debug, Clone)]
pub struct NewObligation<'a> {
    pub id: Uuid,
    pub case_id: Uuid,
    pub what: &'a str,
    pub payer: &'a str,
    pub noticed: Date,
    pub by: &'a str,
    pub at: OffsetDateTime,
}

/// False: it is owed in this case already.
pub async fn insert(conn: &mut PgConnection, o: &NewObligation<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into obligation (id, case_id, what, payer, noticed, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(o.id)
    .bind(o.case_id)
    .bind(o.what)
    .bind(o.payer)
    .bind(o.noticed)
    .bind(o.by)
    .bind(o.at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

#[derive(Debug, Clone)]
pub struct Figure<'a> {
    pub obligation_id: Uuid,
    pub no: i32,
    pub source: &'a str,
    pub low: Option<i64>,
    pub high: Option<i64>,
    pub due: Option<Date>,
    pub paper: Option<(Uuid, i32)>,
    pub citation: &'a str,
    pub standing: &'a str,
    pub by: &'a str,
    pub at: OffsetDateTime,
}

pub async fn add_figure(conn: &mut PgConnection, f: &Figure<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into obligation_figure (obligation_id, no, source, low, high, due, paper_id, paper_version, citation, standing,
             created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(f.obligation_id)
    .bind(f.no)
    .bind(f.source)
    .bind(f.low)
    .bind(f.high)
    .bind(f.due)
    .bind(f.paper.map(|p| p.0))
    .bind(f.paper.map(|p| p.1))
    .bind(f.citation)
    .bind(f.standing)
    .bind(f.by)
    .bind(f.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Of a case, oldest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<ObligationRow>> {
    sqlx::query_as(
        "select o.id, o.case_id, o.what, o.payer, o.state, o.noticed, o.reminded, f.source, f.low, f.high, f.due, f.citation,
                f.standing, f.no as figures, p.amount as paid, p.paid_on, p.receipt_sha256
           from obligation o
           join lateral (select * from obligation_figure f where f.obligation_id = o.id order by no desc limit 1) f on true
           left join obligation_payment p on p.obligation_id = o.id
          where o.case_id = $1 order by o.id",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

/// One of them, locked.
pub async fn lock(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<ObligationRow>> {
    let case: Option<Uuid> = sqlx::query_scalar("select case_id from obligation where id = $1 for update")
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(case) = case else { return Ok(None) };
    Ok(of_case(conn, case).await?.into_iter().find(|o| o.id == id))
}

pub async fn case_of(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar("select case_id from obligation where id = $1").bind(id).fetch_optional(conn).await
}

/// Has a paper been taken as a notice before?
pub async fn notice_used(conn: &mut PgConnection, paper: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from obligation_figure where paper_id = $1)")
        .bind(paper)
        .fetch_one(conn)
        .await
}

pub async fn set_state(conn: &mut PgConnection, id: Uuid, state: &str) -> sqlx::Result<()> {
    sqlx::query("update obligation set state = $2 where id = $1").bind(id).bind(state).execute(conn).await?;
    Ok(())
}

#[derive(Debug, Clone)]
pub struct Payment<'a> {
    pub obligation_id: Uuid,
    pub amount: i64,
    pub paid_on: Date,
    pub paper: (Uuid, i32),
    pub receipt_sha256: &'a str,
    pub by: &'a str,
    pub at: OffsetDateTime,
}

pub async fn pay(conn: &mut PgConnection, p: &Payment<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into obligation_payment (obligation_id, amount, paid_on, paper_id, paper_version, receipt_sha256, recorded_by,
             recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(p.obligation_id)
    .bind(p.amount)
    .bind(p.paid_on)
    .bind(p.paper.0)
    .bind(p.paper.1)
    .bind(p.receipt_sha256)
    .bind(p.by)
    .bind(p.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// What is open in cases that were not given up, behind `after`: (obligation, case).
pub async fn open_page(conn: &mut PgConnection, after: Uuid, limit: i64) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    sqlx::query_as(
        "select o.id, o.case_id from obligation o join case_file c on c.id = o.case_id
          where o.state = 'open' and c.state not in ('withdrawn', 'refused') and o.id > $1 order by o.id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

pub async fn set_reminded(conn: &mut PgConnection, id: Uuid, day: Date) -> sqlx::Result<()> {
    sqlx::query("update obligation set reminded = $2 where id = $1").bind(id).bind(day).execute(conn).await?;
    Ok(())
}

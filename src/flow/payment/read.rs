use crate::app::App;
use crate::domain::contract::{Balance, balance};
use crate::domain::money::Dong;
use crate::flow::contract::instalments;
use crate::flow::{Error, Result};
use crate::store::contract::{self, ContractRow};
use crate::store::payment::{self, PaymentRow};
use serde::Serialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PaymentView {
    pub id: Uuid,
    pub contract_id: Uuid,
    pub reference: String,
    /// Dong.
    pub amount: i64,
    /// cash or transfer.
    pub way: String,
    #[schema(value_type = String, format = Date)]
    pub paid_on: Date,
    pub receipt_id: Uuid,
    /// `PT-2026-000001`: without gaps within a year.
    pub receipt: String,
    pub recorded_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
}

/// A contract's schedule with what was paid of it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Account {
    pub contract_id: Uuid,
    /// Dong.
    pub total: i64,
    pub paid: i64,
    pub open: i64,
    #[schema(value_type = Vec<Object>)]
    pub instalments: Vec<Balance>,
    pub payments: Vec<PaymentView>,
}

pub(super) fn number(year: i32, no: i32) -> String {
    format!("PT-{year:04}-{no:06}")
}

pub(super) fn view(p: PaymentRow) -> Result<PaymentView> {
    let (Some(receipt_id), Some(year), Some(no)) = (p.receipt_id, p.year, p.no) else {
        return Err(Error::Broken(anyhow::anyhow!("payment {} has no receipt", p.id)));
    };
    Ok(PaymentView {
        id: p.id,
        contract_id: p.contract_id,
        reference: p.reference,
        amount: p.amount,
        way: p.way,
        paid_on: p.paid_on,
        receipt_id,
        receipt: number(year, no),
        recorded_by: p.recorded_by,
        recorded_at: p.recorded_at,
    })
}

pub(super) fn sum(rows: &[PaymentRow]) -> Result<Dong> {
    Dong::sum(rows.iter().map(|p| Dong(p.amount))).map_err(|e| Error::Broken(e.into()))
}

async fn of(conn: &mut PgConnection, row: ContractRow) -> Result<Account> {
    let rows = payment::of_contract(conn, row.id).await?;
    let paid = sum(&rows)?;
    Ok(Account {
        contract_id: row.id,
        total: row.total,
        paid: paid.0,
        open: row.total - paid.0,
        instalments: balance(&instalments(&row)?, paid).map_err(|e| Error::Broken(e.into()))?,
        payments: rows.into_iter().map(view).collect::<Result<_>>()?,
    })
}

pub async fn account(app: &App, contract: Uuid) -> Result<Account> {
    let mut conn = app.pool.acquire().await?;
    let row = contract::get(&mut conn, contract).await?;
    of(&mut conn, row.ok_or_else(|| Error::NotFound { what: "contract", id: contract.to_string() })?).await
}

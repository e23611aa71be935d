use crate::app::App;
use crate::domain::contract::{Owing, sums};
use crate::flow::{Error, Result};
use crate::store::contract::{self, ContractRow};
use crate::store::payment::{self, PaymentRow, ReceiptRow};
use serde::Serialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// One entry of a contract's ledger.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct EntryView {
    pub id: Uuid,
    pub contract_id: Uuid,
    /// payment, overpayment, reversal.
    pub kind: String,
    pub reference: String,
    /// Dong.
    pub amount: i64,
    /// cash or transfer.
    pub way: String,
    #[schema(value_type = String, format = Date)]
    pub paid_on: Date,
    /// Entry that a reversal takes back.
    pub reverses: Option<Uuid>,
    /// Code of the reason of a reversal.
    pub reason: Option<String>,
    pub recorded_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
}

impl From<PaymentRow> for EntryView {
    fn from(p: PaymentRow) -> Self {
        Self {
            id: p.id,
            contract_id: p.contract_id,
            kind: p.kind,
            reference: p.reference,
            amount: p.amount,
            way: p.way,
            paid_on: p.paid_on,
            reverses: p.reverses,
            reason: p.reason,
            recorded_by: p.recorded_by,
            recorded_at: p.recorded_at,
        }
    }
}

/// A sum of money that came in: its receipt and its entries.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ReceiptView {
    pub id: Uuid,
    /// Without gaps within a year.
    #[schema(example = "PT-2026-000001")]
    pub number: String,
    pub contract_id: Uuid,
    pub reference: String,
    /// Dong: of all its entries.
    pub amount: i64,
    /// What fills instalments, and what is beyond them.
    pub entries: Vec<EntryView>,
    #[serde(with = "time::serde::rfc3339")]
    pub issued_at: OffsetDateTime,
}

/// A contract's schedule with what was paid of it, today.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Account {
    pub contract_id: Uuid,
    #[schema(example = "HĐ-2026-000001")]
    pub number: String,
    /// Dong.
    pub total: i64,
    pub paid: i64,
    pub open: i64,
    /// Held beyond what is owed.
    pub over: i64,
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// Number, title, amount, paid, open, due, state (paid, waiting, due, overdue), days over.
    #[schema(value_type = Vec<Object>)]
    pub instalments: Vec<Owing>,
    pub entries: Vec<EntryView>,
    pub receipts: Vec<ReceiptView>,
}

/// Year and running number of a receipt, as its number names them.
pub fn receipt_number(text: &str) -> Option<(i32, i32)> {
    let (year, no) =
        text.trim().to_uppercase().strip_prefix("PT-")?.split_once('-').map(|(y, n)| (y.parse(), n.parse()))?;
    year.ok().zip(no.ok())
}

pub(super) fn number(r: &ReceiptRow) -> String {
    format!("PT-{:04}-{:06}", r.year, r.no)
}

/// Entries of the sum a receipt is for.
pub(super) fn covered<'a>(r: &'a ReceiptRow, all: &'a [PaymentRow]) -> impl Iterator<Item = &'a PaymentRow> {
    all.iter().filter(|p| p.reverses.is_none() && p.reference == r.reference && p.attempt == r.attempt)
}

pub(super) fn receipt_view(r: &ReceiptRow, all: &[PaymentRow]) -> ReceiptView {
    let entries: Vec<EntryView> = covered(r, all).cloned().map(Into::into).collect();
    ReceiptView {
        id: r.id,
        number: number(r),
        contract_id: r.contract_id,
        reference: r.reference.clone(),
        amount: entries.iter().map(|e| e.amount).sum(),
        entries,
        issued_at: r.issued_at,
    }
}

async fn of(app: &App, conn: &mut PgConnection, row: ContractRow) -> Result<Account> {
    let rows = payment::of_contract(conn, row.id).await?;
    let entries: Vec<_> = rows.iter().map(PaymentRow::entry).collect();
    let sums = sums(&entries).map_err(|e| Error::Broken(e.into()))?;
    let as_of = app.clock.today();
    let receipts = payment::receipts(conn, row.id).await?;
    Ok(Account {
        contract_id: row.id,
        number: row.number,
        total: row.total,
        paid: sums.paid.0,
        open: row.total - sums.paid.0,
        over: sums.over.0,
        as_of,
        instalments: payment::schedule(conn, row.id, as_of).await?,
        receipts: receipts.iter().map(|r| receipt_view(r, &rows)).collect(),
        entries: rows.into_iter().map(Into::into).collect(),
    })
}

pub(super) fn not_there(contract: Uuid) -> Error {
    Error::NotFound { what: "contract", id: contract.to_string() }
}

/// What was paid of a contract, and what is open, due and overdue.
pub async fn account(app: &App, contract: Uuid) -> Result<Account> {
    let mut conn = app.pool.acquire().await?;
    let row = contract::get(&mut conn, contract).await?.ok_or_else(|| not_there(contract))?;
    of(app, &mut conn, row).await
}

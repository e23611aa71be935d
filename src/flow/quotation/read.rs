use crate::app::App;
use crate::domain::quotation::{Offer, Standing};
use crate::flow::{Error, Result};
use crate::store::quotation::{self, QuotationRow};
use serde::Serialize;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct QuotationView {
    pub id: Uuid,
    pub case_id: Uuid,
    /// From 1 within the case.
    pub version: i32,
    /// The signed option sheet it rests on.
    pub sheet_id: Uuid,
    pub procedure: String,
    /// offered, accepted, refused, expired, replaced (there is a newer version), withdrawn (a newer option sheet was signed).
    #[schema(value_type = String)]
    pub state: Standing,
    /// Last day it holds.
    #[schema(value_type = String, format = Date)]
    pub valid_to: Date,
    /// Lines, discount, VAT, total (dong), instalments, and what the price list notes.
    #[schema(value_type = Object)]
    pub offer: Offer,
    /// Code of the reason of a refusal.
    pub reason: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub answered_at: Option<OffsetDateTime>,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

pub(in crate::flow) fn offer_of(row: &QuotationRow) -> Result<Offer> {
    serde_json::from_value(row.offer.clone()).map_err(|e| Error::Broken(e.into()))
}

pub(super) fn view(row: QuotationRow, state: Standing) -> Result<QuotationView> {
    let offer = offer_of(&row)?;
    Ok(QuotationView {
        id: row.id,
        case_id: row.case_id,
        version: row.version,
        sheet_id: row.sheet_id,
        procedure: row.procedure,
        state,
        valid_to: row.valid_to,
        offer,
        reason: row.reason,
        answered_at: row.answered_at,
        created_by: row.created_by,
        created_at: row.created_at,
    })
}

/// Quotations of a case, newest first.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<QuotationView>> {
    let mut conn = app.pool.acquire().await?;
    let rows = quotation::of_case(&mut conn, case).await?;
    let today = app.clock.today();
    let told = rows.into_iter().enumerate().map(|(i, row)| {
        let state = Standing::of(row.accepted, row.withdrawn, i == 0, row.valid_to, today);
        view(row, state)
    });
    told.collect()
}

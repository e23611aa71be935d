use super::{UNDECIDED, unknown_procedure};
use crate::app::App;
use crate::domain::case::number::CaseNumber;
use crate::flow::{Error, Result};
use crate::store;
use crate::store::case::CaseRow;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

pub use crate::store::case::CaseFilter;

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CaseView {
    pub id: Uuid,
    /// With a check digit: `HS-2026-000123-7`.
    pub number: String,
    pub procedure: String,
    /// intake, verification, advice, quotation, contract, execution, review, hand_over, after_care, closed, withdrawn,
    /// refused.
    pub state: String,
    #[schema(value_type = Object)]
    pub wish: Value,
    #[schema(value_type = Object)]
    pub parcel_ref: Value,
    /// EPSG code of the parcel's cadastral zone, once the parcel is known.
    pub zone: Option<i32>,
    pub parcel_id: Option<Uuid>,
    /// Whose move it is: ours, customer, authority or nobody.
    pub turn: String,
    /// Since when it has stood in its state.
    #[serde(with = "time::serde::rfc3339")]
    pub state_since: OffsetDateTime,
    /// Whose case it is, once they said who they are.
    pub customer_id: Option<Uuid>,
    pub version: i32,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl From<CaseRow> for CaseView {
    fn from(r: CaseRow) -> Self {
        Self {
            id: r.id,
            number: r.number,
            procedure: r.procedure,
            state: r.state,
            wish: r.wish,
            parcel_ref: r.parcel_ref,
            zone: r.zone,
            parcel_id: r.parcel_id,
            turn: r.turn,
            state_since: r.state_since,
            customer_id: r.customer_id,
            version: r.version,
            created_by: r.created_by,
            created_at: r.created_at,
            updated_at: r.updated_at,
        }
    }
}

/// By id, or by its number as a person writes it.
pub async fn get(app: &App, asked: &str) -> Result<CaseView> {
    let not_found = || Error::NotFound { what: "case", id: asked.to_owned() };
    let mut conn = app.pool.acquire().await?;
    let row = match Uuid::parse_str(asked) {
        Ok(id) => store::case::get(&mut conn, id).await?,
        Err(_) => {
            let number = CaseNumber::parse(asked).ok_or_else(not_found)?;
            store::case::by_number(&mut conn, &number.to_string()).await?
        }
    };
    row.map(CaseView::from).ok_or_else(not_found)
}

/// Newest first.
pub async fn list(app: &App, filter: &CaseFilter) -> Result<Vec<CaseView>> {
    let code = filter.procedure.as_deref().filter(|code| *code != UNDECIDED);
    if let Some(problem) = code.and_then(|code| unknown_procedure(app, "procedure", code)) {
        return Err(Error::Refused(vec![problem]));
    }
    let mut conn = app.pool.acquire().await?;
    Ok(store::case::page(&mut conn, filter).await?.into_iter().map(CaseView::from).collect())
}

/// Fails when the case is not there or its personal data are erased; locks it for the rest of the transaction.
pub(crate) async fn lock_kept(conn: &mut sqlx::PgConnection, case: Uuid) -> Result<()> {
    store::case::lock_ended(conn, case).await?.ok_or_else(|| Error::NotFound { what: "case", id: case.to_string() })?;
    match store::retention::of_case(conn, case).await? {
        Some(_) => Err(Error::Conflict { code: "personal-data-erased", detail: case.to_string() }),
        None => Ok(()),
    }
}

/// Fails when the case is not there or has ended; locks it for the rest of the transaction.
pub(crate) async fn lock_open(conn: &mut sqlx::PgConnection, case: Uuid) -> Result<()> {
    match store::case::lock_ended(conn, case).await? {
        None => Err(Error::NotFound { what: "case", id: case.to_string() }),
        Some(true) => Err(Error::Conflict { code: "case-closed", detail: case.to_string() }),
        Some(false) => Ok(()),
    }
}

use crate::app::App;
use crate::domain::paper::Paper;
use crate::domain::staff::Purpose;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::obligation::{self as store, ObligationRow};
use crate::store::{audit, paper};
use serde::Serialize;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// A tax or fee. Sums are whole dong.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ObligationView {
    pub id: Uuid,
    pub case_id: Uuid,
    /// A fee of the tables, or other.
    pub what: String,
    /// holder, receiver or either.
    pub payer: String,
    /// open, paid or dropped.
    pub state: String,
    /// estimate (worked out) or notice (the authority's, which overrides it).
    pub source: String,
    /// As far as it is known.
    pub low: Option<i64>,
    pub high: Option<i64>,
    /// Last day of payment, as the notice says.
    #[schema(value_type = Option<String>)]
    pub due: Option<Date>,
    pub citation: String,
    /// verified, secondary, unverified or house.
    pub standing: String,
    /// Day of the last reminder.
    #[schema(value_type = Option<String>)]
    pub reminded: Option<Date>,
    pub paid: Option<i64>,
    #[schema(value_type = Option<String>)]
    pub paid_on: Option<Date>,
    /// SHA-256 of the receipt's scan.
    pub receipt_sha256: Option<String>,
}

impl From<ObligationRow> for ObligationView {
    fn from(r: ObligationRow) -> Self {
        Self {
            id: r.id,
            case_id: r.case_id,
            what: r.what,
            payer: r.payer,
            state: r.state,
            source: r.source,
            low: r.low,
            high: r.high,
            due: r.due,
            citation: r.citation,
            standing: r.standing,
            reminded: r.reminded,
            paid: r.paid,
            paid_on: r.paid_on,
            receipt_sha256: r.receipt_sha256,
        }
    }
}

/// Of a case, oldest first.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<ObligationView>> {
    let mut conn = app.pool.acquire().await?;
    if crate::store::case::get(&mut conn, case).await?.is_none() {
        return Err(Error::NotFound { what: "case", id: case.to_string() });
    }
    Ok(store::of_case(&mut conn, case).await?.into_iter().map(Into::into).collect())
}

pub(super) async fn view(tx: &mut PgConnection, case: Uuid, id: Uuid) -> Result<ObligationView> {
    let found = store::of_case(tx, case).await?.into_iter().find(|o| o.id == id);
    found.map(Into::into).ok_or_else(|| Error::NotFound { what: "obligation", id: id.to_string() })
}

/// The obligation, locked behind its case, when it is still open.
pub(super) async fn lock_owed(tx: &mut PgConnection, id: Uuid) -> Result<ObligationRow> {
    let not_found = || Error::NotFound { what: "obligation", id: id.to_string() };
    let case = store::case_of(tx, id).await?.ok_or_else(not_found)?;
    crate::flow::case::lock(tx, case).await?;
    let row = store::lock(tx, id).await?.ok_or_else(not_found)?;
    if row.state != "open" {
        return Err(Error::Conflict { code: "obligation-settled", detail: row.state });
    }
    Ok(row)
}

/// A paper of the case as it is now, opened: a logged read.
pub(super) struct Opened {
    pub version: i32,
    pub paper: Paper,
    pub scan_sha256: Option<String>,
}

pub(super) async fn open(app: &App, tx: &mut PgConnection, by: &Actor, case: Uuid, id: Uuid) -> Result<Opened> {
    let row = paper::get(tx, case, id, None).await?;
    let row = row.ok_or_else(|| Error::refused("paper", "not-in-list", id, "a paper of this case"))?;
    let place = format!("paper/{}/{}", row.id, row.version);
    let why = Purpose::PreparePapers.as_str();
    audit::personal_data_read(tx, app.clock.now(), &by.login, case, &place, why).await?;
    let plain = app.vault.open(&place, &row.sealed)?;
    Ok(Opened {
        version: row.version,
        paper: serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))?,
        scan_sha256: row.scan.as_ref().and_then(|s| s.get("sha256")?.as_str().map(str::to_owned)),
    })
}

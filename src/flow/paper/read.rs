use super::intake::place;
use crate::app::App;
use crate::domain::paper::Paper;
use crate::domain::problem::FieldProblem;
use crate::domain::staff::Purpose;
use crate::domain::verify::ScanFacts;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store;
use crate::store::paper::PaperRow;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// A paper without its personal data.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PaperView {
    pub id: Uuid,
    pub version: i32,
    pub case_id: Uuid,
    /// certificate, identity_card, power_of_attorney, marriage_certificate, tax_notice, planning_extract, other.
    pub kind: String,
    /// False: a draft; `missing` says what it still needs.
    pub complete: bool,
    pub missing: Vec<String>,
    /// Keyed hash (HMAC-SHA256) of the facts: the same for the same facts, and names nothing.
    pub facts_sha256: String,
    /// `sha256`, `media_type`, `bytes`, `width`, `height` (pixels).
    #[schema(value_type = Option<Object>)]
    pub scan: Option<ScanFacts>,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A paper with everything written on it.
#[derive(Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PaperFull {
    #[serde(flatten)]
    pub about: PaperView,
    #[schema(value_type = Object)]
    pub facts: Value,
    /// What may be right but a person should look at.
    #[schema(value_type = Vec<Object>)]
    pub warnings: Vec<FieldProblem>,
}

impl PaperView {
    pub(super) fn from_row(row: PaperRow) -> Result<Self> {
        let scan = row.scan.map(serde_json::from_value).transpose().map_err(|e| Error::Broken(e.into()))?;
        Ok(Self {
            id: row.id,
            version: row.version,
            case_id: row.case_id,
            kind: row.kind,
            complete: row.complete,
            missing: row.missing,
            facts_sha256: row.facts_sha256,
            scan,
            created_by: row.created_by,
            created_at: row.created_at,
        })
    }
}

/// The latest version of every paper of a case, without personal data.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<PaperView>> {
    let mut conn = app.pool.acquire().await?;
    if store::case::get(&mut conn, case).await?.is_none() {
        return Err(Error::NotFound { what: "case", id: case.to_string() });
    }
    store::paper::latest_of_case(&mut conn, case).await?.into_iter().map(PaperView::from_row).collect()
}

/// One version of a paper (the latest when none is named) with its facts: a logged read.
pub async fn read(
    app: &App,
    by: &Actor,
    case: Uuid,
    id: Uuid,
    version: Option<i32>,
    purpose: Purpose,
) -> Result<PaperFull> {
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let not_found = || Error::NotFound { what: "paper", id: id.to_string() };
    let row = store::paper::get(&mut reading.tx, case, id, version).await?.ok_or_else(not_found)?;
    let place = place(row.id, row.version);
    reading.log(&place).await?;
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    let paper: Paper = serde_json::from_slice(&app.vault.open(&place, &row.sealed)?).map_err(broken)?;
    let facts = serde_json::to_value(&paper).map_err(broken)?;
    reading.end().await?;
    Ok(PaperFull { about: PaperView::from_row(row)?, facts, warnings: paper.warnings() })
}

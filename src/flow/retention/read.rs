use super::hold::HoldView;
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::case::Ending;
use crate::domain::retention::{Certificate, Rule, Rules};
use crate::flow::{Error, Result};
use crate::store::retention::{self as store, EndedRow, ErasureRow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use time::Date;
use uuid::Uuid;

/// Until when the personal data of a case are kept, by which rule, what holds them; or the certificate.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RetentionView {
    pub case_id: Uuid,
    /// None: it has not ended, or was erased.
    #[schema(value_type = Option<String>)]
    pub due: Option<Date>,
    #[schema(value_type = Option<Object>)]
    pub rule: Option<Rule>,
    pub holds: Vec<HoldView>,
    pub erasure: Option<ErasureView>,
}

/// A certificate of deletion.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ErasureView {
    /// `diaba.erasure/1`: what, when, by which rule, hashes; never the data itself.
    #[schema(value_type = Object)]
    pub certificate: Certificate,
    /// SHA-256 over its canonical form, hex.
    pub digest: String,
    pub key_id: String,
    /// Ed25519 over `diaba.erasure/1`, a line feed and the digest; base64.
    pub signature: String,
}

pub(super) fn erasure_view(row: &ErasureRow) -> Result<ErasureView> {
    Ok(ErasureView {
        certificate: serde_json::from_str(&row.certificate).map_err(|e| Error::Broken(e.into()))?,
        digest: row.digest.clone(),
        key_id: row.key_id.clone(),
        signature: STANDARD.encode(&row.signature),
    })
}

/// The rule for an ended case as of a day; none: there is no rule, and nothing is deleted.
pub(super) fn rule_of(row: &EndedRow, today: Date) -> Result<Option<(&'static Rule, Date)>> {
    let rules = Rules::shipped().map_err(|e| Error::Broken(anyhow::Error::msg(e)))?;
    let ending = match row.state.as_str() {
        "closed" => Ending::Closed,
        "withdrawn" => Ending::Withdrawn,
        _ => Ending::Refused,
    };
    let ended = day_of(row.ended_at);
    Ok(rules.of(ending, today).map(|rule| (rule, rule.due(ended))))
}

pub async fn retention(app: &App, case: Uuid) -> Result<RetentionView> {
    let mut conn = app.pool.acquire().await?;
    if crate::store::case::get(&mut conn, case).await?.is_none() {
        return Err(Error::NotFound { what: "case", id: case.to_string() });
    }
    let ended = store::ended(&mut conn, Uuid::nil(), Some(case), 1).await?.into_iter().next();
    let found = match &ended {
        Some(row) => rule_of(row, app.clock.today())?,
        None => None,
    };
    Ok(RetentionView {
        case_id: case,
        due: found.map(|(_, due)| due),
        rule: found.map(|(rule, _)| rule.clone()),
        holds: store::holds(&mut conn, case).await?.into_iter().map(Into::into).collect(),
        erasure: store::of_case(&mut conn, case).await?.as_ref().map(erasure_view).transpose()?,
    })
}

//! Stored verifications. The record may quote names, so every reading is logged with its purpose.

use crate::app::App;
use crate::domain::staff::Purpose;
use crate::domain::verify::{Basis, Inputs, Record};
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::verification::{self, VerificationRow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A verification without its findings: nothing personal.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct VerificationView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub zone: Option<i32>,
    pub parcel_id: Option<Uuid>,
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    pub outcome: String,
    pub digest: String,
    /// Key that signed it; none from before signatures.
    pub key_id: Option<String>,
    /// Ed25519 over `diaba.verification/1`, a line feed and the digest; base64.
    pub signature: Option<String>,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<VerificationRow> for VerificationView {
    fn from(r: VerificationRow) -> Self {
        Self {
            id: r.id,
            case_id: r.case_id,
            zone: r.zone,
            parcel_id: r.parcel_id,
            as_of: r.as_of,
            outcome: r.outcome,
            digest: r.digest,
            key_id: r.key_id,
            signature: r.signature.map(|s| STANDARD.encode(s)),
            created_by: r.created_by,
            created_at: r.created_at,
        }
    }
}

/// Newest first, in the order they were kept; older than the one of id `before`.
pub async fn list(app: &App, case_id: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<VerificationView>> {
    Ok(verification::of_case(&app.pool, case_id, before, limit).await?.into_iter().map(Into::into).collect())
}

/// Is there a verification of this id?
pub async fn exists(app: &App, id: Uuid) -> Result<bool> {
    Ok(verification::find(&app.pool, id).await?.is_some())
}

/// Id of the newest verification of a case.
pub async fn latest(app: &App, case_id: Uuid) -> Result<Option<Uuid>> {
    Ok(verification::of_case(&app.pool, case_id, None, 1).await?.first().map(|v| v.id))
}

/// A verification with its record and the rules and themes that the record pins.
#[derive(Debug, Clone)]
pub struct Opened {
    pub verification: VerificationView,
    pub record: Record,
    pub basis: Basis,
}

/// What the record pins as [`Inputs`]; none from before they were kept. To be read together with the record.
pub async fn inputs(app: &App, id: Uuid) -> Result<Option<Inputs>> {
    let row = verification::find(&app.pool, id).await?;
    let Some(sealed) = row.and_then(|r| r.inputs) else { return Ok(None) };
    let plain = app.vault.open(&format!("inputs/{id}"), &sealed)?;
    serde_json::from_slice(&plain).map(Some).map_err(|e| Error::Broken(e.into()))
}

/// A column of a row that says something else than the record.
pub(in crate::flow) struct Apart {
    pub name: &'static str,
    pub record: String,
    pub column: String,
}

/// The first column that is not what the record says: a copy to find rows by, which nothing signs.
pub(in crate::flow) fn columns_apart(row: &VerificationRow, record: &Record) -> Result<Option<Apart>> {
    let id = |id: Option<Uuid>| id.map_or_else(|| "none".to_owned(), |id| id.to_string());
    let zone = |z: Option<i32>| z.map_or_else(|| "none".to_owned(), |z| z.to_string());
    // Without a boundary the record names no zone.
    let told = record.parcel.as_ref().and_then(|p| p.zone).or(row.zone);
    let all = [
        ("outcome", super::run::word(&record.outcome)?, row.outcome.clone()),
        ("as_of", record.as_of.to_string(), row.as_of.to_string()),
        ("case_id", record.case.id.to_string(), row.case_id.to_string()),
        ("parcel_id", id(record.pins.parcel.as_ref().map(|p| p.id)), id(row.parcel_id)),
        ("zone", zone(told), zone(row.zone)),
    ];
    let apart = all.into_iter().find(|(_, record, column)| record != column);
    Ok(apart.map(|(name, record, column)| Apart { name, record, column }))
}

/// The whole record, opened; its digest is proved against the stored one, and the columns against it.
pub async fn open(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<Opened> {
    let row = verification::find(&app.pool, id)
        .await?
        .ok_or_else(|| Error::NotFound { what: "verification", id: id.to_string() })?;
    let place = format!("verification/{id}");
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    reading.log(&place).await?;
    let plain = app.vault.open(&place, &row.sealed)?;
    let text = String::from_utf8(plain).map_err(|e| Error::Broken(e.into()))?;
    let record = Record::from_json(&text).map_err(|e| Error::Broken(e.into()))?;
    let digest = record.digest().map_err(|e| Error::Broken(e.into()))?;
    if digest != row.digest {
        return Err(Error::Broken(anyhow::anyhow!(
            "verification {id}: the record's digest is {digest}, stored is {}",
            row.digest
        )));
    }
    if let Some(c) = columns_apart(&row, &record)? {
        let (name, said, found) = (c.name, c.record, c.column);
        return Err(Error::Broken(anyhow::anyhow!("verification {id}: {name} is {found}, the record says {said}")));
    }
    let basis = super::basis::of_record(app, &record).await?;
    reading.end().await?;
    Ok(Opened { verification: row.into(), record, basis })
}

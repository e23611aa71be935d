use crate::app::App;
use crate::domain::case::Signer;
use crate::domain::contract::{Parties, Standing};
use crate::domain::quotation::Instalment;
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::contract::{self, ContractRow, SignatureRow};
use bytes::Bytes;
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A contract without the people in it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ContractView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub number: String,
    /// From 1 within the case.
    pub version: i32,
    pub quotation_id: Uuid,
    pub sheet_id: Uuid,
    pub verification_id: Uuid,
    /// SHA-256 of the PDF: what a signer confirms to have been shown.
    pub pdf_sha256: String,
    /// Dong.
    pub total: i64,
    #[schema(value_type = Vec<Object>)]
    pub instalments: Vec<Instalment>,
    #[schema(value_type = String, format = Date)]
    pub sign_by: Date,
    /// open, concluded, refused, expired.
    pub state: &'static str,
    /// Whose signature is next: customer, then firm.
    #[schema(value_type = Option<String>)]
    pub next_signer: Option<Signer>,
    pub signatures: Vec<SignatureView>,
    /// Code of the reason of a refusal.
    pub refused: Option<String>,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SignatureView {
    pub id: Uuid,
    /// customer or firm.
    pub signer: String,
    /// code or paper.
    pub way: String,
    /// SHA-256 of the evidence, signed by the office under this key.
    pub digest: String,
    pub key_id: String,
    #[serde(with = "time::serde::rfc3339")]
    pub signed_at: OffsetDateTime,
}

impl From<SignatureRow> for SignatureView {
    fn from(s: SignatureRow) -> Self {
        let SignatureRow { id, signer, way, digest, key_id, signed_at, .. } = s;
        Self { id, signer, way, digest, key_id, signed_at }
    }
}

pub(super) fn place_of(id: Uuid) -> String {
    format!("contract/{id}")
}

pub(super) fn name_of(signer: Signer) -> &'static str {
    match signer {
        Signer::Customer => "customer",
        Signer::Firm => "firm",
    }
}

pub(in crate::flow) fn instalments(row: &ContractRow) -> Result<Vec<Instalment>> {
    serde_json::from_value(row.instalments.clone()).map_err(|e| Error::Broken(e.into()))
}

pub(in crate::flow) fn parties(app: &App, row: &ContractRow) -> Result<Parties> {
    let plain = app.vault.open(&place_of(row.id), &row.sealed)?;
    serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))
}

pub(in crate::flow) fn not_there(id: Uuid) -> Error {
    Error::NotFound { what: "contract", id: id.to_string() }
}

/// Where it stands today.
pub(super) async fn standing(app: &App, conn: &mut PgConnection, row: &ContractRow) -> Result<Standing> {
    let signed: BTreeSet<Signer> = contract::signatures(conn, row.id)
        .await?
        .iter()
        .map(|s| if s.signer == "firm" { Signer::Firm } else { Signer::Customer })
        .collect();
    let refused = contract::refusal(conn, row.id).await?.is_some();
    Ok(Standing::of(&signed, refused, row.sign_by, app.clock.today()))
}

pub(super) async fn view(app: &App, conn: &mut PgConnection, row: ContractRow) -> Result<ContractView> {
    let standing = standing(app, conn, &row).await?;
    Ok(ContractView {
        instalments: instalments(&row)?,
        state: standing.name(),
        next_signer: match standing {
            Standing::Open { next, .. } => Some(next),
            _ => None,
        },
        signatures: contract::signatures(conn, row.id).await?.into_iter().map(Into::into).collect(),
        refused: contract::refusal(conn, row.id).await?,
        id: row.id,
        case_id: row.case_id,
        number: row.number,
        version: row.version,
        quotation_id: row.quotation_id,
        sheet_id: row.sheet_id,
        verification_id: row.verification_id,
        pdf_sha256: row.pdf_sha256,
        total: row.total,
        sign_by: row.sign_by,
        created_by: row.created_by,
        created_at: row.created_at,
    })
}

pub async fn get(app: &App, id: Uuid) -> Result<ContractView> {
    let mut conn = app.pool.acquire().await?;
    let row = contract::get(&mut conn, id).await?.ok_or_else(|| not_there(id))?;
    view(app, &mut conn, row).await
}

/// Newest first.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<ContractView>> {
    let mut conn = app.pool.acquire().await?;
    let mut out = Vec::new();
    for row in contract::of_case(&mut conn, case).await? {
        out.push(view(app, &mut conn, row).await?);
    }
    Ok(out)
}

/// The page as it was set: a logged read.
pub async fn pdf(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<(String, Bytes)> {
    let mut conn = app.pool.acquire().await?;
    let row = contract::get(&mut conn, id).await?.ok_or_else(|| not_there(id))?;
    drop(conn);
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    reading.log(&place_of(id)).await?;
    reading.end().await?;
    Ok((row.number, app.scans.get(&row.pdf_sha256).await?))
}

//! The evidence of a contract's signatures, proved as it is read, and the scans of signed papers.

use super::read::not_there;
use crate::app::App;
use crate::domain::contract::{EVIDENCE, Evidence};
use crate::domain::proof::Signed;
use crate::domain::staff::Purpose;
use crate::domain::verify::sha256_hex;
use crate::flow::case::Reading;
use crate::flow::proof::known;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::outside::scans::sniff;
use crate::store::contract::{self, SignatureRow};
use crate::store::signed_paper;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

/// Evidence whose digest and signature were found to be right.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Proved {
    /// `diaba.signature/1`: who, when, from where, and the SHA-256 of what was shown.
    #[schema(value_type = Object)]
    pub evidence: Evidence,
    /// SHA-256 of its canonical form (RFC 8785), hex.
    pub digest: String,
    pub key_id: String,
    /// Ed25519 over `diaba.signature/1`, a line feed and the digest; base64.
    pub signature: String,
}

pub(super) fn place_of(signature: Uuid) -> String {
    format!("contract_signature/{signature}")
}

/// Evidence of each signature of a contract: a logged read. One that was tampered with is an error, not an answer.
pub async fn evidence(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<Vec<Proved>> {
    let mut conn = app.pool.acquire().await?;
    let row = contract::get(&mut conn, id).await?.ok_or_else(|| not_there(id))?;
    let rows = contract::signatures(&mut conn, id).await?;
    drop(conn);
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    for s in &rows {
        reading.log(&place_of(s.id)).await?;
    }
    reading.end().await?;
    let mut out = Vec::with_capacity(rows.len());
    for s in rows {
        out.push(prove(app, s).await?);
    }
    Ok(out)
}

async fn prove(app: &App, s: SignatureRow) -> Result<Proved> {
    let broken = |e: anyhow::Error| Error::Broken(e);
    let plain = app.vault.open(&place_of(s.id), &s.sealed)?;
    let digest = sha256_hex(&plain);
    if digest != s.digest {
        return Err(broken(anyhow::anyhow!("signature {}: its digest is {digest}, stored is {}", s.id, s.digest)));
    }
    let signature = STANDARD.encode(&s.signature);
    let signed = Signed::read(&s.key_id, &signature).map_err(|e| broken(e.into()))?;
    known(app, &s.key_id).await?.check(EVIDENCE, &digest, &signed).map_err(|e| broken(e.into()))?;
    let evidence = serde_json::from_slice(&plain).map_err(|e| broken(e.into()))?;
    Ok(Proved { evidence, digest, key_id: s.key_id, signature })
}

/// The scan of a signed contract.
pub struct SignedScan {
    /// Of the contract.
    pub number: String,
    pub media_type: &'static str,
    pub content: Bytes,
}

/// The scan of a signed paper, or of one that waits for a second person: a logged read.
pub async fn scan(app: &App, by: &Actor, id: Uuid, signature: Uuid, purpose: Purpose) -> Result<SignedScan> {
    let mut conn = app.pool.acquire().await?;
    let row = contract::get(&mut conn, id).await?.ok_or_else(|| not_there(id))?;
    let all = contract::signatures(&mut conn, id).await?;
    let filed = signed_paper::get(&mut conn, signature).await?.filter(|p| p.contract_id == id).map(|p| p.scan_sha256);
    drop(conn);
    let sha256 = all.into_iter().find(|s| s.id == signature).and_then(|s| s.scan_sha256).or(filed);
    let sha256 = sha256.ok_or_else(|| Error::NotFound { what: "scan", id: signature.to_string() })?;
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    reading.log(&place_of(signature)).await?;
    reading.end().await?;
    let content = app.scans.get(&sha256).await?;
    let media_type = sniff(&content).map_or("application/octet-stream", |s| s.media_type);
    Ok(SignedScan { number: row.number, media_type, content })
}

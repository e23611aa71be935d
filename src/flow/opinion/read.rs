//! Opinions as they stand beside a verification.

use crate::app::App;
use crate::domain::proof::{PublicKey, Signed, SignedOpinion};
use crate::domain::verify::text::{Lang, message};
use crate::domain::verify::{
    Correction, OPINION, Opinion, Placed, Record, Stance, Standing, Support, place, sha256_hex,
};
use crate::flow::proof::{known, stolen};
use crate::flow::verification::inputs;
use crate::flow::{Error, Result};
use crate::store::opinion::{self, OpinionRow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

/// An opinion beside a finding of a verification.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OpinionView {
    pub id: Uuid,
    /// The verification it was given on: this one or an earlier one of the case.
    pub verification_id: Uuid,
    pub check: String,
    pub subject: String,
    /// confirm, correct or reject.
    #[schema(value_type = String)]
    pub stance: Stance,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub corrected: Option<Correction>,
    pub reason: String,
    #[schema(value_type = Vec<Object>)]
    pub evidence: Vec<Support>,
    pub by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Place of its finding in `record.findings`, from 0; none: there is no such finding any more.
    pub finding: Option<usize>,
    /// given (here), carried (from an earlier verification, on the same inputs) or lapsed.
    pub standing: &'static str,
    /// What changed since, when it lapsed.
    pub changed: Vec<Changed>,
    /// SHA-256 of its canonical form, hex.
    pub digest: String,
    pub key_id: String,
    /// Ed25519 over `diaba.opinion/1`, a line feed and the digest; base64.
    pub signature: String,
}

/// Something the finding rested on that is another now.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Changed {
    pub vi: String,
    pub en: String,
}

pub(super) fn place_of(id: Uuid) -> String {
    format!("opinion/{id}")
}

/// A stored opinion with where it stands.
pub(super) fn view(row: &OpinionRow, p: &Placed) -> OpinionView {
    let (standing, changes) = match &p.standing {
        Standing::Given => ("given", &[][..]),
        Standing::Carried => ("carried", &[][..]),
        Standing::Lapsed(changes) => ("lapsed", changes.as_slice()),
    };
    let both = |m| Changed { vi: message(Lang::Vi, &m), en: message(Lang::En, &m) };
    let o = p.opinion.clone();
    OpinionView {
        id: o.id,
        verification_id: o.verification_id,
        check: o.check,
        subject: o.subject,
        stance: o.stance,
        corrected: o.corrected,
        reason: o.reason,
        evidence: o.evidence,
        by: o.by,
        at: o.at,
        finding: p.no,
        standing,
        changed: changes.iter().map(|c| both(c.message())).collect(),
        digest: row.digest.clone(),
        key_id: row.key_id.clone(),
        signature: STANDARD.encode(&row.signature),
    }
}

/// The opinions on a verification and on earlier ones of its case, each proved against its hash and signature. They are read
/// together with the record, whose reading is logged.
///
/// # Errors
/// `Broken` when one was changed.
async fn beside(app: &App, id: Uuid, record: &Record) -> Result<Vec<(OpinionRow, Placed)>> {
    let rows = opinion::up_to(&app.pool, id).await?;
    let mut opinions = Vec::new();
    for row in &rows {
        opinions.push(proved(app, row).await?.0);
    }
    // A case without opinions needs no inputs.
    let inputs = if opinions.is_empty() { None } else { inputs(app, id).await? };
    let placed = place(record, inputs.as_ref(), id, opinions).map_err(|e| Error::Broken(e.into()))?;
    Ok(rows.into_iter().zip(placed).collect())
}

/// As [`beside`], without how they are kept.
///
/// # Errors
/// As there.
pub async fn placed(app: &App, id: Uuid, record: &Record) -> Result<Vec<Placed>> {
    Ok(beside(app, id, record).await?.into_iter().map(|(_, p)| p).collect())
}

/// As [`beside`], to be shown.
///
/// # Errors
/// As there.
pub async fn views(app: &App, id: Uuid, record: &Record) -> Result<Vec<OpinionView>> {
    Ok(beside(app, id, record).await?.iter().map(|(row, p)| view(row, p)).collect())
}

async fn proved(app: &App, row: &OpinionRow) -> Result<(Opinion, Signed, PublicKey)> {
    let plain = app.vault.open(&place_of(row.id), &row.sealed)?;
    let found = sha256_hex(&plain);
    if found != row.digest {
        return Err(Error::Broken(anyhow::anyhow!("opinion {} hashes to {found}, stored is {}", row.id, row.digest)));
    }
    let signature = <[u8; 64]>::try_from(row.signature.as_slice()).map_err(|e| Error::Broken(e.into()))?;
    let signed = Signed { key_id: row.key_id.clone(), signature };
    let key = known(app, &row.key_id).await?;
    let doubt = key.check(OPINION, &row.digest, &signed);
    doubt.map_err(|doubt| Error::Broken(anyhow::anyhow!("opinion {}: {doubt}", row.id)))?;
    let opinion: Opinion = serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))?;
    // Rows are found by these; nothing signs them.
    let (said, columns) = ((opinion.verification_id, opinion.case_id), (row.verification_id, row.case_id));
    if opinion.id != row.id || said != columns {
        return Err(Error::Broken(anyhow::anyhow!("opinion {}: it stands at {columns:?}, it says {said:?}", row.id)));
    }
    Ok((opinion, signed, key))
}

/// What does not hold of a stored opinion: its hash, its signature, where it stands. Nothing of it is shown; one that was deleted
/// when its time was over has nothing left to prove but its digest.
pub(in crate::flow) async fn fault(app: &App, id: Uuid) -> Result<Option<String>> {
    let Some(row) = opinion::find(&app.pool, id).await? else { return Ok(None) };
    if row.sealed.is_empty() {
        return Ok(None);
    }
    match proved(app, &row).await {
        Ok(_) => {
            let stolen = stolen(app, &row.key_id, "opinion", &id.to_string()).await?;
            Ok(stolen.map(|doubt| doubt.to_string()))
        }
        Err(Error::Broken(e)) => Ok(Some(e.to_string())),
        Err(e) => Err(e),
    }
}

/// As they travel in a proof.
///
/// # Errors
/// As [`beside`].
pub async fn signed(app: &App, verification: Uuid) -> Result<Vec<SignedOpinion>> {
    let mut out = Vec::new();
    for row in &opinion::up_to(&app.pool, verification).await? {
        let (opinion, signed, key) = proved(app, row).await?;
        let opinion = serde_json::to_value(&opinion).map_err(|e| Error::Broken(e.into()))?;
        out.push(SignedOpinion::of(opinion, &signed, &key));
    }
    Ok(out)
}

use crate::app::App;
use crate::domain::case::Signer;
use crate::domain::contract::{Parties, Slot, Standing};
use crate::domain::quotation::Instalment;
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::contract::{self, ContractRow, SignatureRow, SignerRow};
use crate::store::signed_paper::{self, PaperRow};
use bytes::Bytes;
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A contract without the people in it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ContractView {
    pub id: Uuid,
    pub case_id: Uuid,
    #[schema(example = "HĐ-2026-000001")]
    pub number: String,
    /// From 1 within the case.
    pub version: i32,
    pub quotation_id: Uuid,
    pub sheet_id: Uuid,
    pub verification_id: Uuid,
    /// SHA-256 of the option sheet and of the verification it is pinned to.
    pub sheet_digest: String,
    pub verification_digest: String,
    /// SHA-256 of the PDF: what a signer confirms to have been shown.
    pub pdf_sha256: String,
    /// Dong.
    pub total: i64,
    #[schema(value_type = Vec<Object>)]
    pub instalments: Vec<Instalment>,
    #[schema(value_type = String, format = Date)]
    pub sign_by: Date,
    /// open, concluded, refused, expired, replaced.
    pub state: &'static str,
    /// Numbers of those who may sign now.
    pub next: Vec<i32>,
    pub signers: Vec<SignerView>,
    /// The firm's signed paper that was filed and waits for another person to confirm it.
    pub to_confirm: Option<FiledPaper>,
    /// Code of the reason of a refusal.
    pub refused: Option<String>,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// One signature that is needed, and how it was given.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SignerView {
    /// From 1 within the contract.
    pub no: i32,
    /// Those of a lower turn sign first.
    pub turn: i32,
    /// customer or firm.
    #[schema(value_type = String)]
    pub signer: Signer,
    /// Party of the case; none: the firm.
    pub party_id: Option<Uuid>,
    pub signature: Option<SignatureView>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SignatureView {
    pub id: Uuid,
    /// code or paper.
    pub way: String,
    /// SHA-256 of the evidence, signed by the office under this key.
    pub digest: String,
    pub key_id: String,
    /// SHA-256 of the signed paper.
    pub scan_sha256: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub signed_at: OffsetDateTime,
}

impl From<SignatureRow> for SignatureView {
    fn from(s: SignatureRow) -> Self {
        let SignatureRow { id, way, digest, key_id, scan_sha256, signed_at, .. } = s;
        Self { id, way, digest, key_id, scan_sha256, signed_at }
    }
}

/// A scan of the firm's signature that waits; its scan is read as that of a signature.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FiledPaper {
    pub id: Uuid,
    /// Number of the signer in the contract.
    pub signer: i32,
    pub scan_sha256: String,
    pub filed_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub filed_at: OffsetDateTime,
}

impl From<PaperRow> for FiledPaper {
    fn from(p: PaperRow) -> Self {
        let PaperRow { id, signer_no, scan_sha256, filed_by, filed_at, .. } = p;
        Self { id, signer: signer_no, scan_sha256, filed_by, filed_at }
    }
}

pub(super) fn place_of(id: Uuid) -> String {
    format!("contract/{id}")
}

pub(in crate::flow) fn instalments(row: &ContractRow) -> Result<Vec<Instalment>> {
    serde_json::from_value(row.instalments.clone()).map_err(|e| Error::Broken(e.into()))
}

pub(in crate::flow) fn parties(app: &App, row: &ContractRow) -> Result<Parties> {
    let plain = app.vault.open(&place_of(row.id), &row.sealed)?;
    serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))
}

pub(super) fn not_there(id: Uuid) -> Error {
    Error::NotFound { what: "contract", id: id.to_string() }
}

fn slot(row: SignerRow) -> Slot {
    let signer = if row.signer == Signer::Firm.as_str() { Signer::Firm } else { Signer::Customer };
    Slot { no: row.no, turn: row.turn, signer, party: row.party_id }
}

/// What is known of a contract's signing today.
pub(super) struct Signing {
    pub slots: Vec<Slot>,
    pub standing: Standing,
    pub signatures: Vec<SignatureRow>,
    /// The firm's scan that waits for a second person.
    pub to_confirm: Option<PaperRow>,
    refused: Option<String>,
}

impl Signing {
    pub async fn of(app: &App, conn: &mut PgConnection, row: &ContractRow) -> Result<Self> {
        let slots: Vec<Slot> = contract::signers(conn, row.id).await?.into_iter().map(slot).collect();
        let signatures = contract::signatures(conn, row.id).await?;
        let refused = contract::refusal(conn, row.id).await?;
        let newest = contract::newest_version(conn, row.case_id).await? == row.version;
        let signed: BTreeSet<i32> = signatures.iter().map(|s| s.signer_no).collect();
        let standing = Standing::of(&slots, &signed, (refused.is_some(), newest), row.sign_by, app.clock.today());
        let to_confirm = signed_paper::waiting(conn, row.id).await?;
        Ok(Self { slots, standing, signatures, to_confirm, refused })
    }

    /// The one who may sign as `no` now.
    ///
    /// # Errors
    /// `Refused` when the contract has no such signer; `Conflict` when it is not their turn, or nobody's.
    pub fn turn_of(&self, no: i32) -> Result<&Slot> {
        let all = || self.slots.iter().map(|s| s.no.to_string()).collect::<Vec<_>>().join(", ");
        let slot = self.slots.iter().find(|s| s.no == no);
        let slot = slot.ok_or_else(|| Error::refused("signer", "not-in-list", no, all()))?;
        match &self.standing {
            Standing::Open(next) if next.contains(&no) => Ok(slot),
            Standing::Open(next) => {
                let next = next.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                Err(Error::Conflict { code: "signing-order", detail: format!("next to sign: {next}") })
            }
            other => Err(Error::Conflict { code: "contract-closed", detail: other.name().to_owned() }),
        }
    }

    /// The side `no` signs for; none: there is no such signer.
    pub fn side_of(&self, no: i32) -> Option<Signer> {
        self.slots.iter().find(|s| s.no == no).map(|s| s.signer)
    }

    /// Who is asked next when these have signed as well: a customer before the firm; none when all have.
    pub fn next_after(&self, also: i32) -> Option<Signer> {
        let signed = |no: i32| no == also || self.signatures.iter().any(|s| s.signer_no == no);
        let open = || self.slots.iter().filter(|s| !signed(s.no));
        let turn = open().map(|s| s.turn).min()?;
        open().filter(|s| s.turn == turn).map(|s| s.signer).min()
    }
}

pub(super) async fn view(app: &App, conn: &mut PgConnection, row: ContractRow) -> Result<ContractView> {
    let s = Signing::of(app, conn, &row).await?;
    let open = matches!(s.standing, Standing::Open(_));
    let mut given: BTreeMap<i32, SignatureView> = s.signatures.into_iter().map(|g| (g.signer_no, g.into())).collect();
    let signer = |slot: Slot| SignerView {
        signature: given.remove(&slot.no),
        no: slot.no,
        turn: slot.turn,
        signer: slot.signer,
        party_id: slot.party,
    };
    Ok(ContractView {
        instalments: instalments(&row)?,
        state: s.standing.name(),
        next: match s.standing {
            Standing::Open(next) => next.into_iter().collect(),
            _ => vec![],
        },
        signers: s.slots.into_iter().map(signer).collect(),
        to_confirm: s.to_confirm.filter(|_| open).map(FiledPaper::from),
        refused: s.refused,
        id: row.id,
        case_id: row.case_id,
        number: row.number,
        version: row.version,
        quotation_id: row.quotation_id,
        sheet_id: row.sheet_id,
        sheet_digest: row.sheet_digest,
        verification_id: row.verification_id,
        verification_digest: row.verification_digest,
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

/// Contracts of a case, newest first.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<ContractView>> {
    let mut conn = app.pool.acquire().await?;
    let mut out = Vec::new();
    for row in contract::of_case(&mut conn, case).await? {
        out.push(view(app, &mut conn, row).await?);
    }
    Ok(out)
}

/// The page as it was set: a logged read. Its number and its bytes.
pub async fn pdf(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<(String, Bytes)> {
    let mut conn = app.pool.acquire().await?;
    let row = contract::get(&mut conn, id).await?.ok_or_else(|| not_there(id))?;
    drop(conn);
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    reading.log(&place_of(id)).await?;
    reading.end().await?;
    Ok((row.number, app.scans.get(&row.pdf_sha256).await?))
}

//! Signatures on paper, by the scan of the signed page. A customer's is recorded by who takes the page; the firm's own waits until a
//! second person has compared the scan with the page.

use super::evidence::place_of;
use super::read::{ContractView, Signing, not_there, view};
use super::sides::one_side;
use super::sign::{How, keep, place, still_holds};
use crate::app::App;
use crate::domain::case::{Happened, Signer};
use crate::domain::contract::{Handed, Slot};
use crate::flow::case::{self, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::outside::scans::{ALLOWED, sniff};
use crate::store::audit::{self, Deed};
use crate::store::contract::{self, ContractRow};
use crate::store::signed_paper::{self, PaperRow};
use bytes::Bytes;
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

/// Signed on paper.
#[derive(Debug, Clone)]
pub struct PaperSigned {
    /// Number of the signer in the contract.
    pub signer: i32,
    /// Where it was signed: 3 to 200 characters.
    pub from: String,
    /// Network address of the request.
    pub address: String,
    /// The scan: PDF, JPEG, PNG or TIFF.
    pub scan: Bytes,
}

/// Signs by the scan of the signed paper; the firm's own is filed, and signs when another person confirms it.
///
/// # Errors
/// As [`super::sign_by_code`]; `Refused` when the file is no scan.
pub async fn sign_on_paper(app: &App, by: &Actor, id: Uuid, said: PaperSigned) -> Result<ContractView> {
    let from = place(&said.from)?;
    if sniff(&said.scan).is_none() {
        return Err(Error::refused("scan", "scan-type", format!("{} bytes", said.scan.len()), ALLOWED));
    }
    still_holds(app, id).await?;
    let scan = app.scans.put(&said.scan).await?;
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    lock_open(&mut tx, row.case_id).await?;
    let signing = Signing::of(app, &mut tx, &row).await?;
    let slot = signing.turn_of(said.signer)?.clone();
    if slot.signer == Signer::Firm {
        return file(app, tx, by, row, &slot, (from, said.address), scan).await;
    }
    one_side(app, &mut tx, by, &row, &signing, slot.no).await?;
    let how =
        How { way: "paper", from, address: said.address, code: None, handed: None, scan: Some(scan), filed: None };
    keep(app, tx, by, row, &signing, slot, app.clock.new_id(), how).await
}

async fn file(
    app: &App,
    mut tx: Transaction<'static, Postgres>,
    by: &Actor,
    row: ContractRow,
    slot: &Slot,
    (from, address): (String, String),
    scan: String,
) -> Result<ContractView> {
    let id = app.clock.new_id();
    let said = serde_json::to_vec(&(from, address)).map_err(|e| Error::Broken(e.into()))?;
    let kept = PaperRow {
        id,
        contract_id: row.id,
        signer_no: slot.no,
        scan_sha256: scan,
        sealed: app.vault.seal(&place_of(id), &said)?,
        filed_by: by.login.clone(),
        filed_at: app.clock.now(),
    };
    signed_paper::insert(&mut tx, &kept).await?;
    let deed = Deed {
        at: kept.filed_at,
        actor: &by.login,
        action: "contract.file_paper",
        subject: format!("contract/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"no": slot.no, "signature": id, "scan": kept.scan_sha256}),
    };
    audit::write(&mut tx, &deed).await?;
    let what = Happened::SignedPaperFiled { contract: row.id, signature: id };
    case::record(app, &mut tx, by, row.case_id, what).await?;
    let done = view(app, &mut tx, row).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

/// A second person has compared the firm's filed scan with the page: it signs.
///
/// # Errors
/// `Conflict` `signing-own-paper` for who filed it, `signing-paper-newer` when another scan was filed since; as [`sign_on_paper`].
pub async fn confirm_paper(app: &App, by: &Actor, id: Uuid, paper: Uuid) -> Result<ContractView> {
    if by.id.is_none() || by.scopes.is_some() {
        return Err(Error::Forbidden("in-person-only"));
    }
    still_holds(app, id).await?;
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    lock_open(&mut tx, row.case_id).await?;
    let not_found = || Error::NotFound { what: "signed paper", id: paper.to_string() };
    let filed = signed_paper::get(&mut tx, paper).await?.filter(|p| p.contract_id == id).ok_or_else(not_found)?;
    let signing = Signing::of(app, &mut tx, &row).await?;
    let slot = signing.turn_of(filed.signer_no)?.clone();
    if signing.to_confirm.as_ref().is_some_and(|newest| newest.id != paper) {
        return Err(Error::Conflict { code: "signing-paper-newer", detail: "another scan was filed since".into() });
    }
    if filed.filed_by == by.login {
        let detail = format!("{} filed it: another person confirms it", by.login);
        return Err(Error::Conflict { code: "signing-own-paper", detail });
    }
    let said = app.vault.open(&place_of(paper), &filed.sealed)?;
    let (from, address) = serde_json::from_slice(&said).map_err(|e| Error::Broken(e.into()))?;
    let brought = Some(Handed { to: filed.filed_by, at: filed.filed_at });
    let scan = Some(filed.scan_sha256);
    let how = How { way: "paper", from, address, code: None, handed: None, scan, filed: brought };
    keep(app, tx, by, row, &signing, slot, paper, how).await
}

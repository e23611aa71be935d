//! Signatures by a one-time code in the app, and what all signatures share.

use super::code::{hash, wrong};
use super::read::{ContractView, Signing, instalments, not_there, parties, view};
use super::watch::last_day;
use crate::app::App;
use crate::domain::case::{Happened, Signer};
use crate::domain::contract::{EVIDENCE, Evidence, Handed, Parties, Slot};
use crate::domain::quotation::Milestone;
use crate::domain::verify::{canonical, sha256_hex};
use crate::flow::case::{self, Entry, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, advice, begin, commit, plan};
use crate::store::audit::{self, Deed};
use crate::store::contract::{self, ContractRow, SignatureRow};
use crate::store::{payment, signing_code};
use serde::Deserialize;
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

/// Wrong codes before a new one is needed.
const TRIES: i32 = 5;

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"signer": 1, "code": "04816253",
    "shown": "4504bdb57bd792dedeec7aeb71484580a576342affa05f5efa691c39257c8297", "from": "văn phòng, máy tính bảng số 2"}))]
pub struct CodeSigned {
    /// Number of the signer in the contract.
    pub signer: i32,
    pub code: String,
    /// SHA-256 of the PDF that the signer was shown.
    pub shown: String,
    /// Place and device: 3 to 200 characters.
    pub from: String,
    /// Network address of the request; the door fills it in.
    #[serde(skip)]
    pub address: String,
}

/// Signs with a one-time code. A wrong one is counted.
///
/// # Errors
/// `Conflict` when it is not this one's turn, or what the contract rests on no longer holds; `Refused` when what was shown is
/// another page, or the code is wrong, used or over.
pub async fn sign_by_code(app: &App, by: &Actor, id: Uuid, said: CodeSigned) -> Result<ContractView> {
    let from = place(&said.from)?;
    still_holds(app, id).await?;
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    lock_open(&mut tx, row.case_id).await?;
    let signing = Signing::of(app, &mut tx, &row).await?;
    let slot = signing.turn_of(said.signer)?.clone();
    if said.shown != row.pdf_sha256 {
        return Err(Error::refused("shown", "contract-shown", said.shown, "SHA-256 of this contract's PDF"));
    }
    if slot.signer == Signer::Firm {
        own_code(&mut tx, by, id, slot.no).await?;
    }
    let now = app.clock.now();
    let held = signing_code::newest(&mut tx, id, slot.no).await?;
    let held = held.filter(|c| c.used_at.is_none() && now < c.expires_at && c.attempts < TRIES);
    let held = held.ok_or_else(|| wrong("none that holds"))?;
    if held.code_hash != hash(app, id, slot.no, said.code.trim()) {
        signing_code::count_attempt(&mut tx, held.id).await?;
        tx.commit().await?;
        return Err(wrong("another one"));
    }
    signing_code::spend(&mut tx, held.id, now).await?;
    let handed = held.handed_to.zip(held.handed_at).map(|(to, at)| Handed { to, at });
    let how = How { way: "code", from, address: said.address, code: Some(held.id), handed, scan: None, filed: None };
    keep(app, tx, by, row, &signing, slot, app.clock.new_id(), how).await
}

/// The firm's signature is entered by whom its code was told to, and by nobody else.
async fn own_code(tx: &mut PgConnection, by: &Actor, contract: Uuid, no: i32) -> Result<()> {
    let newest = signing_code::newest(tx, contract, no).await?;
    match newest.and_then(|c| c.handed_to).filter(|to| *to != by.login) {
        None => Ok(()),
        Some(to) => Err(Error::Conflict { code: "signing-not-theirs", detail: format!("the code was told to {to}") }),
    }
}

/// Nobody signs what rests on a sheet or a verification that no longer holds.
pub(super) async fn still_holds(app: &App, id: Uuid) -> Result<()> {
    let row = contract::get(&mut *app.pool.acquire().await?, id).await?.ok_or_else(|| not_there(id))?;
    advice::still_in_force(app, row.case_id, row.sheet_id).await.map(drop)
}

pub(super) fn place(from: &str) -> Result<String> {
    let length = from.trim().chars().count();
    if !(3..=200).contains(&length) {
        return Err(Error::refused("from", "length", length, "3-200"));
    }
    Ok(from.trim().to_owned())
}

pub(super) struct How {
    pub way: &'static str,
    pub from: String,
    pub address: String,
    pub code: Option<Uuid>,
    pub handed: Option<Handed>,
    pub scan: Option<String>,
    /// Who brought the scan that another person confirms.
    pub filed: Option<Handed>,
}

#[allow(clippy::too_many_arguments, reason = "one signature under its locks")]
pub(super) async fn keep(
    app: &App,
    mut tx: Transaction<'static, Postgres>,
    by: &Actor,
    row: ContractRow,
    signing: &Signing,
    slot: Slot,
    id: Uuid,
    how: How,
) -> Result<ContractView> {
    let evidence = evidence(app, by, &row, &slot, id, &how)?;
    let text = canonical(&evidence).map_err(|e| Error::Broken(e.into()))?;
    let digest = sha256_hex(&text);
    let signed = app.keys.signer()?.sign(EVIDENCE, &digest);
    let kept = SignatureRow {
        id: evidence.id,
        contract_id: row.id,
        signer_no: slot.no,
        way: how.way.to_owned(),
        sealed: app.vault.seal(&super::evidence::place_of(evidence.id), text.as_bytes())?,
        digest,
        key_id: signed.key_id,
        signature: signed.signature.to_vec(),
        code_id: how.code,
        scan_sha256: how.scan,
        signed_at: evidence.at,
    };
    contract::insert_signature(&mut tx, &kept).await?;
    let deed = Deed {
        at: evidence.at,
        actor: &by.login,
        action: "contract.sign",
        subject: format!("contract/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"no": slot.no, "signer": slot.signer, "way": kept.way, "digest": kept.digest}),
    };
    audit::write(&mut tx, &deed).await?;
    events(app, &mut tx, by, &row, signing, &slot, kept.id).await?;
    let done = view(app, &mut tx, row).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

fn evidence(app: &App, by: &Actor, row: &ContractRow, slot: &Slot, id: Uuid, how: &How) -> Result<Evidence> {
    let people = parties(app, row)?;
    let (name, id_number) = who(people, slot)?;
    Ok(Evidence {
        schema: EVIDENCE.to_owned(),
        id,
        contract: row.id,
        number: row.number.clone(),
        no: slot.no,
        signer: slot.signer,
        party: slot.party,
        way: how.way.to_owned(),
        name,
        id_number,
        shown: row.pdf_sha256.clone(),
        scan: how.scan.clone(),
        code: how.code,
        handed: how.handed.clone(),
        filed: how.filed.clone(),
        from: how.from.clone(),
        address: how.address.clone(),
        recorded_by: by.login.clone(),
        at: app.clock.now(),
    })
}

fn who(people: Parties, slot: &Slot) -> Result<(String, String)> {
    if slot.signer == Signer::Firm {
        return Ok((people.representative, String::new()));
    }
    let found = people.customers.into_iter().find(|p| Some(p.party) == slot.party);
    let person = found.ok_or_else(|| Error::Broken(anyhow::anyhow!("signer {} is nobody in the contract", slot.no)))?;
    Ok((person.name, person.id_number))
}

/// The signature; with the last one, that it binds, what falls due by it, and the plan of the work.
async fn events(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    row: &ContractRow,
    signing: &Signing,
    slot: &Slot,
    signature: Uuid,
) -> Result<()> {
    let (contract, next) = (row.id, signing.next_after(slot.no));
    let mut all: Vec<Entry> = vec![Happened::ContractSigned { contract, signer: slot.signer, signature, next }.into()];
    if next.is_none() {
        all.push(Happened::ContractConcluded { contract }.into());
        for i in instalments(row)?.into_iter().filter(|i| i.on == Milestone::Signing) {
            let due = last_day(app.clock.today(), i.days)?;
            let no = i32::try_from(i.no).map_err(|e| Error::Broken(e.into()))?;
            payment::call(tx, contract, no, due, &by.login, app.clock.now()).await?;
            all.push(Happened::PaymentDue { contract, instalment: i.no, amount: i.amount.0, due }.into());
        }
    }
    case::record_all(app, tx, by, row.case_id, all).await?;
    if next.is_none() {
        plan::begin_for(app, tx, by, row.case_id, contract).await?;
    }
    Ok(())
}

//! Signatures: by a one-time code in the app, or on paper with the scan.

use super::code::{hash, turn};
use super::read::{ContractView, instalments, name_of, not_there, parties, standing, view};
use crate::app::App;
use crate::domain::case::{Happened, Signer};
use crate::domain::contract::{EVIDENCE, Evidence, Handed};
use crate::domain::verify::{canonical, sha256_hex};
use crate::flow::case::{self, Entry, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::outside::scans::{ALLOWED, sniff};
use crate::store::audit::{self, Deed};
use crate::store::contract::{self, ContractRow, SignatureRow};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction};
use time::Duration;
use uuid::Uuid;

/// Wrong codes before a new one is needed.
const TRIES: i32 = 5;

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"signer": "customer", "code": "04816253",
    "shown": "4504bdb57bd792dedeec7aeb71484580a576342affa05f5efa691c39257c8297", "from": "văn phòng, máy tính bảng số 2"}))]
pub struct CodeSigned {
    /// customer or firm.
    #[schema(value_type = String)]
    pub signer: Signer,
    pub code: String,
    /// SHA-256 of the PDF that the signer was shown.
    pub shown: String,
    /// Place, device, address: 3 to 200 characters.
    pub from: String,
}

/// Signs with a one-time code. A wrong one is counted.
///
/// # Errors
/// `Conflict` when it is not this one's turn; `Refused` when what was shown is another page, or the code is wrong or over.
pub async fn sign_by_code(app: &App, by: &Actor, id: Uuid, said: CodeSigned) -> Result<ContractView> {
    let from = place(&said.from)?;
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    lock_open(&mut tx, row.case_id).await?;
    turn(&standing(app, &mut tx, &row).await?, said.signer)?;
    if said.shown != row.pdf_sha256 {
        return Err(Error::refused("shown", "contract-shown", said.shown, "SHA-256 of this contract's PDF"));
    }
    let wrong = |why: &str| Error::refused("code", "signing-code", why, "the newest code, within 15 minutes, 5 tries");
    let now = app.clock.now();
    let held = contract::newest_code(&mut tx, id, name_of(said.signer)).await?;
    let held = held.filter(|c| now < c.expires_at && c.attempts < TRIES).ok_or_else(|| wrong("none that holds"))?;
    if held.code_hash != hash(app, id, said.signer, said.code.trim()) {
        contract::count_attempt(&mut tx, held.id).await?;
        tx.commit().await?;
        return Err(wrong("another one"));
    }
    contract::use_code(&mut tx, held.id, now).await?;
    let code = Some(Handed { to_staff: held.handed_to, at: held.made_at });
    keep(app, tx, by, row, Signed { signer: said.signer, way: "code", from, code, scan: None }).await
}

/// Signs by the scan of the signed paper.
///
/// # Errors
/// `Conflict` when it is not this one's turn; `Refused` when the file is no scan.
pub async fn sign_on_paper(
    app: &App,
    by: &Actor,
    id: Uuid,
    signer: Signer,
    from: &str,
    content: Bytes,
) -> Result<ContractView> {
    let from = place(from)?;
    if sniff(&content).is_none() {
        return Err(Error::refused("scan", "scan-type", format!("{} bytes", content.len()), ALLOWED));
    }
    let scan = Some(app.scans.put(&content).await?);
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    lock_open(&mut tx, row.case_id).await?;
    turn(&standing(app, &mut tx, &row).await?, signer)?;
    keep(app, tx, by, row, Signed { signer, way: "paper", from, code: None, scan }).await
}

fn place(from: &str) -> Result<String> {
    let length = from.trim().chars().count();
    if !(3..=200).contains(&length) {
        return Err(Error::refused("from", "length", length, "3-200"));
    }
    Ok(from.trim().to_owned())
}

struct Signed {
    signer: Signer,
    way: &'static str,
    from: String,
    code: Option<Handed>,
    scan: Option<String>,
}

async fn keep(
    app: &App,
    mut tx: Transaction<'static, Postgres>,
    by: &Actor,
    row: ContractRow,
    s: Signed,
) -> Result<ContractView> {
    let (at, id) = (app.clock.now(), app.clock.new_id());
    let people = parties(app, &row)?;
    let evidence = Evidence {
        schema: EVIDENCE.to_owned(),
        id,
        contract: row.id,
        signer: s.signer,
        way: s.way.to_owned(),
        name: if s.signer == Signer::Customer { people.name } else { people.representative },
        shown: row.pdf_sha256.clone(),
        scan: s.scan,
        code: s.code,
        from: s.from,
        recorded_by: by.login.clone(),
        at,
    };
    let text = canonical(&evidence).map_err(|e| Error::Broken(e.into()))?;
    let digest = sha256_hex(&text);
    let signed = app.keys.signer()?.sign(EVIDENCE, &digest);
    let kept = SignatureRow {
        id,
        contract_id: row.id,
        signer: name_of(s.signer).to_owned(),
        way: s.way.to_owned(),
        sealed: app.vault.seal(&format!("contract_signature/{id}"), text.as_bytes())?,
        digest,
        key_id: signed.key_id,
        signature: signed.signature.to_vec(),
        signed_at: at,
    };
    contract::insert_signature(&mut tx, &kept).await?;
    let deed = Deed {
        at,
        actor: &by.login,
        action: "contract.sign",
        subject: format!("contract/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"signer": s.signer, "way": s.way, "digest": kept.digest}),
    };
    audit::write(&mut tx, &deed).await?;
    events(app, &mut tx, by, &row, s.signer, id).await?;
    let done = view(app, &mut tx, row).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

/// The signature, and with the last one that it binds and what falls due.
async fn events(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    row: &ContractRow,
    signer: Signer,
    signature: Uuid,
) -> Result<()> {
    let mut all: Vec<Entry> = vec![Happened::ContractSigned { contract: row.id, signer, signature }.into()];
    if signer == Signer::Firm {
        all.push(Happened::ContractConcluded { contract: row.id }.into());
        for i in instalments(row)? {
            if let Some(days) = i.days {
                let due = app.clock.today().saturating_add(Duration::days(i64::from(days)));
                let (contract, instalment, amount) = (row.id, i.no, i.amount.0);
                all.push(Happened::PaymentDue { contract, instalment, amount, due }.into());
            }
        }
    }
    case::record_all(app, tx, by, row.case_id, all).await?;
    Ok(())
}

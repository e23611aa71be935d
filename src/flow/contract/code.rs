//! One-time codes to sign with. A code is kept as a keyed hash to compare with, and sealed for the notice that will carry it;
//! until there are notices, somebody of the office may read it once to pass it on, and the evidence says who.

use super::read::{Signing, not_there};
use super::sides::one_side;
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::staff::Purpose;
use crate::flow::case::{self, Reading, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::contract;
use crate::store::signing_code::{self, CodeRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How long a code can be used.
const HOLDS: Duration = Duration::minutes(15);
/// Codes for one signer within an hour.
const MOST: i64 = 5;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"signer": 1}))]
pub struct NewCode {
    /// Number of one of the contract's signers whose turn it is.
    pub signer: i32,
}

/// A code that was made, without the code.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CodeMade {
    pub id: Uuid,
    pub contract_id: Uuid,
    pub signer: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// Told once.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct CodeHanded {
    /// Eight digits, to be passed on to the signer in person or by phone.
    #[schema(example = "04816253")]
    pub code: String,
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// What the keyed hash of a code is made over.
pub(super) fn hash(app: &App, contract: Uuid, signer: i32, code: &str) -> [u8; 32] {
    app.vault.index("signing_code", format!("{contract}/{signer}/{code}"))
}

fn place_of(code: Uuid) -> String {
    format!("signing_code/{code}")
}

/// Makes a code for a signer whose turn it is; one made before is void. The event it records is what its notice is made from.
///
/// # Errors
/// `Conflict` when it is not this one's turn, or too many were made within an hour.
pub async fn make_code(app: &App, by: &Actor, id: Uuid, new: NewCode) -> Result<CodeMade> {
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    lock_open(&mut tx, row.case_id).await?;
    let signing = Signing::of(app, &mut tx, &row).await?;
    let signer = signing.turn_of(new.signer)?.signer;
    let (code, now, secret) = (app.clock.new_id(), app.clock.now(), eight_digits(&app.clock.secret()));
    if signing_code::made_since(&mut tx, id, new.signer, now - Duration::hours(1)).await? >= MOST {
        let detail = format!("{MOST} codes within an hour");
        return Err(Error::Conflict { code: "signing-codes-many", detail });
    }
    let kept = CodeRow {
        id: code,
        contract_id: id,
        signer_no: new.signer,
        code_hash: hash(app, id, new.signer, &secret).to_vec(),
        sealed_code: app.vault.seal(&place_of(code), secret.as_bytes())?,
        made_by: by.login.clone(),
        made_at: now,
        expires_at: now + HOLDS,
        attempts: 0,
        handed_to: None,
        handed_at: None,
        used_at: None,
    };
    signing_code::insert(&mut tx, &kept).await?;
    let what = Happened::SigningCodeMade { contract: id, signer, code, expires: kept.expires_at };
    case::record(app, &mut tx, by, row.case_id, what).await?;
    note(&mut tx, by, row.case_id, "contract.make_code", &kept, now).await?;
    let done = CodeMade { id: code, contract_id: id, signer: new.signer, expires_at: kept.expires_at };
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

fn eight_digits(secret: &[u8; 32]) -> String {
    let n = secret.iter().fold(0u64, |n, b| (n.wrapping_mul(256).wrapping_add(u64::from(*b))) % 100_000_000);
    format!("{n:08}")
}

/// Tells a code to who passes it on: once, logged as a read of personal data, and named in the evidence. A code for the firm
/// is told to its own signer only in this way too. The answer is never kept for an idempotency key.
///
/// # Errors
/// `Conflict` when it was told before, was used, or is over, and `signing-both-sides` when this person was told a code of the other side or took its
/// signature on paper.
pub async fn hand_code(app: &App, by: &Actor, id: Uuid, code: Uuid, purpose: Purpose) -> Result<CodeHanded> {
    if by.claim.is_some() {
        return Err(Error::refused("Idempotency-Key", "no-answer-kept", "a key", "no key"));
    }
    let not_there = || Error::NotFound { what: "signing code", id: code.to_string() };
    let row = contract::get(&mut *app.pool.acquire().await?, id).await?.ok_or_else(not_there)?;
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    reading.log(&place_of(code)).await?;
    let tx = &mut reading.tx;
    let held = signing_code::get(tx, code).await?.filter(|c| c.contract_id == id).ok_or_else(not_there)?;
    let newest = signing_code::newest(tx, id, held.signer_no).await?.is_some_and(|c| c.id == code);
    let now = app.clock.now();
    if held.used_at.is_some() || now >= held.expires_at || !newest {
        return Err(Error::Conflict { code: "signing-code-over", detail: "make a new one".into() });
    }
    let signing = Signing::of(app, tx, &row).await?;
    one_side(app, tx, by, &row, &signing, held.signer_no).await?;
    if !signing_code::hand(tx, code, &by.login, now).await? {
        return Err(Error::Conflict { code: "signing-code-told", detail: "make a new one".into() });
    }
    note(tx, by, row.case_id, "contract.hand_code", &held, now).await?;
    let plain = app.vault.open(&place_of(code), &held.sealed_code)?;
    let told = String::from_utf8(plain).map_err(|e| Error::Broken(e.into()))?;
    reading.end().await?;
    Ok(CodeHanded { code: told, expires_at: held.expires_at })
}

async fn note(
    tx: &mut sqlx::PgConnection,
    by: &Actor,
    case: Uuid,
    action: &'static str,
    c: &CodeRow,
    at: OffsetDateTime,
) -> Result<()> {
    let subject = format!("contract/{}", c.contract_id);
    let detail = json!({"signer": c.signer_no, "code": c.id});
    Ok(audit::write(tx, &Deed { at, actor: &by.login, action, subject, case_id: Some(case), detail }).await?)
}

/// Why a code does not hold.
pub(super) fn wrong(why: &str) -> Error {
    Error::refused("code", "signing-code", why, "the newest code, within 15 minutes, 5 tries")
}

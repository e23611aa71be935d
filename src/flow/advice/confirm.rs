//! The legal department stands by a signed sheet on newer maps and rules.

use super::ground::stale_now;
use super::read::{SheetView, because, row, unsealed, view};
use super::watch::holds_again;
use super::work_out::{pins_now, work_out};
use crate::app::App;
use crate::domain::advice::{CONFIRMED, Confirmation, new_since};
use crate::domain::case::Happened;
use crate::domain::staff::Purpose;
use crate::domain::verify::text::{Lang, message};
use crate::domain::verify::{canonical, sha256_hex};
use crate::flow::case::{self, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit, verification};
use crate::store::advice::{self, ConfirmationRow, SheetRow};
use crate::store::audit::{self, Deed};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Confirms the newest sheet, which is signed and outdated, after a verification anew: worked out again from the same facts it
/// says the same, and no finding is new. From then on it holds on what there is now, and so does what rests on it: an offer, a
/// contract that is not signed yet. One that holds is answered as it is; when the case was told otherwise, it is told that it holds again.
///
/// # Errors
/// `Conflict` `sheet-unsigned`, `sheet-not-newest`, `sheet-outdated` (verify anew first), `sheet-changed` with what has come up: then a
/// new sheet is due, and with its signature the offer on the old one is withdrawn.
pub async fn confirm(app: &App, by: &Actor, id: Uuid) -> Result<SheetView> {
    if by.id.is_none() || by.scopes.is_some() {
        return Err(Error::Forbidden("in-person-only"));
    }
    let found = row(app, id).await?;
    if found.signed_at.is_none() {
        return Err(Error::Conflict { code: "sheet-unsigned", detail: "sign it".into() });
    }
    newest(&mut *app.pool.acquire().await?, &found).await?;
    let now = pins_now(app, found.case_id).await?;
    if because(app, &found, &now).await?.is_empty() {
        holds_again(app, by, &found).await?;
        return Ok(view(&found, vec![]));
    }
    let was = unsealed(app, by, &found, Purpose::PreparePapers).await?;
    let then = verification::open(app, by, found.confirmed_on.unwrap_or(found.verification_id), Purpose::PreparePapers);
    let then = then.await?.record;
    let anew = work_out(app, by, found.case_id, was.facts.clone()).await?;
    if let Some(first) = stale_now(app, &anew.pins, &now).await?.first() {
        return Err(Error::Conflict { code: "sheet-outdated", detail: format!("{}: verify anew first", first.key) });
    }
    let later = verification::open(app, by, anew.pins.verification, Purpose::PreparePapers).await?.record;
    let changed = new_since(&was, &then, &anew, &later);
    if !changed.is_empty() {
        let why = changed.iter().map(|m| format!("{}: {} / {}", m.key, message(Lang::Vi, m), message(Lang::En, m)));
        return Err(Error::Conflict { code: "sheet-changed", detail: why.collect::<Vec<_>>().join("; ") });
    }
    let said = Confirmation {
        schema: CONFIRMED.into(),
        sheet: id,
        digest: found.digest.clone(),
        pins: anew.pins,
        by: by.login.clone(),
        at: app.clock.now(),
    };
    keep(app, by, found, said).await
}

async fn newest(conn: &mut PgConnection, found: &SheetRow) -> Result<()> {
    if advice::next_version(conn, found.case_id).await? != found.version + 1 {
        return Err(Error::Conflict { code: "sheet-not-newest", detail: "there is a newer version".into() });
    }
    Ok(())
}

async fn keep(app: &App, by: &Actor, mut found: SheetRow, said: Confirmation) -> Result<SheetView> {
    let text = canonical(&said).map_err(|e| Error::Broken(e.into()))?;
    let digest = sha256_hex(&text);
    let signed = app.keys.signer()?.sign(CONFIRMED, &digest);
    let kept = ConfirmationRow {
        id: app.clock.new_id(),
        sheet_id: found.id,
        verification_id: said.pins.verification,
        pins: serde_json::to_value(&said.pins).map_err(|e| Error::Broken(e.into()))?,
        said: text,
        digest,
        key_id: signed.key_id,
        signature: signed.signature.to_vec(),
        confirmed_by: by.login.clone(),
        confirmed_at: said.at,
    };
    let mut tx = begin(app).await?;
    lock_open(&mut tx, found.case_id).await?;
    newest(&mut tx, &found).await?;
    advice::confirm(&mut tx, &kept).await?;
    let deed = Deed {
        at: said.at,
        actor: &by.login,
        action: "advice.confirm",
        subject: format!("option_sheet/{}", found.id),
        case_id: Some(found.case_id),
        detail: json!({"version": found.version, "digest": kept.digest, "verification": kept.verification_id}),
    };
    audit::write(&mut tx, &deed).await?;
    let version = u32::try_from(found.version).map_err(|e| Error::Broken(e.into()))?;
    let told = Happened::OptionSheetConfirmed { sheet: found.id, version, verification: kept.verification_id };
    case::record(app, &mut tx, by, found.case_id, told).await?;
    found.confirmed_pins = Some(kept.pins);
    (found.confirmed_on, found.confirmed_at) = (Some(kept.verification_id), Some(kept.confirmed_at));
    let done = view(&found, vec![]);
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

//! The legal department stands by a sheet.

use super::read::{SheetView, because, row, view};
use super::work_out::pins_now;
use crate::app::App;
use crate::domain::advice::OPTIONS;
use crate::domain::case::{Happened, Step};
use crate::flow::case::{self, Entry, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::advice;
use crate::store::audit::{self, Deed};
use serde_json::json;
use uuid::Uuid;

/// Signs a sheet; a person does it, no program.
///
/// # Errors
/// `Conflict` when it is signed already, is not the newest, recommends nothing, or no longer holds.
pub async fn sign(app: &App, by: &Actor, id: Uuid) -> Result<SheetView> {
    if by.id.is_none() || by.scopes.is_some() {
        return Err(Error::Forbidden("in-person-only"));
    }
    let found = row(app, id).await?;
    let now = pins_now(app, found.case_id).await?;
    let stale = because(app, &found, &now).await?;
    if let Some(first) = stale.first() {
        return Err(Error::Conflict { code: "sheet-outdated", detail: first.code.clone() });
    }
    let Some(procedure) = found.recommended.clone() else {
        return Err(Error::Conflict {
            code: "sheet-recommends-nothing",
            detail: "a sheet is signed for one option".into(),
        });
    };
    let signed = app.keys.signer()?.sign(OPTIONS, &found.digest);
    let at = app.clock.now();
    let mut tx = begin(app).await?;
    lock_open(&mut tx, found.case_id).await?;
    if advice::next_version(&mut tx, found.case_id).await? != found.version + 1 {
        return Err(Error::Conflict { code: "sheet-not-newest", detail: "there is a newer version".into() });
    }
    if !advice::sign(&mut tx, id, &signed.key_id, &signed.signature, &by.login, at).await? {
        return Err(Error::Conflict { code: "sheet-signed", detail: "it is signed already".into() });
    }
    let deed = Deed {
        at,
        actor: &by.login,
        action: "advice.sign",
        subject: format!("option_sheet/{id}"),
        case_id: Some(found.case_id),
        detail: json!({"version": found.version, "digest": found.digest, "procedure": procedure}),
    };
    audit::write(&mut tx, &deed).await?;
    let version = u32::try_from(found.version).map_err(|e| Error::Broken(e.into()))?;
    let verification = found.verification_id;
    let mut told: Vec<Entry> = Vec::new();
    // What was offered on the sheet before stands no longer, and the customer hears of it.
    if let Some(Step::Quotation { quotation, version, .. }) = case::lock(&mut tx, found.case_id).await?.map(|c| c.step)
    {
        told.push(Happened::QuotationWithdrawn { quotation, version }.into());
    }
    told.push(Happened::OptionSheetSigned { sheet: id, version, verification, procedure }.into());
    case::record_all(app, &mut tx, by, found.case_id, told).await?;
    let mut row = found;
    (row.key_id, row.signature) = (Some(signed.key_id), Some(signed.signature.to_vec()));
    (row.signed_by, row.signed_at) = (Some(by.login.clone()), Some(at));
    let done = view(&row, vec![]);
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

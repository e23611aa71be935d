//! A new version of a case's option sheet.

use super::read::{SheetView, place_of, view};
use super::work_out::work_out;
use crate::app::App;
use crate::domain::advice::Edits;
use crate::domain::case::Happened;
use crate::domain::fee::FeeFacts;
use crate::flow::case::{self, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::advice::{self, SheetRow};
use crate::store::audit::{self, Deed};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// Facts the amounts depend on, and what the legal department adds.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"facts": {"land_price": 5_000_000, "land_price_source": "NQ 52/2025, bảng 5, vị trí 1",
    "agreed_price": 900_000_000, "kinship": "other", "only_home": false, "object": "land"},
    "edits": {"recommended": "transfer", "remark": "Xoá thế chấp trước khi ký hợp đồng."}}))]
pub struct NewSheet {
    /// `area` (m², as text), `land_price` and `land_price_after` (dong/m²), `land_price_source`, `agreed_price` (dong),
    /// `kinship`, `only_home`, `beside_house`, `reduction_used`, `quota` (m², as text), `object`. What is left out is not known.
    #[schema(value_type = Object)]
    pub facts: FeeFacts,
    /// `recommended` (a procedure), `remark`, `notes` (by procedure).
    #[schema(value_type = Object)]
    pub edits: Edits,
}

/// Works options out anew and keeps them with the edits as the next version, unsigned.
///
/// # Errors
/// `Conflict` before the case was verified or when it is closed; `Refused` with edits that name no option.
pub async fn draft(app: &App, by: &Actor, case_id: Uuid, new: NewSheet) -> Result<SheetView> {
    let mut sheet = work_out(app, by, case_id, new.facts).await?;
    let problems = new.edits.problems(&sheet.options);
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    sheet.edits = new.edits;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case_id).await?;
    let version = advice::next_version(&mut tx, case_id).await?;
    sheet.version = u32::try_from(version).map_err(|e| Error::Broken(e.into()))?;
    let (text, digest) = sheet.sealed_form().map_err(|e| Error::Broken(e.into()))?;
    let row = SheetRow {
        id: sheet.id,
        case_id,
        version,
        verification_id: sheet.pins.verification,
        digest,
        pins: serde_json::to_value(&sheet.pins).map_err(|e| Error::Broken(e.into()))?,
        recommended: sheet.edits.recommended.clone(),
        sealed: app.vault.seal(&place_of(sheet.id), text.as_bytes())?,
        created_by: by.login.clone(),
        created_at: sheet.at,
        key_id: None,
        signature: None,
        signed_by: None,
        signed_at: None,
        confirmed_pins: None,
        confirmed_on: None,
        confirmed_at: None,
    };
    advice::insert(&mut tx, &row).await?;
    let deed = Deed {
        at: sheet.at,
        actor: &by.login,
        action: "advice.draft",
        subject: format!("option_sheet/{}", sheet.id),
        case_id: Some(case_id),
        detail: json!({"version": version, "digest": row.digest, "verification": row.verification_id}),
    };
    audit::write(&mut tx, &deed).await?;
    let drafted = Happened::OptionSheetDrafted { sheet: sheet.id, version: sheet.version };
    case::record(app, &mut tx, by, case_id, drafted).await?;
    let done = view(&row, vec![]);
    commit(app, tx, by, &done, Some(format!("/api/v1/option-sheets/{}", done.id))).await?;
    Ok(done)
}

use super::read::{ContractView, Signing, not_there, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::contract::Standing;
use crate::flow::case::{self, Entry, lock_open};
use crate::flow::quotation::sealed_words;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::contract;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// Why a contract is not signed; `outdated`: we take it back, as what it rests on no longer holds.
const REASONS: &[&str] = &["price", "time", "other_firm", "not_wanted", "terms", "outdated", "other"];

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "terms", "words": "Muốn đổi lịch thanh toán"}))]
pub struct Refusal {
    /// price, time, other_firm, not_wanted, terms, outdated (what it rests on no longer holds), other.
    pub reason: String,
    /// The signer's words, kept sealed: at most 1,000 characters.
    #[serde(default)]
    pub words: String,
}

/// Somebody does not sign.
///
/// # Errors
/// `Conflict` when it is concluded, refused, expired or replaced.
pub async fn refuse(app: &App, by: &Actor, id: Uuid, said: Refusal) -> Result<ContractView> {
    if !REASONS.contains(&said.reason.as_str()) {
        return Err(Error::refused("reason", "not-in-list", said.reason, REASONS.join(", ")));
    }
    let sealed = sealed_words(&said.words)?;
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    lock_open(&mut tx, row.case_id).await?;
    let now = Signing::of(app, &mut tx, &row).await?.standing;
    if !matches!(now, Standing::Open(_)) {
        return Err(Error::Conflict { code: "contract-closed", detail: now.name().to_owned() });
    }
    let at = app.clock.now();
    contract::refuse(&mut tx, id, &said.reason, &by.login, at).await?;
    let what = Happened::ContractRefused { contract: id, reason: said.reason.clone() };
    case::record(app, &mut tx, by, row.case_id, Entry { what, sealed }).await?;
    let deed = Deed {
        at,
        actor: &by.login,
        action: "contract.refuse",
        subject: format!("contract/{id}"),
        case_id: Some(row.case_id),
        detail: json!({"reason": said.reason}),
    };
    audit::write(&mut tx, &deed).await?;
    let done = view(app, &mut tx, row).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

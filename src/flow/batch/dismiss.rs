//! Nobody needs the run that a changed map proposes: said with a reason, and audited.

use super::RunProposal;
use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::batch::proposal as store;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;

/// Why a proposed run is not needed.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Only the wording of the legend changed"}))]
pub struct Dismissal {
    /// 10 to 500 characters about maps. No personal data: it is kept in clear, for good.
    pub reason: String,
}

/// A proposal that was dismissed.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"proposal": {"layer_version_id": 12, "layer": "demo.recovery", "theme": "recovery", "zone": 5899,
    "coverage_key": "all", "number": 2, "what": "published", "at": "2026-10-05T02:00:00Z"},
    "reason": "Only the wording of the legend changed", "by": "lan.nguyen", "at": "2026-10-06T02:00:00Z"}))]
pub struct Dismissed {
    pub proposal: RunProposal,
    pub reason: String,
    pub by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Dismisses the proposal of a layer version until the map changes again.
///
/// # Errors
/// `Refused` without a reason, `NotFound` when it proposes nothing (any more).
pub async fn dismiss(app: &App, by: &Actor, layer_version_id: i64, why: &Dismissal) -> Result<Dismissed> {
    let reason = why.reason.trim();
    if !(10..=500).contains(&reason.chars().count()) {
        return Err(Error::refused("reason", "length", reason.chars().count(), "10-500"));
    }
    let mut tx = begin(app).await?;
    let missing = || Error::NotFound { what: "verification_run_proposal", id: layer_version_id.to_string() };
    let proposal: RunProposal = store::lock(&mut tx, layer_version_id).await?.ok_or_else(missing)?.into();
    let (at, by_login) = (app.clock.now(), by.login.clone());
    let new = store::NewDismissal { layer_version_id, changed_at: proposal.at, reason, by: &by_login, at };
    store::dismiss(&mut tx, &new).await?;
    let deed = Deed {
        at,
        actor: &by.login,
        action: "verification_run.dismiss",
        subject: format!("layer_version/{layer_version_id}"),
        case_id: None,
        detail: json!({"changed_at": proposal.at.unix_timestamp(), "reason": reason}),
    };
    audit::write(&mut tx, &deed).await?;
    let done = Dismissed { proposal, reason: reason.to_owned(), by: by_login, at };
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

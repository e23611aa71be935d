//! What was recorded of a parcel was wrong: a new fact says so. Nothing is erased, and nothing follows the act any more.

use super::record::{Act, one};
use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::parcel_act as store;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// Why an act is revoked.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Decision 12/QĐ-UBND splits parcel 354, not 345"}))]
pub struct Revocation {
    /// 10 to 500 characters about decisions, sheets and numbers. No personal data: it is kept in clear, for good.
    pub reason: String,
}

/// Revokes an act; the reason stands beside it alone. What it wrote is shown in the history and followed only as of a day before.
///
/// # Errors
/// `Refused` without a reason, `NotFound`, `Conflict` when it is revoked already.
pub async fn revoke(app: &App, by: &Actor, id: Uuid, why: &Revocation) -> Result<Act> {
    let reason = why.reason.trim();
    if !(10..=500).contains(&reason.chars().count()) {
        return Err(Error::refused("reason", "length", reason.chars().count(), "10-500"));
    }
    let mut tx = begin(app).await?;
    store::lock(&mut tx).await?;
    if let Some(r) = one(&mut tx, id).await?.revoked {
        return Err(Error::Conflict { code: "act-revoked", detail: format!("by {}: {}", r.by, r.reason) });
    }
    let now = app.clock.now();
    store::revoke(&mut tx, id, &by.login, now, reason).await?;
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: "parcel.revoke",
        subject: format!("parcel_act/{id}"),
        case_id: None,
        detail: json!({}),
    };
    audit::write(&mut tx, &deed).await?;
    let done = one(&mut tx, id).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

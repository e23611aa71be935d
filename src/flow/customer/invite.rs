//! A customer who was not invited at the intake, or whose invitation has run out, is invited.

use super::apply::invite_in;
use crate::app::App;
use crate::flow::case::{lock_open, record};
use crate::flow::staff::Actor;
use crate::flow::{Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::customer as store;
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

/// That somebody was invited. The code is read for a purpose.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Invited {
    pub id: Uuid,
    /// To be used for the first time before this instant.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// Invites the customer of a case to follow it. An earlier invitation holds no longer.
///
/// # Errors
/// Refused when nobody knows whose case it is; `Conflict` `case-closed`.
pub async fn invite(app: &App, by: &Actor, case: Uuid) -> Result<Invited> {
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let customer = store::of_case(&mut tx, case).await?;
    let (made, event) = invite_in(app, &mut tx, case, customer).await?;
    let deed = Deed {
        at: made.created_at,
        actor: &by.login,
        action: "customer.invite",
        subject: format!("account_invitation/{}", made.id),
        case_id: Some(case),
        detail: json!({}),
    };
    audit::write(&mut tx, &deed).await?;
    record(app, &mut tx, by, case, event).await?;
    let view = Invited { id: made.id, expires_at: made.expires_at };
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/invitation"))).await?;
    Ok(view)
}

use super::read::{CaseView, lock_open};
use super::record::{Entry, record_all};
use crate::app::App;
use crate::domain::case::{Ending, Happened};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::case;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ending": "withdrawn", "reason": "customer withdrew"}))]
pub struct CloseCase {
    /// closed (done, or nothing was promised yet), withdrawn (by the customer), refused (by the firm or the authority).
    #[serde(default = "closed")]
    #[schema(value_type = String, default = "closed")]
    pub ending: Ending,
    /// Why, without personal data: it goes into the audit.
    pub reason: String,
}

fn closed() -> Ending {
    Ending::Closed
}

/// Ends a case. Tasks that are still open are cancelled.
pub async fn close(app: &App, by: &Actor, id: Uuid, how: CloseCase) -> Result<CaseView> {
    let reason = how.reason.trim().to_owned();
    let length = reason.chars().count();
    if !(3..=500).contains(&length) {
        return Err(Error::refused("reason", "length", length, "3-500"));
    }
    let mut tx = begin(app).await?;
    lock_open(&mut tx, id).await?;
    let mut entries = crate::flow::task::cancel_open(app, &mut tx, by, id).await?;
    entries.push(Entry::from(Happened::Ended { ending: how.ending, reason: reason.clone() }));
    record_all(app, &mut tx, by, id, entries).await?;
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "case.close",
        subject: format!("case/{id}"),
        case_id: Some(id),
        detail: json!({"ending": how.ending, "reason": reason}),
    };
    audit::write(&mut tx, &deed).await?;
    let row = case::get(&mut tx, id).await?.ok_or(Error::NotFound { what: "case", id: id.to_string() })?;
    let view = CaseView::from(row);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

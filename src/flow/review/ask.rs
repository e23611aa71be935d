use super::decide::ORIGIN;
use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case::{CaseView, lock_open, record, settle_found};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::case;
use serde_json::json;
use uuid::Uuid;

/// Asks for the review of a case whose work is done; what the last one found is settled by it.
///
/// # Errors
/// `Conflict` `work-open` with how much is open of what, `case-step` when the case stands elsewhere.
pub async fn ask(app: &App, by: &Actor, id: Uuid) -> Result<CaseView> {
    let mut tx = begin(app).await?;
    lock_open(&mut tx, id).await?;
    settle_found(app, &mut tx, by, id, ORIGIN).await?;
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "review.ask",
        subject: format!("case/{id}"),
        case_id: Some(id),
        detail: json!({}),
    };
    audit::write(&mut tx, &deed).await?;
    record(app, &mut tx, by, id, Happened::ReviewAsked {}).await?;
    let row = case::get(&mut tx, id).await?.ok_or(Error::NotFound { what: "case", id: id.to_string() })?;
    let view = CaseView::from(row);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

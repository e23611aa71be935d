use super::issue::resolve_issue_in;
use super::read::{CaseView, lock_open};
use super::record::{record, record_all};
use crate::app::App;
use crate::domain::case::{Ending, Happened};
use crate::flow::paper_request::drop_open;
use crate::flow::staff::Actor;
use crate::flow::task::cancel_open;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::{case, case_issue, paper_request};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
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

/// Ends a case, and what is open in it: tasks are cancelled, problems and what was asked of the customer are nobody's any more.
pub async fn close(app: &App, by: &Actor, id: Uuid, how: CloseCase) -> Result<CaseView> {
    let reason = how.reason.trim().to_owned();
    let length = reason.chars().count();
    if !(3..=500).contains(&length) {
        return Err(Error::refused("reason", "length", length, "3-500"));
    }
    let mut tx = begin(app).await?;
    lock_open(&mut tx, id).await?;
    let cancelled = cancel_open(app, &mut tx, by, id).await?;
    if !cancelled.is_empty() {
        record_all(app, &mut tx, by, id, cancelled).await?;
    }
    settle_open(app, &mut tx, by, id).await?;
    record(app, &mut tx, by, id, Happened::Ended { ending: how.ending, reason: reason.clone() }).await?;
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

async fn settle_open(app: &App, tx: &mut PgConnection, by: &Actor, id: Uuid) -> Result<()> {
    for issue in case_issue::of_case(tx, id).await?.into_iter().filter(|i| i.resolved_at.is_none()) {
        resolve_issue_in(app, tx, by, issue.id, None).await?;
    }
    for request in paper_request::of_case(tx, id).await? {
        drop_open(app, tx, by, request.id).await?;
    }
    Ok(())
}

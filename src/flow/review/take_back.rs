use super::decide::sent_back;
use crate::app::App;
use crate::domain::case::{Happened, Step};
use crate::flow::case::{self, CaseView, Entry, lock_open, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::case as store;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The certificate shows another area than was applied for."}))]
pub struct TakeBack {
    /// Why: 3 to 1000 characters. Kept sealed.
    pub reason: String,
}

/// Takes a case that was reviewed, and is not handed over, back to work. What was offered stands no longer.
///
/// # Errors
/// `Conflict` `case-step` when it is not at its hand-over.
pub async fn take_back(app: &App, by: &Actor, id: Uuid, why: TakeBack) -> Result<CaseView> {
    let reason = why.reason.trim();
    let length = reason.chars().count();
    if !(3..=1000).contains(&length) {
        return Err(Error::refused("reason", "length", length, "3-1000"));
    }
    let mut tx = begin(app).await?;
    lock_open(&mut tx, id).await?;
    let standing = case::lock(&mut tx, id).await?;
    let offered = matches!(standing.map(|c| c.step), Some(Step::HandOver { offered: true, .. }));
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "review.take_back",
        subject: format!("case/{id}"),
        case_id: Some(id),
        detail: json!({}),
    };
    audit::write(&mut tx, &deed).await?;
    let what = Happened::ReviewLapsed { because: "taken_back".into(), offered };
    record(app, &mut tx, by, id, Entry { what, sealed: Some(json!({"reason": reason})) }).await?;
    case::raise_found(app, &mut tx, by, id, sent_back(reason.to_owned())).await?;
    let row = store::get(&mut tx, id).await?.ok_or(Error::NotFound { what: "case", id: id.to_string() })?;
    let view = CaseView::from(row);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

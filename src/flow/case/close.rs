use super::read::{CaseView, lock_open};
use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::case;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "customer withdrew"}))]
pub struct CloseCase {
    /// Why, without personal data: it goes into the audit.
    pub reason: String,
}

pub async fn close(app: &App, by: &Actor, id: Uuid, how: CloseCase) -> Result<CaseView> {
    let length = how.reason.trim().chars().count();
    if !(3..=500).contains(&length) {
        return Err(Error::refused("reason", "length", length, "3-500"));
    }
    let mut tx = begin(app).await?;
    lock_open(&mut tx, id).await?;
    let now = app.clock.now();
    case::set_state(&mut tx, id, "closed", now).await?;
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: "case.close",
        subject: format!("case/{id}"),
        case_id: Some(id),
        detail: json!({"reason": how.reason.trim()}),
    };
    audit::write(&mut tx, &deed).await?;
    let row = case::get(&mut tx, id).await?.ok_or(Error::NotFound { what: "case", id: id.to_string() })?;
    let view = CaseView::from(row);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

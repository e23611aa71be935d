use super::ask::title_print;
use super::read::{ItemView, item_view};
use crate::app::App;
use crate::domain::case::{Happened, Settled};
use crate::flow::case::{lock_open, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::paper_request as store;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"how": "dropped", "reason": "the buyer comes without an agent"}))]
pub struct Settling {
    /// met (it is there) or dropped (it is needed no longer).
    #[schema(value_type = String)]
    pub how: Settled,
    /// Why, without personal data: it goes into the audit.
    pub reason: String,
}

/// Settles one item by hand.
pub async fn settle(app: &App, by: &Actor, id: Uuid, how: Settling) -> Result<ItemView> {
    let length = how.reason.trim().chars().count();
    if !(3..=500).contains(&length) {
        return Err(Error::refused("reason", "length", length, "3-500"));
    }
    let not_found = || Error::NotFound { what: "request_item", id: id.to_string() };
    let mut tx = begin(app).await?;
    let row = store::item(&mut tx, id).await?.ok_or_else(not_found)?;
    lock_open(&mut tx, row.case_id).await?;
    close(app, &mut tx, by, row.case_id, id, how.how, how.reason.trim()).await?;
    let view = item_view(store::item(&mut tx, id).await?.ok_or_else(not_found)?);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

/// Settles what a paper that has just come in answers, in its transaction. `names`: its kind, and what it calls itself.
pub async fn answer(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    paper: Uuid,
    names: &[String],
    complete: bool,
) -> Result<()> {
    let prints: Vec<Vec<u8>> = names.iter().map(|n| title_print(app, n)).collect();
    for id in store::answered_by(tx, case, paper, names, &prints, complete).await? {
        close(app, tx, by, case, id, Settled::Met, "the paper came in").await?;
    }
    Ok(())
}

/// What is still open of a request is needed no longer.
pub async fn drop_open(app: &App, tx: &mut PgConnection, by: &Actor, request: Uuid) -> Result<()> {
    for item in store::open_of_request(tx, request).await? {
        close(app, tx, by, item.case_id, item.id, Settled::Dropped, "nobody waits for it any more").await?;
    }
    Ok(())
}

async fn close(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    id: Uuid,
    how: Settled,
    reason: &str,
) -> Result<()> {
    let now = app.clock.now();
    let state = match how {
        Settled::Met => "met",
        Settled::Dropped => "dropped",
    };
    if !store::settle(tx, id, state, &by.login, now).await? {
        return Err(Error::Conflict { code: "item-settled", detail: "the item was settled before".into() });
    }
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: "paper_request.settle",
        subject: format!("request_item/{id}"),
        case_id: Some(case),
        detail: json!({"state": state, "reason": reason}),
    };
    audit::write(tx, &deed).await?;
    record(app, tx, by, case, Happened::ItemSettled { item: id, how }).await?;
    Ok(())
}

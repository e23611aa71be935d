use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case::record;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::customer::{self as store, MergeRow};
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

/// Two records that may be one person.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct MergeView {
    pub id: Uuid,
    /// The older record, which would stay.
    pub keep: Uuid,
    pub fold: Uuid,
    /// id_number, phone, name: what they have in common.
    pub why: Vec<String>,
    /// proposed, accepted or rejected.
    pub state: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    pub decided_by: Option<String>,
}

fn view(m: MergeRow) -> MergeView {
    MergeView {
        id: m.id,
        keep: m.keep,
        fold: m.fold,
        why: m.why,
        state: m.state,
        created_at: m.created_at,
        decided_by: m.decided_by,
    }
}

/// Proposals nobody has decided, oldest first.
pub async fn merges(app: &App, after: Option<Uuid>, limit: i64) -> Result<Vec<MergeView>> {
    let mut conn = app.pool.acquire().await?;
    Ok(store::proposed(&mut conn, after, limit).await?.into_iter().map(view).collect())
}

/// Accepts a proposal (the cases of `fold` become those of `keep`) or rejects it.
pub async fn decide_merge(app: &App, by: &Actor, id: Uuid, accept: bool) -> Result<MergeView> {
    let now = app.clock.now();
    let mut tx = begin(app).await?;
    let not_found = || Error::NotFound { what: "customer_merge", id: id.to_string() };
    let merge = store::lock_merge(&mut tx, id).await?.ok_or_else(not_found)?;
    if merge.state != "proposed" {
        return Err(Error::Conflict { code: "merge-decided", detail: format!("it is {}", merge.state) });
    }
    let state = if accept { "accepted" } else { "rejected" };
    store::decide(&mut tx, id, state, &by.login, now).await?;
    if accept {
        for case in store::cases(&mut tx, merge.fold).await? {
            record(app, &mut tx, by, case, Happened::CustomerLinked { customer: merge.keep }).await?;
            store::link_case(&mut tx, case, merge.keep).await?;
        }
        store::merge(&mut tx, merge.keep, merge.fold, &by.login, now).await?;
    }
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: if accept { "customer.merge" } else { "customer.keep_apart" },
        subject: format!("customer/{}", merge.keep),
        case_id: None,
        detail: json!({"fold": merge.fold, "why": merge.why}),
    };
    audit::write(&mut tx, &deed).await?;
    let view = view(store::lock_merge(&mut tx, id).await?.ok_or_else(not_found)?);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

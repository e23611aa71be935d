use crate::app::App;
use crate::flow::case::lock;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::retention::{self as store, HoldRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "a neighbour has gone to court"}))]
pub struct NewHold {
    /// Why nothing may be deleted, without personal data: 3 to 500 characters.
    pub reason: String,
}

/// As long as it is not lifted, nothing of the case is deleted.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HoldView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub reason: String,
    pub placed_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
    pub lifted_by: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub lifted_at: Option<OffsetDateTime>,
}

impl From<HoldRow> for HoldView {
    fn from(r: HoldRow) -> Self {
        Self {
            id: r.id,
            case_id: r.case_id,
            reason: r.reason,
            placed_by: r.placed_by,
            placed_at: r.placed_at,
            lifted_by: r.lifted_by,
            lifted_at: r.lifted_at,
        }
    }
}

/// Places a hold on a case.
///
/// # Errors
/// `Conflict` `case-held` when there is one, `personal-data-erased` when it is too late.
pub async fn hold(app: &App, by: &Actor, case: Uuid, new: NewHold) -> Result<HoldView> {
    let reason = new.reason.trim().to_owned();
    let length = reason.chars().count();
    if !(3..=500).contains(&length) {
        return Err(Error::refused("reason", "length", length, "3-500"));
    }
    let mut tx = begin(app).await?;
    lock(&mut tx, case).await?;
    if store::of_case(&mut tx, case).await?.is_some() {
        return Err(Error::Conflict { code: "personal-data-erased", detail: case.to_string() });
    }
    let at = app.clock.now();
    let (id, placed_by) = (app.clock.new_id(), by.login.clone());
    let row = HoldRow { id, case_id: case, reason, placed_by, placed_at: at, lifted_by: None, lifted_at: None };
    if !store::hold(&mut tx, &row).await? {
        return Err(Error::Conflict { code: "case-held", detail: case.to_string() });
    }
    audit::write(&mut tx, &deed(by, &row, "hold.place", at)).await?;
    let view = HoldView::from(row);
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/retention"))).await?;
    Ok(view)
}

/// Lifts a hold: what has fallen due meanwhile goes with the next run.
pub async fn lift(app: &App, by: &Actor, id: Uuid) -> Result<HoldView> {
    let at = app.clock.now();
    let mut tx = begin(app).await?;
    let row = store::lift(&mut tx, id, &by.login, at).await?;
    let row = row.ok_or_else(|| Error::NotFound { what: "hold", id: id.to_string() })?;
    audit::write(&mut tx, &deed(by, &row, "hold.lift", at)).await?;
    let view = HoldView::from(row);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

fn deed<'a>(by: &'a Actor, row: &HoldRow, action: &'a str, at: OffsetDateTime) -> Deed<'a> {
    Deed {
        at,
        actor: &by.login,
        action,
        subject: format!("hold/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"reason": row.reason}),
    }
}

//! Looking at layers: what there is, what was set aside, what differs.

use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit;
use crate::store::feature::{self, DiffRow};
use crate::store::layer::{self as layers, VersionRow, Which};
use crate::store::layer_issue::{self, IssueCount, NumberedIssue};
use serde::Serialize;
use serde_json::json;

/// Versions by layer and coverage, newest first.
///
/// # Errors
/// `Refused` when a layer or a theme is asked for that is not there: an empty list would read as "nothing loaded yet".
pub async fn list(app: &App, which: Which<'_>) -> Result<Vec<VersionRow>> {
    if let Some(code) = which.theme {
        super::theme(app, code).await?;
    }
    let mut conn = app.pool.acquire().await?;
    if let Some(code) = which.layer
        && layers::find(&mut conn, code).await?.is_none()
    {
        let known = layers::codes(&mut conn, 100).await?;
        let allowed = if known.is_empty() { "-".into() } else { known.join(", ") };
        return Err(Error::refused("layer", "layer-unknown", code, allowed));
    }
    Ok(layers::versions(&mut conn, which).await?)
}

/// One version with the counts of what was said about its rows.
pub async fn show(app: &App, id: i64) -> Result<(VersionRow, Vec<IssueCount>)> {
    let mut conn = app.pool.acquire().await?;
    let v = one(&mut conn, id).await?;
    let issues = layer_issue::counts(&mut conn, id).await?;
    Ok((v, issues))
}

pub(super) async fn one(conn: &mut sqlx::PgConnection, id: i64) -> Result<VersionRow> {
    let found = layers::versions(conn, Which { id: Some(id), ..Default::default() }).await?;
    found.into_iter().next().ok_or_else(|| Error::NotFound { what: "layer version", id: id.to_string() })
}

/// What was said about rows, in order, of a version that is there; `after` is the number of the last one already seen (-1:
/// from the first).
pub async fn numbered_issues(app: &App, id: i64, after: i32, limit: i64) -> Result<Vec<NumberedIssue>> {
    one(&mut *app.pool.acquire().await?, id).await?;
    Ok(layer_issue::numbered(&app.pool, id, after, limit).await?)
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = LayerDifference)]
pub struct Difference {
    pub from: i64,
    pub to: i64,
    /// All rows that differ, listed or not.
    pub added: i64,
    pub removed: i64,
    pub changed: i64,
    /// What else is said of the two: `source_date`, `accuracy_m`, `coverage`, ...
    pub declared: Vec<String>,
    /// More rows differ than are listed.
    pub truncated: bool,
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<DiffRow>,
}

pub async fn diff(app: &App, from: i64, to: i64, limit: i64) -> Result<Difference> {
    let mut conn = app.pool.acquire().await?;
    let (a, b) = (one(&mut conn, from).await?, one(&mut conn, to).await?);
    if (&a.layer, &a.coverage_key) != (&b.layer, &b.coverage_key) {
        let allowed = format!("another version of {}/{}", a.layer, a.coverage_key);
        return Err(Error::refused("to", "other-layer", format!("{}/{}", b.layer, b.coverage_key), allowed));
    }
    if let Some(v) = [&a, &b].into_iter().find(|v| !["checked", "published", "superseded"].contains(&v.state.as_str()))
    {
        let detail = format!("version {} is {}: its rows are not there to compare", v.id, v.state);
        return Err(Error::Conflict { code: "layer-version-state", detail });
    }
    let mut rows = feature::diff(&mut conn, a.zone, from, to, limit + 1).await?;
    let truncated = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let counts = feature::diff_counts(&mut conn, a.zone, from, to).await?;
    let declared = layers::differences(&mut conn, from, to).await?;
    let count = |w: &str| counts.iter().find(|(what, _)| what == w).map_or(0, |(_, n)| *n);
    let (added, removed, changed) = (count("added"), count("removed"), count("changed"));
    let declared = declared.into_iter().filter(|d| d != "rows").collect();
    Ok(Difference { from, to, added, removed, changed, declared, truncated, rows })
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Discarded {
    pub layer: String,
    pub layer_version_id: i64,
}

/// Drops a version that was never published; what was said about it stays.
pub async fn discard(app: &App, by: &Actor, id: i64) -> Result<Discarded> {
    let mut tx = begin(app).await?;
    let v = one(&mut tx, id).await?;
    if !["staging", "checked"].contains(&v.state.as_str()) {
        return Err(Error::Conflict {
            code: "layer-version-state",
            detail: format!("version {id} is {}; only an unpublished one can be discarded", v.state),
        });
    }
    layers::discard(&mut tx, v.zone, id, app.clock.now()).await?;
    let deed = audit::Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "layer.discard",
        subject: format!("layer_version/{id}"),
        case_id: None,
        detail: json!({"layer": v.layer}),
    };
    audit::write(&mut tx, &deed).await?;
    let done = Discarded { layer: v.layer, layer_version_id: id };
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

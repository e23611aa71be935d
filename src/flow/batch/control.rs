//! A run is paused, gone on with, cancelled.

use super::RunView;
use super::start::queue_open;
use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit;
use crate::store::batch::run::{self, RunRow};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// Queue of `plan_batch` and `verify_chunk`.
const QUEUE: &str = "batch";

/// Starts no more chunks. Those that run go on to their end.
pub async fn pause(app: &App, by: &Actor, id: Uuid) -> Result<RunView> {
    change(app, by, id, &["running"], "paused", "verification_run.pause").await
}

/// Goes on with a paused run; chunks whose jobs were dead letters get all their attempts again, also in a run that is going.
pub async fn resume(app: &App, by: &Actor, id: Uuid) -> Result<RunView> {
    change(app, by, id, &["paused", "running"], "running", "verification_run.resume").await
}

/// Ends a run before its time. What was found stays.
pub async fn cancel(app: &App, by: &Actor, id: Uuid) -> Result<RunView> {
    change(app, by, id, &["planning", "running", "paused"], "cancelled", "verification_run.cancel").await
}

async fn change(app: &App, by: &Actor, id: Uuid, from: &[&str], to: &str, action: &'static str) -> Result<RunView> {
    let mut tx = begin(app).await?;
    let row = run::lock(&mut tx, id).await?.ok_or_else(|| super::missing(id))?;
    if !from.contains(&row.state.as_str()) {
        let detail = format!("run {id} is {}, not {}", row.state, from.join(" or "));
        return Err(Error::Conflict { code: "run-state", detail });
    }
    if row.state != to {
        run::set_state(&mut tx, id, to, app.clock.now()).await?;
    }
    match to {
        "running" => queue_open(&mut tx, id).await?,
        _ => drop(run::withdraw(&mut tx, id, QUEUE).await?),
    }
    deed(app, &mut tx, by, id, action, json!({"parcels_done": row.parcels_done})).await?;
    let row: RunRow = run::lock(&mut tx, id).await?.ok_or_else(|| super::missing(id))?;
    let view = RunView::of(row, app.clock.now());
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

pub(super) async fn deed(
    app: &App,
    conn: &mut PgConnection,
    by: &Actor,
    id: Uuid,
    action: &'static str,
    detail: Value,
) -> Result<()> {
    let subject = format!("verification_run/{id}");
    let deed = audit::Deed { at: app.clock.now(), actor: &by.login, action, subject, case_id: None, detail };
    Ok(audit::write(conn, &deed).await?)
}

use crate::app::App;
use crate::flow::{Error, Result};
use crate::store::audit::{self, Deed};
use crate::store::queue::view;
use serde_json::json;
use uuid::Uuid;

/// Gives a dead letter all its attempts again, due at once. Audited with who and why.
pub async fn revive(app: &App, actor: &str, id: Uuid, reason: &str) -> Result<()> {
    due_now(app, actor, id, reason, "dead", "job.revive").await
}

/// Makes a waiting job (backing off, or scheduled for later) due at once. Audited.
pub async fn retry(app: &App, actor: &str, id: Uuid, reason: &str) -> Result<()> {
    due_now(app, actor, id, reason, "pending", "job.retry").await
}

async fn due_now(app: &App, actor: &str, id: Uuid, reason: &str, from: &str, action: &'static str) -> Result<()> {
    let mut tx = app.pool.begin().await?;
    let Some((state, queue)) = view::lock_state(&mut tx, id).await? else {
        return Err(Error::NotFound { what: "job", id: id.to_string() });
    };
    if state != from {
        return Err(Error::Conflict { code: "job-state", detail: format!("job {id} is {state}, not {from}") });
    }
    view::due_now(&mut tx, id).await?;
    let deed = Deed {
        at: app.clock.now(),
        actor,
        action,
        subject: format!("job/{id}"),
        case_id: None,
        detail: json!({ "queue": queue, "reason": reason }),
    };
    audit::write(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(())
}

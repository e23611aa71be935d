use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::queue::view::{self, Job};
use serde_json::json;
use uuid::Uuid;

/// Gives a dead letter all its attempts again, due at once. Audited with who and why.
pub async fn revive(app: &App, by: &Actor, id: Uuid, reason: &str) -> Result<Job> {
    due_now(app, by, id, reason, "dead", "job.revive").await
}

/// Makes a waiting job (backing off, or scheduled for later) due at once. Audited.
pub async fn retry(app: &App, by: &Actor, id: Uuid, reason: &str) -> Result<Job> {
    due_now(app, by, id, reason, "pending", "job.retry").await
}

async fn due_now(app: &App, by: &Actor, id: Uuid, reason: &str, from: &str, action: &'static str) -> Result<Job> {
    if reason.chars().count() > 500 {
        return Err(Error::refused("reason", "length", reason.chars().count(), "up to 500 characters"));
    }
    let missing = || Error::NotFound { what: "job", id: id.to_string() };
    let mut tx = begin(app).await?;
    let (state, queue) = view::lock_state(&mut tx, id).await?.ok_or_else(missing)?;
    if state != from {
        return Err(Error::Conflict { code: "job-state", detail: format!("job {id} is {state}, not {from}") });
    }
    view::due_now(&mut tx, id).await?;
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action,
        subject: format!("job/{id}"),
        case_id: None,
        detail: json!({ "queue": queue, "reason": reason }),
    };
    audit::write(&mut tx, &deed).await?;
    let job = view::find(&mut tx, id).await?.ok_or_else(missing)?;
    commit(app, tx, by, &job, None).await?;
    Ok(job)
}

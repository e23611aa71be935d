//! A verification that nobody waits for: asked for now, made by the job `verify_case`.

use super::run::verify_case;
use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case::{lock_open, record};
use crate::flow::commit::accept;
use crate::flow::job::enqueue;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::queue::Lease;
use crate::store::{audit, staff};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// A verification on its way.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Requested {
    pub case_id: Uuid,
    /// Address of the job.
    pub job: String,
}

/// Puts the verification of an open case into the queue. Answered with 202.
pub async fn request(app: &App, by: &Actor, case_id: Uuid) -> Result<Requested> {
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case_id).await?;
    let job = enqueue(&mut tx, "verify_case", json!({"case_id": case_id, "by": by.id}), None).await?;
    let job = job.ok_or_else(|| Error::Broken(anyhow::anyhow!("the job has no id")))?;
    let deed = audit::Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "verification.request",
        subject: format!("job/{job}"),
        case_id: Some(case_id),
        detail: json!({}),
    };
    audit::write(&mut tx, &deed).await?;
    record(app, &mut tx, by, case_id, Happened::VerificationRequested { job }).await?;
    let view = Requested { case_id, job: format!("/api/v1/jobs/{job}") };
    accept(app, tx, by, &view, view.job.clone()).await?;
    Ok(view)
}

/// The job: verifies in the name of who asked.
pub async fn run_requested(app: &App, lease: &Lease, case_id: Uuid, by: Option<Uuid>) -> Result<()> {
    let system = Actor::system("verify_case");
    let asker = match by {
        Some(id) => staff::get(&mut *app.pool.acquire().await?, id).await?,
        None => None,
    };
    let by = match asker {
        Some(s) => Actor { id: Some(s.id), login: s.login, name: s.name, ..system },
        None => system,
    };
    verify_case(app, &by, case_id, Some(lease)).await.map(drop)
}

//! The progress of a job as server-sent events.

use super::events::{Told, follow};
use super::problem::{Kind, Problem, Result};
use crate::app::App;
use crate::store::job_progress;
use axum::extract::{Path, State};
use axum::response::sse::{Event, Sse};
use futures::Stream;
use serde_json::json;
use std::convert::Infallible;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(job_events))
}

/// Progress of a job until it ends.
///
/// An event `progress` whenever something changed, and a last event `end` when the job is done or dead.
#[utoipa::path(get, path = "/jobs/{id}/events", tag = "jobs", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/event-stream", body = String,
        example = "event: progress\ndata: {\"kind\":\"layer_import\",\"state\":\"running\",\"attempts\":1,\"progress\":{\"done\":1200,\"of\":8000}}\n\n")))]
async fn job_events(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>> {
    let not_found = || Problem { code: Some("job".into()), ..Problem::new(Kind::NotFound) };
    let first = job_progress::get(&app.pool, id).await?.ok_or_else(not_found)?;
    let look = move || {
        let pool = app.pool.clone();
        async move { job_progress::get(&pool, id).await }
    };
    Ok(follow(first, look, |p| Told {
        data: json!({"kind": p.kind, "state": p.state, "attempts": p.attempts, "progress": p.progress}),
        last: matches!(p.state.as_str(), "done" | "dead"),
    }))
}

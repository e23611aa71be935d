//! The progress of a job as server-sent events.

use super::problem::{Kind, Problem, Result};
use crate::app::App;
use crate::store::job_progress::{self, Progress};
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde_json::json;
use std::convert::Infallible;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const LOOK_EVERY: Duration = Duration::from_millis(500);

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
    Ok(Sse::new(follow(app, id, first)).keep_alive(KeepAlive::default()))
}

enum Stage {
    Tell(Progress),
    Look(Progress),
    Over,
}

/// Tells the state now, then each change. While the database is away it keeps looking.
fn follow(app: App, id: Uuid, first: Progress) -> impl Stream<Item = std::result::Result<Event, Infallible>> {
    futures::stream::unfold((app, Stage::Tell(first)), move |(app, stage)| async move {
        let now = match stage {
            Stage::Over => return None,
            Stage::Tell(p) => p,
            Stage::Look(told) => loop {
                tokio::time::sleep(LOOK_EVERY).await;
                match job_progress::get(&app.pool, id).await {
                    Ok(Some(p)) if p != told => break p,
                    Ok(Some(_)) => {}
                    Ok(None) => return None,
                    Err(error) => tracing::warn!(%error, job = %id, "progress was not read"),
                }
            },
        };
        let ended = matches!(now.state.as_str(), "done" | "dead");
        let data = json!({"kind": now.kind, "state": now.state, "attempts": now.attempts, "progress": now.progress});
        let event = Event::default().event(if ended { "end" } else { "progress" }).data(data.to_string());
        Some((Ok(event), (app, if ended { Stage::Over } else { Stage::Look(now) })))
    })
}

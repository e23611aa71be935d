//! Background jobs, for those who look after them.

use super::guard::By;
use super::input::{Input, Page, Paging, Params, one_of};
use super::problem::{Problem, Result};
use crate::app::App;
use crate::flow::job::{self, Filter, Job};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::openapi::schema::Object;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_jobs)).routes(routes!(get_job)).routes(routes!(revive_job))
}

fn states() -> Object {
    one_of(&["pending", "running", "done", "dead"])
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// pending, running, done, dead.
    #[param(schema_with = states, example = "dead")]
    state: Option<String>,
    #[param(example = "bulk")]
    queue: Option<String>,
    #[param(example = "import_layer")]
    kind: Option<String>,
}

/// Jobs, newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(Asked, Paging), responses((status = 200, body = Page<Job>)))]
async fn list_jobs(State(app): State<App>, Params(asked): Params<Asked>, paging: Paging) -> Result<Response> {
    let before = paging.key::<(String, Uuid)>()?.map(|(at, id)| instant(&at).map(|at| (at, id))).transpose()?;
    let filter = Filter { queue: asked.queue, kind: asked.kind, state: asked.state, before, limit: paging.fetch() };
    let rows = job::list(&app, &filter).await?;
    Ok(paging.page(rows, |j| (j.created_at.format(&Rfc3339).unwrap_or_default(), j.id)))
}

fn instant(text: &str) -> Result<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| Problem::refused("after", "cursor", text, "a cursor of this list"))
}

/// A job: its state, its progress, its last error.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = Uuid, Path)), responses((status = 200, body = Job)))]
async fn get_job(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Job>> {
    Ok(Json(job::find(&app, id).await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Revive {
    /// Kept in the audit.
    #[schema(example = "the map server is back", min_length = 1, max_length = 500)]
    reason: String,
}

/// Give a dead job all its attempts again; it is due at once.
#[utoipa::path(post, path = "/jobs/{id}/revive", tag = "jobs", params(("id" = Uuid, Path)), request_body = Revive,
    responses((status = 200, body = Job)))]
async fn revive_job(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(how): Input<Revive>,
) -> Result<Json<Job>> {
    let reason = how.reason.trim();
    if !(1..=500).contains(&reason.chars().count()) {
        return Err(Problem::refused("reason", "length", reason.chars().count(), "1-500"));
    }
    Ok(Json(job::revive(&app, &actor, id, reason).await?))
}

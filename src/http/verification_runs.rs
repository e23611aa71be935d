//! Runs over many parcels: begun, watched, paused, gone on with, cancelled; their verdicts and findings.

use super::events::{Told, follow};
use super::guard::By;
use super::input::{Input, Page, Paging, Params, one_of};
use super::output::accepted;
use super::problem::{Problem, Result};
use crate::app::App;
use crate::domain::batch::Selection;
use crate::domain::check::CHECKS;
use crate::domain::verify::ENGINE_SAYS;
use crate::flow::batch::{self, Dismissal, Dismissed, FindingView, FindingWish, RunProposal, RunView, VerdictView};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use futures::Stream;
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::openapi::schema::Object;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start_run))
        .routes(routes!(list_runs))
        .routes(routes!(proposed_runs))
        .routes(routes!(dismiss_proposal))
        .routes(routes!(get_run))
        .routes(routes!(run_events))
        .routes(routes!(run_findings))
        .routes(routes!(run_verdicts))
        .routes(routes!(pause_run))
        .routes(routes!(resume_run))
        .routes(routes!(cancel_run))
}

/// Which current parcels; at least one of these, and what is given narrows.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Code of a commune of today.
    #[schema(example = "20194")]
    commune: Option<String>,
    /// EPSG code of a cadastral zone.
    #[schema(example = 5899)]
    zone: Option<i32>,
    /// Parcels that the coverage of this layer version meets, or of one that was ever in force in its place; of a cadastral map, those without a boundary too.
    layer_version: Option<i64>,
    /// CQL2 text over commune, sheet, number, scale, registered_area, map_area, land_use.
    #[serde(rename = "where")]
    #[schema(example = "map_area > 1000 AND land_use IN ('ODT', 'ONT')")]
    filter: Option<String>,
}

/// Verify many parcels: the same checks as for one, as of today. Answered at once; watch its events.
#[utoipa::path(post, path = "/verification-runs", tag = "verification-runs", request_body = Wanted, responses((status = 202, body = RunView)))]
async fn start_run(State(app): State<App>, By(actor): By, Input(w): Input<Wanted>) -> Result<Response> {
    let selection = Selection { commune: w.commune, zone: w.zone, layer_version: w.layer_version, filter: w.filter };
    let run = batch::start(&app, &actor, selection).await?;
    let location = format!("/api/v1/verification-runs/{}", run.id);
    Ok(accepted(&run, &location))
}

fn states() -> Object {
    one_of(&["planning", "running", "paused", "done", "cancelled"])
}

fn verdicts() -> Object {
    one_of(&["hit", "clear", "partly_covered", "not_covered", "stale_source", "failed"])
}

fn checks() -> Object {
    one_of(&CHECKS.iter().map(|c| c.id).chain(ENGINE_SAYS).collect::<Vec<_>>())
}

fn effects() -> Object {
    one_of(&["none", "needs_papers", "needs_person", "blocks"])
}

fn certainties() -> Object {
    one_of(&["certain", "possible", "none"])
}

fn outcomes() -> Object {
    one_of(&["can_proceed", "needs_papers", "needs_person", "blocked", "fault"])
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// planning, running, paused, done, cancelled.
    #[param(schema_with = states, example = "running")]
    state: Option<String>,
}

/// Runs, newest first.
#[utoipa::path(get, path = "/verification-runs", tag = "verification-runs", params(Asked, Paging),
    responses((status = 200, body = Page<RunView>)))]
async fn list_runs(State(app): State<App>, Params(asked): Params<Asked>, paging: Paging) -> Result<Response> {
    let before = paging.key::<(String, Uuid)>()?.map(|(at, id)| instant(&at).map(|at| (at, id))).transpose()?;
    let rows = batch::list(&app, asked.state.as_deref(), before, paging.fetch()).await?;
    Ok(paging.page(rows, |r| (r.created_at.format(&Rfc3339).unwrap_or_default(), r.id)))
}

fn instant(text: &str) -> Result<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| Problem::refused("after", "cursor", text, "a cursor of this list"))
}

/// Runs that a published or withdrawn map proposes: nobody has begun one over its ground since. Begin it with `layer_version`.
#[utoipa::path(get, path = "/verification-run-proposals", tag = "verification-runs", params(Paging),
    responses((status = 200, body = Page<RunProposal>)))]
async fn proposed_runs(State(app): State<App>, paging: Paging) -> Result<Response> {
    let before = paging.key::<(String, i64)>()?.map(|(at, id)| instant(&at).map(|at| (at, id))).transpose()?;
    let rows = batch::proposals(&app, before, paging.fetch()).await?;
    Ok(paging.page(rows, |r| (r.at.format(&Rfc3339).unwrap_or_default(), r.layer_version_id)))
}

/// Say that a proposed run is not needed: the proposal is gone until its map changes again. The reason stands in the audit.
#[utoipa::path(post, path = "/verification-run-proposals/{layer_version_id}/dismissal", tag = "verification-runs",
    params(("layer_version_id" = i64, Path)), request_body = Dismissal, responses((status = 200, body = Dismissed)))]
async fn dismiss_proposal(
    State(app): State<App>,
    By(actor): By,
    Path(layer_version_id): Path<i64>,
    Input(why): Input<Dismissal>,
) -> Result<Json<Dismissed>> {
    Ok(Json(batch::dismiss(&app, &actor, layer_version_id, &why).await?))
}

/// A run: its state, its progress with rate and time left, its counts.
#[utoipa::path(get, path = "/verification-runs/{id}", tag = "verification-runs", params(("id" = Uuid, Path)),
    responses((status = 200, body = RunView)))]
async fn get_run(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<RunView>> {
    Ok(Json(batch::find(&app, id).await?))
}

/// Progress of a run until it ends.
///
/// An event `progress` whenever something changed, and a last event `end` when the run is done or cancelled; both carry the run.
#[utoipa::path(get, path = "/verification-runs/{id}/events", tag = "verification-runs", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn run_events(
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>> {
    let first = batch::find(&app, id).await?;
    let look = move || {
        let app = app.clone();
        async move { batch::find(&app, id).await.map(Some) }
    };
    Ok(follow(first, look, |run: &RunView| Told { data: json!(run), last: run.ended() }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Sought {
    #[param(schema_with = checks, example = "planning.recovery")]
    check: Option<String>,
    #[param(example = "recovery")]
    subject: Option<String>,
    /// hit, clear, partly_covered, not_covered, stale_source, failed.
    #[param(schema_with = verdicts, example = "hit")]
    verdict: Option<String>,
    /// none, needs_papers, needs_person, blocks.
    #[param(schema_with = effects, example = "blocks")]
    effect: Option<String>,
    /// certain, possible, none: with `verdict=clear`, `possible` lists the parcels that may be hit.
    #[param(schema_with = certainties, example = "possible")]
    certainty: Option<String>,
    /// Only of this parcel.
    parcel: Option<Uuid>,
}

/// Findings of a run that weigh. What is clear or not applicable stands with each parcel's verdict.
#[utoipa::path(get, path = "/verification-runs/{id}/findings", tag = "verification-runs", params(("id" = Uuid, Path), Sought, Paging),
    responses((status = 200, body = Page<FindingView>)))]
async fn run_findings(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Params(s): Params<Sought>,
    paging: Paging,
) -> Result<Response> {
    let wish = FindingWish {
        check: s.check.as_deref(),
        subject: s.subject.as_deref(),
        verdict: s.verdict.as_deref(),
        effect: s.effect.as_deref(),
        certainty: s.certainty.as_deref(),
        parcel: s.parcel,
        after: paging.key()?,
        limit: paging.fetch(),
    };
    let rows: Vec<FindingView> = batch::findings(&app, id, &wish).await?;
    Ok(paging.page(rows, |f| f.at))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Judged {
    /// can_proceed, needs_papers, needs_person, blocked, fault.
    #[param(schema_with = outcomes, example = "blocked")]
    outcome: Option<String>,
    /// Only of this parcel.
    parcel: Option<Uuid>,
}

/// Verdicts of a run, parcel by parcel: outcome, digest, and what is clear or not applicable.
#[utoipa::path(get, path = "/verification-runs/{id}/verdicts", tag = "verification-runs", params(("id" = Uuid, Path), Judged, Paging),
    responses((status = 200, body = Page<VerdictView>)))]
async fn run_verdicts(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Params(j): Params<Judged>,
    paging: Paging,
) -> Result<Response> {
    let rows = batch::verdicts(&app, id, j.outcome.as_deref(), j.parcel, paging.key()?, paging.fetch()).await?;
    Ok(paging.page(rows, |v: &VerdictView| v.at))
}

/// Start no more chunks of a run; those that run go on to their end.
#[utoipa::path(post, path = "/verification-runs/{id}/pause", tag = "verification-runs", params(("id" = Uuid, Path)),
    responses((status = 200, body = RunView)))]
async fn pause_run(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<RunView>> {
    Ok(Json(batch::pause(&app, &actor, id).await?))
}

/// Go on with a run; chunks that had failed for good are tried again.
#[utoipa::path(post, path = "/verification-runs/{id}/resume", tag = "verification-runs", params(("id" = Uuid, Path)),
    responses((status = 200, body = RunView)))]
async fn resume_run(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<RunView>> {
    Ok(Json(batch::resume(&app, &actor, id).await?))
}

/// End a run before its time. What was found stays.
#[utoipa::path(post, path = "/verification-runs/{id}/cancel", tag = "verification-runs", params(("id" = Uuid, Path)),
    responses((status = 200, body = RunView)))]
async fn cancel_run(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<RunView>> {
    Ok(Json(batch::cancel(&app, &actor, id).await?))
}

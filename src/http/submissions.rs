//! What is handed in to authorities, and what they do.

use super::guard::By;
use super::input::{Input, Page, Paging, Params};
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::case::parse_purpose;
use crate::flow::submission::{
    self, AgencyAnswer, AgencyAsked, AgencyDecision, NewSubmission, SubmissionView, TakenBack,
};
use crate::store::submission::{self as desk, SubmissionCount, SubmissionListed};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use time::Date;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(case_submissions, submit))
        .routes(routes!(list_submissions))
        .routes(routes!(count_submissions))
        .routes(routes!(get_submission))
        .routes(routes!(ask_more))
        .routes(routes!(answer))
        .routes(routes!(decide))
        .routes(routes!(withdraw))
}

/// What was handed in for a case, oldest first, with what the authority did.
#[utoipa::path(get, path = "/cases/{id}/submissions", tag = "submissions", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<SubmissionView>)))]
async fn case_submissions(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<SubmissionView>>> {
    Ok(Json(submission::list(&app, id).await?))
}

/// The dossier was handed in: it is the authority's move now, by the term of the procedure.
///
/// 409 `case-step` (not at work), `receipt-known` (this agency gave this number before).
#[utoipa::path(post, path = "/cases/{id}/submissions", tag = "submissions", params(("id" = Uuid, Path)),
    request_body = NewSubmission, responses((status = 201, body = SubmissionView)))]
async fn submit(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewSubmission>,
) -> Result<Response> {
    let done = submission::submit(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/submissions/{}", done.id)))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// at_work, asked_more, granted, refused, withdrawn.
    #[param(example = "at_work")]
    state: Option<String>,
    /// Code of an agency.
    agency: Option<String>,
    /// Whose term ends up to and on this day.
    #[param(value_type = Option<String>, example = "2026-10-26")]
    due_by: Option<Date>,
}

/// What lies with authorities, over all cases, in the order it was handed in.
#[utoipa::path(get, path = "/submissions", tag = "submissions", params(Filter, Paging), responses((status = 200, body = Page<SubmissionListed>)))]
async fn list_submissions(State(app): State<App>, Params(f): Params<Filter>, paging: Paging) -> Result<Response> {
    let filter = desk::Filter {
        state: f.state,
        agency: f.agency,
        due_by: f.due_by,
        after: paging.key()?,
        limit: paging.fetch(),
    };
    let rows = submission::page(&app, &filter).await?;
    Ok(paging.page(rows, |r| r.id))
}

/// How many stand where, and how many of those at work are beyond their term.
#[utoipa::path(get, path = "/submission-counts", tag = "submissions", responses((status = 200, body = Vec<SubmissionCount>)))]
async fn count_submissions(State(app): State<App>) -> Result<Json<Vec<SubmissionCount>>> {
    Ok(Json(desk::counts(&mut *app.pool.acquire().await?, app.clock.today()).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Reading {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "prepare_papers")]
    purpose: Option<String>,
}

/// One of them with the words of the authority. A logged read.
#[utoipa::path(get, path = "/submissions/{id}", tag = "submissions", params(("id" = Uuid, Path), Reading),
    responses((status = 200, body = SubmissionView)))]
async fn get_submission(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Reading>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(submission::open(&app, &actor, id, parse_purpose(why.purpose.as_deref())?).await?))
}

/// The authority asks for more: its term stands still, a problem is raised with an owner and a day, and what the customer has to
/// bring is asked of them in a round of its own.
///
/// 409 `submission-state`: it waits already, or has decided.
#[utoipa::path(post, path = "/submissions/{id}/asked-more", tag = "submissions", params(("id" = Uuid, Path)),
    request_body = AgencyAsked, responses((status = 200, body = SubmissionView)))]
async fn ask_more(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(asked): Input<AgencyAsked>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(submission::ask_more(&app, &actor, id, asked).await?))
}

/// What the authority asked for was handed in: its term runs on.
#[utoipa::path(post, path = "/submissions/{id}/answered", tag = "submissions", params(("id" = Uuid, Path)),
    request_body = AgencyAnswer, responses((status = 200, body = SubmissionView)))]
async fn answer(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(given): Input<AgencyAnswer>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(submission::answer(&app, &actor, id, given).await?))
}

/// The authority has granted what was applied for, or refused it with a reason; also while it waits for more, and when the case has
/// ended meanwhile.
#[utoipa::path(post, path = "/submissions/{id}/decided", tag = "submissions", params(("id" = Uuid, Path)),
    request_body = AgencyDecision, responses((status = 200, body = SubmissionView)))]
async fn decide(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(decided): Input<AgencyDecision>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(submission::decide(&app, &actor, id, decided).await?))
}

/// The dossier was taken back, or was noted wrongly: what was noted stays, and what is right is noted anew, with the same number
/// when it is the same.
///
/// 409 `submission-state`: it was decided, or taken back before.
#[utoipa::path(post, path = "/submissions/{id}/withdrawn", tag = "submissions", params(("id" = Uuid, Path)),
    request_body = TakenBack, responses((status = 200, body = SubmissionView)))]
async fn withdraw(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(back): Input<TakenBack>,
) -> Result<Json<SubmissionView>> {
    Ok(Json(submission::withdraw(&app, &actor, id, back).await?))
}

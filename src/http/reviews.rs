//! Four eyes: the checklist of a case and what a reviewer decides.

use super::advice::Why;
use super::guard::By;
use super::input::{Input, Params};
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::case::CaseView;
use crate::flow::review::{self, Checklist, NewReview, ReviewView, TakeBack};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask_review))
        .routes(routes!(take_back))
        .routes(routes!(get_checklist))
        .routes(routes!(list_reviews, review_case))
}

/// Ask for the review of a case whose work is done. Tasks, requests, problems and submissions that are open stand against it.
#[utoipa::path(post, path = "/cases/{id}/ask-review", tag = "review", params(("id" = Uuid, Path)),
    responses((status = 200, body = CaseView)))]
async fn ask_review(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<CaseView>> {
    Ok(Json(review::ask(&app, &actor, id).await?))
}

/// Take a case that was reviewed, and is not handed over, back to work. What was offered stands no longer; it is reviewed anew.
#[utoipa::path(post, path = "/cases/{id}/back-to-work", tag = "review", params(("id" = Uuid, Path)), request_body = TakeBack,
    responses((status = 200, body = CaseView)))]
async fn take_back(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(why): Input<TakeBack>,
) -> Result<Json<CaseView>> {
    Ok(Json(review::take_back(&app, &actor, id, why).await?))
}

/// The checklist of a case as things are: each item ok, not ok or not applicable, and why; and what bars you from reviewing
/// it. Papers and record are read for it: logged.
#[utoipa::path(get, path = "/cases/{id}/checklist", tag = "review", params(("id" = Uuid, Path)),
    responses((status = 200, body = Checklist)))]
async fn get_checklist(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<Checklist>> {
    Ok(Json(review::checklist(&app, &actor, id).await?))
}

/// Reviews of a case, oldest first, with what was said of each item: a logged read.
#[utoipa::path(get, path = "/cases/{id}/reviews", tag = "review", params(("id" = Uuid, Path), Why),
    responses((status = 200, body = Vec<ReviewView>)))]
async fn list_reviews(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
) -> Result<Json<Vec<ReviewView>>> {
    Ok(Json(review::list(&app, &actor, id, why.purpose()?).await?))
}

/// Pass a case, or send it back with reasons by item. Only in person, and nobody reviews their own work: who did a task,
/// verified, advised or asked for the review is refused (409 `own-work`, naming what they did).
#[utoipa::path(post, path = "/cases/{id}/reviews", tag = "review", params(("id" = Uuid, Path)), request_body = NewReview,
    responses((status = 201, body = ReviewView)))]
async fn review_case(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewReview>,
) -> Result<Response> {
    let done = review::decide(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/cases/{id}/reviews")))
}

//! The survey after a hand-over.

use super::advice::Why;
use super::guard::By;
use super::input::{Input, Params};
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::survey::{self, Answering, Asked, Results, SurveyView};
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
        .routes(routes!(get_survey, send_survey))
        .routes(routes!(answer_survey))
        .routes(routes!(survey_results))
}

/// The survey of a case with what was written, and its link as long as it is not answered: a logged read.
#[utoipa::path(get, path = "/cases/{id}/survey", tag = "after-care", params(("id" = Uuid, Path), Why),
    responses((status = 200, body = SurveyView)))]
async fn get_survey(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
) -> Result<Json<SurveyView>> {
    Ok(Json(survey::of_case(&app, &actor, id, why.purpose()?).await?))
}

/// Thank the customer and ask, once per case; a job does it by itself some days after the hand-over.
#[utoipa::path(post, path = "/cases/{id}/survey", tag = "after-care", params(("id" = Uuid, Path)),
    responses((status = 201, body = SurveyView)))]
async fn send_survey(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Response> {
    let done = survey::send(&app, &actor, id).await?;
    Ok(made(&done, &format!("/api/v1/cases/{id}/survey")))
}

/// What a link asks (without `scores`), and its one answer (with them).
#[utoipa::path(post, path = "/survey", tag = "after-care", request_body = Answering,
    responses((status = 200, body = Asked), (status = 404, description = "not-found"), (status = 409, description = "conflict")))]
async fn answer_survey(State(app): State<App>, Input(new): Input<Answering>) -> Result<Json<Asked>> {
    let done = match new.scores.is_empty() {
        true => survey::asked(&app, &new.token).await?,
        false => survey::answer(&app, new).await?,
    };
    Ok(Json(done))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Span {
    /// First day; a year before the last one when left out.
    #[param(value_type = Option<String>, example = "2026-01-01")]
    from: Option<Date>,
    /// Last day; today when left out.
    #[param(value_type = Option<String>, example = "2026-12-31")]
    to: Option<Date>,
}

/// How many were asked and answered, and per step the mean and how many gave which score.
#[utoipa::path(get, path = "/survey-results", tag = "after-care", params(Span), responses((status = 200, body = Results)))]
async fn survey_results(State(app): State<App>, Params(span): Params<Span>) -> Result<Json<Results>> {
    Ok(Json(survey::results(&app, span.from, span.to).await?))
}

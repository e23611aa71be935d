//! The desk: how many cases stand where, one call for the page of a case, and its problems.

use super::guard::By;
use super::input::{Input, Params};
use super::language::lang;
use super::output::{made, tagged};
use super::problem::Result;
use crate::app::App;
use crate::flow::case::{self, Count, IssueView, NewIssue, Solved};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(case_counts))
        .routes(routes!(case_screen))
        .routes(routes!(list_issues, raise_issue))
        .routes(routes!(resolve_issue))
}

/// How many cases stand in which state, and with whom to move.
#[utoipa::path(get, path = "/case-counts", tag = "cases", responses((status = 200, body = Vec<Count>)))]
async fn case_counts(State(app): State<App>) -> Result<Json<Vec<Count>>> {
    Ok(Json(case::counts(&app).await?))
}

/// Everything the page of a case shows that is no personal data: where it stands and whose move it is, its clocks, and what there is of
/// each of its steps, from consents and papers to archives and watches.
#[utoipa::path(get, path = "/cases/{id}/screen", tag = "cases", params(("id" = Uuid, Path)),
    responses((status = 200, body = Object, example = json!({"case": {"number": "HS-2026-000123-7", "state": "verification"},
        "timeline": {"now": {"step": "verification", "turn": "customer"}, "lines": []}, "clock": {"clocks": []}, "papers": [],
        "verification": null, "option_sheets": [], "consents": [], "invitation": null, "requests": [], "rounds": 0, "quotations": [], "contracts": [],
        "account": null, "submissions": [], "tasks": [], "appointments": [], "issues": [], "hand_overs": [], "obligations": [], "archives": [],
        "watches": []})), (status = 304)))]
async fn case_screen(State(app): State<App>, Path(id): Path<Uuid>, headers: HeaderMap) -> Result<Response> {
    Ok(tagged(&headers, &case::screen(&app, id, lang(&headers)).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Purposed {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "review")]
    purpose: Option<String>,
}

/// Problems of a case with their words. A logged read.
#[utoipa::path(get, path = "/cases/{id}/issues", tag = "cases", params(("id" = Uuid, Path), Purposed),
    responses((status = 200, body = Vec<IssueView>)))]
async fn list_issues(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Purposed>,
) -> Result<Json<Vec<IssueView>>> {
    let purpose = case::parse_purpose(why.purpose.as_deref())?;
    Ok(Json(case::issues(&app, &actor, id, purpose).await?))
}

/// Raise a problem at once: somebody owns it, and it has a day.
#[utoipa::path(post, path = "/cases/{id}/issues", tag = "cases", params(("id" = Uuid, Path)), request_body = NewIssue,
    responses((status = 201, body = IssueView)))]
async fn raise_issue(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewIssue>,
) -> Result<Response> {
    let view = case::raise_issue(&app, &actor, id, new).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/issues")))
}

/// A problem is solved: how.
#[utoipa::path(post, path = "/issues/{id}/resolve", tag = "cases", params(("id" = Uuid, Path)), request_body = Solved,
    responses((status = 200, body = IssueView)))]
async fn resolve_issue(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(solved): Input<Solved>,
) -> Result<Json<IssueView>> {
    Ok(Json(case::resolve_issue(&app, &actor, id, solved).await?))
}

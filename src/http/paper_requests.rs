//! What is asked of a customer: in one round, and settled item by item.

use super::guard::By;
use super::input::{Input, Params};
use super::language::lang;
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::case::parse_purpose;
use crate::flow::paper_request::{self, ItemView, NewRequest, RequestView, Settling};
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
        .routes(routes!(list_requests, ask_for_papers))
        .routes(routes!(preview_request))
        .routes(routes!(settle_item))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Reading {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request: with the titles that authorities gave.
    /// Kept with the read.
    #[param(example = "contact_customer")]
    purpose: Option<String>,
}

/// What was asked for in a case, oldest round first, each in words of the language asked for. The number of rounds is what we are measured by.
#[utoipa::path(get, path = "/cases/{id}/paper-requests", tag = "papers", params(("id" = Uuid, Path), Reading),
    responses((status = 200, body = Vec<RequestView>)))]
async fn list_requests(
    State(app): State<App>,
    By(actor): By,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    Params(why): Params<Reading>,
) -> Result<Json<Vec<RequestView>>> {
    let lang = lang(&headers);
    Ok(Json(match why.purpose {
        None => paper_request::list(&app, id, lang).await?,
        Some(stated) => paper_request::open(&app, &actor, id, parse_purpose(Some(&stated))?, lang).await?,
    }))
}

/// Ask for everything that is needed until the end, at once: what the latest verification found missing, unreadable,
/// contradictory or not measured, and what runs out before it is used. The case then waits for the customer.
#[utoipa::path(post, path = "/cases/{id}/paper-requests", tag = "papers", params(("id" = Uuid, Path)),
    request_body = NewRequest, responses((status = 201, body = RequestView)))]
async fn ask_for_papers(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewRequest>,
) -> Result<Response> {
    let view = paper_request::ask(&app, &actor, id, new).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/paper-requests")))
}

/// What would be asked for now; nothing is sent. A logged read of personal data.
#[utoipa::path(get, path = "/cases/{id}/paper-requests/preview", tag = "papers", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<Object>, example = json!([{"need": "missing", "paper_kind": "request_form", "paper": null,
        "because": "paper.required_set", "detail": "Decree 101/2024/ND-CP"}]))))]
async fn preview_request(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Response> {
    use axum::response::IntoResponse;
    Ok(Json(paper_request::preview(&app, &actor, id).await?).into_response())
}

/// Settle one item by hand. A paper that comes in settles what it answers by itself.
#[utoipa::path(post, path = "/request-items/{id}/settle", tag = "papers", params(("id" = Uuid, Path)), request_body = Settling,
    responses((status = 200, body = ItemView)))]
async fn settle_item(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(how): Input<Settling>,
) -> Result<Json<ItemView>> {
    Ok(Json(paper_request::settle(&app, &actor, id, how).await?))
}

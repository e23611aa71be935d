//! Handing over, and the door through which a customer fetches what is theirs.

use super::advice::Why;
use super::guard::By;
use super::input::{Input, Params, one_file};
use super::language::lang;
use super::output::{attachment, made};
use super::problem::{Kind, Problem, Result};
use crate::app::App;
use crate::domain::text::file_name::file_name;
use crate::domain::verify::text::word;
use crate::flow::hand_over::{self, Granted, HandOverView, NewHandOver, Opening, Secret};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_hand_overs, offer_hand_over))
        .routes(routes!(get_receipt))
        .routes(routes!(sign_hand_over))
        .routes(routes!(get_link))
        .routes(routes!(repeat_hand_over))
        .routes(routes!(receive))
        .routes(routes!(receive_file))
}

/// Hand-overs of a case, oldest first, each with the hashes of what is delivered.
#[utoipa::path(get, path = "/cases/{id}/hand-overs", tag = "hand-over", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<HandOverView>)))]
async fn list_hand_overs(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<HandOverView>>> {
    Ok(Json(hand_over::list(&app, id).await?))
}

/// Offer what was done: `office` sets a record to be signed, `online` makes a link and a code that holds once. A later offer
/// shuts the link of an earlier one.
#[utoipa::path(post, path = "/cases/{id}/hand-overs", tag = "hand-over", params(("id" = Uuid, Path)),
    request_body = NewHandOver, responses((status = 201, body = HandOverView)))]
async fn offer_hand_over(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewHandOver>,
) -> Result<Response> {
    let done = hand_over::offer(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/cases/{id}/hand-overs")))
}

/// The record to be signed in the office, as PDF with our signature in it: a logged read.
#[utoipa::path(get, path = "/hand-overs/{id}/receipt.pdf", tag = "hand-over", params(("id" = Uuid, Path), Why),
    responses((status = 200, content_type = "application/pdf", body = String)))]
async fn get_receipt(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    let (number, pdf) = hand_over::receipt(&app, &actor, id, why.purpose()?).await?;
    let name = format!("{} {number}", word(lang(&headers), "handover-title"));
    Ok(attachment("application/pdf", &file_name(&name, "application/pdf"), pdf))
}

/// The signed record comes back as a scan: the file itself as the body, or a form with one file. The hand-over is done.
#[utoipa::path(post, path = "/hand-overs/{id}/signed", tag = "hand-over", params(("id" = Uuid, Path)),
    request_body(content = String, content_type = "application/octet-stream"), responses((status = 200, body = HandOverView)))]
async fn sign_hand_over(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    request: Request,
) -> Result<Json<HandOverView>> {
    let scan = one_file(request, "scan").await?;
    Ok(Json(hand_over::sign(&app, &actor, id, scan).await?))
}

/// Token and code of an online hand-over, to be told to the customer on two ways: a logged read.
#[utoipa::path(get, path = "/hand-overs/{id}/link", tag = "hand-over", params(("id" = Uuid, Path), Why),
    responses((status = 200, body = Secret)))]
async fn get_link(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
) -> Result<Json<Secret>> {
    Ok(Json(hand_over::link(&app, &actor, id, why.purpose()?).await?))
}

/// Offer once more what was opened online and did not arrive: the same files, under a new link and a new code.
#[utoipa::path(post, path = "/hand-overs/{id}/repeat", tag = "hand-over", params(("id" = Uuid, Path)),
    responses((status = 201, body = HandOverView)))]
async fn repeat_hand_over(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Response> {
    let done = hand_over::repeat(&app, &actor, id).await?;
    Ok(made(&done, &format!("/api/v1/cases/{}/hand-overs", done.case_id)))
}

/// Open a link with its code. It holds once; after five wrong codes the link is dead. Token and code come in the body, never in
/// an address. The files can then be fetched for an hour; each is called as its customer knows it.
#[utoipa::path(post, path = "/receive", tag = "hand-over", request_body = Opening,
    responses((status = 200, body = Granted), (status = 404, description = "not-found"), (status = 409, description = "conflict")))]
async fn receive(State(app): State<App>, headers: HeaderMap, Input(asked): Input<Opening>) -> Result<Json<Granted>> {
    Ok(Json(hand_over::open(&app, asked, lang(&headers)).await?))
}

/// One file of what was opened, with the grant as `Authorization: Bearer`.
#[utoipa::path(get, path = "/receive/files/{sha256}", tag = "hand-over",
    params(("sha256" = String, Path, example = "0000000000000000000000000000000000000000000000000000000000000000"),
        ("Authorization" = String, Header, description = "`Bearer` and the grant")),
    responses((status = 200, content_type = "application/octet-stream", body = String), (status = 404, description = "not-found")))]
async fn receive_file(State(app): State<App>, Path(sha256): Path<String>, headers: HeaderMap) -> Result<Response> {
    let grant =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    let grant = grant.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let (named, content) = hand_over::fetch(&app, grant.trim(), &sha256, lang(&headers)).await?;
    Ok(attachment(&named.file.media_type, &named.name.file, content))
}

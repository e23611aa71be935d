//! Taxes and fees of a case, until they are paid.

use super::guard::By;
use super::input::Input;
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::obligation::{self, Dropping, NewObligation, Notice, ObligationView, Paid};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_obligations, add_obligation))
        .routes(routes!(obligations_from_sheet))
        .routes(routes!(revise_obligation))
        .routes(routes!(pay_obligation))
        .routes(routes!(drop_obligation))
}

/// Taxes and fees of a case, oldest first: worked out or by the authority's notice, with what was paid.
#[utoipa::path(get, path = "/cases/{id}/obligations", tag = "obligations", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<ObligationView>)))]
async fn list_obligations(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<ObligationView>>> {
    Ok(Json(obligation::list(&app, id).await?))
}

/// Note a tax or fee that an authority's notice asks for and nothing was worked out of.
#[utoipa::path(post, path = "/cases/{id}/obligations", tag = "obligations", params(("id" = Uuid, Path)),
    request_body = NewObligation, responses((status = 201, body = ObligationView)))]
async fn add_obligation(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewObligation>,
) -> Result<Response> {
    let done = obligation::add(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/cases/{id}/obligations")))
}

/// Note everything the signed option sheet says will fall due. Once per fee; answers all of the case.
#[utoipa::path(post, path = "/cases/{id}/obligations/from-sheet", tag = "obligations", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<ObligationView>)))]
async fn obligations_from_sheet(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<ObligationView>>> {
    Ok(Json(obligation::from_sheet(&app, &actor, id).await?))
}

/// The authority's notice, a paper of the case, says what is to be paid and by when: it overrides what was worked out.
#[utoipa::path(post, path = "/obligations/{id}/notice", tag = "obligations", params(("id" = Uuid, Path)),
    request_body = Notice, responses((status = 200, body = ObligationView)))]
async fn revise_obligation(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<Notice>,
) -> Result<Json<ObligationView>> {
    Ok(Json(obligation::notice(&app, &actor, id, new).await?))
}

/// Note a payment with its receipt, a paper of the case with a scan. The reminders end.
#[utoipa::path(post, path = "/obligations/{id}/pay", tag = "obligations", params(("id" = Uuid, Path)), request_body = Paid,
    responses((status = 200, body = ObligationView)))]
async fn pay_obligation(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(paid): Input<Paid>,
) -> Result<Json<ObligationView>> {
    Ok(Json(obligation::pay(&app, &actor, id, paid).await?))
}

/// It is not owed after all.
#[utoipa::path(post, path = "/obligations/{id}/drop", tag = "obligations", params(("id" = Uuid, Path)),
    request_body = Dropping, responses((status = 200, body = ObligationView)))]
async fn drop_obligation(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(why): Input<Dropping>,
) -> Result<Json<ObligationView>> {
    Ok(Json(obligation::drop(&app, &actor, id, why).await?))
}

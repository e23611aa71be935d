//! How long personal data of a case is kept, holds, and certificates of deletion.

use super::guard::By;
use super::input::Input;
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::retention::{self, HoldView, NewHold, RetentionView};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_retention)).routes(routes!(hold_case)).routes(routes!(lift_hold))
}

/// Until when the personal data of a case are kept and by which rule; holds; or the certificate of its deletion. Periods are
/// the firm's policy until a lawyer has confirmed others: `rule.standing` says so.
#[utoipa::path(get, path = "/cases/{id}/retention", tag = "after-care", params(("id" = Uuid, Path)),
    responses((status = 200, body = RetentionView)))]
async fn get_retention(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<RetentionView>> {
    Ok(Json(retention::retention(&app, id).await?))
}

/// Hold a case: nothing of it is deleted until the hold is lifted.
#[utoipa::path(post, path = "/cases/{id}/holds", tag = "after-care", params(("id" = Uuid, Path)), request_body = NewHold,
    responses((status = 201, body = HoldView)))]
async fn hold_case(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewHold>,
) -> Result<Response> {
    let done = retention::hold(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/cases/{id}/retention")))
}

/// Lift a hold. What has fallen due meanwhile is deleted by the next daily run.
#[utoipa::path(post, path = "/holds/{id}/lift", tag = "after-care", params(("id" = Uuid, Path)),
    responses((status = 200, body = HoldView)))]
async fn lift_hold(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<HoldView>> {
    Ok(Json(retention::lift(&app, &actor, id).await?))
}

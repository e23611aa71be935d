//! Parcel watch, with the customer's consent.

use super::guard::By;
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::watch::{self, WatchView};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_watches, begin_watch)).routes(routes!(end_watch))
}

/// Watches of a case, oldest first, each with what was told: which map or rules, what was, what is.
#[utoipa::path(get, path = "/cases/{id}/watches", tag = "after-care", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<WatchView>)))]
async fn list_watches(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<WatchView>>> {
    Ok(Json(watch::list(&app, id).await?))
}

/// Watch the parcel of a case that was handed over. Needs the customer's consent `parcel_watch`; with it, a hand-over begins
/// the watch by itself. It ends when the consent is withdrawn.
#[utoipa::path(post, path = "/cases/{id}/watches", tag = "after-care", params(("id" = Uuid, Path)),
    responses((status = 201, body = WatchView)))]
async fn begin_watch(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Response> {
    let done = watch::begin(&app, &actor, id).await?;
    Ok(made(&done, &format!("/api/v1/cases/{id}/watches")))
}

/// End a watch.
#[utoipa::path(post, path = "/watches/{id}/end", tag = "after-care", params(("id" = Uuid, Path)),
    responses((status = 200, body = WatchView)))]
async fn end_watch(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<WatchView>> {
    Ok(Json(watch::end(&app, &actor, id).await?))
}

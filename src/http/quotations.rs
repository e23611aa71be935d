//! Quotations.

use super::guard::By;
use super::input::Input;
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::quotation::{self, Answered, NewQuotation, QuotationView};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_quotations, offer_quotation)).routes(routes!(answer_quotation))
}

/// Quotations of a case, newest first.
#[utoipa::path(get, path = "/cases/{id}/quotations", tag = "quotations", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<QuotationView>)))]
async fn list_quotations(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<QuotationView>>> {
    Ok(Json(quotation::list(&app, id).await?))
}

/// Offer a package of a price list for what the signed option sheet recommends.
#[utoipa::path(post, path = "/cases/{id}/quotations", tag = "quotations", params(("id" = Uuid, Path)),
    request_body = NewQuotation, responses((status = 201, body = QuotationView)))]
async fn offer_quotation(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewQuotation>,
) -> Result<Response> {
    let done = quotation::offer(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/cases/{id}/quotations")))
}

/// Record what the customer says: accepted, or refused with a reason.
#[utoipa::path(post, path = "/quotations/{id}/answer", tag = "quotations", params(("id" = Uuid, Path)),
    request_body = Answered, responses((status = 200, body = QuotationView)))]
async fn answer_quotation(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(said): Input<Answered>,
) -> Result<Json<QuotationView>> {
    Ok(Json(quotation::answer(&app, &actor, id, said).await?))
}

//! The people in a case.

use super::guard::By;
use super::input::{Input, Params};
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::case::{self, NewParty, PartyView};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_parties, add_party))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Purposed {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "contact_customer")]
    purpose: Option<String>,
}

/// Who is in a case. A logged read of personal data; field and sales staff need a task of this case.
#[utoipa::path(get, path = "/cases/{id}/parties", tag = "parties", params(("id" = Uuid, Path), Purposed),
    responses((status = 200, body = Vec<PartyView>)))]
async fn list_parties(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Purposed>,
) -> Result<Json<Vec<PartyView>>> {
    let purpose = case::parse_purpose(why.purpose.as_deref())?;
    Ok(Json(case::parties(&app, &actor, id, purpose).await?))
}

/// Add somebody to a case. What is told about them is sealed.
#[utoipa::path(post, path = "/cases/{id}/parties", tag = "parties", params(("id" = Uuid, Path)), request_body = NewParty,
    responses((status = 201, body = PartyView)))]
async fn add_party(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewParty>,
) -> Result<Response> {
    let view = case::add_party(&app, &actor, id, new).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/parties")))
}

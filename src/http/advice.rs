//! Advice: options, fees and taxes, the option sheet.

use super::guard::By;
use super::input::{Input, Params};
use super::language::lang;
use super::output::{made, tagged};
use super::problem::Result;
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::flow::advice::{self, NewSheet, SheetDetail, SheetView};
use crate::flow::case::parse_purpose;
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
        .routes(routes!(list_sheets, draft_sheet))
        .routes(routes!(get_sheet))
        .routes(routes!(sign_sheet))
        .routes(routes!(confirm_sheet))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Why {
    /// Why personal data are read: verify, prepare_papers, review, ...
    #[param(example = "prepare_papers")]
    purpose: Option<String>,
}

impl Why {
    pub(super) fn purpose(&self) -> Result<Purpose> {
        Ok(parse_purpose(self.purpose.as_deref())?)
    }
}

/// Option sheets of a case, newest first, each with what made it outdated.
#[utoipa::path(get, path = "/cases/{id}/option-sheets", tag = "advice", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<SheetView>)))]
async fn list_sheets(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<SheetView>>> {
    Ok(Json(advice::list(&app, id).await?))
}

/// Work out the options of a case and keep them as the next version.
///
/// Every procedure with what stands in its way, missing papers, steps, working days, fees and taxes; on the newest verification
/// and the tables in force today. What is not known is said to be not known.
#[utoipa::path(post, path = "/cases/{id}/option-sheets", tag = "advice", params(("id" = Uuid, Path)),
    request_body = NewSheet, responses((status = 201, body = SheetView)))]
async fn draft_sheet(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewSheet>,
) -> Result<Response> {
    let done = advice::draft(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/option-sheets/{}", done.id)))
}

/// An option sheet with everything it says, as codes (`sheet`) and in words of the language asked for (`words`): a logged read.
#[utoipa::path(get, path = "/option-sheets/{id}", tag = "advice", params(("id" = Uuid, Path), Why),
    responses((status = 200, body = SheetDetail), (status = 304)))]
async fn get_sheet(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    Ok(tagged(&headers, &advice::open(&app, &actor, id, why.purpose()?, lang(&headers)).await?))
}

/// Stand by a signed sheet on newer maps, rules or papers, after a verification anew: it stays the same sheet, and offers and
/// contracts on it go on. Only in person, not with a token.
///
/// 409 `sheet-changed`: something has come up that it does not say, named in the detail; then a new sheet is due.
#[utoipa::path(post, path = "/option-sheets/{id}/confirm", tag = "advice", params(("id" = Uuid, Path)),
    responses((status = 200, body = SheetView)))]
async fn confirm_sheet(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<SheetView>> {
    Ok(Json(advice::confirm(&app, &actor, id).await?))
}

/// Sign an option sheet: the legal department recommends one option of it. Only in person, not with a token.
#[utoipa::path(post, path = "/option-sheets/{id}/sign", tag = "advice", params(("id" = Uuid, Path)),
    responses((status = 200, body = SheetView)))]
async fn sign_sheet(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<SheetView>> {
    Ok(Json(advice::sign(&app, &actor, id).await?))
}

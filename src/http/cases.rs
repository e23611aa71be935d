//! Cases.

use super::guard::By;
use super::input::{Input, Page, Paging, Params, one_of, whom};
use super::output::{made, tagged};
use super::problem::Result;
use crate::app::App;
use crate::domain::calendar::day_begins;
use crate::domain::case::Step;
use crate::flow::case::{self, BindParcel, CaseFilter, CaseView, CloseCase, Deed, NewCase, Read};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use time::Date;
use utoipa::openapi::schema::Object;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_cases, create_case))
        .routes(routes!(get_case))
        .routes(routes!(close_case))
        .routes(routes!(bind_parcel))
        .routes(routes!(case_audit))
        .routes(routes!(case_reads))
}

pub(super) fn states() -> Object {
    one_of(Step::NAMES)
}

pub(super) fn turns() -> Object {
    one_of(&["ours", "customer", "authority", "nobody"])
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// intake, verification, advice, quotation, contract, execution, review, hand_over, after_care, closed, withdrawn,
    /// refused.
    #[param(schema_with = states, example = "intake")]
    state: Option<String>,
    procedure: Option<String>,
    /// Whose move it is: ours, customer, authority, nobody.
    #[param(schema_with = turns, example = "ours")]
    turn: Option<String>,
    /// Id of a parcel.
    parcel: Option<Uuid>,
    /// Id of a customer.
    customer: Option<Uuid>,
    /// Who has an open task in it: `me`, or the id of a member of staff.
    #[param(example = "me")]
    worker: Option<String>,
    /// Standing in their state since this day or longer.
    #[param(value_type = Option<String>, format = Date, example = "2026-09-30")]
    since: Option<Date>,
}

/// Cases, newest first.
#[utoipa::path(get, path = "/cases", tag = "cases", params(Filter, Paging), responses((status = 200, body = Page<CaseView>)))]
async fn list_cases(
    State(app): State<App>,
    By(actor): By,
    Params(f): Params<Filter>,
    paging: Paging,
) -> Result<Response> {
    let filter = CaseFilter {
        state: f.state,
        procedure: f.procedure,
        turn: f.turn,
        parcel_id: f.parcel,
        customer_id: f.customer,
        worker: whom(&actor, "worker", f.worker.as_deref())?,
        since: f.since.and_then(Date::next_day).map(day_begins),
        before: paging.key()?,
        limit: paging.fetch(),
    };
    Ok(paging.page(case::list(&app, &filter).await?, |c| c.id))
}

/// Open a case.
#[utoipa::path(post, path = "/cases", tag = "cases", request_body = NewCase, responses((status = 201, body = CaseView)))]
async fn create_case(State(app): State<App>, By(actor): By, Input(new): Input<NewCase>) -> Result<Response> {
    let view = case::create(&app, &actor, new).await?;
    Ok(made(&view, &format!("/api/v1/cases/{}", view.id)))
}

/// A case by its id, or by its number as the customer reads it out.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", params(("id" = String, Path, example = "HS-2026-000123-7")),
    responses((status = 200, body = CaseView), (status = 304)))]
async fn get_case(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response> {
    Ok(tagged(&headers, &case::get(&app, &id).await?))
}

/// Say which parcel a case is about, whatever its papers name. Without this, each verification follows the papers.
#[utoipa::path(post, path = "/cases/{id}/parcel", tag = "cases", params(("id" = Uuid, Path)), request_body = BindParcel,
    responses((status = 200, body = CaseView)))]
async fn bind_parcel(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(bind): Input<BindParcel>,
) -> Result<Json<CaseView>> {
    Ok(Json(case::bind_parcel(&app, &actor, id, bind).await?))
}

/// Close a case.
#[utoipa::path(post, path = "/cases/{id}/close", tag = "cases", params(("id" = Uuid, Path)), request_body = CloseCase,
    responses((status = 200, body = CaseView)))]
async fn close_case(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(how): Input<CloseCase>,
) -> Result<Json<CaseView>> {
    Ok(Json(case::close(&app, &actor, id, how).await?))
}

/// Everything that was done in a case, newest first.
#[utoipa::path(get, path = "/cases/{id}/audit", tag = "cases", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<Deed>)))]
async fn case_audit(State(app): State<App>, Path(id): Path<Uuid>, paging: Paging) -> Result<Response> {
    let rows = case::history(&app, id, paging.key()?, paging.fetch()).await?;
    Ok(paging.page(rows, |d| d.id))
}

/// Who read personal data of a case, and what for; newest first.
#[utoipa::path(get, path = "/cases/{id}/reads", tag = "cases", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<Read>)))]
async fn case_reads(State(app): State<App>, Path(id): Path<Uuid>, paging: Paging) -> Result<Response> {
    let rows = case::reads(&app, id, paging.key()?, paging.fetch()).await?;
    Ok(paging.page(rows, |r| r.id))
}

//! Work without a line: packages, batches, and values that wait for a person.

use super::guard::By;
use super::input::{Input, Page, Paging, Params, one_of};
use super::language::lang;
use super::problem::{Problem, Result};
use crate::app::App;
use crate::flow::case::parse_purpose;
use crate::flow::field::{
    self, AskedDay, Batch, DayView, ItemDetail, ItemFilter, ItemView, Package, Receipt, SettleItem,
};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::openapi::schema::Object;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_package))
        .routes(routes!(get_day))
        .routes(routes!(send_batch))
        .routes(routes!(list_items))
        .routes(routes!(get_item))
        .routes(routes!(settle_item))
        .routes(routes!(revoke_lease))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct For {
    /// How long the leases last, 1 to 72 hours; 24 when not said.
    #[param(example = 24)]
    hours: Option<u32>,
}

/// What a device takes along: the tasks the caller has accepted, with forms, values, parcel outlines, and the right to write
/// their fields for some hours. Asking again makes the leases last longer. A logged read of personal data.
#[utoipa::path(get, path = "/field/package", tag = "field", params(For), responses((status = 200, body = Package)))]
async fn get_package(State(app): State<App>, By(actor): By, Params(asked): Params<For>) -> Result<Json<Package>> {
    Ok(Json(field::package(&app, &actor, asked.hours.unwrap_or(24)).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// Day in Viet Nam; today when not said.
    #[param(value_type = Option<String>, format = Date, example = "2026-10-07")]
    day: Option<Date>,
    /// Id of a member of staff, for who leads; one's own when not said.
    staff: Option<Uuid>,
    /// Where the day begins: WGS 84 longitude and latitude, degrees.
    #[param(example = 108.2)]
    lon: Option<f64>,
    #[param(example = 16.06)]
    lat: Option<f64>,
}

/// The day of somebody who goes to places: visits and appointments in the best order, each with the reason why it stands where
/// it stands, and what is left for another day, with the reason. Stores nothing.
#[utoipa::path(get, path = "/field/day", tag = "field", params(Whose), responses((status = 200, body = DayView)))]
async fn get_day(
    State(app): State<App>,
    By(actor): By,
    headers: HeaderMap,
    Params(asked): Params<Whose>,
) -> Result<Json<DayView>> {
    for (name, value, most) in [("lon", asked.lon, 180.0), ("lat", asked.lat, 90.0)] {
        if let Some(v) = value.filter(|v| !(-most..=most).contains(v)) {
            return Err(Problem::refused(name, "range", v, format!("-{most} to {most}")));
        }
    }
    let day = asked.day.unwrap_or_else(|| app.clock.today());
    let asked = AskedDay { staff: asked.staff, day, start: asked.lon.zip(asked.lat) };
    Ok(Json(field::plan_day(&app, &actor, &asked, lang(&headers)).await?))
}

/// Send back what was captured. The body is stored as it comes before anybody looks at it; each value ends as `applied`,
/// `conflict` (both values are kept) or `tray` (a person decides). Sending it again gives the same receipt.
#[utoipa::path(post, path = "/field/batches", tag = "field", request_body = Batch, responses((status = 200, body = Receipt)))]
async fn send_batch(State(app): State<App>, By(actor): By, body: Bytes) -> Result<Json<Receipt>> {
    Ok(Json(field::receive(&app, &actor, body).await?))
}

fn outcomes() -> Object {
    one_of(&["applied", "conflict", "tray"])
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    case: Option<Uuid>,
    task: Option<Uuid>,
    /// applied, conflict, tray.
    #[param(schema_with = outcomes, example = "conflict")]
    outcome: Option<String>,
    /// Only those that wait for a person, or only those that do not.
    open: Option<bool>,
}

/// Values that were sent, in the order they came, without what they say.
#[utoipa::path(get, path = "/field/items", tag = "field", params(Asked, Paging), responses((status = 200, body = Page<ItemView>)))]
async fn list_items(State(app): State<App>, Params(asked): Params<Asked>, paging: Paging) -> Result<Response> {
    let filter = ItemFilter {
        case_id: asked.case,
        task_id: asked.task,
        outcome: asked.outcome,
        open: asked.open,
        after: paging.key()?,
        limit: paging.fetch(),
    };
    let rows = field::items(&app, &filter).await?;
    Ok(paging.page(rows, |i: &ItemView| i.id))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Reading {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "review")]
    purpose: Option<String>,
}

/// A value that was sent beside the one that stands. A logged read of personal data.
#[utoipa::path(get, path = "/field/items/{id}", tag = "field", params(("id" = Uuid, Path), Reading),
    responses((status = 200, body = ItemDetail)))]
async fn get_item(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Reading>,
) -> Result<Json<ItemDetail>> {
    Ok(Json(field::item(&app, &actor, id, parse_purpose(why.purpose.as_deref())?).await?))
}

/// Decide between the value that was sent and the one that stands. Both stay in the record.
#[utoipa::path(post, path = "/field/items/{id}/settle", tag = "field", params(("id" = Uuid, Path)), request_body = SettleItem,
    responses((status = 200, body = ItemView)))]
async fn settle_item(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(how): Input<SettleItem>,
) -> Result<Json<ItemView>> {
    Ok(Json(field::settle(&app, &actor, id, how).await?))
}

#[derive(Serialize, utoipa::ToSchema)]
struct Revoked {
    /// False: nobody held it.
    revoked: bool,
}

/// Take the right to write a task's fields back, as when a device is lost. What comes under it later waits in the tray.
#[utoipa::path(delete, path = "/tasks/{id}/lease", tag = "field", params(("id" = Uuid, Path)), responses((status = 200, body = Revoked)))]
async fn revoke_lease(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<Revoked>> {
    Ok(Json(Revoked { revoked: field::revoke(&app, &actor, id).await? }))
}

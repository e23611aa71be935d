//! Appointments, agencies, absences.

use super::guard::By;
use super::input::{Input, Page, Paging, Params, one_of, whom};
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::absence::{self, AbsenceView, NewAbsence, Skills};
use crate::flow::agency::{self, Agency, AgencyView};
use crate::flow::task::{
    self, AppointmentFilter, AppointmentView, MissAppointment, MoveAppointment, NewAppointment, TaskView,
};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::openapi::schema::Object;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_appointments, make_appointment))
        .routes(routes!(confirm_appointment))
        .routes(routes!(move_appointment))
        .routes(routes!(keep_appointment))
        .routes(routes!(miss_appointment))
        .routes(routes!(list_agencies))
        .routes(routes!(set_agency))
        .routes(routes!(list_absences, add_absence))
        .routes(routes!(end_absence))
        .routes(routes!(get_skills, set_skills))
}

fn states() -> Object {
    one_of(&["held", "confirmed", "kept", "missed", "moved", "cancelled"])
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Those that end after this instant.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[param(value_type = Option<String>, format = DateTime, example = "2026-10-05T00:00:00Z")]
    from: Option<OffsetDateTime>,
    /// Those that begin before this instant.
    #[serde(default, with = "time::serde::rfc3339::option")]
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<OffsetDateTime>,
    /// `me`, or the id of a member of staff.
    #[param(example = "me")]
    staff: Option<String>,
    /// Code of an agency.
    agency: Option<String>,
    /// Id of a case.
    case: Option<Uuid>,
    /// held, confirmed, kept, missed, moved, cancelled.
    #[param(schema_with = states, example = "held")]
    state: Option<String>,
}

/// Appointments and visits, soonest first.
#[utoipa::path(get, path = "/appointments", tag = "appointments", params(Asked, Paging),
    responses((status = 200, body = Page<AppointmentView>)))]
async fn list_appointments(
    State(app): State<App>,
    By(actor): By,
    Params(asked): Params<Asked>,
    paging: Paging,
) -> Result<Response> {
    let staff = whom(&actor, "staff", asked.staff.as_deref())?;
    let filter = AppointmentFilter {
        from: asked.from,
        to: asked.to,
        staff,
        agency: asked.agency,
        case_id: asked.case,
        state: asked.state,
        after: paging.key::<(i128, Uuid)>()?.and_then(|(at, id)| Some((from_nanos(at)?, id))),
        limit: paging.fetch(),
    };
    let rows = task::appointments(&app, &filter).await?;
    Ok(paging.page(rows, |a: &AppointmentView| (a.starts.unix_timestamp_nanos(), a.id)))
}

fn from_nanos(at: i128) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(at).ok()
}

/// Make an appointment with an agency or a customer, or a visit: a task with a place and a time.
///
/// With `hold_minutes` the hour is only held back until it is confirmed; a hold counts as taken. Refused when the agency is
/// closed or who goes is away; 409 `double-booked` when they have to be elsewhere.
#[utoipa::path(post, path = "/appointments", tag = "appointments", request_body = NewAppointment,
    responses((status = 201, body = TaskView)))]
async fn make_appointment(
    State(app): State<App>,
    By(actor): By,
    Input(new): Input<NewAppointment>,
) -> Result<Response> {
    let view = task::appoint(&app, &actor, new).await?;
    Ok(made(&view, &format!("/api/v1/tasks/{}", view.id)))
}

/// The version of the task the change is made on.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct AtVersion {
    #[schema(example = 1)]
    version: i32,
}

/// Confirm an appointment that was only held.
#[utoipa::path(post, path = "/tasks/{id}/appointment/confirm", tag = "appointments", params(("id" = Uuid, Path)),
    request_body = AtVersion, responses((status = 200, body = TaskView)))]
async fn confirm_appointment(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(on): Input<AtVersion>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::confirm(&app, &actor, id, on.version).await?))
}

/// Move an appointment to another hour, with the reason.
#[utoipa::path(post, path = "/tasks/{id}/appointment/move", tag = "appointments", params(("id" = Uuid, Path)),
    request_body = MoveAppointment, responses((status = 200, body = TaskView)))]
async fn move_appointment(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(how): Input<MoveAppointment>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::move_to(&app, &actor, id, how).await?))
}

/// Note that everybody came. Not before its hour.
#[utoipa::path(post, path = "/tasks/{id}/appointment/keep", tag = "appointments", params(("id" = Uuid, Path)),
    request_body = AtVersion, responses((status = 200, body = TaskView)))]
async fn keep_appointment(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(on): Input<AtVersion>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::keep(&app, &actor, id, on.version).await?))
}

/// Note that somebody did not come, who, and why. The task stays, for a new appointment.
#[utoipa::path(post, path = "/tasks/{id}/appointment/miss", tag = "appointments", params(("id" = Uuid, Path)),
    request_body = MissAppointment, responses((status = 200, body = TaskView)))]
async fn miss_appointment(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(how): Input<MissAppointment>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::miss(&app, &actor, id, how).await?))
}

/// Agencies, by code.
#[utoipa::path(get, path = "/agencies", tag = "appointments", params(Paging), responses((status = 200, body = Page<AgencyView>)))]
async fn list_agencies(State(app): State<App>, paging: Paging) -> Result<Response> {
    let after: Option<String> = paging.key()?;
    let rows = agency::list(&app, after.as_deref(), paging.fetch()).await?;
    Ok(paging.page(rows, |a| a.code.clone()))
}

/// Make an agency known, or change it: place, opening hours and how well they are known.
#[utoipa::path(put, path = "/agencies/{code}", tag = "appointments", params(("code" = String, Path, example = "notary.example")),
    request_body = Agency, responses((status = 200, body = AgencyView)))]
async fn set_agency(
    State(app): State<App>,
    By(actor): By,
    Path(code): Path<String>,
    Input(new): Input<Agency>,
) -> Result<Json<AgencyView>> {
    Ok(Json(agency::set(&app, &actor, &code, new).await?))
}

/// Absences that are not over, soonest first.
#[utoipa::path(get, path = "/absences", tag = "staff", responses((status = 200, body = Vec<AbsenceView>)))]
async fn list_absences(State(app): State<App>) -> Result<Json<Vec<AbsenceView>>> {
    Ok(Json(absence::list(&app).await?))
}

/// Note an absence: one's own, or by who leads. Nobody who is away gets a task or an appointment.
#[utoipa::path(post, path = "/absences", tag = "staff", request_body = NewAbsence, responses((status = 201, body = AbsenceView)))]
async fn add_absence(State(app): State<App>, By(actor): By, Input(new): Input<NewAbsence>) -> Result<Response> {
    let view = absence::add(&app, &actor, new).await?;
    Ok(made(&view, &format!("/api/v1/absences/{}", view.id)))
}

/// Call an absence off.
#[utoipa::path(delete, path = "/absences/{id}", tag = "staff", params(("id" = Uuid, Path)),
    responses((status = 200, body = AbsenceView)))]
async fn end_absence(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<AbsenceView>> {
    Ok(Json(absence::end(&app, &actor, id).await?))
}

/// What somebody can do that not everybody can.
#[utoipa::path(get, path = "/staff/{id}/skills", tag = "staff", params(("id" = Uuid, Path)), responses((status = 200, body = Skills)))]
async fn get_skills(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Skills>> {
    Ok(Json(absence::skills(&app, id).await?))
}

/// Say what somebody can do.
#[utoipa::path(put, path = "/staff/{id}/skills", tag = "staff", params(("id" = Uuid, Path)), request_body = Skills,
    responses((status = 200, body = Skills)))]
async fn set_skills(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<Skills>,
) -> Result<Json<Skills>> {
    Ok(Json(absence::set_skills(&app, &actor, id, new).await?))
}

//! The work plan of a case, and what its tasks are filled with.

use super::guard::By;
use super::input::{Input, Params};
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::case::parse_purpose;
use crate::flow::plan::{self, PlanView};
use crate::flow::task::{self, Escalate, FieldValue, FormView, NewValues, Reassign, TaskView};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_plan, make_plan))
        .routes(routes!(get_form))
        .routes(routes!(get_fields, set_fields))
        .routes(routes!(start_task))
        .routes(routes!(pause_task))
        .routes(routes!(reassign_task))
        .routes(routes!(escalate_task))
}

/// The work plan of a case: every task, what it waits for, and how many stand where.
#[utoipa::path(get, path = "/cases/{id}/plan", tag = "plans", params(("id" = Uuid, Path)), responses((status = 200, body = PlanView)))]
async fn get_plan(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<PlanView>> {
    Ok(Json(plan::view(&app, id).await?))
}

/// Make the work plan of a case in execution that has none: its tasks, each given to somebody as soon as it can begin.
#[utoipa::path(post, path = "/cases/{id}/plan", tag = "plans", params(("id" = Uuid, Path)), responses((status = 201, body = PlanView)))]
async fn make_plan(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Response> {
    let view = plan::make(&app, &actor, id).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/plan")))
}

/// The form of a task: its fields, which are filled, and what still keeps it from ending.
#[utoipa::path(get, path = "/tasks/{id}/form", tag = "plans", params(("id" = Uuid, Path)), responses((status = 200, body = FormView)))]
async fn get_form(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<FormView>> {
    Ok(Json(task::form(&app, id).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Reading {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "review")]
    purpose: Option<String>,
}

/// The values in a task's fields. A logged read of personal data; field and sales staff need a task of this case.
#[utoipa::path(get, path = "/tasks/{id}/fields", tag = "plans", params(("id" = Uuid, Path), Reading),
    responses((status = 200, body = Vec<FieldValue>)))]
async fn get_fields(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Reading>,
) -> Result<Json<Vec<FieldValue>>> {
    Ok(Json(task::values(&app, &actor, id, parse_purpose(why.purpose.as_deref())?).await?))
}

/// Fill fields of a task that is being worked on. Every version of a value stays.
///
/// 409 `field-leased`: somebody holds the field far from any line.
#[utoipa::path(put, path = "/tasks/{id}/fields", tag = "plans", params(("id" = Uuid, Path)), request_body = NewValues,
    responses((status = 200, body = FormView)))]
async fn set_fields(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewValues>,
) -> Result<Json<FormView>> {
    Ok(Json(task::set_fields(&app, &actor, id, new).await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 2}))]
struct Start {
    version: i32,
}

/// Begin an accepted task, or take one up again that was set down.
#[utoipa::path(post, path = "/tasks/{id}/start", tag = "tasks", params(("id" = Uuid, Path)), request_body = Start,
    responses((status = 200, body = TaskView)))]
async fn start_task(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(on): Input<Start>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::start(&app, &actor, id, on.version).await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 3, "reason": "The office is closed in the afternoon."}))]
struct Pause {
    version: i32,
    reason: String,
}

/// Set a task down for a while, with the reason.
#[utoipa::path(post, path = "/tasks/{id}/pause", tag = "tasks", params(("id" = Uuid, Path)), request_body = Pause,
    responses((status = 200, body = TaskView)))]
async fn pause_task(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(why): Input<Pause>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::pause(&app, &actor, id, why.version, &why.reason).await?))
}

/// Give a task to another, who has to accept it. Refused when they cannot do it, with the reason.
#[utoipa::path(post, path = "/tasks/{id}/reassign", tag = "tasks", params(("id" = Uuid, Path)), request_body = Reassign,
    responses((status = 200, body = TaskView)))]
async fn reassign_task(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(how): Input<Reassign>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::reassign(&app, &actor, id, how).await?))
}

/// Ask a role to see to a task that does not get on. It stays whose it is.
#[utoipa::path(post, path = "/tasks/{id}/escalate", tag = "tasks", params(("id" = Uuid, Path)), request_body = Escalate,
    responses((status = 200, body = TaskView)))]
async fn escalate_task(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(how): Input<Escalate>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::escalate(&app, &actor, id, how).await?))
}

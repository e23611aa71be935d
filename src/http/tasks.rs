//! Tasks of the departments.

use super::guard::By;
use super::input::{Input, Page, Paging, Params, one_file, whom};
use super::language::lang;
use super::output::{attachment, made};
use super::problem::{Problem, Result};
use crate::app::App;
use crate::domain::text::file_name::file_name;
use crate::domain::verify::text::word;
use crate::flow::case::parse_purpose;
use crate::flow::task::{self, PhotoView, TaskFilter, TaskResult, TaskView, TaskWords};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use time::Date;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_tasks))
        .routes(routes!(next_task))
        .routes(routes!(get_task))
        .routes(routes!(accept_task))
        .routes(routes!(return_task, get_result))
        .routes(routes!(get_words))
        .routes(routes!(add_photo))
        .routes(routes!(get_photo))
        .routes(routes!(hand_back_task))
        .routes(routes!(cancel_task))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// legal, sales, field.
    #[param(example = "legal")]
    department: Option<String>,
    /// blocked, open, accepted, started, paused, done, cancelled.
    #[param(example = "open")]
    state: Option<String>,
    /// `me`, or the id of a member of staff.
    #[param(example = "me")]
    assignee: Option<String>,
    /// manager, legal, reviewer: what they were asked to see to.
    #[param(example = "manager")]
    escalated_to: Option<String>,
    /// Id of a case.
    case: Option<Uuid>,
    /// Due on this day or before.
    #[param(value_type = Option<String>, format = Date)]
    due_by: Option<Date>,
}

/// Tasks, soonest due first.
#[utoipa::path(get, path = "/tasks", tag = "tasks", params(Asked, Paging), responses((status = 200, body = Page<TaskView>)))]
async fn list_tasks(
    State(app): State<App>,
    By(actor): By,
    Params(asked): Params<Asked>,
    paging: Paging,
) -> Result<Response> {
    one_of("department", asked.department.as_deref(), &["legal", "sales", "field"])?;
    one_of(
        "state",
        asked.state.as_deref(),
        &["blocked", "open", "accepted", "started", "paused", "done", "cancelled"],
    )?;
    one_of("escalated_to", asked.escalated_to.as_deref(), &["manager", "legal", "reviewer"])?;
    let filter = TaskFilter {
        case_id: asked.case,
        escalated_to: asked.escalated_to,
        department: asked.department,
        state: asked.state,
        assignee: whom(&actor, "assignee", asked.assignee.as_deref())?,
        due_by: asked.due_by,
        after: paging.key()?,
        limit: paging.fetch(),
    };
    let rows = task::list(&app, &filter).await?;
    Ok(paging.page(rows, |t: &TaskView| (t.due, t.id)))
}

fn one_of(field: &str, found: Option<&str>, allowed: &[&str]) -> Result<()> {
    match found.filter(|f| !allowed.contains(f)) {
        Some(found) => Err(Problem::refused(field, "not-in-list", found, allowed.join(", "))),
        None => Ok(()),
    }
}

/// A task with what happened to it.
#[utoipa::path(get, path = "/tasks/{id}", tag = "tasks", params(("id" = Uuid, Path)), responses((status = 200, body = TaskView)))]
async fn get_task(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<TaskView>> {
    Ok(Json(task::find(&app, id).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Here {
    /// WGS 84 longitude, degrees.
    #[param(example = 108.2022)]
    lon: f64,
    /// WGS 84 latitude, degrees.
    #[param(example = 16.0678)]
    lat: f64,
}

/// The open field task nearest to where one stands; it becomes one's own. `null`: there is nothing to do.
#[utoipa::path(post, path = "/tasks/next", tag = "tasks", params(Here), responses((status = 200, body = Option<TaskView>)))]
async fn next_task(
    State(app): State<App>,
    By(actor): By,
    Params(here): Params<Here>,
) -> Result<Json<Option<TaskView>>> {
    Ok(Json(task::next_near(&app, &actor, here.lon, here.lat).await?))
}

/// The version of the task the change is made on.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct OnVersion {
    #[schema(example = 1)]
    version: i32,
}

/// Take an open task of one's department. Refused (409) when somebody was faster.
#[utoipa::path(post, path = "/tasks/{id}/accept", tag = "tasks", params(("id" = Uuid, Path)), request_body = OnVersion,
    responses((status = 200, body = TaskView)))]
async fn accept_task(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(on): Input<OnVersion>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::accept(&app, &actor, id, on.version).await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 2, "result": {"summary": "The boundary stones stand as drawn.",
    "points": [{"lon": 108.2022, "lat": 16.0678, "accuracy_m": 0.05, "label": "M1"}]}}))]
struct Return {
    version: i32,
    result: TaskResult,
    /// Values for fields of the task, as at `/tasks/{id}/fields`.
    #[serde(default)]
    #[schema(value_type = Object)]
    values: std::collections::BTreeMap<String, serde_json::Value>,
}

/// End a task with what came of it. Refused while a required field is empty or what must hold at its end does not.
#[utoipa::path(post, path = "/tasks/{id}/result", tag = "tasks", params(("id" = Uuid, Path)), request_body = Return,
    responses((status = 200, body = TaskView)))]
async fn return_task(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(what): Input<Return>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::return_result(&app, &actor, id, what.version, what.result, &what.values).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Reading {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "verify")]
    purpose: Option<String>,
}

/// What came of a task. A logged read of personal data; field and sales staff need a task of this case.
#[utoipa::path(get, path = "/tasks/{id}/result", tag = "tasks", params(("id" = Uuid, Path), Reading),
    responses((status = 200, body = TaskResult)))]
async fn get_result(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Reading>,
) -> Result<Json<TaskResult>> {
    let purpose = parse_purpose(why.purpose.as_deref())?;
    Ok(Json(task::read_result(&app, &actor, id, purpose).await?))
}

/// Where a task is and why it was changed, in the words of those who wrote it. A logged read of personal data; field and sales staff
/// need a task of this case.
#[utoipa::path(get, path = "/tasks/{id}/words", tag = "tasks", params(("id" = Uuid, Path), Reading),
    responses((status = 200, body = TaskWords)))]
async fn get_words(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Reading>,
) -> Result<Json<TaskWords>> {
    let purpose = parse_purpose(why.purpose.as_deref())?;
    Ok(Json(task::read_words(&app, &actor, id, purpose).await?))
}

/// Send a photo for an accepted task: the file itself as the body, or a form with one file.
///
/// JPEG, PNG or WebP, told by content. It is stored under its SHA-256 before anything is read from it; the result of the task
/// names it by that.
#[utoipa::path(post, path = "/tasks/{id}/photos", tag = "tasks", params(("id" = Uuid, Path)),
    request_body(content = String, content_type = "application/octet-stream"), responses((status = 201, body = PhotoView)))]
async fn add_photo(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>, request: Request) -> Result<Response> {
    let content = one_file(request, "photo").await?;
    let view = task::add_photo(&app, &actor, id, content).await?;
    Ok(made(&view, &format!("/api/v1/tasks/{id}/photos/{}", view.sha256)))
}

/// A photo of a task. A logged read of personal data.
#[utoipa::path(get, path = "/tasks/{id}/photos/{sha256}", tag = "tasks",
    params(("id" = Uuid, Path), ("sha256" = String, Path), Reading),
    responses((status = 200, content_type = "application/octet-stream", body = String)))]
async fn get_photo(
    State(app): State<App>,
    By(actor): By,
    Path((id, sha256)): Path<(Uuid, String)>,
    Params(why): Params<Reading>,
    headers: HeaderMap,
) -> Result<Response> {
    let purpose = parse_purpose(why.purpose.as_deref())?;
    let photo = task::photo(&app, &actor, id, &sha256, purpose).await?;
    let name = format!("{} {}", word(lang(&headers), "file-photo"), photo.view.sha256.get(..12).unwrap_or_default());
    Ok(attachment(&photo.view.media_type, &file_name(&name, &photo.view.media_type), photo.content))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"version": 2, "reason": "The owner is away until Monday."}))]
struct Why {
    version: i32,
    reason: String,
}

/// Give a task back: it is open again, for anybody of the department.
#[utoipa::path(post, path = "/tasks/{id}/hand-back", tag = "tasks", params(("id" = Uuid, Path)), request_body = Why,
    responses((status = 200, body = TaskView)))]
async fn hand_back_task(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(why): Input<Why>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::hand_back(&app, &actor, id, why.version, &why.reason).await?))
}

/// End a task that is no longer needed.
#[utoipa::path(post, path = "/tasks/{id}/cancel", tag = "tasks", params(("id" = Uuid, Path)), request_body = Why,
    responses((status = 200, body = TaskView)))]
async fn cancel_task(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(why): Input<Why>,
) -> Result<Json<TaskView>> {
    Ok(Json(task::cancel(&app, &actor, id, why.version, &why.reason).await?))
}

//! The people who work here.

use super::guard::By;
use super::input::{Input, Page, Paging};
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::staff::{self, Colleague, NewStaff, PasswordChange, StaffChange, StaffView};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_staff, create_staff))
        .routes(routes!(list_colleagues))
        .routes(routes!(change_staff))
        .routes(routes!(set_staff_password))
}

/// Staff, by login.
#[utoipa::path(get, path = "/staff", tag = "staff", params(Paging), responses((status = 200, body = Page<StaffView>)))]
async fn list_staff(State(app): State<App>, paging: Paging) -> Result<Response> {
    let after: Option<String> = paging.key()?;
    let rows = staff::list(&app, after.as_deref(), paging.fetch()).await?;
    Ok(paging.page(rows, |s| s.login.clone()))
}

/// Who works here, by login: whom a problem or an appointment can be given to, and the name behind an `owner` or an `assignee`.
#[utoipa::path(get, path = "/colleagues", tag = "staff", params(Paging), responses((status = 200, body = Page<Colleague>)))]
async fn list_colleagues(State(app): State<App>, paging: Paging) -> Result<Response> {
    let after: Option<String> = paging.key()?;
    let rows = staff::colleagues(&app, after.as_deref(), paging.fetch()).await?;
    Ok(paging.page(rows, |s| s.login.clone()))
}

/// Take somebody on.
#[utoipa::path(post, path = "/staff", tag = "staff", request_body = NewStaff, responses((status = 201, body = StaffView)))]
async fn create_staff(State(app): State<App>, By(actor): By, Input(new): Input<NewStaff>) -> Result<Response> {
    let view = staff::create(&app, &actor, new).await?;
    Ok(made(&view, &format!("/api/v1/staff/{}", view.id)))
}

/// Change roles, department, territory; let somebody go.
#[utoipa::path(patch, path = "/staff/{id}", tag = "staff", params(("id" = Uuid, Path)), request_body = StaffChange,
    responses((status = 200, body = StaffView)))]
async fn change_staff(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(change): Input<StaffChange>,
) -> Result<Json<StaffView>> {
    Ok(Json(staff::change(&app, &actor, id, change).await?))
}

/// Give somebody a new password; ends all their sessions.
#[utoipa::path(post, path = "/staff/{id}/password", tag = "staff", params(("id" = Uuid, Path)), request_body = PasswordChange,
    responses((status = 200, body = Value, example = json!({"changed": true}))))]
async fn set_staff_password(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(change): Input<PasswordChange>,
) -> Result<Json<Value>> {
    staff::set_password(&app, &actor, id, change).await?;
    Ok(Json(json!({"changed": true})))
}

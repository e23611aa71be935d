//! Archives of cases.

use super::advice::Why;
use super::guard::By;
use super::input::Params;
use super::output::{disposition, made};
use super::problem::Result;
use crate::app::App;
use crate::flow::archive::{self, ArchiveView};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_archives, archive_case)).routes(routes!(get_archive))
}

/// Archives of a case, oldest first.
#[utoipa::path(get, path = "/cases/{id}/archives", tag = "after-care", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<ArchiveView>)))]
async fn list_archives(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<ArchiveView>>> {
    Ok(Json(archive::list(&app, id).await?))
}

/// Put a case that was handed over, or has ended, into one ZIP that holds all of it and proves itself. A case that has not
/// changed gives the archive it has. Reads everything of the case: logged.
#[utoipa::path(post, path = "/cases/{id}/archives", tag = "after-care", params(("id" = Uuid, Path)),
    responses((status = 201, body = ArchiveView)))]
async fn archive_case(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Response> {
    let view = archive::make(&app, &actor, id).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/archives")))
}

/// The ZIP: a logged read. Check it with `diaba check-archive`.
#[utoipa::path(get, path = "/archives/{id}/file", tag = "after-care", params(("id" = Uuid, Path), Why),
    responses((status = 200, content_type = "application/zip", body = String)))]
async fn get_archive(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
) -> Result<Response> {
    let found = archive::fetch(&app, &actor, id, why.purpose()?).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_LENGTH, HeaderValue::from(found.view.bytes)),
        (header::CONTENT_DISPOSITION, disposition("attachment", &found.file_name)),
    ];
    Ok((headers, Body::from_stream(found.content)).into_response())
}

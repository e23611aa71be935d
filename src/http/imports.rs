//! Map files in: kept at once, read by a job.

use super::idempotent::Once;
use super::input::{Form, form_problem, from_json};
use super::output::accepted;
use super::problem::{Kind, Problem, Result};
use crate::app::App;
use crate::flow;
use crate::flow::layer::{self, FILE_TOO_LARGE, ImportAsk, ImportView, Upload};
use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(request_import)).routes(routes!(get_import))
}

/// A form with the map file and what to do with it.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only the OpenAPI document shows it; the form is read as a stream")]
struct ImportForm {
    ask: ImportAsk,
    /// One file (Shapefile parts in a zip, GeoPackage, GeoJSON, ...), or all parts of a Shapefile, TAB or MIF.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<String>,
}

/// The longest JSON part of a form (bytes).
const LONGEST_ASK: usize = 1 << 20;

/// Send a map file to be read.
///
/// Answered with 202 as soon as the file is kept; the job at `Location` shows how many rows are read, and the import what came
/// of it. Nothing is published by this.
#[utoipa::path(post, path = "/imports", tag = "imports",
    request_body(content = inline(ImportForm), content_type = "multipart/form-data"),
    responses((status = 202, body = ImportView)))]
async fn request_import(State(app): State<App>, once: Once, Form(mut form): Form) -> Result<Response> {
    let mut upload = Upload::begin(&app).await?;
    let (mut ask, mut files) = (None, 0);
    while let Some(field) = form.next_field().await.map_err(|e| form_problem(&e))? {
        match field.name() {
            Some("ask") => ask = Some(read_ask(field).await?),
            Some("file") => {
                take(&mut upload, field).await?;
                files += 1;
            }
            other => return Err(Problem::refused("form", "unknown-field", other.unwrap_or(""), "ask, file")),
        }
    }
    let missing = |field| Problem::refused(field, "required", "nothing", "the parts ask and file");
    let ask = ask.ok_or_else(|| missing("ask"))?;
    if files == 0 {
        return Err(missing("file"));
    }
    let content = upload.content(&ask).await?;
    let act = |actor| {
        let app = app.clone();
        async move {
            match layer::request_import(&app, &actor, upload, ask).await {
                Ok(view) => accepted(&view, &view.job),
                Err(error) => Problem::from(error).into_response(),
            }
        }
    };
    Ok(once.run(&app, &content, act).await)
}

async fn take(upload: &mut Upload, mut field: Field<'_>) -> Result<()> {
    let name = field.file_name().unwrap_or_default().to_owned();
    upload.file(&name).await?;
    while let Some(chunk) = field.chunk().await.map_err(|e| form_problem(&e))? {
        upload.write(&chunk).await.map_err(too_much)?;
    }
    Ok(())
}

async fn read_ask(mut field: Field<'_>) -> Result<ImportAsk> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|e| form_problem(&e))? {
        text.extend_from_slice(&chunk);
        if text.len() > LONGEST_ASK {
            return Err(Problem::new(Kind::TooLarge));
        }
    }
    from_json(&text, "ask")
}

/// More than may be sent is told the same way, whether the body's limit or the files' was met first.
fn too_much(e: flow::Error) -> Problem {
    match e {
        flow::Error::Refused(why) if why.iter().any(|p| p.code == FILE_TOO_LARGE) => Problem::new(Kind::TooLarge),
        e => e.into(),
    }
}

/// What came of a map file that was sent.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", params(("id" = Uuid, Path)), responses((status = 200, body = ImportView)))]
async fn get_import(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<ImportView>> {
    Ok(Json(layer::find_import(&app, id).await?))
}

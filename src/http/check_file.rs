//! A stranger hands in a file: the page answers as `diaba check-report` does, and says that this answer rests on our server. Nothing
//! of the file is kept or logged; it is looked at in memory, few at a time.

use super::check::{Html, answer};
use super::input::one_file;
use super::language::lang;
use super::problem::{Kind, Problem, Result};
use crate::app::App;
use crate::domain::proof::told;
use crate::domain::verify::Message;
use crate::flow::proof;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask_for_file, check_file))
}

/// Files looked at at once: each may take a hundred megabytes for a moment, and anybody may send one.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// Who waits longer than this is asked to come again.
const WAITS: Duration = Duration::from_secs(5);

/// A page to hand in a file that the office is said to have made: a report (PDF), or a proof (JSON) of a verification or of a run's verdict.
/// It works without scripts.
#[utoipa::path(get, path = "/check", tag = "proof", responses((status = 200, body = String, content_type = "text/html")))]
async fn ask_for_file(headers: HeaderMap) -> Response {
    let mut page = Html::new(lang(&headers), "proof-file-title");
    form(&mut page);
    answer(page)
}

/// The form with one file.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "shape of the form, for the document")]
struct ProofForm {
    /// PDF or JSON, at most 8 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Check a file: what its signature, its record and its rules prove, compared with the keys of `/check/keys.json`. The same lines as
/// `diaba check-report`, which proves it without this server. The file is not kept.
#[utoipa::path(post, path = "/check", tag = "proof",
    request_body(content = inline(ProofForm), content_type = "multipart/form-data"),
    responses((status = 200, body = String, content_type = "text/html")))]
async fn check_file(State(app): State<App>, headers: HeaderMap, request: Request) -> Result<Response> {
    let mut page = Html::new(lang(&headers), "proof-file-title");
    // A person reads the answer: what cannot be read is told on the page too.
    let file = match one_file(request, "file").await {
        Ok(file) if file.is_empty() => return Ok(not_read(page, StatusCode::UNPROCESSABLE_ENTITY, "proof-file-none")),
        Ok(file) => file,
        Err(p) if p.kind == Kind::TooLarge => {
            return Ok(not_read(page, StatusCode::PAYLOAD_TOO_LARGE, "proof-file-large"));
        }
        Err(p) => return Err(p),
    };
    let keys = proof::keyring(&app).await?;
    let busy = || Problem::new(Kind::Unavailable).retry_after(WAITS.as_secs());
    let place = tokio::time::timeout(WAITS, AT_ONCE.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
    let lang = page.lang;
    let told = tokio::task::spawn_blocking(move || {
        let told = told(&file, Some(keys), lang);
        drop(place);
        told
    });
    let told = told.await.map_err(|e| Problem::from(crate::flow::Error::Broken(e.into())))?;
    page.strong(Message::new(if told.proved { "proof-file-proved" } else { "proof-file-doubt" }));
    for line in told.lines {
        // the keys are those of this server
        page.line(if line.key == "proof-key-given" { Message::new("proof-key-published") } else { line });
    }
    if let Some(digest) = told.digest {
        page.link(&format!("/check/{digest}"), Message::new("proof-file-now"));
    }
    page.line(Message::new("proof-file-server"));
    form(&mut page);
    Ok(answer(page))
}

fn not_read(mut page: Html, status: StatusCode, why: &'static str) -> Response {
    page.strong(Message::new(why));
    form(&mut page);
    (status, answer(page)).into_response()
}

fn form(page: &mut Html) {
    let (file, send) = (page.said(Message::new("proof-file-which")), page.said(Message::new("proof-file-send")));
    page.raw(&format!(
        "<form method=\"post\" action=\"/check\" enctype=\"multipart/form-data\">\n<p><label>{file} \
         <input type=\"file\" name=\"file\" accept=\".pdf,.json,application/pdf,application/json\" required></label></p>\n\
         <p><button type=\"submit\">{send}</button></p>\n</form>\n"
    ));
    page.line(Message::new("proof-file-kept"));
    page.line(Message::new("proof-file-alone"));
    page.link("/check/keys.json", Message::new("proof-file-keys"));
}

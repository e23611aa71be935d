//! Papers of a case and their scans.

use super::guard::By;
use super::input::{Input, Params, one_file};
use super::language::lang;
use super::output::{attachment, made};
use super::problem::{Problem, Result};
use crate::app::App;
use crate::domain::text::file_name::file_name;
use crate::flow::case::parse_purpose;
use crate::flow::paper::{self, PaperFull, PaperView};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_papers, add_paper))
        .routes(routes!(get_paper, revise_paper))
        .routes(routes!(get_scan, attach_scan))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Why {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "verify")]
    purpose: Option<String>,
    /// A version of the paper; the latest when left out.
    version: Option<i32>,
}

/// The papers of a case, without what is written on them.
#[utoipa::path(get, path = "/cases/{id}/papers", tag = "papers", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<PaperView>)))]
async fn list_papers(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<PaperView>>> {
    Ok(Json(paper::list(&app, id).await?))
}

/// Add a paper.
///
/// `kind` is certificate, identity_card, power_of_attorney, marriage_certificate, tax_notice, planning_extract or other; the
/// other fields are those of the kind. Wrong values are refused by field; missing ones make it a draft (`complete: false`).
#[utoipa::path(post, path = "/cases/{id}/papers", tag = "papers", params(("id" = Uuid, Path)),
    request_body(content = Object, example = json!({"kind": "certificate", "serial": "CK 123456", "issued_on": "2019-05-20",
        "holders": [{"name": "Người Mẫu Hai", "birth_year": 1980, "id_number": "001080000018"}],
        "parcel": {"commune_name": "Phường Mẫu", "sheet": "12", "number": "345"}, "area_m2": 86.4,
        "purposes": [{"code": "ODT", "area_m2": 86.4, "term": "long_term"}]})),
    responses((status = 201, body = PaperView)))]
async fn add_paper(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(facts): Input<Value>,
) -> Result<Response> {
    let view = paper::add(&app, &actor, id, facts).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/papers/{}", view.id)))
}

/// A paper with what is written on it. A logged read of personal data; field and sales staff need a task of this case.
#[utoipa::path(get, path = "/cases/{id}/papers/{paper}", tag = "papers",
    params(("id" = Uuid, Path), ("paper" = Uuid, Path), Why), responses((status = 200, body = PaperFull)))]
async fn get_paper(
    State(app): State<App>,
    By(actor): By,
    Path((id, paper)): Path<(Uuid, Uuid)>,
    Params(why): Params<Why>,
) -> Result<Json<PaperFull>> {
    let purpose = parse_purpose(why.purpose.as_deref())?;
    Ok(Json(paper::read(&app, &actor, id, paper, why.version, purpose).await?))
}

/// Write the next version of a paper; earlier ones stay.
///
/// With `If-Match: "<version>"` it is refused (409) when somebody wrote another version meanwhile.
#[utoipa::path(put, path = "/cases/{id}/papers/{paper}", tag = "papers",
    params(("id" = Uuid, Path), ("paper" = Uuid, Path), ("If-Match" = Option<String>, Header, example = "\"1\"")),
    request_body(content = Object), responses((status = 201, body = PaperView)))]
async fn revise_paper(
    State(app): State<App>,
    By(actor): By,
    Path((id, paper)): Path<(Uuid, Uuid)>,
    headers: HeaderMap,
    Input(facts): Input<Value>,
) -> Result<Response> {
    let expected = expected_version(&headers)?;
    let view = paper::revise(&app, &actor, id, paper, expected, facts).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/papers/{paper}")))
}

fn expected_version(headers: &HeaderMap) -> Result<Option<i32>> {
    let Some(tag) = headers.get(header::IF_MATCH).and_then(|v| v.to_str().ok()) else { return Ok(None) };
    let version = tag.trim().trim_matches('"').parse().ok();
    version.map(Some).ok_or_else(|| Problem::refused("If-Match", "shape", tag, "\"<version>\""))
}

/// The scan of a paper. A logged read of personal data.
#[utoipa::path(get, path = "/cases/{id}/papers/{paper}/scan", tag = "papers",
    params(("id" = Uuid, Path), ("paper" = Uuid, Path), Why),
    responses((status = 200, content_type = "application/octet-stream", body = String)))]
async fn get_scan(
    State(app): State<App>,
    By(actor): By,
    Path((id, paper)): Path<(Uuid, Uuid)>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    let purpose = parse_purpose(why.purpose.as_deref())?;
    let scan = paper::scan(&app, &actor, id, paper, why.version, purpose).await?;
    let name = format!("{} ({})", scan.called.in_one(lang(&headers)), scan.case_number);
    Ok(attachment(&scan.facts.media_type, &file_name(&name, &scan.facts.media_type), scan.content))
}

/// Attach a scan: the file itself as the body, or a form with one file.
///
/// PDF, PNG, JPEG, TIFF or WebP, told by content. It is stored under its SHA-256 before anything is read from it.
#[utoipa::path(post, path = "/cases/{id}/papers/{paper}/scan", tag = "papers",
    params(("id" = Uuid, Path), ("paper" = Uuid, Path)),
    request_body(content = String, content_type = "application/octet-stream"), responses((status = 201, body = PaperView)))]
async fn attach_scan(
    State(app): State<App>,
    By(actor): By,
    Path((id, paper)): Path<(Uuid, Uuid)>,
    request: Request,
) -> Result<Response> {
    let content = one_file(request, "scan").await?;
    let view = paper::attach_scan(&app, &actor, id, paper, content).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/papers/{paper}")))
}

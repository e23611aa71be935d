//! Verifications of cases.

use super::geojson;
use super::guard::By;
use super::input::{Page, Paging, Params};
use super::output::{accepted, made, shown, tagged_bytes};
use super::problem::{Problem, Result};
use crate::app::App;
use crate::domain::proof;
use crate::domain::verify::Record;
use crate::domain::verify::text::{Lang, render_with};
use crate::flow;
use crate::flow::case::parse_purpose;
use crate::flow::opinion::{self, OpinionView};
use crate::flow::proof::{Replayed, Seen};
use crate::flow::report;
use crate::flow::verification::{self, Requested, VerificationView, Verified};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_verifications, verify_case))
        .routes(routes!(get_verification))
        .routes(routes!(get_proof))
        .routes(routes!(replay_verification))
        .routes(routes!(get_report))
}

/// Verifications of a case, newest first, without what was found.
#[utoipa::path(get, path = "/cases/{id}/verifications", tag = "verifications", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<VerificationView>)))]
async fn list_verifications(State(app): State<App>, Path(id): Path<Uuid>, paging: Paging) -> Result<Response> {
    let rows =
        verification::list(&app, id, paging.key()?.map(|(_, id): (time::OffsetDateTime, Uuid)| id), paging.fetch())
            .await?;
    Ok(paging.page(rows, |v: &VerificationView| (v.created_at, v.id)))
}

/// Verify a case as of today.
///
/// Answered with the whole record. With `Prefer: respond-async` it is put into the queue (202), and the job at `Location` tells
/// when it is done.
#[utoipa::path(post, path = "/cases/{id}/verifications", tag = "verifications",
    params(("id" = Uuid, Path), ("Prefer" = Option<String>, Header, example = "respond-async")),
    responses((status = 201, body = Verified), (status = 202, body = Requested)))]
async fn verify_case(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response> {
    if prefers_async(&headers) {
        let asked = verification::request(&app, &actor, id).await?;
        return Ok(accepted(&asked, &asked.job));
    }
    let done = verification::verify_case(&app, &actor, id, None).await?;
    Ok(made(&done, &format!("/api/v1/verifications/{}", done.id)))
}

/// RFC 7240.
fn prefers_async(headers: &HeaderMap) -> bool {
    let preferences = headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    preferences.filter_map(|p| p.split(';').next()).any(|p| p.trim().eq_ignore_ascii_case("respond-async"))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct How {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "verify")]
    purpose: Option<String>,
    /// json, text (a report to read) or geojson (the evidence); when left out, as `Accept` says.
    #[param(example = "text")]
    f: Option<String>,
    /// vi or en, of the report.
    #[param(example = "vi")]
    lang: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct VerificationFull {
    #[serde(flatten)]
    verification: VerificationView,
    /// schema/verification.schema.json; its canonical form (RFC 8785) has the digest.
    #[schema(value_type = Object)]
    record: Record,
    /// What people said of its findings, here and on earlier verifications of the case, in the order they said it.
    opinions: Vec<OpinionView>,
}

/// A verification with its record. A logged read of personal data; field and sales staff need a task of this case.
#[utoipa::path(get, path = "/verifications/{id}", tag = "verifications", params(("id" = Uuid, Path), How),
    responses((status = 200, content((VerificationFull = "application/json"), (String = "text/plain"), (Object = "application/geo+json")))))]
async fn get_verification(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Params(how): Params<How>,
) -> Result<Response> {
    let purpose = parse_purpose(how.purpose.as_deref())?;
    let lang = language(how.lang.as_deref())?;
    let as_text = how.f.as_deref() == Some("text");
    let as_geojson = !as_text && geojson::wanted(&headers, how.f.as_deref())?;
    let verification::Opened { verification, record, basis } = verification::open(&app, &actor, id, purpose).await?;
    if as_text {
        let opinions = opinion::placed(&app, id, &record).await?;
        let report = render_with(&record, &basis, &opinions, lang, false);
        return Ok(tagged_bytes(&headers, "text/plain; charset=utf-8", report.into_bytes()));
    }
    let value = match as_geojson {
        true => verification::evidence(&app, &record).await?,
        false => {
            let opinions = opinion::views(&app, id, &record).await?;
            json!(VerificationFull { verification, record, opinions })
        }
    };
    Ok(geojson::answer(&headers, as_geojson, &value))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Why {
    /// As for the verification itself.
    #[param(required = true, example = "verify")]
    purpose: Option<String>,
}

/// The proof of a verification: record, rules, themes, signature and public key in one file, to be checked without us
/// (`diaba check-report`). A logged read of personal data.
#[utoipa::path(get, path = "/verifications/{id}/proof", tag = "proof", params(("id" = Uuid, Path), Why),
    responses((status = 200, body = Object), (status = 409, description = "made before signatures")))]
async fn get_proof(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
) -> Result<Json<proof::Bundle>> {
    let purpose = parse_purpose(why.purpose.as_deref())?;
    Ok(Json(flow::proof::bundle(&app, &actor, id, purpose).await?))
}

/// Run a verification again from what is stored: the same digest, or the first input that differs. Changes nothing; a
/// logged read of personal data.
#[utoipa::path(post, path = "/verifications/{id}/replay", tag = "proof", params(("id" = Uuid, Path)),
    responses((status = 200, body = Replayed)))]
async fn replay_verification(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<Replayed>> {
    Ok(Json(flow::proof::replay(&app, &actor, id, &Seen::default()).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct HowReport {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "prepare_papers")]
    purpose: Option<String>,
    /// vi or en.
    #[param(example = "vi")]
    lang: Option<String>,
}

/// The report of a verification as PDF/A-3, with the record attached (`verification.json`).
///
/// A logged read of personal data; field and sales staff need a task of this case.
#[utoipa::path(get, path = "/verifications/{id}/report.pdf", tag = "verifications", params(("id" = Uuid, Path), HowReport),
    responses((status = 200, content((Object = "application/pdf")))))]
async fn get_report(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Params(how): Params<HowReport>,
) -> Result<Response> {
    let purpose = parse_purpose(how.purpose.as_deref())?;
    let lang = language(how.lang.as_deref())?;
    let done = report::render(&app, &actor, id, purpose, lang).await?;
    Ok(shown(&headers, "application/pdf", &done.file_name, done.pdf))
}

fn language(asked: Option<&str>) -> Result<Lang> {
    let asked = asked.unwrap_or("vi");
    Lang::parse(asked).ok_or_else(|| Problem::refused("lang", "not-in-list", asked, "vi, en"))
}

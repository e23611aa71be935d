//! Parcels: found by reference, certificate, point or box; one with its history.

use super::geojson;
use super::guard::By;
use super::input::{Input, Page, Paging, Params, with_next};
use super::output::{made, tagged};
use super::problem::{Problem, Result};
use crate::app::App;
use crate::domain::parcel::rank::clear_winner;
use crate::domain::parcel::reference::{normalise, parse_key, parse_text};
use crate::domain::verify::text::{Lang, message};
use crate::domain::verify::{Candidate, Message, ParcelRef, Wish};
use crate::flow::case::parse_purpose;
use crate::flow::parcel::{self, Act, History, NewAct, ParcelView, Place, Revocation, StepView, Traced};
use crate::flow::verification;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::Date;
use time::macros::format_description;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(find_parcels))
        .routes(routes!(search_parcels))
        .routes(routes!(get_parcel))
        .routes(routes!(parcel_history))
        .routes(routes!(inspect_parcel))
        .routes(routes!(record_act))
        .routes(routes!(revoke_act))
}

/// Exactly one of `ref`, `point`, `bbox`.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// `commune/sheet/number` (the commune as a code or a name, of any time), or the words of a paper.
    #[serde(rename = "ref")]
    #[param(example = "20194/12/345")]
    reference: Option<String>,
    /// With `ref`: what it came to by the end of this day (year-month-day); today when left out.
    #[param(example = "2026-03-01")]
    at: Option<String>,
    /// `longitude,latitude`; with `zone`, `easting,northing` in metres.
    #[param(example = "108.2022,16.0678")]
    point: Option<String>,
    /// `west,south,east,north` in degrees, within one `zone`; in metres with `crs=zone`. At most 30 km wide and high; up to
    /// `limit` parcels, by id.
    #[param(example = "108.20,16.06,108.21,16.07")]
    bbox: Option<String>,
    /// EPSG code of a cadastral zone.
    #[param(example = 5899)]
    zone: Option<i32>,
    /// `wgs84` (as when left out) or `zone`: what the numbers of `bbox` are.
    crs: Option<String>,
    /// json or geojson; when left out, as `Accept` says.
    #[param(example = "geojson")]
    f: Option<String>,
}

/// What the answer is written in.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Written {
    /// json or geojson; when left out, as `Accept` says.
    #[param(example = "geojson")]
    f: Option<String>,
}

/// Parcels that were found.
#[derive(Serialize, utoipa::ToSchema)]
struct Found {
    #[serde(flatten)]
    page: Page<ParcelView>,
    /// Only for `ref`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<ReferenceView>,
}

/// How a reference was understood.
#[derive(Serialize, utoipa::ToSchema)]
struct ReferenceView {
    /// In one spelling.
    #[schema(value_type = Object)]
    asked: ParcelRef,
    /// Several parcels fit about as well: a person chooses.
    ambiguous: bool,
    /// Best first; at most the first ten are among the items.
    candidates: Vec<CandidateView>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct CandidateView {
    parcel_id: Uuid,
    zone: i32,
    /// `commune/sheet/number` of today.
    key: String,
    /// Higher is better; only the order counts.
    score: i32,
    reasons: Vec<Reason>,
    /// In force on the day that was asked for.
    in_force: bool,
    /// Dated steps from the name to this parcel, oldest first; none when it is the name it bears.
    steps: Vec<StepView>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct Reason {
    /// Stable.
    #[schema(example = "resolve-exact")]
    code: String,
    vi: String,
    en: String,
}

impl ReferenceView {
    fn of(asked: ParcelRef, found: Vec<Traced>) -> Self {
        let ranked: Vec<Candidate> = found.iter().map(|t| t.candidate.clone()).collect();
        let ambiguous = !ranked.is_empty() && clear_winner(&ranked).is_none();
        Self { asked, ambiguous, candidates: found.into_iter().map(CandidateView::of).collect() }
    }
}

impl CandidateView {
    fn of(t: Traced) -> Self {
        let reason = |code: String| {
            let words = Message::new(code.clone());
            Reason { vi: message(Lang::Vi, &words), en: message(Lang::En, &words), code }
        };
        let c = t.candidate;
        Self {
            parcel_id: c.parcel_id,
            zone: c.zone.0,
            key: format!("{}/{}/{}", c.commune_code, c.sheet, c.number),
            score: c.score,
            reasons: c.reasons.into_iter().map(reason).collect(),
            in_force: t.in_force,
            steps: t.steps,
        }
    }
}

/// Find parcels by reference, point or box; by a certificate: `POST /parcels/search`.
///
/// An ambiguous reference is an answer, not an error: its candidates come ranked, with reasons in Vietnamese and English.
/// As GeoJSON: a FeatureCollection in WGS 84.
#[utoipa::path(get, path = "/parcels", tag = "parcels", params(Search, Paging),
    responses((status = 200, content((Found = "application/json"), (Object = "application/geo+json")))))]
async fn find_parcels(
    State(app): State<App>,
    headers: HeaderMap,
    Params(search): Params<Search>,
    paging: Paging,
) -> Result<Response> {
    let as_geojson = geojson::wanted(&headers, search.f.as_deref())?;
    let found = find(&app, &search, &paging).await?;
    let next = found.page.next.clone();
    let value = if as_geojson { collection(&found) } else { json!(found) };
    Ok(with_next(geojson::answer(&headers, as_geojson, &value), next.as_deref()))
}

async fn find(app: &App, s: &Search, paging: &Paging) -> Result<Found> {
    let all = |items| Found { page: Page { items, next: None }, reference: None };
    match (&s.reference, &s.point, &s.bbox) {
        (Some(text), None, None) => {
            let asked = reference(text)?;
            let traced = parcel::trace(app, &asked, s.at.as_deref().map(day).transpose()?).await?;
            let items = parcel::views(app, traced.iter().take(10).map(|t| t.candidate.parcel_id)).await?;
            Ok(Found { reference: Some(ReferenceView::of(normalise(&asked), traced)), ..all(items) })
        }
        (None, Some(point), None) => {
            let [x, y] = numbers("point", point, "longitude,latitude; or easting,northing with zone")?;
            Ok(all(parcel::at_place(app, Place { zone: s.zone, x, y }).await?))
        }
        (None, None, Some(bbox)) => {
            let bounds = numbers("bbox", bbox, "west,south,east,north")?;
            let zone = s
                .zone
                .ok_or_else(|| Problem::refused("zone", "required", "nothing", "EPSG code of a cadastral zone"))?;
            let degrees = degrees(s.crs.as_deref())?;
            let rows = parcel::in_box(app, zone, degrees, bounds, paging.key()?, i64::from(paging.limit)).await?;
            Ok(Found { page: paging.cut(rows, |p| p.id), reference: None })
        }
        (None, None, None) => Err(Problem::refused("ref", "required", "nothing", "one of ref, point, bbox")),
        _ => Err(Problem::refused("ref", "shape", "several", "only one of ref, point, bbox")),
    }
}

/// A search by what is printed on a certificate: in the body, as addresses are logged and kept on the way.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"serial": "CK 123456", "purpose": "verify"}))]
struct SerialSearch {
    /// Serial of a certificate handed in with a case.
    serial: String,
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request.
    purpose: String,
}

/// Parcels of the cases in which a certificate with this serial was handed in; only of cases whose papers the caller may read.
/// Each such read is logged, with the purpose.
#[utoipa::path(post, path = "/parcels/search", tag = "parcels", request_body = SerialSearch, responses((status = 200, body = Page<ParcelView>)))]
async fn search_parcels(
    State(app): State<App>,
    By(actor): By,
    Input(asked): Input<SerialSearch>,
) -> Result<Json<Page<ParcelView>>> {
    let purpose = parse_purpose(Some(&asked.purpose))?;
    Ok(Json(Page { items: parcel::by_serial(&app, &actor, &asked.serial, purpose).await?, next: None }))
}

fn reference(text: &str) -> Result<ParcelRef> {
    parse_key(text)
        .or_else(|| parse_text(text).map(|written| written.parcel))
        .ok_or_else(|| Problem::refused("ref", "shape", text, "20194/12/345, or: thửa 345, tờ 12, phường ..."))
}

fn day(text: &str) -> Result<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| Problem::refused("at", "shape", text, "year-month-day, as 2026-03-01"))
}

fn degrees(crs: Option<&str>) -> Result<bool> {
    match crs {
        None | Some("wgs84") => Ok(true),
        Some("zone") => Ok(false),
        Some(other) => Err(Problem::refused("crs", "not-in-list", other, "wgs84, zone")),
    }
}

fn numbers<const N: usize>(field: &str, text: &str, allowed: &str) -> Result<[f64; N]> {
    let read: Option<Vec<f64>> =
        text.split(',').map(|n| n.trim().parse().ok().filter(|n: &f64| n.is_finite())).collect();
    read.and_then(|n| n.try_into().ok()).ok_or_else(|| Problem::refused(field, "shape", text, allowed))
}

fn collection(found: &Found) -> Value {
    let features = found.page.items.iter().map(|p| geojson::feature(&p.id.to_string(), p)).collect();
    let mut all = geojson::collection(features);
    if let Some(next) = &found.page.next {
        all["next"] = json!(next);
    }
    if let Some(reference) = &found.reference {
        all["reference"] = json!(reference);
    }
    all
}

/// A parcel with its latest verdict, its open cases and its lineage. Its `ETag` changes when any of these does.
#[utoipa::path(get, path = "/parcels/{id}", tag = "parcels", params(("id" = Uuid, Path), Written),
    responses((status = 200, content((ParcelView = "application/json"), (Object = "application/geo+json"))), (status = 304)))]
async fn get_parcel(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Params(written): Params<Written>,
) -> Result<Response> {
    let as_geojson = geojson::wanted(&headers, written.f.as_deref())?;
    let view = parcel::view(&app, id).await?;
    let value = if as_geojson { geojson::feature(&id.to_string(), &view) } else { json!(view) };
    Ok(geojson::answer(&headers, as_geojson, &value))
}

/// What a parcel was, version by version, with its former names and its lineage.
#[utoipa::path(get, path = "/parcels/{id}/history", tag = "parcels", params(("id" = Uuid, Path)),
    responses((status = 200, body = History), (status = 304)))]
async fn parcel_history(State(app): State<App>, Path(id): Path<Uuid>, headers: HeaderMap) -> Result<Response> {
    Ok(tagged(&headers, &parcel::history(&app, id).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Wished {
    /// Land-use code wished for.
    #[param(example = "ODT")]
    target_use: Option<String>,
    /// Into how many parts it would be split.
    #[param(example = 2)]
    split_parts: Option<u32>,
    /// json or geojson; when left out, as `Accept` says.
    f: Option<String>,
}

/// What the checks say of a parcel today, without a case. Nothing is stored.
///
/// JSON is a record (schema/verification.schema.json); GeoJSON is its evidence in WGS 84.
#[utoipa::path(get, path = "/parcels/{id}/inspection", tag = "parcels", params(("id" = Uuid, Path), Wished),
    responses((status = 200, content((Object = "application/json"), (Object = "application/geo+json")))))]
async fn inspect_parcel(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Params(wished): Params<Wished>,
) -> Result<Response> {
    let as_geojson = geojson::wanted(&headers, wished.f.as_deref())?;
    let wish = Wish { target_use: wished.target_use, split_parts: wished.split_parts, ..Wish::default() };
    let record = verification::inspect(&app, parcel::zone_of(&app, id).await?, id, wish).await?.record;
    let value = if as_geojson { verification::evidence(&app, &record).await? } else { json!(record) };
    Ok(geojson::answer(&headers, as_geojson, &value))
}

/// Record a split, merge, renumbering or re-survey from its decision.
///
/// From then on a reference to what was before leads to what came of it (`GET /parcels?ref=...`), with the day and the decision.
#[utoipa::path(post, path = "/parcel-acts", tag = "parcels", request_body = NewAct, responses((status = 201, body = Act)))]
async fn record_act(State(app): State<App>, By(actor): By, Input(new): Input<NewAct>) -> Result<Response> {
    let done = parcel::record(&app, &actor, new).await?;
    let place = done.to_parcels.first().map_or(String::new(), |id| format!("/api/v1/parcels/{id}/history"));
    Ok(made(&done, &place))
}

/// Revoke a recorded act as wrong. It stays in the history; nothing follows it any more, but for queries as of a day before.
#[utoipa::path(post, path = "/parcel-acts/{id}/revocation", tag = "parcels", params(("id" = Uuid, Path)), request_body = Revocation,
    responses((status = 200, body = Act)))]
async fn revoke_act(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(why): Input<Revocation>,
) -> Result<Json<Act>> {
    Ok(Json(parcel::revoke(&app, &actor, id, &why).await?))
}

//! Map layers: their versions, what was said about rows, publishing.

use super::guard::By;
use super::input::{Input, Page, Paging, Params, one_of};
use super::output::tagged;
use super::problem::{Problem, Result};
use crate::app::App;
use crate::flow::layer::{self, Difference, Discarded, Published, Withdrawn};
use crate::store::layer::{VersionRow, Which};
use crate::store::layer_issue::{IssueCount, NumberedIssue};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::Object;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_layers))
        .routes(routes!(get_layer_version))
        .routes(routes!(layer_issues))
        .routes(routes!(layer_diff))
        .routes(routes!(publish_layer))
        .routes(routes!(discard_layer))
        .routes(routes!(rollback_layer))
        .routes(routes!(withdraw_layer))
}

fn states() -> Object {
    one_of(&["staging", "checked", "published", "superseded", "discarded"])
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Code of a layer.
    #[param(example = "cadastral_demo")]
    layer: Option<String>,
    /// Code of a theme.
    #[param(example = "parcel")]
    theme: Option<String>,
    /// staging, checked, published, superseded, discarded.
    #[param(schema_with = states, example = "published")]
    state: Option<String>,
}

/// Versions of layers, by layer and what they replace as one, newest first.
#[utoipa::path(get, path = "/layers", tag = "layers", params(Filter, Paging), responses((status = 200, body = Page<VersionRow>)))]
async fn list_layers(State(app): State<App>, Params(f): Params<Filter>, paging: Paging) -> Result<Response> {
    let which = Which {
        layer: f.layer.as_deref(),
        theme: f.theme.as_deref(),
        state: f.state.as_deref(),
        after: paging.key()?,
        limit: Some(paging.fetch()),
        ..Which::default()
    };
    Ok(paging.page(layer::list(&app, which).await?, |v| v.id))
}

#[derive(Serialize, utoipa::ToSchema)]
struct VersionView {
    #[serde(flatten)]
    version: VersionRow,
    /// How many rows each thing was said about.
    issues: Vec<IssueCount>,
}

/// A version with the counts of what was said about its rows.
#[utoipa::path(get, path = "/layer-versions/{id}", tag = "layers", params(("id" = i64, Path, example = 1)),
    responses((status = 200, body = VersionView), (status = 304)))]
async fn get_layer_version(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response> {
    let (version, issues) = layer::show(&app, version_id(&id)?).await?;
    Ok(tagged(&headers, &VersionView { version, issues }))
}

/// What was said about rows: those set aside with all that was sent of them, and remarks on others.
#[utoipa::path(get, path = "/layer-versions/{id}/issues", tag = "layers", params(("id" = i64, Path, example = 1), Paging),
    responses((status = 200, body = Page<NumberedIssue>)))]
async fn layer_issues(State(app): State<App>, Path(id): Path<String>, paging: Paging) -> Result<Response> {
    let after = paging.key()?.unwrap_or(-1);
    Ok(paging.page(layer::numbered_issues(&app, version_id(&id)?, after, paging.fetch()).await?, |i| i.no))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Most {
    /// Rows listed, 1 to 1000.
    #[serde(default = "two_hundred")]
    #[param(example = 200, minimum = 1, maximum = 1000)]
    limit: i64,
}

fn two_hundred() -> i64 {
    200
}

/// What differs between two versions of one zone.
#[utoipa::path(get, path = "/layer-versions/{id}/diff/{to}", tag = "layers",
    params(("id" = i64, Path, example = 1), ("to" = i64, Path, example = 2), Most), responses((status = 200, body = Difference)))]
async fn layer_diff(
    State(app): State<App>,
    Path((from, to)): Path<(String, String)>,
    Params(most): Params<Most>,
) -> Result<Json<Difference>> {
    if !(1..=1000).contains(&most.limit) {
        return Err(Problem::refused("limit", "range", most.limit, "1-1000"));
    }
    Ok(Json(layer::diff(&app, version_id(&from)?, version_id(&to)?, most.limit).await?))
}

/// Make a checked version the current one. For the cadastral map this changes the parcels, in the same transaction.
#[utoipa::path(post, path = "/layer-versions/{id}/publish", tag = "layers", params(("id" = i64, Path, example = 1)),
    responses((status = 200, body = Published)))]
async fn publish_layer(State(app): State<App>, By(actor): By, Path(id): Path<String>) -> Result<Json<Published>> {
    Ok(Json(layer::publish(&app, &actor, version_id(&id)?).await?))
}

/// Drop a version that was never published. What was said about its rows stays.
#[utoipa::path(post, path = "/layer-versions/{id}/discard", tag = "layers", params(("id" = i64, Path, example = 1)),
    responses((status = 200, body = Discarded)))]
async fn discard_layer(State(app): State<App>, By(actor): By, Path(id): Path<String>) -> Result<Json<Discarded>> {
    Ok(Json(layer::discard(&app, &actor, version_id(&id)?).await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"coverage_key": "20194"}))]
struct Rollback {
    /// What is replaced as one: a commune, a sheet; `all` when left out.
    #[serde(default = "all")]
    coverage_key: String,
    /// Number of a version that was published; the one before the current one when left out.
    to: Option<i32>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"coverage_key": "20194", "reason": "The sheet of another commune was published."}))]
struct Withdraw {
    /// What is replaced as one: a commune, a sheet; `all` when left out.
    #[serde(default = "all")]
    coverage_key: String,
    /// Why, 10 to 500 characters; goes into the audit.
    reason: String,
}

fn all() -> String {
    "all".to_owned()
}

/// Take the current version back, published by mistake: the layer has none then, and its theme is not covered.
#[utoipa::path(post, path = "/layers/{code}/withdraw", tag = "layers", params(("code" = String, Path, example = "cadastral_demo")),
    request_body = Withdraw, responses((status = 200, body = Withdrawn)))]
async fn withdraw_layer(
    State(app): State<App>,
    By(actor): By,
    Path(code): Path<String>,
    Input(what): Input<Withdraw>,
) -> Result<Json<Withdrawn>> {
    Ok(Json(layer::withdraw(&app, &actor, &code, &what.coverage_key, &what.reason).await?))
}

/// Make an earlier version current again: the one before the current one, or the one that is named.
#[utoipa::path(post, path = "/layers/{code}/rollback", tag = "layers", params(("code" = String, Path, example = "cadastral_demo")),
    request_body = Rollback, responses((status = 200, body = Published)))]
async fn rollback_layer(
    State(app): State<App>,
    By(actor): By,
    Path(code): Path<String>,
    Input(what): Input<Rollback>,
) -> Result<Json<Published>> {
    Ok(Json(layer::rollback(&app, &actor, &code, &what.coverage_key, what.to).await?))
}

/// Ids of versions are numbers; anything else names none.
fn version_id(text: &str) -> Result<i64> {
    let missing = || crate::flow::Error::NotFound { what: "layer version", id: text.to_owned() };
    Ok(text.parse().map_err(|_| missing())?)
}

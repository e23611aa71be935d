//! The HTTP door: `/api/v1` in JSON, its OpenAPI document, health and metrics. It translates in and out and decides nothing.
//!
//! A new route: one file per noun with `pub fn routes() -> OpenApiRouter<App>`, merged in [`api`], and a row in
//! [`access::RULES`]. Without the row it refuses everybody.

pub mod access;
mod advice;
mod appointments;
mod archives;
mod asked;
mod auth;
mod case_desk;
mod case_news;
mod case_timeline;
mod cases;
mod check;
mod check_file;
mod contract_desk;
mod contracts;
mod customers;
mod desks;
mod envelope;
mod events;
mod examples;
mod field;
mod geojson;
mod guard;
mod hand_overs;
mod health;
mod idempotent;
mod imports;
pub mod input;
mod job_events;
mod jobs;
mod language;
mod layers;
mod obligations;
mod openapi;
mod opinions;
pub mod output;
mod paper_requests;
mod papers;
mod parcels;
mod parties;
mod payments;
mod plans;
pub mod problem;
mod quotations;
mod retention;
mod reviews;
mod serve;
mod staff;
mod submissions;
mod surveys;
mod tasks;
mod tokens;
mod verification_runs;
mod verifications;
mod watches;

pub use guard::{By, COOKIE};
pub use serve::serve;

use crate::app::App;
use axum::Router;
use axum::middleware::from_fn_with_state;
use problem::{Kind, Problem};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;

/// Everything under `/api/v1`.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(auth::routes())
        .merge(staff::routes())
        .merge(tokens::routes())
        .merge(cases::routes())
        .merge(case_timeline::routes())
        .merge(case_desk::routes())
        .merge(case_news::routes())
        .merge(customers::routes())
        .merge(paper_requests::routes())
        .merge(parties::routes())
        .merge(papers::routes())
        .merge(parcels::routes())
        .merge(layers::routes())
        .merge(imports::routes())
        .merge(verifications::routes())
        .merge(verification_runs::routes())
        .merge(opinions::routes())
        .merge(advice::routes())
        .merge(quotations::routes())
        .merge(contracts::routes())
        .merge(payments::routes())
        .merge(contract_desk::routes())
        .merge(desks::routes())
        .merge(submissions::routes())
        .merge(reviews::routes())
        .merge(hand_overs::routes())
        .merge(obligations::routes())
        .merge(archives::routes())
        .merge(surveys::routes())
        .merge(watches::routes())
        .merge(retention::routes())
        .merge(tasks::routes())
        .merge(plans::routes())
        .merge(field::routes())
        .merge(appointments::routes())
        .merge(check::api())
        .merge(jobs::routes())
        .merge(job_events::routes())
}

fn described() -> (Router<App>, serde_json::Value) {
    let (router, document) = OpenApiRouter::with_openapi(openapi::frame())
        .merge(health::routes())
        .merge(check::routes())
        .merge(check_file::routes())
        .nest("/api/v1", api())
        .split_for_parts();
    let document = openapi::finish(document);
    let served = document.to_string();
    let router = router
        .route("/api/v1/openapi.json", axum::routing::get(move |headers| openapi::serve(headers, served.clone())));
    (router, document)
}

/// The OpenAPI 3.1 document.
pub fn openapi() -> serde_json::Value {
    described().1
}

/// The whole service as a router, with every guard around it.
pub fn router(app: App) -> Router {
    guarded(described().0, app)
}

/// Puts the guards around routes: access, limits, problems, logging.
pub fn guarded(routes: Router<App>, app: App) -> Router {
    crate::telemetry::metrics();
    routes
        .fallback(async || Problem::new(Kind::NotFound))
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .layer(CatchPanicLayer::custom(envelope::Panicked))
        .layer(from_fn_with_state(app.clone(), envelope::envelope))
        .layer(CompressionLayer::new())
        .with_state(app)
}

//! Is it alive, is it ready, how is it doing.

use super::problem::{Kind, Problem, Result};
use crate::app::App;
use crate::flow::job::{Metrics, Specs};
use crate::{flow, store, telemetry};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics_page))
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = Value, example = json!({"alive": true}))))]
async fn healthz() -> Json<Value> {
    Json(json!({"alive": true}))
}

/// Ready; `warnings` name what a person has to see to before long.
fn ready(app: &App) -> Result<Value> {
    Ok(match flow::case::calendar_ends(app)? {
        None => json!({"ready": true}),
        Some(days) => json!({"ready": true, "warnings": [{"code": "calendar-ends", "days": days}]}),
    })
}

/// The database answers and its schema is the one this program was built for. `warnings`: `calendar-ends`, and in how many days
/// (negative: it has ended; what ends later is counted by weekdays alone).
#[utoipa::path(get, path = "/readyz", tag = "health", responses((status = 200, body = Value, example = json!({"ready": true}))))]
async fn readyz(State(app): State<App>) -> Result<Json<Value>> {
    let asked = tokio::time::timeout(Duration::from_secs(4), store::migrations::out_of_step(&app.pool)).await;
    let unready = |detail: &str| Problem::new(Kind::Unavailable).retry_after(5).detail(detail);
    match asked {
        Ok(Ok(0)) => Ok(Json(ready(&app)?)),
        Ok(Ok(_)) => Err(unready("schema")),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            Err(unready("database"))
        }
        Err(_) => Err(unready("database")),
    }
}

/// Numbers in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = 200, body = String, content_type = "text/plain")))]
async fn metrics_page(State(app): State<App>) -> impl IntoResponse {
    metrics::gauge!("diaba_db_connections").set(f64::from(app.pool.size()));
    metrics::gauge!("diaba_db_connections_idle").set(app.pool.num_idle() as f64);
    if let Ok(ends) = flow::case::calendar_ends(&app) {
        metrics::gauge!("diaba_calendar_ends_soon").set(f64::from(u8::from(ends.is_some())));
    }
    match flow::job::metrics(&app).await {
        Ok(busy) => queue_gauges(busy),
        Err(error) => tracing::warn!(%error, "the queue was not counted"),
    }
    let handle = telemetry::metrics();
    handle.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render())
}

/// A queue without unfinished jobs shows zeros, not what it had last.
fn queue_gauges(busy: Vec<Metrics>) {
    let known = Specs::shipped().ok().into_iter().flat_map(|s| s.0.values().map(|s| s.queue.as_str()));
    let idle: BTreeSet<&str> = known.filter(|q| busy.iter().all(|b| b.queue != *q)).collect();
    let idle = idle.into_iter().map(|q| Metrics { queue: q.to_owned(), ..Metrics::default() });
    for m in busy.iter().cloned().chain(idle) {
        for (state, number) in [("due", m.depth), ("scheduled", m.scheduled), ("running", m.running), ("dead", m.dead)]
        {
            metrics::gauge!("diaba_jobs", "queue" => m.queue.clone(), "state" => state).set(number as f64);
        }
        metrics::gauge!("diaba_jobs_oldest_due_seconds", "queue" => m.queue).set(m.oldest_due_s);
    }
}

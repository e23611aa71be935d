//! Around every request: its id, its log line, its numbers, the document of its problem and the headers that keep browsers
//! careful.

use super::language::lang;
use super::problem::{self, Kind, Problem};
use crate::app::App;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Instant;
use tower_http::catch_panic::ResponseForPanic;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub async fn envelope(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = app.clock.new_id().to_string();
    let language = lang(request.headers());
    let route = request.extensions().get::<MatchedPath>().map_or("none".to_owned(), |p| p.as_str().to_owned());
    let method = request.method().to_string();
    let span = tracing::info_span!("request", %id, %method, %route);
    let response = async {
        let response = problem::render(next.run(request).await, language, &id);
        let (status, ms) = (response.status().as_u16(), started.elapsed().as_secs_f64() * 1000.0);
        tracing::info!(status, ms, "answered");
        response
    };
    let mut response = response.instrument(span).await;
    let status = response.status().as_u16().to_string();
    let seconds = started.elapsed().as_secs_f64();
    metrics::histogram!("diaba_http_request_seconds", "method" => method.clone(), "route" => route.clone())
        .record(seconds);
    metrics::counter!("diaba_http_requests_total", "method" => method, "route" => route, "status" => status)
        .increment(1);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in CAREFUL {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

const CAREFUL: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

/// A panic is a fault of ours; its text goes to the log.
#[derive(Clone)]
pub struct Panicked;

impl ResponseForPanic for Panicked {
    type ResponseBody = Body;
    fn response_for_panic(&mut self, panic: Box<dyn Any + Send + 'static>) -> Response {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        tracing::error!(panic = text.unwrap_or("no text"), "a handler panicked");
        Problem::new(Kind::Broken).into_response()
    }
}

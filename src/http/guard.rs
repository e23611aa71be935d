//! The gate in front of every route: finds its rule, asks who calls, sets its limits.

use super::access::{self, Carries, Rule, Who};
use super::asked;
use super::idempotent;
use super::problem::{Kind, Problem, Result};
use crate::app::App;
use crate::flow::staff::{Actor, Credential, authenticate};
use axum::RequestExt;
use axum::extract::{DefaultBodyLimit, FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use std::time::Duration;

pub const COOKIE: &str = "diaba_session";

/// Who calls, for handlers. There is none on routes open to anyone.
#[derive(Clone)]
pub struct By(pub Actor);

impl<S: Sync> FromRequestParts<S> for By {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts.extensions.get::<By>().cloned().ok_or_else(|| Problem::new(Kind::Unauthenticated))
    }
}

pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else {
        return next.run(request).await; // nothing matched: the fallback says so
    };
    let rule = access::find(request.method(), path.as_str());
    let actor = match admit(&app, request.method(), request.headers(), rule).await {
        Ok(actor) => actor,
        Err(problem) => return problem.into_response(),
    };
    let Some(rule) = rule else { return Problem::new(Kind::Forbidden).into_response() };
    let values = match request.extract_parts::<RawPathParams>().await {
        Ok(values) => values,
        Err(_) => return Problem::refused("path", "wrong-type", request.uri().path(), "UTF-8").into_response(),
    };
    if let Err(problem) = asked::check(request.method(), path.as_str(), &values, request.uri()) {
        return problem.into_response();
    }
    let limits = &app.config.limits;
    let (bytes, time) = match rule.carries {
        Carries::Json => (limits.body_bytes, limits.request),
        Carries::Slow => (limits.body_bytes, limits.request * 10),
        Carries::Scan => (limits.scan_bytes, limits.request),
        Carries::Proof => (8 << 20, limits.request),
        Carries::Upload => (limits.upload_bytes, limits.request * 10),
    };
    // 4 KiB for what a multipart form wraps around a file.
    DefaultBodyLimit::max(bytes + 4096).apply(&mut request);
    let limits = Limits { bytes, time };
    let answer = async {
        match actor {
            Some(actor) => idempotent::run(&app, rule, actor, limits, request, next).await,
            None => next.run(request).await,
        }
    };
    // A little longer than an act may take: it ends by itself, and tidies up.
    tokio::time::timeout(time + Duration::from_secs(5), answer).await.unwrap_or_else(|_| too_late())
}

/// What one request may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub bytes: usize,
    pub time: Duration,
}

pub fn too_late() -> Response {
    Problem::new(Kind::Timeout).retry_after(5).into_response()
}

/// The caller, when the rule admits them. A route without a rule admits nobody, signed in or not.
async fn admit(app: &App, method: &Method, headers: &HeaderMap, rule: Option<&Rule>) -> Result<Option<Actor>> {
    if let Some(Rule { who: Who::Anyone, .. }) = rule {
        return Ok(None);
    }
    let jar = CookieJar::from_headers(headers);
    let bearer = bearer(headers);
    let credential = match (bearer, jar.get(COOKIE)) {
        (Some(token), _) => Credential::Token(token),
        (None, Some(cookie)) => {
            same_origin(app, method, headers)?;
            Credential::Session(cookie.value())
        }
        (None, None) => return Err(Problem::new(Kind::Unauthenticated)),
    };
    let actor = authenticate(app, credential).await?.ok_or_else(|| Problem::new(Kind::Unauthenticated))?;
    match rule {
        Some(rule) if rule.who.admits(&actor) => Ok(Some(actor)),
        Some(rule) => Err(Problem::new(Kind::Forbidden).detail(rule.who.needs(&actor))),
        None => Err(Problem::new(Kind::Forbidden)),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A browser that writes with a cookie must do so from our own pages. `SameSite=Strict` keeps the cookie at home; this is
/// the second lock.
fn same_origin(app: &App, method: &Method, headers: &HeaderMap) -> Result<()> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let site_ok = text("sec-fetch-site").is_none_or(|s| matches!(s, "same-origin" | "none"));
    let origin_ok = text("origin").is_none_or(|origin| match &app.config.public_url {
        Some(url) => origin == url,
        None => text("host").is_some_and(|host| origin.split_once("://").is_some_and(|(_, o)| o == host)),
    });
    if site_ok && origin_ok { Ok(()) } else { Err(Problem::new(Kind::CrossOrigin)) }
}

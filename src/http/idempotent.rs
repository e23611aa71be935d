//! Idempotency keys: a POST sent twice is done once. The key is claimed before the act; the answer is kept in the act's own
//! transaction (`flow::commit`), or here right after for acts that have none. A refused or failed request gives its key back.

use super::access::{Carries, Rule, Verb};
use super::guard::{By, Limits, too_late};
use super::problem::{Kind, Problem, Result};
use crate::app::App;
use crate::flow;
use crate::flow::Answer;
use crate::flow::staff::Actor;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;
use tracing::Instrument;

pub const KEY: &str = "idempotency-key";
const REPLAYED: &str = "idempotency-replayed";
/// Answers longer than this are not kept here (acts keep their own whatever the length).
const LONGEST_ANSWER: usize = 1 << 20;

/// Runs the request as `actor`, once per idempotency key.
pub async fn run(app: &App, rule: &Rule, actor: Actor, limits: Limits, mut request: Request, next: Next) -> Response {
    let key = request.headers().get(KEY).filter(|_| rule.verb == Verb::Post).cloned();
    let asked = format!("{} {}\n", request.method(), request.uri());
    let once = Once { actor, key, asked, limits };
    if rule.carries == Carries::Upload {
        request.extensions_mut().insert(once);
        return timeout(limits.time, next.run(request)).await.unwrap_or_else(|_| too_late());
    }
    let (mut request, content) = match once.key {
        None => (request, Vec::new()),
        Some(_) => match read(request, limits.bytes).await {
            Ok(read) => read,
            Err(problem) => return problem.into_response(),
        },
    };
    let act = |actor| {
        request.extensions_mut().insert(By(actor));
        next.run(request)
    };
    once.run(app, &content, act).await
}

/// Who asks for what, to be done once. A handler that reads a stream takes this in place of [`By`]: what was sent is known only
/// when it was read.
#[derive(Clone)]
pub struct Once {
    actor: Actor,
    key: Option<HeaderValue>,
    asked: String,
    limits: Limits,
}

impl<S: Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts.extensions.remove::<Once>().ok_or_else(|| Problem::new(Kind::Unauthenticated))
    }
}

impl Once {
    /// Runs `act`, unless this was asked before with the same `content`.
    pub async fn run<F>(mut self, app: &App, content: &[u8], act: impl FnOnce(Actor) -> F) -> Response
    where
        F: Future<Output = Response> + Send + 'static,
    {
        let time = self.limits.time;
        let Some(key) = self.key.take() else {
            return timeout(time, act(self.actor)).await.unwrap_or_else(|_| too_late());
        };
        match self.claim(app, &key, content).await {
            Ok(None) => {}
            Ok(Some(answer)) => return replay(answer),
            Err(problem) => return problem.into_response(),
        }
        // On its own: a client that hangs up and asks again finds the answer, not a half-done request.
        let (app, actor, act) = (app.clone(), self.actor.clone(), act(self.actor));
        let settled = async move {
            let response = timeout(time, act).await.unwrap_or_else(|_| too_late());
            settle(&app, &actor, response).await
        };
        tokio::spawn(settled.in_current_span()).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a request ended in the middle");
            Problem::new(Kind::Broken).into_response()
        })
    }

    /// The answer when it was given before; none: the actor holds the key now.
    async fn claim(&mut self, app: &App, key: &HeaderValue, content: &[u8]) -> Result<Option<Answer>> {
        let shaped = |k: &&str| (8..=200).contains(&k.len()) && k.bytes().all(|b| b.is_ascii_graphic());
        let key = key.to_str().ok().filter(shaped).ok_or_else(|| {
            Problem::refused("Idempotency-Key", "idempotency-key", "another shape", "8-200 visible ASCII characters")
        })?;
        let print = [self.asked.as_bytes(), content].concat();
        match flow::claim(app, &mut self.actor, key, &print).await? {
            flow::Claimed::Ours => Ok(None),
            flow::Claimed::Answered(answer) => Ok(Some(answer)),
            flow::Claimed::Elsewhere => Err(Problem::new(Kind::IdempotencyInFlight).retry_after(2)),
            flow::Claimed::OtherRequest => Err(Problem::new(Kind::IdempotencyKeyReused)),
        }
    }
}

/// The request again, and what tells its content apart from another's.
async fn read(request: Request, limit: usize) -> Result<(Request, Vec<u8>)> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, limit + 4096).await.map_err(|_| Problem::new(Kind::TooLarge))?;
    let content = without_boundary(&parts.headers, bytes.to_vec());
    Ok((Request::from_parts(parts, Body::from(bytes)), content))
}

/// A repeated upload of the same form has another boundary each time.
fn without_boundary(headers: &HeaderMap, bytes: Vec<u8>) -> Vec<u8> {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let Some((_, boundary)) = declared.split_once("boundary=") else { return bytes };
    let boundary = boundary.split(';').next().unwrap_or("").trim_matches('"').as_bytes();
    let (mut out, mut rest) = (Vec::with_capacity(bytes.len()), bytes.as_slice());
    while let Some(at) =
        (!boundary.is_empty()).then(|| rest.windows(boundary.len()).position(|w| w == boundary)).flatten()
    {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + boundary.len()..];
    }
    out.extend_from_slice(rest);
    out
}

fn replay(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], answer.body).into_response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    if let Some(location) = answer.location.and_then(|l| HeaderValue::from_str(&l).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Keeps a good answer that the act did not keep itself; gives the key back after any other.
async fn settle(app: &App, actor: &Actor, response: Response) -> Response {
    if !response.status().is_success() {
        if let Err(error) = flow::release(app, actor).await {
            tracing::warn!(%error, "an idempotency key stays claimed until its time is over");
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    let json = parts.headers.get(header::CONTENT_TYPE).is_none_or(|t| t.as_bytes().starts_with(b"application/json"));
    if !json {
        return Response::from_parts(parts, body);
    }
    let bytes = match to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "an answer could not be read");
            return Problem::new(Kind::Broken).into_response();
        }
    };
    if bytes.len() <= LONGEST_ANSWER {
        let answer = Answer {
            status: parts.status.as_u16(),
            location: parts.headers.get(header::LOCATION).and_then(|l| l.to_str().ok()).map(str::to_owned),
            body: String::from_utf8_lossy(&bytes).into_owned(),
        };
        if let Err(error) = flow::keep_answer(app, actor, &answer).await {
            tracing::warn!(%error, "an answer was not kept");
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}

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
use axum::extract::Request;
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
pub async fn run(
    app: &App,
    rule: &Rule,
    mut actor: Actor,
    limits: Limits,
    mut request: Request,
    next: Next,
) -> Response {
    let key = request.headers().get(KEY).cloned();
    let (Some(key), Verb::Post) = (key, rule.verb) else {
        request.extensions_mut().insert(By(actor));
        return timeout(limits.time, next.run(request)).await.unwrap_or_else(|_| too_late());
    };
    let mut request = match claim(app, rule, &mut actor, &key, limits.bytes, request).await {
        Ok(Claimed::Ours(request)) => request,
        Ok(Claimed::Answered(answer)) => return replay(answer),
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(By(actor.clone()));
    // On its own: a client that hangs up and asks again finds the answer, not a half-done request.
    let app = app.clone();
    let act = async move {
        let response = timeout(limits.time, next.run(request)).await.unwrap_or_else(|_| too_late());
        settle(&app, &actor, response).await
    };
    tokio::spawn(act.in_current_span()).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request ended in the middle");
        Problem::new(Kind::Broken).into_response()
    })
}

enum Claimed {
    Ours(Request),
    Answered(Answer),
}

async fn claim(
    app: &App,
    rule: &Rule,
    actor: &mut Actor,
    key: &HeaderValue,
    limit: usize,
    request: Request,
) -> Result<Claimed> {
    let key = key.to_str().ok().filter(|k| (8..=200).contains(&k.len()) && k.bytes().all(|b| b.is_ascii_graphic()));
    let key = key.ok_or_else(|| {
        Problem::refused("Idempotency-Key", "idempotency-key", "another shape", "8-200 visible ASCII characters")
    })?;
    let (parts, body) = request.into_parts();
    // A stream is told apart by what its head says; anything else by its bytes.
    let (body, bytes) = if rule.carries == Carries::Upload {
        (body, Vec::new())
    } else {
        let bytes = to_bytes(body, limit + 4096).await.map_err(|_| Problem::new(Kind::TooLarge))?;
        (Body::from(bytes.clone()), bytes.to_vec())
    };
    let mut print = format!("{} {}\n", parts.method, parts.uri).into_bytes();
    if rule.carries == Carries::Upload {
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
            print.extend_from_slice(parts.headers.get(name).map_or(b"", HeaderValue::as_bytes));
            print.push(b'\n');
        }
    }
    print.extend_from_slice(&without_boundary(&parts.headers, bytes));
    match flow::claim(app, actor, key, &print).await? {
        flow::Claimed::Ours => Ok(Claimed::Ours(Request::from_parts(parts, body))),
        flow::Claimed::Answered(answer) => Ok(Claimed::Answered(answer)),
        flow::Claimed::Elsewhere => Err(Problem::new(Kind::IdempotencyInFlight).retry_after(2)),
        flow::Claimed::OtherRequest => Err(Problem::new(Kind::IdempotencyKeyReused)),
    }
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

//! What a client is told when a request is not done: RFC 9457, and the only place that knows status codes.
//!
//! A handler returns a [`Problem`]; it is rendered by [`render`] on the way out, where language and request id are known.

use crate::domain::problem::{self as words, FieldProblem};
use crate::domain::verify::text::Lang;
use crate::flow;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub type Result<T> = std::result::Result<T, Problem>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Malformed,
    Unauthenticated,
    SignInWrong,
    TooManyAttempts,
    Forbidden,
    CrossOrigin,
    NotFound,
    Conflict,
    IdempotencyInFlight,
    IdempotencyKeyReused,
    Refused,
    TooLarge,
    MediaType,
    Unavailable,
    Timeout,
    Broken,
}

impl Kind {
    /// Last part of the stable `type`, and the status.
    pub const fn parts(self) -> (&'static str, StatusCode) {
        use StatusCode as S;
        match self {
            Kind::Malformed => ("malformed", S::BAD_REQUEST),
            Kind::Unauthenticated => ("unauthenticated", S::UNAUTHORIZED),
            Kind::SignInWrong => ("sign-in-wrong", S::UNAUTHORIZED),
            Kind::TooManyAttempts => ("too-many-attempts", S::TOO_MANY_REQUESTS),
            Kind::Forbidden => ("forbidden", S::FORBIDDEN),
            Kind::CrossOrigin => ("cross-origin", S::FORBIDDEN),
            Kind::NotFound => ("not-found", S::NOT_FOUND),
            Kind::Conflict => ("conflict", S::CONFLICT),
            Kind::IdempotencyInFlight => ("idempotency-in-flight", S::CONFLICT),
            Kind::IdempotencyKeyReused => ("idempotency-key-reused", S::UNPROCESSABLE_ENTITY),
            Kind::Refused => ("refused", S::UNPROCESSABLE_ENTITY),
            Kind::TooLarge => ("too-large", S::PAYLOAD_TOO_LARGE),
            Kind::MediaType => ("media-type", S::UNSUPPORTED_MEDIA_TYPE),
            Kind::Unavailable => ("unavailable", S::SERVICE_UNAVAILABLE),
            Kind::Timeout => ("timeout", S::SERVICE_UNAVAILABLE),
            Kind::Broken => ("broken", S::INTERNAL_SERVER_ERROR),
        }
    }

    /// For a response made below us (axum's own rejections) that is no problem document yet.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Kind::NotFound,
            StatusCode::UNAUTHORIZED => Kind::Unauthenticated,
            StatusCode::FORBIDDEN => Kind::Forbidden,
            StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::MediaType,
            StatusCode::UNPROCESSABLE_ENTITY => Kind::Refused,
            StatusCode::SERVICE_UNAVAILABLE => Kind::Unavailable,
            s if s.is_client_error() => Kind::Malformed,
            _ => Kind::Broken,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub kind: Kind,
    /// Stable name of the reason (conflicts), or the noun that was not found.
    pub code: Option<String>,
    /// Safe to show: never an internal error's text.
    pub detail: Option<String>,
    pub errors: Vec<FieldProblem>,
    /// Seconds.
    pub retry_after: Option<u64>,
}

impl Problem {
    pub fn new(kind: Kind) -> Self {
        Self { kind, code: None, detail: None, errors: Vec::new(), retry_after: None }
    }
    pub fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = Some(text.into());
        self
    }
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }
    pub fn refused(field: &str, code: &str, found: impl std::fmt::Display, allowed: impl std::fmt::Display) -> Self {
        Self { errors: vec![FieldProblem::new(field, code, found, allowed)], ..Self::new(Kind::Refused) }
    }
}

impl From<flow::Error> for Problem {
    fn from(e: flow::Error) -> Self {
        use flow::Error as E;
        match e {
            E::NotFound { what, id } => {
                Self { code: Some(what.to_owned()), detail: Some(format!("{what} {id}")), ..Self::new(Kind::NotFound) }
            }
            E::Refused(errors) => Self { errors, ..Self::new(Kind::Refused) },
            E::Conflict { code, detail } => {
                Self { code: Some(code.to_owned()), detail: Some(detail), ..Self::new(Kind::Conflict) }
            }
            E::Forbidden(code) => Self { code: Some(code.to_owned()), ..Self::new(Kind::Forbidden) },
            E::Unavailable(reason) => {
                tracing::warn!(%reason, "unavailable");
                Self::new(Kind::Unavailable).retry_after(5)
            }
            E::Broken(error) => {
                tracing::error!(error = format!("{error:#}"), "broken");
                Self::new(Kind::Broken)
            }
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(e: sqlx::Error) -> Self {
        flow::Error::from(e).into()
    }
}

/// Carries the problem outwards; [`render`] gives it its body.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.parts().1.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The document, as it is sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem, example = json!({"type": "urn:diaba:problem:refused", "title": "The input cannot be taken", "status": 422,
    "instance": "urn:uuid:019a0000-0000-7000-8000-000000000000",
    "errors": [{"field": "days", "code": "range", "found": "0", "allowed": "1-366", "message": "Found 0; in the range: 1-366"}]}))]
pub struct ProblemBody {
    /// Stable: `urn:diaba:problem:<slug>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// In the language asked for (`Accept-Language`: vi, en).
    pub title: String,
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Stable name of the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The reference to name when reporting a fault; also in the header `X-Request-Id`.
    pub instance: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldBody>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = FieldProblem, example = json!({"field": "days", "code": "range", "found": "0", "allowed": "1-366",
    "message": "Found 0; in the range: 1-366"}))]
pub struct FieldBody {
    /// Path as the sender wrote it.
    pub field: String,
    /// Stable.
    pub code: String,
    pub found: String,
    pub allowed: String,
    pub message: String,
}

/// Gives every refusal and fault its document. `reference` is the request id.
pub fn render(response: Response, language: Lang, reference: &str) -> Response {
    let status = response.status();
    if status.as_u16() < 400 || is_told(&response) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let problem = parts.extensions.remove::<Problem>().unwrap_or_else(|| Problem::new(Kind::of_status(status)));
    let (_, status) = problem.kind.parts();
    let retry_after = problem.retry_after;
    let mut response = (status, Json(body(problem, language, reference))).into_response();
    let headers = response.headers_mut();
    for (name, value) in
        parts.headers.iter().filter(|(n, _)| *n != header::CONTENT_LENGTH && *n != header::CONTENT_TYPE)
    {
        headers.append(name, value.clone());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"diaba\""));
    }
    response
}

/// It says itself what is wrong: a problem document, or a page for people.
fn is_told(response: &Response) -> bool {
    let kinds = [&b"application/problem+json"[..], b"text/html"];
    let told = |t: &HeaderValue| kinds.iter().any(|k| t.as_bytes().starts_with(k));
    response.headers().get(header::CONTENT_TYPE).is_some_and(told)
}

/// What was sent is told back in its first words: nobody is answered at length with what they sent.
fn short(text: String) -> String {
    const MOST: usize = 300;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text,
    }
}

fn body(p: Problem, language: Lang, reference: &str) -> ProblemBody {
    let (slug, status) = p.kind.parts();
    let detail = p.detail.map(short);
    let shown = p.errors.into_iter().map(|e| FieldProblem { field: short(e.field), found: short(e.found), ..e });
    let errors = shown.map(|e| FieldBody {
        message: words::field(&e, language),
        field: e.field,
        code: e.code,
        found: e.found,
        allowed: e.allowed,
    });
    ProblemBody {
        kind: format!("urn:diaba:problem:{slug}"),
        title: words::title(slug, language),
        status: status.as_u16(),
        detail: words::detail(slug, p.code.as_deref(), detail.as_deref(), language),
        code: p.code,
        instance: format!("urn:uuid:{reference}"),
        errors: errors.collect(),
    }
}

//! What comes in: JSON bodies refused by field, query parameters, and pages.

use super::problem::{Kind, Problem, Result};
use crate::domain::problem::FieldProblem;
use crate::domain::shape::{self, Unread};
use crate::flow::staff::Actor;
use axum::extract::multipart::MultipartError;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, body::Bytes};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use uuid::Uuid;

/// A JSON body. What does not fit is refused with the path of the field.
pub struct Input<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if !is_json(request.headers()) {
            return Err(media_type(request.headers(), "application/json"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|e| bytes_problem(&e))?;
        object(&bytes)?;
        from_json(&bytes, "").map(Self)
    }
}

/// Every body is an object; serde would take a list for one as well.
fn object(text: &[u8]) -> Result<()> {
    match text.trim_ascii_start().first() {
        Some(b'{') => Ok(()),
        _ => {
            let found = shape::type_name(&from_json(text, "")?);
            Err(Problem::refused(whole(""), "wrong-type", found, "object"))
        }
    }
}

/// Reads JSON that was sent; `place` goes before the names of its fields.
pub fn from_json<T: DeserializeOwned>(text: &[u8], place: &str) -> Result<T> {
    shape::from_slice(text).map_err(|e| match e {
        Unread::Syntax { line, column } => Problem {
            errors: vec![FieldProblem::new(whole(place), "json-syntax", format!("{line}:{column}"), "JSON (RFC 8259)")],
            ..Problem::new(Kind::Malformed)
        },
        Unread::Fields(errors) => {
            let placed = |p: FieldProblem| FieldProblem {
                field: match (place, p.field.as_str()) {
                    (_, "") => whole(place).to_owned(),
                    ("", field) => field.to_owned(),
                    (place, field) if field.starts_with('[') => format!("{place}{field}"),
                    (place, field) => format!("{place}.{field}"),
                },
                ..p
            };
            Problem { errors: errors.into_iter().map(placed).collect(), ..Problem::new(Kind::Refused) }
        }
    })
}

/// The name of everything that was sent in one place.
fn whole(place: &str) -> &str {
    if place.is_empty() { "body" } else { place }
}

pub fn bytes_problem(rejection: &BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge),
        _ => cut("body", "body-cut", "Content-Length"),
    }
}

/// A form that could not be read, or only in part.
pub fn form_problem(e: &MultipartError) -> Problem {
    match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge),
        _ => cut("form", "form-syntax", "multipart/form-data (RFC 7578)"),
    }
}

fn cut(field: &str, code: &str, allowed: &str) -> Problem {
    Problem { errors: vec![FieldProblem::new(field, code, "", allowed)], ..Problem::new(Kind::Malformed) }
}

fn media_type(headers: &HeaderMap, allowed: &str) -> Problem {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let error = FieldProblem::new("Content-Type", "media-type", sent, allowed);
    Problem { errors: vec![error], ..Problem::new(Kind::MediaType) }
}

/// A form with files.
pub struct Form(pub Multipart);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let refusal = media_type(request.headers(), "multipart/form-data; boundary=...");
        Multipart::from_request(request, state).await.map(Self).map_err(|_| refusal)
    }
}

/// A file sent as the body itself, or as the only part of a form; `field` is its name in refusals.
pub async fn one_file(request: Request, field: &str) -> Result<Bytes> {
    let declared = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |v| v.as_bytes());
    if !declared.starts_with(b"multipart/form-data") {
        return Bytes::from_request(request, &()).await.map_err(|e| bytes_problem(&e));
    }
    let Form(mut form) = Form::from_request(request, &()).await?;
    let part = form.next_field().await.map_err(|e| form_problem(&e))?;
    let part = part.ok_or_else(|| Problem::refused(field, "required", "an empty form", "one file"))?;
    part.bytes().await.map_err(|e| form_problem(&e))
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = |v: &str| v.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let declared = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).map(essence);
    declared.is_some_and(|t| t == "application/json" || (t.starts_with("application/") && t.ends_with("+json")))
}

/// Query parameters; a wrong one is refused by name.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        query(&parts.uri).map(Self)
    }
}

/// What has another shape than the description of the route says never comes here (`asked`); what is missing does.
fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T> {
    let read = Query::<T>::try_from_uri(uri).map(|Query(value)| value);
    read.map_err(|e| {
        let text = e.body_text();
        if let Some((_, name)) = text.split_once("missing field `") {
            let name = name.split('`').next().unwrap_or_default();
            return Problem::refused(name, "missing-field", "", name);
        }
        let text = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, t)| t);
        let (field, found) = text.split_once(": ").unwrap_or(("query", text));
        Problem::refused(field, "shape", found, "/api/v1/openapi.json")
    })
}

/// Whom a filter means: `me`, or the id of a member of staff.
pub fn whom(actor: &Actor, field: &str, text: Option<&str>) -> Result<Option<Uuid>> {
    let refused = |text| Problem::refused(field, "shape", text, "me, or the id of a member of staff");
    let one = |text: &str| if text == "me" { actor.id } else { text.parse().ok() };
    text.map(|t| one(t).ok_or_else(|| refused(t))).transpose()
}

/// The schema of a parameter that is one of these names; another one never reaches the handler (`asked`).
pub fn one_of(names: &[&str]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names.iter().copied())).build()
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// 1 to 200.
    #[serde(default = "fifty")]
    #[param(example = 50, minimum = 1, maximum = 200)]
    pub limit: u32,
    /// Cursor out of the `next` link of the page before.
    pub after: Option<String>,
    #[serde(skip)]
    #[param(ignore)]
    uri: Uri,
}

fn fifty() -> u32 {
    50
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let mut paging: Paging = query(&parts.uri)?;
        if !(1..=200).contains(&paging.limit) {
            return Err(Problem::refused("limit", "range", paging.limit, "1-200"));
        }
        // Nested routers see a shortened path; the link must be the one the client called.
        let original = parts.extensions.get::<axum::extract::OriginalUri>().map(|o| o.0.clone());
        paging.uri = original.unwrap_or_else(|| parts.uri.clone());
        Ok(paging)
    }
}

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Address of the next page; none on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/cases?limit=50&after=IjAxOWEi")]
    pub next: Option<String>,
}

impl Paging {
    /// One row more than asked for tells whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The key after which the page begins.
    pub fn key<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        let Some(cursor) = &self.after else { return Ok(None) };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
        let key = bytes.and_then(|b| serde_json::from_slice(&b).ok());
        key.map(Some).ok_or_else(|| Problem::refused("after", "cursor", cursor, "a cursor of this list"))
    }

    /// The page out of up to [`Paging::fetch`] rows; `key` is what the list is ordered by.
    pub fn page<T: Serialize, K: Serialize>(&self, rows: Vec<T>, key: impl Fn(&T) -> K) -> Response {
        let page = self.cut(rows, key);
        let next = page.next.clone();
        with_next(Json(page).into_response(), next.as_deref())
    }

    /// As [`Paging::page`], for an answer of another form; it carries the link with [`with_next`].
    pub fn cut<T, K: Serialize>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Page<T> {
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let last = more.then(|| rows.last().and_then(|r| serde_json::to_vec(&key(r)).ok())).flatten();
        Page { items: rows, next: last.map(|k| self.link(&BASE64_URL_SAFE_NO_PAD.encode(k))) }
    }

    fn link(&self, cursor: &str) -> String {
        let others = self.uri.query().unwrap_or("").split('&').filter(|p| !p.is_empty() && !p.starts_with("after="));
        let query: Vec<_> = others.map(str::to_owned).chain([format!("after={cursor}")]).collect();
        format!("{}?{}", self.uri.path(), query.join("&"))
    }
}

/// Adds the header `Link` that names the next page.
pub fn with_next(mut response: Response, next: Option<&str>) -> Response {
    if let Some(link) = next.and_then(|n| format!("<{n}>; rel=\"next\"").parse().ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

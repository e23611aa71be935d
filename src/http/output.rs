//! What goes out: things made, and things that may not have changed.

use super::problem::{Kind, Problem};
use crate::domain::verify::sha256_hex;
use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// 201 with the address of what was made.
pub fn made<T: Serialize>(view: &T, location: &str) -> Response {
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// 202 with the address where the work can be watched.
pub fn accepted<T: Serialize>(view: &T, location: &str) -> Response {
    let mut response = made(view, location);
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

/// A file to be saved, named by the beginning of its SHA-256.
pub fn attachment(media_type: &str, sha256: &str, content: Bytes) -> Response {
    let ending = media_type.rsplit('/').next().unwrap_or("bin");
    let name = format!("attachment; filename=\"{}.{ending}\"", sha256.get(..16).unwrap_or(sha256));
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)], content).into_response()
}

/// JSON with an `ETag` over its bytes; 304 when the client already has them (`If-None-Match`).
pub fn tagged<T: Serialize>(request: &HeaderMap, view: &T) -> Response {
    match serde_json::to_vec(view) {
        Ok(bytes) => tagged_bytes(request, "application/json", bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Problem::new(Kind::Broken).into_response()
        }
    }
}

/// As [`tagged`], for bytes that are ready.
pub fn tagged_bytes(request: &HeaderMap, media_type: &'static str, bytes: Vec<u8>) -> Response {
    // Weak: compression below us may change the bytes on the wire.
    let tag = format!("W/\"{}\"", &sha256_hex(&bytes)[..32]);
    let same = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok()).any(|v| {
        v.split(',').map(str::trim).any(|t| t == "*" || t.trim_start_matches("W/") == tag.trim_start_matches("W/"))
    });
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, media_type)], bytes).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

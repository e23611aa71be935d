//! What goes out: things made, and things that may not have changed.

use super::problem::{Kind, Problem};
use crate::domain::text::fold::unmarked;
use crate::domain::verify::sha256_hex;
use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
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

/// A file to be saved under a name.
pub fn attachment(media_type: &str, name: &str, content: Bytes) -> Response {
    let headers = [(header::CONTENT_DISPOSITION, disposition("attachment", name))];
    (headers, [(header::CONTENT_TYPE, media_type.to_owned())], content).into_response()
}

/// All but what may stand in `filename*` as it is: `attr-char` of RFC 8187.
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `Content-Disposition` (RFC 6266): the name as it is, and without its marks for a client that knows no other letters.
pub fn disposition(how: &str, name: &str) -> HeaderValue {
    let plain = |c: char| if (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%') { c } else { '_' };
    let fallback: String = unmarked(name).chars().map(plain).collect();
    let whole = utf8_percent_encode(name, &ENCODED);
    // Letters, digits and signs of ASCII alone: it is a header.
    HeaderValue::from_str(&format!("{how}; filename=\"{fallback}\"; filename*=UTF-8''{whole}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

/// A file to be looked at, saved under a name, with an `ETag`.
pub fn shown(request: &HeaderMap, media_type: &'static str, name: &str, content: Vec<u8>) -> Response {
    let mut response = tagged_bytes(request, media_type, content);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition("inline", name));
    response
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_keeps_its_letters() {
        let said = |name| disposition("attachment", name).to_str().unwrap().to_owned();
        assert_eq!(
            said("Hợp đồng HĐ-1 (a).pdf"),
            "attachment; filename=\"Hop dong HD-1 (a).pdf\"; \
             filename*=UTF-8''H%E1%BB%A3p%20%C4%91%E1%BB%93ng%20H%C4%90-1%20%28a%29.pdf"
        );
        assert_eq!(said("a\"b\r\nc.pdf"), "attachment; filename=\"a_b__c.pdf\"; filename*=UTF-8''a%22b%0D%0Ac.pdf");
    }
}

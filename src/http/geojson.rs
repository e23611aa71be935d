//! GeoJSON (RFC 7946) beside JSON: which of the two is asked for, and how it is answered.

use super::output::tagged_bytes;
use super::problem::{Problem, Result};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

pub const MEDIA_TYPE: &str = "application/geo+json";

/// Is GeoJSON asked for? The parameter `f` (json, geojson) goes before the header `Accept`.
pub fn wanted(headers: &HeaderMap, f: Option<&str>) -> Result<bool> {
    match f {
        Some("geojson") => Ok(true),
        Some("json") => Ok(false),
        Some(other) => Err(Problem::refused("f", "not-in-list", other, "json, geojson")),
        None => {
            let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
            Ok(accepted.any(|v| v.to_ascii_lowercase().contains(MEDIA_TYPE)))
        }
    }
}

/// A thing as a feature: its member `geometry` becomes the geometry, the others the properties.
pub fn feature<T: Serialize>(id: &str, thing: &T) -> Value {
    let mut properties = serde_json::to_value(thing).unwrap_or_default();
    let geometry = properties.as_object_mut().and_then(|p| p.remove("geometry")).unwrap_or_default();
    json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties})
}

pub fn collection(features: Vec<Value>) -> Value {
    json!({"type": "FeatureCollection", "features": features})
}

/// Answers JSON or GeoJSON with an `ETag`; caches keep the two apart.
pub fn answer(request: &HeaderMap, geojson: bool, value: &Value) -> Response {
    let media_type = if geojson { MEDIA_TYPE } else { "application/json" };
    let mut response = tagged_bytes(request, media_type, value.to_string().into_bytes());
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

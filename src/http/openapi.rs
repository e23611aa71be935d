//! The OpenAPI document: what the handlers say of themselves, and what holds for all of them (who may call, problems,
//! idempotency keys), which is added here from the table of access.

use super::access::{self, Who};
use super::examples;
use super::output::tagged_bytes;
use super::problem::{FieldBody, Kind, ProblemBody};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Diaba",
        description = "Cases, papers, parcels and their verification for a land-services firm in Viet Nam.\n\n\
            Instants are RFC 3339 in UTC; days are those of Viet Nam. Problems are RFC 9457 in the language of `Accept-Language` (vi, en). \
            Lists are paged by the `next` link. A POST with an `Idempotency-Key` is done once: the same request again gets the same answer.",
    ),
    components(schemas(ProblemBody, FieldBody)),
    modifiers(&Schemes),
)]
struct Frame;

struct Schemes;

impl utoipa::Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(super::COOKIE)));
        components.add_security_scheme("session", session);
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

pub fn frame() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

pub fn finish(document: utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    open_parts(&mut document);
    examples::complete(&mut document);
    let Some(paths) = document["paths"].as_object_mut() else { return document };
    for (path, item) in paths.iter_mut() {
        let Some(item) = item.as_object_mut() else { continue };
        for (verb, operation) in item.iter_mut() {
            let Ok(method) = Method::from_bytes(verb.to_ascii_uppercase().as_bytes()) else { continue };
            let who = access::find(&method, path).map(|r| r.who);
            complete(operation, &method, path, who);
        }
    }
    document
}

/// A schema that takes no other field cannot be a part of one that has more: there it stands by itself, open.
fn open_parts(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    open(&mut document["components"]["schemas"], &schemas);
}

fn open(schema: &mut Value, schemas: &Value) {
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        let name = part.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next());
        let named = name.and_then(|name| schemas.get(name)).filter(|s| s["additionalProperties"] == false);
        if let Some(Value::Object(own)) = named {
            let mut own = own.clone();
            own.remove("additionalProperties");
            own.remove("example");
            *part = Value::Object(own);
        }
    }
    match schema {
        Value::Object(map) => map.values_mut().for_each(|v| open(v, schemas)),
        Value::Array(list) => list.iter_mut().for_each(|v| open(v, schemas)),
        _ => {}
    }
}

/// What is true of every operation.
fn complete(operation: &mut Value, method: &Method, path: &str, who: Option<Who>) {
    let described = operation["description"].as_str().map(|d| format!("{d}\n\n")).unwrap_or_default();
    let access = who.map_or("Refuses everybody.".to_owned(), Who::describe);
    operation["description"] = json!(format!("{described}{access}"));
    let open = matches!(who, Some(Who::Anyone));
    operation["security"] = match who {
        Some(Who::Anyone) => json!([]),
        Some(Who::Session) => json!([{"session": []}]),
        _ => json!([{"session": []}, {"token": []}]),
    };
    // Whatever it is, it may be asked wrongly.
    let mut kinds = vec![Kind::Refused, Kind::Unavailable, Kind::Broken];
    if !open {
        kinds.extend([Kind::Unauthenticated, Kind::Forbidden]);
    }
    if path.contains('{') {
        kinds.push(Kind::NotFound);
    }
    if operation.get("requestBody").is_some() {
        kinds.extend([Kind::Malformed, Kind::TooLarge, Kind::MediaType]);
    }
    if *method != Method::GET && !open {
        kinds.push(Kind::Conflict);
    }
    if *method == Method::POST && !open {
        let key = json!({"name": "Idempotency-Key", "in": "header", "required": false,
            "description": "8 to 200 visible ASCII characters, new for every new request; kept for a day.",
            "schema": {"type": "string"}, "example": "0b8f4f0e-4b1c-4c55-9d2e-7d2f3f1f0a11"});
        match operation["parameters"].as_array_mut() {
            Some(list) => list.push(key),
            None => operation["parameters"] = json!([key]),
        }
    }
    for kind in kinds {
        let (slug, status) = kind.parts();
        let responses = operation["responses"].as_object_mut();
        if let Some(responses) = responses {
            responses.entry(status.as_str()).or_insert_with(|| {
                json!({"description": slug, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}})
            });
        }
    }
}

pub async fn serve(headers: HeaderMap, document: String) -> Response {
    tagged_bytes(&headers, "application/json", document.into_bytes())
}

//! Examples of the OpenAPI document: of the calls that matter most, what the demo ward answers; any other schema that has none of its
//! own gets one put together from what its fields say of themselves (their examples, ranges, the names in their descriptions), so
//! that no schema is without one and none goes stale.

use serde_json::{Map, Value, json};

/// Answers of the demo ward, by name of the schema, or by verb, path and media type. `tests/it/examples.rs` holds them against the
/// service, and writes them anew.
const DEMO: &str = include_str!("examples/demo.json");

/// What the demo ward answers stands in place of what could be put together.
fn answered(document: &mut Value) {
    let real: Map<String, Value> = serde_json::from_str(DEMO).unwrap_or_default();
    for (name, example) in real {
        let words: Vec<&str> = name.split(' ').collect();
        let place = match words[..] {
            [verb, path, media] => &mut document["paths"][path][verb]["responses"]["200"]["content"][media],
            _ => &mut document["components"]["schemas"][&name],
        };
        if place.is_object() {
            place["example"] = example;
        }
    }
}

/// Gives every schema of the document an example.
pub fn complete(document: &mut Value) {
    answered(document);
    let Some(schemas) = document["components"]["schemas"].as_object().cloned() else { return };
    let names: Vec<String> = schemas.keys().cloned().collect();
    let maker = Maker { schemas };
    for name in names {
        let schema = &mut document["components"]["schemas"][&name];
        if schema.get("example").is_none() && schema.get("examples").is_none() {
            let example = maker.of(schema, &name, &mut vec![name.clone()]);
            schema["example"] = example;
        }
    }
    for body in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut).flat_map(bodies) {
        if body.get("example").is_none() && body.get("examples").is_none() && body["schema"].get("$ref").is_none() {
            body["example"] = maker.of(&body["schema"], "", &mut vec![]);
        }
    }
}

/// JSON that goes in or out of the operations of a path.
fn bodies(item: &mut Value) -> Vec<&mut Value> {
    let mut all = Vec::new();
    for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
        let Some(operation) = operation.as_object_mut() else { continue };
        for (part, value) in operation.iter_mut() {
            let contents: Vec<&mut Value> = match part.as_str() {
                "requestBody" => vec![value],
                "responses" => value.as_object_mut().into_iter().flat_map(Map::values_mut).collect(),
                _ => vec![],
            };
            let media = contents.into_iter().filter_map(|c| c.get_mut("content")?.as_object_mut());
            all.extend(media.flat_map(|m| m.iter_mut().filter(|(t, _)| t.ends_with("json")).map(|(_, body)| body)));
        }
    }
    all
}

struct Maker {
    schemas: Map<String, Value>,
}

impl Maker {
    /// `name`: of the field. `within`: the schemas that are being put together, none of which is entered again.
    fn of(&self, schema: &Value, name: &str, within: &mut Vec<String>) -> Value {
        if let Some(own) = schema.get("example").or_else(|| schema["examples"].get(0)) {
            return own.clone();
        }
        if let Some(reference) = schema["$ref"].as_str() {
            return self.referred(reference, within);
        }
        if let Some(first) = schema.get("const").or_else(|| schema["enum"].get(0)).or_else(|| schema.get("default")) {
            return first.clone();
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().filter_map(|p| self.of(p, name, within).as_object().cloned());
            return Value::Object(parts.flatten().collect());
        }
        if let Some(ways) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let ways = ways.iter().filter(|w| w["type"] != "null").map(|w| self.of(w, name, within));
            return ways.into_iter().find(|v| !v.is_null()).unwrap_or(Value::Null);
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|k| *k != "null").and_then(Value::as_str),
            kind => kind.as_str(),
        };
        match kind {
            Some("object") if schema.get("properties").is_none() => {
                held(name, "object").unwrap_or_else(|| self.object(schema, within))
            }
            Some("object") => self.object(schema, within),
            Some("array") => self.array(schema, name, within),
            Some("string") => text(schema, name).into(),
            Some("integer") => {
                held(name, "integer").unwrap_or_else(|| json!(schema["minimum"].as_i64().unwrap_or(1).max(1)))
            }
            Some("number") => {
                held(name, "number").unwrap_or_else(|| json!(schema["minimum"].as_f64().unwrap_or(0.0).max(12.5)))
            }
            Some("boolean") => true.into(),
            _ => json!({}),
        }
    }

    fn referred(&self, reference: &str, within: &mut Vec<String>) -> Value {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let Some(schema) = self.schemas.get(name) else { return Value::Null };
        if within.iter().any(|w| w == name) {
            return Value::Null;
        }
        within.push(name.to_owned());
        let example = self.of(schema, name, within);
        within.pop();
        example
    }

    fn object(&self, schema: &Value, within: &mut Vec<String>) -> Value {
        let mut all = Map::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let value = self.of(field, name, within);
            let needed = schema["required"].as_array().is_some_and(|r| r.iter().any(|n| n == name));
            if needed || !value.is_null() {
                all.insert(name.clone(), value);
            }
        }
        if let Some(other) = schema.get("additionalProperties").filter(|a| a.is_object()) {
            let name = if schema["propertyNames"]["format"] == "uuid" { ID } else { "key" };
            all.insert(name.to_owned(), self.of(other, "", within));
        }
        Value::Object(all)
    }

    fn array(&self, schema: &Value, name: &str, within: &mut Vec<String>) -> Value {
        if let Some(items) = schema["prefixItems"].as_array() {
            return items.iter().map(|i| self.of(i, name, within)).collect();
        }
        let item = self.of(&schema["items"], name.strip_suffix('s').unwrap_or(name), within);
        let many = usize::try_from(schema["minItems"].as_u64().unwrap_or(1)).unwrap_or(1);
        if item.is_null() { json!([]) } else { json!(vec![item; many]) }
    }
}

const ID: &str = "019a0000-0000-7000-8000-000000000000";

/// A text as such a field holds it.
fn text(schema: &Value, name: &str) -> String {
    match schema["format"].as_str() {
        Some("uuid") => return ID.to_owned(),
        Some("date") => return "2026-10-05".to_owned(),
        Some("date-time") => return "2026-10-05T02:00:00Z".to_owned(),
        Some("binary") => return String::new(),
        _ => {}
    }
    if let Some(code) = schema["description"].as_str().and_then(first_code) {
        return code.to_owned();
    }
    let at_least = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).unwrap_or(0);
    let known = match name {
        n if n.ends_with("sha256") || n.ends_with("digest") => {
            "4504bdb57bd792dedeec7aeb71484580a576342affa05f5efa691c39257c8297"
        }
        n if n.ends_with("key_id") => "9f3c5b7a1d2e4f60",
        n if n.ends_with("_at") || n.ends_with("_from") || n.ends_with("_to") => "2026-10-05T02:00:00Z",
        n if n.ends_with("_by") => "lan.nguyen",
        n if n.ends_with("file_name") => "thua_dat.zip",
        _ => known(name).and_then(|(_, text)| text.strip_prefix('"')?.strip_suffix('"')).unwrap_or("Theo hồ sơ."),
    };
    if known.chars().count() < at_least { format!("{known:.<at_least$}") } else { known.to_owned() }
}

/// What fields of these names hold, as JSON.
const KNOWN: &[(&str, &str)] = &[
    ("accuracy_m", "0.05"),
    ("action", r#""case.create""#),
    ("actor", r#""lan.nguyen""#),
    ("address", r#""Số 1 đường Mẫu""#),
    ("agency", r#""vpdk-mau""#),
    ("allowed", "0"),
    ("amount", "5000000"),
    ("area_m2", "86.4"),
    ("args", r#"{"case_id": "019a0000-0000-7000-8000-000000000000"}"#),
    ("ask", r#"{"layer": "cadastral_demo", "theme": "cadastral", "zone": 5899}"#),
    ("candidate", r#""20194/12/345""#),
    ("case", r#""HS-2026-000123-7""#),
    ("case_number", r#""HS-2026-000123-7""#),
    ("certainty", r#""certain""#),
    ("check", r#""planning.recovery""#),
    ("code", r#""planning_recovery""#),
    ("commune", r#""20194""#),
    ("commune_code", r#""20194""#),
    ("coverage_key", r#""20194""#),
    ("department", r#""legal""#),
    ("detail", r#"{"number": "HS-2026-000123-7"}"#),
    ("effect", r#""blocks""#),
    ("found", r#""42.218""#),
    ("geometry", r#"{"type": "Point", "coordinates": [108.2022, 16.0678]}"#),
    ("key", r#""20194/12/345""#),
    ("kind", r#""certificate""#),
    ("lang", r#""vi""#),
    ("land_use", r#""ODT""#),
    ("language", r#""vi""#),
    ("lat", "16.0678"),
    ("layer", r#""cadastral_demo""#),
    ("login", r#""lan.nguyen""#),
    ("lon", "108.2022"),
    ("map_area", "86.1"),
    ("measured", "42.218"),
    ("missing", r#""holders[0].id_number""#),
    ("name", r#""Người Mẫu Hai""#),
    ("number", r#""HS-2026-000123-7""#),
    ("outcome", r#""can_proceed""#),
    ("parcel_ref", r#"{"commune_name": "Phường Mẫu", "sheet": "12", "number": "345"}"#),
    ("phone", r#""0900000000""#),
    ("place_text", r#""Văn phòng đăng ký đất đai""#),
    ("procedure", r#""transfer""#),
    ("progress", r#"{"rows": 3200}"#),
    ("public_key", r#""q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=""#),
    ("purpose", r#""verify""#),
    ("queue", r#""bulk""#),
    ("reason", r#""Khách hàng đổi ý.""#),
    ("ref", r#""20194/12/345""#),
    ("registered_area", "86.4"),
    ("role", r#""legal""#),
    ("rule", r#""planning.recovery/1""#),
    ("scale", "500"),
    (
        "scan",
        r#"{"sha256": "4504bdb57bd792dedeec7aeb71484580a576342affa05f5efa691c39257c8297", "media_type": "image/png", "bytes": 48213}"#,
    ),
    ("selection", r#"{"commune": "20194"}"#),
    ("sheet", r#""12""#),
    ("signature", r#""q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=""#),
    ("state", r#""open""#),
    ("subject", r#""recovery""#),
    ("territory", r#""20194""#),
    ("theme", r#""cadastral""#),
    ("title", r#""Bản đồ địa chính phường Mẫu""#),
    ("total", "25000000"),
    ("unit", r#""m2""#),
    ("verdict", r#""hit""#),
    ("what", r#""paper""#),
    ("wish", r#"{"target_use": "ODT"}"#),
    ("worker", r#""worker-1""#),
    ("year", "2026"),
    ("zone", "5899"),
];

fn known(name: &str) -> Option<&'static (&'static str, &'static str)> {
    KNOWN.iter().find(|(n, _)| *n == name)
}

/// What fields of this name hold, when it is of the kind that the schema says.
fn held(name: &str, kind: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(known(name)?.1).ok()?;
    let fits = match kind {
        "object" => value.is_object(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        _ => false,
    };
    fits.then_some(value)
}

/// `held, confirmed, kept.` or `open (nobody has it), ...`: the first of the names a field may hold.
fn first_code(description: &str) -> Option<&str> {
    let plain = |w: &&str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let (first, rest) = description.split_once([',', ' '])?;
    let second = rest.trim_start().split([',', '.', ' ']).next()?;
    (description[first.len()..].starts_with(',') && plain(&first) && plain(&second)).then_some(first)
}

//! Examples of the OpenAPI document: a schema that has none of its own gets one put together from what its fields say of
//! themselves (their examples, ranges, the names in their descriptions), so that no schema is without one and none goes stale.

use serde_json::{Map, Value, json};

/// Gives every schema of the document an example.
pub fn complete(document: &mut Value) {
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
            Some("object") => self.object(schema, within),
            Some("array") => self.array(schema, name, within),
            Some("string") => text(schema, name).into(),
            Some("integer") => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
            Some("number") => json!(schema["minimum"].as_f64().unwrap_or(0.0).max(12.5)),
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
        n if n.ends_with("sha256") || n.ends_with("digest") => "4504bdb57bd792dedeec7aeb71484580a576342affa05f5efa691c39257c8297",
        n if n.ends_with("key_id") => "9f3c5b7a1d2e4f60",
        n if n.ends_with("_at") || n.ends_with("_from") || n.ends_with("_to") => "2026-10-05T02:00:00Z",
        n if n.ends_with("commune_code") || n == "commune" => "20194",
        n if n.ends_with("_by") || n == "actor" || n == "login" => "lan.nguyen",
        n if n.ends_with("file_name") => "thua_dat.zip",
        "case" | "case_number" | "number" => "HS-2026-000123-7",
        "name" | "title" => "Người Mẫu Hai",
        "procedure" | "procedures" => "transfer",
        "key" | "ref" => "20194/12/345",
        "sheet" => "12",
        "phone" => "0900000000",
        "language" | "lang" => "vi",
        "signature" | "public_key" => "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
        _ => "Theo hồ sơ.",
    };
    if known.chars().count() < at_least { format!("{known:.<at_least$}") } else { known.to_owned() }
}

/// `held, confirmed, kept.` or `open (nobody has it), ...`: the first of the names a field may hold.
fn first_code(description: &str) -> Option<&str> {
    let plain = |w: &&str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let (first, rest) = description.split_once([',', ' '])?;
    let second = rest.trim_start().split([',', '.', ' ']).next()?;
    (description[first.len()..].starts_with(',') && plain(&first) && plain(&second)).then_some(first)
}

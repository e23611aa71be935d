//! The OpenAPI document tells the whole of each route: examples that are what they say, and every way it may end.

use serde_json::{Value, json};

/// Each operation: its line, itself.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            all.push((format!("{verb} {path}"), path.clone(), operation));
        }
    }
    all
}

#[test]
fn every_schema_has_an_example_that_is_one() {
    let document = diaba::http::openapi();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas.len() > 180, "{}", schemas.len());
    let mut faults = Vec::new();
    let mut look = |name: &str, schema: Value, example: &Value| {
        let whole = json!({"allOf": [schema], "components": document["components"]});
        let validator = jsonschema::draft202012::new(&whole).unwrap_or_else(|e| panic!("{name}: {e}"));
        faults.extend(validator.iter_errors(example).map(|e| format!("{name}: {} {e}", e.instance_path())));
    };
    for (name, schema) in schemas {
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        look(name, reference, schema.get("example").unwrap_or_else(|| panic!("{name} has no example")));
    }
    for (line, _, operation) in operations(&document) {
        let answers = operation["responses"].as_object().unwrap().iter().map(|(status, r)| (status.as_str(), r));
        for (what, body) in answers.chain([("body", &operation["requestBody"])]) {
            for (media, content) in body["content"].as_object().into_iter().flatten() {
                if !media.ends_with("json") || content["schema"].get("$ref").is_some() {
                    continue;
                }
                let example = content.get("example").unwrap_or_else(|| panic!("{line} {what}: no example of {media}"));
                look(&format!("{line} {what}"), content["schema"].clone(), example);
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_route_tells_how_it_may_end() {
    let document = diaba::http::openapi();
    for (line, path, operation) in operations(&document) {
        let has = |status: &str| operation["responses"][status].is_object();
        let open = operation["security"] == json!([]);
        let mut needed = vec!["422", "500", "503"];
        if !open {
            needed.extend(["401", "403"]);
        }
        if path.contains('{') {
            needed.push("404");
        }
        if operation.get("requestBody").is_some() {
            needed.extend(["400", "413", "415"]);
        }
        for status in needed {
            assert!(has(status), "{line} does not tell of {status}");
        }
        let problem = &operation["responses"]["422"]["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(problem, "#/components/schemas/Problem", "{line}");
    }
    let sign_in = &document["paths"]["/api/v1/auth/login"]["post"]["responses"];
    assert!(sign_in["401"].is_object() && sign_in["429"].is_object());
}

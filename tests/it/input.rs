//! What does not fit is refused by name, whatever the route: parameters of path and query, and bodies.

use crate::test_app::{Answer, Caller, TestApp};
use diaba::http::access::{RULES, Rule, Verb, Who};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeMap;

pub const NOWHERE: &str = "019a0000-0000-7000-8000-00000000dead";

pub fn method(rule: &Rule) -> Method {
    match rule.verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
        Verb::Patch => Method::PATCH,
        Verb::Delete => Method::DELETE,
    }
}

/// Somebody for every role, and who may call a route.
async fn callers(t: &TestApp) -> BTreeMap<&'static str, Caller> {
    let mut all = BTreeMap::new();
    for role in diaba::domain::staff::Role::ALL {
        all.insert(role.as_str(), t.signed_in(&role.as_str().replace('_', "."), &[role.as_str()]).await);
    }
    all
}

pub fn caller<'a>(all: &'a BTreeMap<&'static str, Caller>, rule: &Rule) -> &'a Caller {
    match rule.who {
        Who::Roles(roles, _) => &all[roles[0].as_str()],
        _ => &all["manager"],
    }
}

/// The address of a route whose places are filled with `value`.
pub fn address(path: &str, value: &str) -> String {
    path.split('/').map(|p| if p.starts_with('{') { value } else { p }).collect::<Vec<_>>().join("/")
}

/// Every problem with a field says it in both languages, the language that was asked for.
async fn told_in_both(caller: &Caller, request: impl Fn() -> reqwest::RequestBuilder) -> Answer {
    let (en, vi) = (caller.send_in("en", request()).await, caller.send_in("vi", request()).await);
    assert_eq!(en.status, vi.status);
    let of = |a: &Answer| -> Vec<Value> { a.body["errors"].as_array().cloned().unwrap_or_default() };
    for (en, vi) in of(&en).iter().zip(of(&vi)) {
        for key in ["field", "code", "found", "allowed"] {
            assert_eq!(en[key], vi[key], "{en} {vi}");
        }
        assert_ne!(en["message"], vi["message"], "{en}");
        assert!(en["field"] != "" && en["allowed"] != "", "{en}");
    }
    en
}

#[sqlx::test(migrations = "./migrations")]
async fn every_route_refuses_parameters_it_does_not_have(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let all = callers(&t).await;
    let document = diaba::http::openapi();
    for rule in RULES.iter().filter(|r| !matches!(r.who, Who::Anyone) && r.path != "/api/v1/auth/logout") {
        let (line, caller) = (format!("{:?} {}", rule.verb, rule.path), caller(&all, rule));
        let ask = |path: String| caller.request(method(rule), &path).json(&json!({}));
        let strange = told_in_both(caller, || ask(address(rule.path, NOWHERE) + "?nonsense=1")).await;
        let said = strange.refused();
        assert!(said.contains(&"nonsense: unknown-parameter".to_owned()), "{line}: {said:?}");
        // places of a route that are ids or numbers
        let verb = method(rule).as_str().to_lowercase();
        let typed = document["paths"][rule.path][verb]["parameters"].as_array().cloned().unwrap_or_default();
        let typed: Vec<String> = typed
            .iter()
            .filter(|p| p["in"] == "path" && (p["schema"]["format"] == "uuid" || p["schema"]["type"] == "integer"))
            .map(|p| format!("{}: wrong-type", p["name"].as_str().unwrap()))
            .collect();
        if !typed.is_empty() {
            let wrong = told_in_both(caller, || ask(address(rule.path, "x%27y"))).await.refused();
            assert!(typed.iter().all(|t| wrong.contains(t)), "{line}: {wrong:?} without {typed:?}");
        }
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn every_body_is_refused_by_field(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let all = callers(&t).await;
    let document = diaba::http::openapi();
    let mut bodies = 0;
    for rule in RULES.iter().filter(|r| !matches!(r.who, Who::Anyone)) {
        let (line, caller, verb) =
            (format!("{:?} {}", rule.verb, rule.path), caller(&all, rule), method(rule).as_str().to_lowercase());
        let body = &document["paths"][rule.path][&verb]["requestBody"]["content"]["application/json"];
        // a batch from the field is kept as it was sent, and what cannot be read of it goes to a tray
        if body.is_null() || rule.path == "/api/v1/field/batches" {
            continue;
        }
        bodies += 1;
        let parameters = document["paths"][rule.path][&verb]["parameters"].as_array().cloned().unwrap_or_default();
        let by_number = parameters.iter().any(|p| p["in"] == "path" && p["schema"]["type"] == "integer");
        let place = address(rule.path, if by_number { "1" } else { NOWHERE });
        let ask = || caller.request(method(rule), &place);
        for sent in ["[1", "{\"a\": 1} x", ""] {
            let cut = told_in_both(caller, || ask().header("content-type", "application/json").body(sent)).await;
            assert_eq!(cut.status, StatusCode::BAD_REQUEST, "{line}: {}", cut.text);
            assert_eq!(cut.body["errors"][0]["code"], "json-syntax", "{line}: {}", cut.text);
        }
        for sent in [json!({"nonsense": 1}), json!([]), json!("x"), json!({"nonsense\u{0}": "\u{0}"})] {
            let wrong = told_in_both(caller, || ask().json(&sent)).await;
            // an open object of values may hold any name: then there is nothing to have them for
            assert!([422, 404].contains(&wrong.status.as_u16()), "{line}: {sent}: {}", wrong.text);
            assert!(wrong.status != 422 || !wrong.refused().is_empty(), "{line}: {}", wrong.text);
        }
        let plain = told_in_both(caller, || ask().header("content-type", "text/plain").body("{}")).await;
        assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{line}");
        assert_eq!(plain.body["errors"][0]["field"], "Content-Type", "{line}: {}", plain.text);
    }
    assert!(bodies > 50, "{bodies}");
}

#[sqlx::test(migrations = "./migrations")]
async fn filters_take_what_they_name(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let all = callers(&t).await;
    let (care, manager) = (&all["customer_care"], &all["manager"]);
    for (query, expected) in [
        ("state=opened", "state: not-in-list"),
        ("turn=yours", "turn: not-in-list"),
        ("procedure=conjuring", "procedure: procedure-unknown"),
        ("parcel=12", "parcel: wrong-type"),
        ("limit=ten", "limit: wrong-type"),
        ("limit=99999999999999999999", "limit: wrong-type"),
        ("limit=0", "limit: range"),
        ("limit=5&limit=6", "limit: field-twice"),
        ("after=%00", "after: nul"),
        ("state=%F0%9F%8F%A0", "state: not-in-list"),
    ] {
        let path = format!("/api/v1/cases?{query}");
        let answer = told_in_both(care, || care.request(Method::GET, &path)).await;
        assert_eq!(answer.refused(), [expected], "{query}");
    }
    for (path, expected) in [
        ("/api/v1/jobs?state=lost", "state: not-in-list"),
        ("/api/v1/tasks?due_by=2026-02-30", "due_by: date-format"),
        ("/api/v1/tasks?due_by=30/02/2026", "due_by: date-format"),
        ("/api/v1/appointments?from=2026-10-05", "from: date-format"),
    ] {
        assert_eq!(manager.get(path).await.refused(), [expected], "{path}");
    }
}

//! Every route refuses everybody until it says who may call.

use crate::test_app::{Caller, TestApp};
use axum::routing::get;
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

const ROLES: [&str; 8] = ["customer_care", "legal", "sales", "field", "reviewer", "gis_analyst", "manager", "admin"];

fn routes() -> Vec<(Method, String)> {
    let document = diaba::http::openapi();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for verb in item.as_object().unwrap().keys() {
            all.push((verb.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    all
}

async fn call(caller: &Caller, method: &Method, path: &str) -> StatusCode {
    let nowhere = "019a0000-0000-7000-8000-00000000dead";
    let path: Vec<_> = path.split('/').map(|p| if p.starts_with('{') { nowhere } else { p }).collect();
    let mut request = caller.request(method.clone(), &path.join("/"));
    if *method != Method::GET {
        request = request.json(&json!({}));
    }
    request.send().await.unwrap().status()
}

/// Walks route x role over a real socket. The matrix is a snapshot for a person to read: a new route or a wider right shows up
/// as a change of it.
#[sqlx::test(migrations = "./migrations")]
async fn route_by_role(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let mut callers = BTreeMap::new();
    for role in ROLES {
        callers.insert(role, t.signed_in(&role.replace('_', "."), &[role]).await);
    }
    let nobody = t.anonymous();
    let mut matrix = BTreeMap::new();
    for (method, path) in routes() {
        if path == "/api/v1/auth/logout" {
            continue; // would end the walk; see staff.rs
        }
        let refuses = |s: StatusCode| s == StatusCode::UNAUTHORIZED || s == StatusCode::FORBIDDEN;
        let line = format!("{method} {path}");
        if path == "/api/v1/auth/login" || !refuses(call(&nobody, &method, &path).await) {
            matrix.insert(line, "anyone".to_owned());
            continue;
        }
        assert_eq!(call(&nobody, &method, &path).await, StatusCode::UNAUTHORIZED, "{line}");
        let mut may = Vec::new();
        for role in ROLES {
            if !refuses(call(&callers[role], &method, &path).await) {
                may.push(role);
            }
        }
        matrix.insert(line, may.join(" "));
    }
    insta::assert_yaml_snapshot!(matrix);
}

/// The table and the routes name the same things.
#[test]
fn the_table_has_no_hole_and_no_leftover() {
    let in_table: BTreeSet<_> = diaba::http::access::RULES
        .iter()
        .map(|r| (format!("{:?}", r.verb).to_uppercase(), r.path.to_owned()))
        .filter(|(_, path)| path != "/api/v1/openapi.json")
        .collect();
    assert_eq!(in_table.len(), diaba::http::access::RULES.len() - 1, "a rule stands twice");
    let served: BTreeSet<_> = routes().into_iter().map(|(m, p)| (m.to_string(), p)).collect();
    assert_eq!(in_table, served);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_route_without_a_rule_refuses_everybody(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let routes = axum::Router::new().route("/forgotten", get(async || "open"));
    let router = diaba::http::guarded(routes, t.app.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let admin = t.signed_in("admin", &["admin"]).await.at(&format!("http://{address}"));
    assert_eq!(admin.get("/forgotten").await.status, StatusCode::FORBIDDEN);
    assert_eq!(t.anonymous().at(&format!("http://{address}")).get("/forgotten").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(admin.get("/elsewhere").await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_token_does_what_its_scopes_say_and_no_more(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let made =
        care.post("/api/v1/tokens", json!({"name": "t", "scopes": ["cases:read", "staff:write"], "days": 2})).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let program = care.with_token(made.body["token"].as_str().unwrap());
    assert_eq!(program.get("/api/v1/cases").await.status, StatusCode::OK);
    assert_eq!(program.get("/api/v1/me").await.body["scopes"], json!(["cases:read", "staff:write"]));
    let denied = program.post("/api/v1/cases", crate::test_app::new_case()).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "the scope is missing");
    assert_eq!(program.post("/api/v1/staff", json!({})).await.status, StatusCode::FORBIDDEN, "the role is missing");
    let begets = program.post("/api/v1/tokens", json!({"name": "u", "scopes": ["cases:write"], "days": 2})).await;
    assert_eq!(begets.status, StatusCode::FORBIDDEN, "a token makes no tokens");

    t.advance(time::Duration::days(3));
    assert_eq!(program.get("/api/v1/cases").await.status, StatusCode::UNAUTHORIZED, "over");
    let leftover: i64 = sqlx::query_scalar(
        "select count(*) from api_token where position('diaba_' in encode(token_hash, 'escape')) > 0",
    )
    .fetch_one(&t.app.pool)
    .await
    .unwrap();
    assert_eq!(leftover, 0, "only hashes are kept");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_strange_page_cannot_use_the_cookie(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let from = |origin: &str| {
        care.request(Method::POST, "/api/v1/cases").header("origin", origin).json(&crate::test_app::new_case())
    };
    let strange = care.send(from("https://evil.example")).await;
    assert_eq!(strange.status, StatusCode::FORBIDDEN);
    assert_eq!(strange.body["type"], "urn:diaba:problem:cross-origin");
    assert_eq!(care.send(from(&t.base)).await.status, StatusCode::CREATED);
    let fetched = care.request(Method::POST, "/api/v1/cases").header("sec-fetch-site", "cross-site").json(&json!({}));
    assert_eq!(care.send(fetched).await.status, StatusCode::FORBIDDEN);
}

#[test]
fn the_document_is_openapi_3_1_with_examples() {
    let document = diaba::http::openapi();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            assert!(
                operation["description"].as_str().is_some_and(|d| !d.contains("Refuses everybody")),
                "{verb} {path}"
            );
            assert!(operation["responses"]["503"].is_object(), "{verb} {path}");
            assert!(operation["operationId"].is_string(), "{verb} {path}");
        }
    }
    let example = &document["components"]["schemas"]["NewCase"]["example"];
    assert_eq!(example["procedure"], "transfer");
    insta::assert_json_snapshot!(document);
}

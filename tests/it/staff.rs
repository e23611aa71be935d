//! Signing in, passwords, and those who administer.

use crate::test_app::{PASSWORD, TestApp};
use diaba::config::Secret;
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "./migrations")]
async fn a_session_from_beginning_to_end(pool: PgPool) {
    let t = TestApp::new(pool).await;
    t.hire("legal.1", &["legal"]).await;
    let nobody = t.anonymous();
    let welcome = nobody.post("/api/v1/auth/login", json!({"login": "legal.1", "password": PASSWORD})).await;
    assert_eq!(welcome.status, StatusCode::OK);
    assert_eq!(welcome.body["staff"]["roles"], json!(["legal"]));
    let cookie = welcome.header("set-cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("Secure"),
        "{cookie}"
    );
    let pair = cookie.split(';').next().unwrap().to_owned();
    let me = |pair: &str| nobody.request(Method::GET, "/api/v1/me").header("cookie", pair.to_owned());
    assert_eq!(nobody.send(me(&pair)).await.body["login"], "legal.1");
    let out = nobody.request(Method::POST, "/api/v1/auth/logout").header("cookie", pair.clone());
    assert_eq!(nobody.send(out).await.status, StatusCode::NO_CONTENT);
    assert_eq!(nobody.send(me(&pair)).await.status, StatusCode::UNAUTHORIZED);

    let again = t.signed_in("legal.2", &["legal"]).await;
    assert_eq!(again.get("/api/v1/me").await.status, StatusCode::OK);
    t.advance(Duration::hours(13));
    assert_eq!(again.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "a session ends by itself");
    let swept = diaba::flow::staff::sweep(&t.app).await.unwrap();
    assert_eq!(swept.sessions, 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn guessing_is_braked_and_tells_nothing(pool: PgPool) {
    let t = TestApp::new(pool).await;
    t.hire("legal.1", &["legal"]).await;
    let nobody = t.anonymous();
    let guess = async |login: &str, password: &str| {
        nobody.post("/api/v1/auth/login", json!({"login": login, "password": password})).await
    };
    let wrong = guess("legal.1", "not the password").await;
    let unknown = guess("nobody.here", "not the password").await;
    assert_eq!((wrong.status, unknown.status), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    assert_eq!(wrong.body["type"], unknown.body["type"]);
    for _ in 0..4 {
        guess("legal.1", "not the password").await;
    }
    let braked = guess("legal.1", PASSWORD).await;
    assert_eq!(braked.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(braked.header("retry-after").parse::<u64>().unwrap() >= 1);
    t.advance(Duration::minutes(1));
    assert_eq!(guess("legal.1", PASSWORD).await.status, StatusCode::OK);
}

/// Two instances over one database brake together, and guesses sent all at once are counted before any is answered.
#[sqlx::test(migrations = "./migrations")]
async fn guessing_is_braked_over_all_instances(pool: PgPool) {
    let one = TestApp::with(pool.clone(), |c| c.vault_key = Some(Secret("07".repeat(32)))).await;
    let other = TestApp::with(pool, |c| c.vault_key = Some(Secret("07".repeat(32)))).await;
    one.hire("legal.1", &["legal"]).await;
    let login = |password: &str| json!({"login": "legal.1", "password": password});
    let (a, b) = (one.anonymous(), other.anonymous());
    for caller in [&a, &b, &a, &b] {
        let wrong = caller.post("/api/v1/auth/login", login("not the password")).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(a.post("/api/v1/auth/login", login(PASSWORD)).await.status, StatusCode::OK, "four are forgiven");
    let burst = (0..12).map(|i| {
        let caller = if i % 2 == 0 { &a } else { &b };
        caller.post("/api/v1/auth/login", login("not the password"))
    });
    let burst: Vec<_> = futures::future::join_all(burst).await.into_iter().map(|r| r.status).collect();
    let looked_at = burst.iter().filter(|s| **s == StatusCode::UNAUTHORIZED).count();
    assert_eq!(looked_at, 5, "{burst:?}");
    for caller in [&a, &b] {
        let braked = caller.post("/api/v1/auth/login", login(PASSWORD)).await;
        assert_eq!(braked.status, StatusCode::TOO_MANY_REQUESTS);
    }
    one.advance(Duration::minutes(16));
    assert_eq!(diaba::flow::staff::sweep(&one.app).await.unwrap().sign_in_failures, 2);
    assert_eq!(a.post("/api/v1/auth/login", login(PASSWORD)).await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "./migrations")]
async fn passwords_change_and_are_not_readable(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let me = t.signed_in("legal.1", &["legal"]).await;
    let change = async |body| me.post("/api/v1/me/password", body).await;
    assert_eq!(change(json!({"new": "short", "current": PASSWORD})).await.refused(), ["new: password-length"]);
    let wrong = change(json!({"new": "a-much-better-one", "current": "no"})).await;
    assert_eq!(wrong.refused(), ["current: password-wrong"]);
    assert_eq!(change(json!({"new": "a-much-better-one", "current": PASSWORD})).await.status, StatusCode::OK);
    assert_eq!(me.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "other sessions are ended");
    let hash: String = sqlx::query_scalar("select password_hash from staff").fetch_one(&t.app.pool).await.unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
}

#[sqlx::test(migrations = "./migrations")]
async fn an_admin_hires_changes_and_lets_go(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let admin = t.signed_in("admin", &["admin"]).await;
    let new = json!({"login": "sales.1", "name": "Người Mẫu Ba", "roles": ["sales"], "department": "sales", "password": PASSWORD});
    let hired = admin.post("/api/v1/staff", new.clone()).await;
    assert_eq!(hired.status, StatusCode::CREATED, "{}", hired.text);
    assert!(!hired.text.contains("password"));
    let taken = admin.post("/api/v1/staff", new).await;
    assert_eq!((taken.status, taken.body["code"].as_str()), (StatusCode::CONFLICT, Some("login-taken")));
    let bad = json!({"login": "A B", "name": "", "roles": ["boss"], "department": "attic", "password": "x"});
    assert_eq!(
        admin.post("/api/v1/staff", bad).await.refused(),
        [
            "login: login-format",
            "name: length",
            "roles[0]: not-in-list",
            "department: not-in-list",
            "password: password-length"
        ]
    );
    let patch = async |id: &str, body| {
        admin.send(admin.request(Method::PATCH, &format!("/api/v1/staff/{id}")).json(&body)).await
    };
    let id = hired.body["id"].as_str().unwrap();
    assert_eq!(patch(id, json!({"roles": ["sales", "field"]})).await.body["roles"], json!(["sales", "field"]));
    let me = admin.get("/api/v1/me").await.body["id"].as_str().unwrap().to_owned();
    let last = patch(&me, json!({"active": false})).await;
    assert_eq!((last.status, last.body["code"].as_str()), (StatusCode::CONFLICT, Some("last-admin")));
    assert_eq!(patch(id, json!({"active": false})).await.body["active"], false);
    let login = json!({"login": "sales.1", "password": PASSWORD});
    assert_eq!(t.anonymous().post("/api/v1/auth/login", login).await.status, StatusCode::UNAUTHORIZED);
}

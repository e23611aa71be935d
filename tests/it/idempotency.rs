//! A POST sent twice is done once.

use crate::test_app::{Answer, Caller, TestApp, new_case};
use crate::ward::{ask, map};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::time::Duration;

const KEY: &str = "0b8f4f0e-4b1c-4c55-9d2e-7d2f3f1f0a11";

async fn post(caller: &Caller, path: &str, key: &str, body: Value) -> Answer {
    caller.send(caller.request(Method::POST, path).header("idempotency-key", key).json(&body)).await
}

async fn cases(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from case_file").fetch_one(pool).await.unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn the_same_again_gets_the_same_answer(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let first = post(&care, "/api/v1/cases", KEY, new_case()).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (StatusCode::CREATED, ""));
    let again = post(&care, "/api/v1/cases", KEY, new_case()).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
    assert_eq!(again.text, first.text, "byte for byte");
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(cases(&t.app.pool).await, 1);

    let mut other = new_case();
    other["procedure"] = json!("split");
    let reused = post(&care, "/api/v1/cases", KEY, other).await;
    assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reused.body["type"], "urn:diaba:problem:idempotency-key-reused");

    let colleague = t.signed_in("care.2", &["customer_care"]).await;
    assert_eq!(post(&colleague, "/api/v1/cases", KEY, new_case()).await.header("idempotency-replayed"), "");
    assert_eq!(cases(&t.app.pool).await, 2, "keys belong to a person");
    assert_eq!(post(&care, "/api/v1/cases", "short", new_case()).await.refused(), ["Idempotency-Key: idempotency-key"]);

    let kept: Vec<u8> =
        sqlx::query_scalar("select sealed from idempotency limit 1").fetch_one(&t.app.pool).await.unwrap();
    assert!(!String::from_utf8_lossy(&kept).contains("transfer"), "answers are sealed");
    t.advance(time::Duration::days(2));
    assert_eq!(diaba::flow::staff::sweep(&t.app).await.unwrap().idempotency_keys, 2);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_refused_request_gives_its_key_back(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let mut bad = new_case();
    bad["parcel_ref"]["sheet"] = json!("");
    assert_eq!(post(&care, "/api/v1/cases", KEY, bad).await.refused(), ["parcel_ref.sheet: required"]);
    assert_eq!(post(&care, "/api/v1/cases", KEY, new_case()).await.status, StatusCode::CREATED);
}

#[sqlx::test(migrations = "./migrations")]
async fn many_at_once_make_one(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let all = futures::future::join_all((0..12).map(|_| post(&care, "/api/v1/cases", KEY, new_case()))).await;
    for a in &all {
        match a.status {
            StatusCode::CREATED => {}
            StatusCode::CONFLICT => {
                assert_eq!(a.body["type"], "urn:diaba:problem:idempotency-in-flight");
                assert!(!a.header("retry-after").is_empty());
            }
            other => panic!("{other}: {}", a.text),
        }
    }
    assert!(all.iter().any(|a| a.status == StatusCode::CREATED));
    assert_eq!(cases(&t.app.pool).await, 1);
}

/// The holder of a key died before it did anything: after its time the key can be used again, and not before.
#[sqlx::test(migrations = "./migrations")]
async fn a_dead_holder_does_not_hold_for_ever(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    post(&care, "/api/v1/cases", KEY, new_case()).await;
    sqlx::query("update idempotency set status = null, sealed = null").execute(&t.app.pool).await.unwrap();
    assert_eq!(post(&care, "/api/v1/cases", KEY, new_case()).await.status, StatusCode::CONFLICT);
    t.advance(time::Duration::minutes(10));
    assert_eq!(post(&care, "/api/v1/cases", KEY, new_case()).await.status, StatusCode::CREATED);
}

/// A slow request whose key was taken over must not commit beside the one that took it.
#[sqlx::test(migrations = "./migrations")]
async fn a_lost_claim_does_not_commit(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    // Holds the sequence of the case's insert until the claim has changed hands.
    let mut holder = t.app.pool.begin().await.unwrap();
    sqlx::query("lock table case_file in access exclusive mode").execute(&mut *holder).await.unwrap();
    let slow = {
        let care = care.clone();
        tokio::spawn(async move { post(&care, "/api/v1/cases", KEY, new_case()).await })
    };
    let lose = "update idempotency set claim = gen_random_uuid()";
    while sqlx::query(lose).execute(&t.app.pool).await.unwrap().rows_affected() == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    holder.rollback().await.unwrap();
    let slow = slow.await.unwrap();
    assert_eq!((slow.status, slow.body["code"].as_str()), (StatusCode::CONFLICT, Some("idempotency-lost")));
    assert_eq!(cases(&t.app.pool).await, 0);
}

/// The client hung up while its request waited: the act goes on, and the same request finds its answer.
#[sqlx::test(migrations = "./migrations")]
async fn who_hangs_up_and_asks_again_finds_the_answer(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let mut holder = t.app.pool.begin().await.unwrap();
    sqlx::query("lock table case_file in access exclusive mode").execute(&mut *holder).await.unwrap();
    let hasty = {
        let care = care.clone();
        tokio::spawn(async move { post(&care, "/api/v1/cases", KEY, new_case()).await })
    };
    let begun = "select count(*) from idempotency";
    while sqlx::query_scalar::<_, i64>(begun).fetch_one(&t.app.pool).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    hasty.abort();
    assert!(hasty.await.is_err());
    holder.rollback().await.unwrap();
    let mut again = post(&care, "/api/v1/cases", KEY, new_case()).await;
    for _ in 0..50 {
        if again.status != StatusCode::CONFLICT {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        again = post(&care, "/api/v1/cases", KEY, new_case()).await;
    }
    assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
    assert_eq!(cases(&t.app.pool).await, 1);
}

/// A request that took too long gives its key back at once.
#[sqlx::test(migrations = "./migrations")]
async fn what_was_given_up_can_be_sent_again(pool: PgPool) {
    let t = TestApp::with(pool, |c| c.limits.request = Duration::from_millis(300)).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let mut holder = t.app.pool.begin().await.unwrap();
    sqlx::query("lock table case_file in access exclusive mode").execute(&mut *holder).await.unwrap();
    let late = post(&care, "/api/v1/cases", KEY, new_case()).await;
    assert_eq!(late.body["type"], "urn:diaba:problem:timeout");
    holder.rollback().await.unwrap();
    assert_eq!(post(&care, "/api/v1/cases", KEY, new_case()).await.status, StatusCode::CREATED);
    assert_eq!(cases(&t.app.pool).await, 1);
}

async fn send_map(caller: &Caller, key: &str, content: String, ask: Value) -> Answer {
    let file = Part::bytes(content.into_bytes()).file_name("thua.csv");
    let form = Form::new().text("ask", ask.to_string()).part("file", file);
    caller.send(caller.request(Method::POST, "/api/v1/imports").header("idempotency-key", key).multipart(form)).await
}

/// A form has another boundary each time it is sent: what was sent counts, to the last byte, and not how.
#[sqlx::test(migrations = "./migrations")]
async fn an_upload_is_told_apart_by_its_content(pool: PgPool) {
    let t = TestApp::with_data(pool).await;
    let gis = t.signed_in("gis", &["gis_analyst"]).await;
    let first = send_map(&gis, KEY, map(&[345]), ask()).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (StatusCode::ACCEPTED, ""), "{}", first.text);
    let again = send_map(&gis, KEY, map(&[345]), ask()).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::ACCEPTED, "true"), "{}", again.text);
    assert_eq!((again.text, again.headers.get("location")), (first.text, first.headers.get("location")));

    assert_eq!(map(&[345]).len(), map(&[346]).len());
    let mut elsewhere = ask();
    elsewhere["source_date"] = json!("2026-01-16");
    for (content, ask) in [(map(&[346]), ask()), (map(&[345]), elsewhere)] {
        let other = send_map(&gis, KEY, content, ask).await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
        assert_eq!(other.body["type"], "urn:diaba:problem:idempotency-key-reused");
    }
    assert_eq!(send_map(&gis, "short", map(&[345]), ask()).await.refused(), ["Idempotency-Key: idempotency-key"]);
    let kept: i64 = sqlx::query_scalar("select count(*) from import_request").fetch_one(&t.app.pool).await.unwrap();
    assert_eq!(kept, 1);

    let other = send_map(&gis, "another-key", map(&[346]), ask()).await;
    assert_eq!(other.status, StatusCode::ACCEPTED, "{}", other.text);
}

//! The database goes away and comes back; handlers fail; requests take too long.

use crate::proxy::Proxy;
use crate::test_app::{TestApp, new_case};
use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use std::time::{Duration, Instant};

#[sqlx::test(migrations = "./migrations")]
async fn while_the_database_is_away_503_and_then_again_as_before(pool: PgPool) {
    let direct = pool.connect_options();
    let mut proxy = Proxy::to(direct.get_host(), direct.get_port()).await;
    let t = TestApp::at(&proxy.way_to(&pool)).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    assert_eq!(care.post("/api/v1/cases", new_case()).await.status, StatusCode::CREATED);
    assert_eq!(care.get("/readyz").await.status, StatusCode::OK);

    proxy.pull().await;
    let started = Instant::now();
    let paths = ["/api/v1/cases", "/api/v1/me", "/readyz"];
    let away = futures::future::join_all((0..12).map(|i| care.get(paths[i % 3]))).await;
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    for a in &away {
        assert_eq!(a.status, StatusCode::SERVICE_UNAVAILABLE, "{}", a.text);
        assert_eq!(a.body["type"], "urn:diaba:problem:unavailable");
        assert!(a.header("retry-after").parse::<u64>().unwrap() >= 1);
        assert!(!a.text.contains("127.0.0.1") && !a.text.contains("os error"), "{}", a.text);
    }
    assert_eq!(care.get("/healthz").await.status, StatusCode::OK, "the process itself is alive");

    proxy.put_back().await;
    assert_eq!(care.get("/api/v1/cases").await.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(care.post("/api/v1/cases", new_case()).await.status, StatusCode::CREATED);
    assert_eq!(care.get("/readyz").await.status, StatusCode::OK);
    t.app.pool.close().await;
}

/// F6: the line goes dead and nobody says so. Requests are answered all the same; when the line is back, connections that
/// died are replaced, and no request pays for them with a failure.
#[sqlx::test(migrations = "./migrations")]
async fn f6_a_line_that_went_dead_without_a_word_is_noticed(pool: PgPool) {
    let direct = pool.connect_options();
    let mut proxy = Proxy::to(direct.get_host(), direct.get_port()).await;
    let t = TestApp::at(&proxy.way_to(&pool)).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let all = || futures::future::join_all((0..8).map(|_| care.get("/api/v1/cases")));
    assert!(all().await.iter().all(|a| a.status == StatusCode::OK));
    assert!(t.app.pool.size() > 1, "several connections are about to die");

    proxy.go_dead();
    let started = Instant::now();
    for a in all().await {
        assert_eq!(a.status, StatusCode::SERVICE_UNAVAILABLE, "{}", a.text);
        assert!(a.header("retry-after").parse::<u64>().unwrap() >= 1);
    }
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    proxy.revive();
    for a in all().await {
        assert_eq!(a.status, StatusCode::OK, "{}", a.text);
    }

    // Shorter than anybody's patience, as a firewall does that forgets what is idle.
    proxy.go_dead();
    tokio::time::sleep(Duration::from_millis(100)).await;
    proxy.revive();
    let started = Instant::now();
    for a in all().await {
        assert_eq!(a.status, StatusCode::OK, "idle connections that died are replaced: {}", a.text);
    }
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    // The proxy goes first: a pool says goodbye on each line, and would wait for ever on one that died.
    proxy.pull().await;
    let _ = tokio::time::timeout(Duration::from_secs(5), t.app.pool.close()).await;
}

#[sqlx::test(migrations = false)]
async fn not_ready_on_an_empty_database(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let answer = t.anonymous().get("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_fault_of_ours_gives_a_reference_and_no_text(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let case = care.open_case().await;
    sqlx::query("alter table case_file rename column wish to wish_").execute(&t.app.pool).await.unwrap();
    let broken = care.get(&format!("/api/v1/cases/{case}")).await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(broken.body["instance"], format!("urn:uuid:{}", broken.header("x-request-id")));
    assert!(!broken.text.contains("wish"), "{}", broken.text);
    assert!(broken.body.get("detail").is_none());
}

#[sqlx::test(migrations = "./migrations")]
async fn a_request_that_hangs_is_given_up(pool: PgPool) {
    let t = TestApp::with(pool, |c| c.limits.request = Duration::from_millis(300)).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let mut holder = t.app.pool.begin().await.unwrap();
    sqlx::query("lock table case_file in access exclusive mode").execute(&mut *holder).await.unwrap();
    let late = care.get("/api/v1/cases").await;
    assert_eq!(
        (late.status, late.body["type"].as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("urn:diaba:problem:timeout"))
    );
    holder.rollback().await.unwrap();
    assert_eq!(care.get("/api/v1/cases").await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "./migrations")]
async fn answers_carry_what_keeps_browsers_careful(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let answer = t.anonymous().get("/api/v1/nowhere").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(answer.header("content-language"), "en");
    assert!(!answer.header("x-request-id").is_empty());
}

#[sqlx::test(migrations = "./migrations")]
async fn numbers_for_the_admin(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let admin = t.signed_in("admin", &["admin"]).await;
    sqlx::query("insert into job (queue, kind, args) values ('maps', 'layer_import', '{}')")
        .execute(&t.app.pool)
        .await
        .unwrap();
    admin.get("/api/v1/me").await;
    let page = admin.get("/metrics").await;
    assert!(
        page.text.contains("diaba_http_requests_total{method=\"GET\",route=\"/api/v1/me\",status=\"200\"}"),
        "{}",
        page.text
    );
    assert!(page.text.contains("diaba_jobs{queue=\"maps\",state=\"due\"} 1"), "{}", page.text);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_job_tells_how_far_it_is(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let gis = t.signed_in("gis", &["gis_analyst"]).await;
    let id: uuid::Uuid =
        sqlx::query_scalar("insert into job (queue, kind, args) values ('maps', 'layer_import', '{}') returning id")
            .fetch_one(&t.app.pool)
            .await
            .unwrap();
    let pool = t.app.pool.clone();
    let steps = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let step = "update job set state = 'running', lease_token = gen_random_uuid(), lease_until = now() + interval '1 minute', attempts = 1, progress = $2 where id = $1";
        sqlx::query(step).bind(id).bind(json!({"done": 5, "of": 10})).execute(&pool).await.unwrap();
        tokio::time::sleep(Duration::from_millis(700)).await;
        sqlx::query(
            "update job set state = 'done', lease_token = null, lease_until = null, finished_at = now() where id = $1",
        )
        .bind(id)
        .execute(&pool)
        .await
        .unwrap();
    });
    let stream = gis.get(&format!("/api/v1/jobs/{id}/events")).await;
    steps.await.unwrap();
    assert_eq!(stream.header("content-type"), "text/event-stream");
    let events: Vec<_> = stream.text.split("\n\n").filter(|e| e.starts_with("event:")).collect();
    assert_eq!(events.len(), 3, "{}", stream.text);
    assert!(events[1].contains("\"done\":5"));
    assert!(events[2].starts_with("event: end"));
    let nowhere = gis.get("/api/v1/jobs/019a0000-0000-7000-8000-00000000dead/events").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}

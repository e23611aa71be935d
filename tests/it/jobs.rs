//! Jobs, for who looks after them.

use crate::test_app::TestApp;
use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn dead_letters_are_found_and_revived(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let manager = t.signed_in("manager", &["manager"]).await;
    sqlx::query(
        "insert into job (queue, kind, args, state, attempts, finished_at, last_error)
         select 'bulk', 'import_layer', '{}', 'dead', 3, now(), 'no disk' from generate_series(1, 3)",
    )
    .execute(&t.app.pool)
    .await
    .unwrap();
    let first = manager.get("/api/v1/jobs?state=dead&queue=bulk&limit=2").await;
    assert_eq!(first.body["items"].as_array().unwrap().len(), 2, "{}", first.text);
    let second = manager.get(first.body["next"].as_str().unwrap()).await;
    assert_eq!(second.body["items"].as_array().unwrap().len(), 1, "{}", second.text);
    assert!(manager.get("/api/v1/jobs?kind=verify_case").await.body["items"].as_array().unwrap().is_empty());
    assert_eq!(manager.get("/api/v1/jobs?state=lost").await.refused().len(), 1);

    let id = second.body["items"][0]["id"].as_str().unwrap();
    let address = format!("/api/v1/jobs/{id}");
    assert_eq!(manager.get(&address).await.body["last_error"], "no disk");
    let revive = format!("{address}/revive");
    assert_eq!(manager.post(&revive, json!({"reason": " "})).await.refused(), ["reason: length"]);
    let revived = manager.post(&revive, json!({"reason": "disk is back"})).await;
    assert_eq!((&revived.body["state"], &revived.body["attempts"]), (&json!("pending"), &json!(0)), "{}", revived.text);
    assert_eq!(manager.post(&revive, json!({"reason": "again"})).await.status, StatusCode::CONFLICT);

    let admin = t.signed_in("admin", &["admin"]).await;
    let page = admin.get("/metrics").await.text;
    assert!(page.contains("diaba_jobs{queue=\"bulk\",state=\"dead\"} 2"), "{page}");
    assert!(page.contains("diaba_jobs{queue=\"bulk\",state=\"due\"} 1"), "{page}");
    assert!(page.contains("diaba_jobs{queue=\"interactive\",state=\"dead\"} 0"), "{page}");
    assert!(page.contains("diaba_jobs_oldest_due_seconds{queue=\"bulk\"}"), "{page}");
}

//! Tasks and appointments.

use crate::test_app::TestApp;
use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn a_field_task_is_pulled_done_and_seen(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let field = t.signed_in("field", &["field"]).await;
    let case = legal.open_case().await;
    let appointment = |place: &str, lon: f64| {
        json!({"case_id": case, "department": "field", "at": "2026-10-07T02:00:00Z", "place_text": place, "lon": lon, "lat": 16.06})
    };
    let far = legal.post("/api/v1/appointments", appointment("Mẫu A", 108.3)).await;
    assert_eq!(far.status, StatusCode::CREATED, "{}", far.text);
    let near = legal.post("/api/v1/appointments", appointment("Mẫu B", 108.2)).await;
    assert_eq!(near.header("location"), format!("/api/v1/tasks/{}", near.body["id"].as_str().unwrap()));

    assert_eq!(legal.post("/api/v1/tasks/next?lon=108.2&lat=16.06", json!({})).await.status, StatusCode::FORBIDDEN);
    assert_eq!(field.post("/api/v1/tasks/next?lon=900&lat=16.06", json!({})).await.refused(), ["lon: range"]);
    let next = field.post("/api/v1/tasks/next?lon=108.2001&lat=16.06", json!({})).await;
    assert_eq!(next.body["id"], near.body["id"], "{}", next.text);
    let address = format!("/api/v1/tasks/{}", next.body["id"].as_str().unwrap());
    let version = &next.body["version"];
    assert_eq!(field.post(&format!("{address}/accept"), json!({"version": 99})).await.status, StatusCode::CONFLICT);
    let taken = field.post(&format!("{address}/accept"), json!({"version": version})).await;
    assert_eq!(taken.body["state"], "accepted", "{}", taken.text);

    let mine = field.get("/api/v1/tasks?assignee=me&state=accepted").await;
    assert_eq!(mine.body["items"].as_array().unwrap().len(), 1, "{}", mine.text);
    assert_eq!(field.get("/api/v1/tasks?state=lost").await.refused(), ["state: not-in-list"]);
    let result = json!({"version": taken.body["version"], "result": {"summary": "Mốc còn nguyên.",
        "points": [{"lon": 108.2, "lat": 16.06, "accuracy_m": 0.05, "label": "M1"}]}});
    let done = field.post(&format!("{address}/result"), result).await;
    assert_eq!(done.body["state"], "done", "{}", done.text);
    let shown = legal.get(&address).await;
    assert_eq!(shown.body["result"]["summary"], "Mốc còn nguyên.");
    assert_eq!(shown.body["events"].as_array().unwrap().last().unwrap()["what"], "done", "{}", shown.text);

    let page = legal.get(&format!("/api/v1/tasks?case={case}&limit=1")).await;
    let rest = legal.get(page.body["next"].as_str().unwrap()).await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), 1, "{}", rest.text);
    assert_ne!(rest.body["items"][0]["id"], page.body["items"][0]["id"]);
    assert!(page.body["items"][0]["result"].is_null() && rest.body["items"][0]["result"].is_null());
}

#[sqlx::test(migrations = "./migrations")]
async fn a_task_is_handed_back_and_cancelled(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let field = t.signed_in("field", &["field"]).await;
    let case = legal.open_case().await;
    let new = json!({"case_id": case, "department": "field", "at": "2026-10-07T02:00:00Z", "place_text": "Mẫu", "lon": 108.2, "lat": 16.06});
    legal.post("/api/v1/appointments", new).await;
    let next = field.post("/api/v1/tasks/next?lon=108.2&lat=16.06", json!({})).await;
    let address = format!("/api/v1/tasks/{}", next.body["id"].as_str().unwrap());
    let why = |version: &serde_json::Value| json!({"version": version, "reason": "ốm"});
    let back = field.post(&format!("{address}/hand-back"), why(&next.body["version"])).await;
    assert_eq!((&back.body["state"], &back.body["assignee"]), (&json!("open"), &json!(null)), "{}", back.text);
    let ended = field.post(&format!("{address}/cancel"), why(&back.body["version"])).await;
    assert_eq!(ended.body["state"], "cancelled", "{}", ended.text);
    assert!(field.post("/api/v1/tasks/next?lon=108.2&lat=16.06", json!({})).await.body.is_null(), "nothing is left");
}

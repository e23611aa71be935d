//! A customer comes in, goes away and comes back; two records become one only when somebody says so.

use crate::case_events::{every_case_is_its_events, kinds};
use crate::cases::nothing_in_clear;
use crate::test_app::TestApp;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

fn person(name: &str, id: Option<&str>) -> Value {
    json!({"name": name, "id_number": id, "phone": "0900 000 001"})
}

#[sqlx::test(migrations = "./migrations")]
async fn save_and_return(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let first = json!({"channel": "hotline", "need": "Tôi muốn bán đất của mẹ", "person": person("Người Mẫu Tư", None),
        "consents": [{"what": "processing", "text_version": "2026-01"}], "invite": true,
        "appointment": {"at": "2026-10-07T02:00:00Z", "place_text": "Văn phòng mẫu"}});
    let saved = care.post("/api/v1/intakes", first).await;
    assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text);
    assert_eq!(saved.body["missing"], json!(["procedure", "parcel"]));
    assert_eq!(saved.body["case"]["state"], "intake");
    let id: uuid::Uuid = saved.body["case"]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        kinds(&pool, id).await,
        [
            "opened",
            "customer_linked",
            "consent_given",
            "account_invited",
            "intake_saved",
            "task_created",
            "appointment_made"
        ]
    );
    let back = json!({"channel": "website", "procedures": ["transfer"],
        "parcel_ref": {"commune_code": "20194", "sheet": "12", "number": "345"}});
    let path = format!("/api/v1/cases/{id}/intake");
    let done = care.post(&path, back.clone()).await;
    assert_eq!((done.status, &done.body["missing"]), (StatusCode::OK, &json!([])), "{}", done.text);
    assert_eq!(
        (done.body["case"]["state"].as_str(), done.body["case"]["procedure"].as_str()),
        (Some("verification"), Some("transfer"))
    );
    assert_eq!(care.post(&path, back).await.status, StatusCode::CONFLICT, "the intake is over");
    nothing_in_clear(&pool, &["bán đất của mẹ", "Người Mẫu Tư", "0900 000 001", "0900000001"]).await;
    every_case_is_its_events(&pool).await;

    let consents = care.get(&format!("/api/v1/cases/{id}/consents")).await;
    let consent = consents.body[0]["id"].as_str().unwrap();
    assert_eq!(
        (consents.body[0]["what"].as_str(), consents.body[0]["channel"].as_str()),
        (Some("processing"), Some("hotline"))
    );
    let path = format!("/api/v1/consents/{consent}/withdraw");
    assert_eq!(care.post(&path, json!({})).await.body["withdrawn_at"], "2026-10-05T02:00:00Z");
    assert_eq!(care.post(&path, json!({})).await.status, StatusCode::NOT_FOUND);
    let bad = json!({"channel": "hotline", "consents": [{"what": "all", "text_version": ""}], "person": {"name": " ", "phone": "1"}});
    assert_eq!(
        care.post("/api/v1/intakes", bad).await.refused(),
        [
            "person.name: length",
            "person.phone: phone",
            "consents[0].what: not-in-list",
            "consents[0].text_version: length"
        ]
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn never_merged_in_silence(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let came = async |name: &str, id: Option<&str>| {
        let new = json!({"channel": "office", "person": person(name, id)});
        let made = care.post("/api/v1/intakes", new).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.body
    };
    let one = came("Người Mẫu Năm", Some("001080000018")).await;
    let other = came("Người Mẫu Sáu", None).await;
    assert_eq!(other["merges_proposed"], 0, "one phone, two names");
    let again = came("NGƯỜI  mẫu năm", Some("001080000018")).await;
    assert_eq!(again["merges_proposed"], 1);
    let list = care.get("/api/v1/customer-merges").await;
    let merge = &list.body["items"][0];
    assert_eq!((&merge["keep"], &merge["fold"]), (&one["customer_id"], &again["customer_id"]), "{}", list.text);
    assert_eq!(merge["why"], json!(["id_number", "phone", "name"]));
    let path = format!("/api/v1/customer-merges/{}/decide", merge["id"].as_str().unwrap());
    assert_eq!(care.post(&path, json!({"accept": true})).await.body["state"], "accepted");
    assert_eq!(care.post(&path, json!({"accept": false})).await.body["code"], "merge-decided");
    let owners: Vec<uuid::Uuid> =
        sqlx::query_scalar("select customer_id from case_file order by id").fetch_all(&pool).await.unwrap();
    assert_eq!(owners[0], owners[2]);
    let id: uuid::Uuid = again["case"]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(kinds(&pool, id).await.last().unwrap(), "customer_linked");
    assert!(care.get("/api/v1/customer-merges").await.body["items"].as_array().unwrap().is_empty());
    every_case_is_its_events(&pool).await;
}

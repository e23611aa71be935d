//! Who calls, what did they tell us, which cases are theirs: read for a purpose, and every read is kept.

use crate::test_app::{Caller, TestApp};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn a_clerk_goes_on_where_another_stopped(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let sales = t.signed_in("sales", &["sales"]).await;
    let first = json!({"channel": "hotline", "need": "Tôi muốn bán đất của mẹ",
        "person": {"name": "Người Mẫu Tư", "phone": "0900 000 001"}});
    let saved = care.post("/api/v1/intakes", first).await;
    let case = saved.body["case"]["id"].as_str().unwrap().to_owned();
    assert_eq!(saved.body["case"]["turn"], "ours");

    let other = t.signed_in("care2", &["customer_care"]).await;
    let path = format!("/api/v1/cases/{case}/intake");
    assert_eq!(other.get(&path).await.refused(), ["purpose: purpose-needed"]);
    let told = other.get(&format!("{path}?purpose=contact_customer")).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!(told.body["need"], "Tôi muốn bán đất của mẹ");
    assert_eq!(told.body["person"]["phone"], "0900 000 001");
    assert_eq!(told.body["missing"], json!(["procedure", "parcel", "consent"]));
    assert_eq!(told.body["customer_id"], saved.body["customer_id"]);
    assert_eq!(sales.get(&format!("{path}?purpose=contact_customer")).await.status, StatusCode::FORBIDDEN);
    let plain = care.open_case().await;
    let none = other.get(&format!("/api/v1/cases/{plain}/intake?purpose=verify")).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "it did not come by an intake");

    let reviewer = t.signed_in("eye", &["reviewer"]).await;
    let reads = reviewer.get(&format!("/api/v1/cases/{case}/reads")).await;
    assert_eq!(
        (&reads.body["items"][0]["actor"], &reads.body["items"][0]["purpose"]),
        (&json!("care2"), &json!("contact_customer")),
        "{}",
        reads.text
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn who_calls_is_found_and_two_records_can_be_compared(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let came = async |person: Value| {
        let made = care.post("/api/v1/intakes", json!({"channel": "office", "person": person})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.body
    };
    let person = json!({"name": "Người Mẫu Năm", "id_number": "001080000018", "phone": "0900 000 005"});
    let (one, again) = (came(person.clone()).await, came(person).await);
    came(json!({"name": "Người Mẫu Sáu", "phone": "0900 000 005"})).await;

    let path = "/api/v1/customers/search";
    let search = async |asked: Value| care.post(path, asked).await;
    let by_phone = search(json!({"phone": "+84 900 000 005", "purpose": "contact_customer"})).await;
    let names = |found: &Value| -> Vec<String> {
        let all = found["items"].as_array().unwrap().iter();
        all.map(|c| c["person"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&by_phone.body), ["Người Mẫu Năm", "Người Mẫu Năm", "Người Mẫu Sáu"], "{}", by_phone.text);
    let both = search(json!({"phone": "0900000005", "name": "nguoi mau sau", "purpose": "contact_customer"})).await;
    assert_eq!(names(&both.body), ["Người Mẫu Sáu"], "without marks");
    let card = search(json!({"id_number": "001080000018", "purpose": "contact_customer"})).await;
    assert_eq!(names(&card.body).len(), 2);
    assert_eq!(card.body["items"][0]["cases"][0]["id"], one["case"]["id"]);
    for (asked, field) in [
        (json!({"purpose": "verify"}), "id_number: required"),
        (json!({"phone": "1", "purpose": "verify"}), "phone: phone"),
        (json!({"id_number": "12", "purpose": "verify"}), "id_number: id-number-format"),
        (json!({"name": " ", "purpose": "verify"}), "name: length"),
        (json!({"phone": "0900000005", "purpose": "curiosity"}), "purpose: purpose-needed"),
    ] {
        assert_eq!(search(asked.clone()).await.refused(), [field], "{asked}");
    }

    // Somebody who decides whether two are one looks at both.
    let merge = care.get("/api/v1/customer-merges").await.body["items"][0].clone();
    let look = async |id: &Value| {
        let path = format!("/api/v1/customers/{}?purpose=contact_customer", id.as_str().unwrap());
        let found = care.get(&path).await;
        assert_eq!(found.status, StatusCode::OK, "{}", found.text);
        found.body
    };
    let (keep, fold) = (look(&merge["keep"]).await, look(&merge["fold"]).await);
    assert_eq!(keep["person"], fold["person"]);
    assert_eq!((&keep["cases"][0]["id"], &fold["cases"][0]["id"]), (&one["case"]["id"], &again["case"]["id"]));
    let decide = format!("/api/v1/customer-merges/{}/decide", merge["id"].as_str().unwrap());
    care.post(&decide, json!({"accept": true})).await;
    let merged = look(&merge["fold"]).await;
    assert_eq!((&merged["id"], merged["cases"].as_array().unwrap().len()), (&merge["keep"], 2), "the one it became");
    let theirs = care.get(&format!("/api/v1/cases?customer={}", merged["id"].as_str().unwrap())).await;
    assert_eq!(theirs.body["items"].as_array().unwrap().len(), 2, "{}", theirs.text);

    let read: i64 = sqlx::query_scalar("select count(*) from personal_data_read where subject like 'customer/%'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(read, 3 + 1 + 2 + 2 + 2, "each customer that was shown, once in each of their cases");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_desk_sees_its_own_cases_and_those_that_stand_still(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care", "legal"]).await;
    let (mine, old) = (care.open_case().await, care.open_case().await);
    let visit =
        json!({"case_id": mine, "department": "legal", "at": "2026-10-07T02:00:00Z", "place_text": "Văn phòng mẫu"});
    let task = care.post("/api/v1/appointments", visit).await.body;
    let ids = async |query: &str| -> Vec<String> {
        let all = care.get(&format!("/api/v1/cases?{query}")).await;
        assert_eq!(all.status, StatusCode::OK, "{}", all.text);
        all.body["items"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids("worker=me").await, Vec::<String>::new(), "nobody has taken it");
    let path = format!("/api/v1/tasks/{}/accept", task["id"].as_str().unwrap());
    assert_eq!(care.post(&path, json!({"version": 1})).await.status, StatusCode::OK);
    assert_eq!(ids("worker=me").await, std::slice::from_ref(&mine));
    assert_eq!(ids("since=2026-10-04").await, Vec::<String>::new());
    assert_eq!(ids("since=2026-10-05").await, [old.clone(), mine.clone()]);
    assert_eq!(ids("since=2026-10-05&turn=ours&state=intake").await.len(), 2);
    let counts = care.get("/api/v1/task-counts?assignee=me").await;
    assert_eq!(counts.body, json!([{"department": "legal", "state": "accepted", "tasks": 1, "late": 0}]));
    assert_eq!(care.get("/api/v1/task-counts").await.body, counts.body);
    let rounds = care.get("/api/v1/round-counts?from=2026-10-05&to=2026-10-05").await;
    assert_eq!(rounds.body, json!([{"procedure": "transfer", "rounds": 0, "cases": 2, "ended": 0}]));
    assert_eq!(care.get("/api/v1/round-counts?from=2026-10-06").await.body, json!([]));
    assert_eq!(care.get("/api/v1/cases?worker=king").await.refused(), ["worker: shape"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_customer_follows_their_case_with_a_code(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let told = json!({"channel": "office", "person": {"name": "Người Mẫu Tư", "phone": "0900000001"}, "invite": true});
    let case = care.post("/api/v1/intakes", told.clone()).await.body["case"]["id"].as_str().unwrap().to_owned();
    let secret = async || {
        let path = format!("/api/v1/cases/{case}/invitation?purpose=contact_customer");
        let found = care.get(&path).await;
        assert_eq!(found.status, StatusCode::OK, "{}", found.text);
        json!({"invitation": found.body["id"], "code": found.body["code"]})
    };
    let customer = t.anonymous();
    let follow = async |with: &Value| customer.post("/api/v1/follow", with.clone()).await;
    let stands = async |care: &Caller| {
        care.get(&format!("/api/v1/cases/{case}/screen")).await.body["invitation"]["state"].clone()
    };
    let first = secret().await;
    assert_eq!(stands(&care).await, "waiting");
    let seen = follow(&first).await;
    assert_eq!(stands(&care).await, "used");
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert_eq!(seen.body["timeline"]["now"]["turn"], "ours");
    let whole = seen.text.to_string();
    assert!(!whole.contains("Người Mẫu Tư") && !whole.contains("customer_linked"), "{whole}");
    assert_eq!(seen.body["requests"], json!([]));
    let mut wrong = first.clone();
    wrong["code"] = "000000000000".into();
    assert_eq!(follow(&wrong).await.refused(), ["code: code-wrong"]);
    assert_eq!(follow(&first).await.status, StatusCode::OK, "the right one sets the count back");
    for left in (0..5).rev() {
        assert_eq!(follow(&wrong).await.refused(), ["code: code-wrong"], "{left}");
    }
    assert_eq!(follow(&first).await.body["code"], "link-dead");
    assert_eq!(stands(&care).await, "dead");
    care.post(&format!("/api/v1/cases/{case}/intake"), told.clone()).await;
    let first = secret().await;
    assert_eq!(follow(&first).await.status, StatusCode::OK, "invited anew");

    t.advance(time::Duration::days(15));
    assert_eq!(follow(&first).await.status, StatusCode::OK, "once used it holds");
    let care = t.signed_in("care.later", &["customer_care"]).await;
    care.post(&format!("/api/v1/cases/{case}/intake"), told).await;
    assert_eq!(follow(&first).await.status, StatusCode::NOT_FOUND, "invited anew");
    let path = format!("/api/v1/cases/{case}/invitation?purpose=contact_customer");
    let second = care.get(&path).await.body;
    let second = json!({"invitation": second["id"], "code": second["code"]});
    t.advance(time::Duration::days(15));
    assert_eq!(follow(&second).await.body["code"], "link-expired", "never used within its term");
    let care = t.signed_in("care.last", &["customer_care"]).await;
    assert_eq!(stands(&care).await, "expired");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_customer_who_comes_again_is_named_and_nothing_is_left_to_merge(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let take = async |told: Value| care.post("/api/v1/intakes", told).await;
    let person = json!({"name": "Người Mẫu Bảy", "phone": "0900000007", "id_number": "001080000018"});
    let first = take(json!({"channel": "hotline", "person": person})).await.body;
    let customer = first["customer_id"].clone();

    // Only who it is: the rest is known.
    let again = take(json!({"channel": "office", "customer": customer})).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.text);
    assert_eq!((&again.body["customer_id"], &again.body["merges_proposed"]), (&customer, &json!(0)));
    let missing = again.body["missing"].as_array().unwrap();
    assert!(!missing.contains(&json!("name")) && !missing.contains(&json!("phone")), "{missing:?}");
    // A phone they have now; their number stays known.
    let now =
        json!({"name": "Người Mẫu Bảy", "phone": "0900000077", "id_number": "001080000018", "email": "bay@mau.vn"});
    assert_eq!(take(json!({"channel": "app", "customer": customer, "person": now})).await.status, StatusCode::CREATED);
    let seen =
        care.get(&format!("/api/v1/customers/{}?purpose=contact_customer", customer.as_str().unwrap())).await.body;
    assert_eq!(seen["person"]["phone"], "0900000077");
    assert_eq!(seen["cases"].as_array().unwrap().len(), 3);
    assert_eq!(care.get("/api/v1/customer-merges").await.body["items"], json!([]));

    let other = json!({"name": "Người Mẫu Tám", "phone": "0900000008"});
    let wrong = take(json!({"channel": "app", "customer": customer, "person": other})).await;
    assert_eq!(wrong.refused()[0].split_whitespace().next(), Some("person:"), "{}", wrong.text);
    let nobody = take(json!({"channel": "app", "customer": "0199b2f0-0000-7000-8000-000000000009"})).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    let theirs = take(json!({"channel": "app", "person": other})).await.body;
    let path = format!("/api/v1/cases/{}/intake", theirs["case"]["id"].as_str().unwrap());
    let both = care.post(&path, json!({"channel": "app", "customer": customer})).await;
    assert_eq!(both.refused()[0].split_whitespace().next(), Some("person:"), "they told another name: {}", both.text);
}

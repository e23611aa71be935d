//! What somebody who plays with the service runs into: words for people, nothing lost, nobody in two places.

use crate::contracts::ok;
use crate::plans::{agency, begun, contracted, put, staff, task};
use crate::test_app::{Answer, Caller, TestApp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

/// A customer who was taken in, their case at work, and what opens it to them.
async fn taken_in(t: &TestApp, care: &Caller) -> (String, Value) {
    let told = json!({"channel": "office", "need": "Tôi muốn bán đất", "procedures": ["transfer"],
        "person": {"name": "Người Mẫu Tư", "phone": "0900000001"}, "invite": true,
        "parcel_ref": {"commune_code": "20194", "sheet": "12", "number": "345"},
        "consents": [{"what": "processing", "text_version": "2026-01"}]});
    let case = ok(care.post("/api/v1/intakes", told).await)["case"]["id"].as_str().unwrap().to_owned();
    contracted(t, case.parse().unwrap()).await;
    let secret = ok(care.get(&format!("/api/v1/cases/{case}/invitation?purpose=contact_customer")).await);
    (case, json!({"invitation": secret["id"], "code": secret["code"]}))
}

async fn in_vietnamese(who: &Caller, path: &str, body: &Value) -> Answer {
    who.send_in("vi", who.request(Method::POST, path).json(body)).await
}

#[sqlx::test(migrations = "./migrations")]
async fn a_customer_reads_what_they_are_asked_for(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (boss, _) = staff(&t, "boss", "manager").await;
    let (legal, _) = staff(&t, "an", "legal").await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let (case, secret) = taken_in(&t, &care).await;
    let mut office = agency();
    office["kind"] = "land_registration".into();
    ok(put(&boss, "/api/v1/agencies/vpdk.example", office).await);
    let dossier = json!({"agency": "vpdk.example", "receipt_number": "H1"});
    let made = ok(legal.post(&format!("/api/v1/cases/{case}/submissions"), dossier).await);
    let ask = json!({"words": "Bổ sung giấy tờ", "from_customer": ["marriage_paper", "Sơ đồ nhà có xác nhận"]});
    ok(legal.post(&format!("/api/v1/submissions/{}/asked-more", made["id"].as_str().unwrap()), ask).await);

    let seen = in_vietnamese(&t.anonymous(), "/api/v1/follow", &secret).await;
    let items = &seen.body["requests"][0]["items"];
    let mut what: Vec<&str> = items.as_array().unwrap().iter().map(|i| i["what"].as_str().unwrap()).collect();
    what.sort_unstable();
    assert_eq!(
        what,
        ["Xin gửi: Sơ đồ nhà có xác nhận.", "Xin gửi: giấy tờ về tình trạng hôn nhân."],
        "in words: {}",
        seen.text
    );
    assert_eq!(items[0]["why"], "Cơ quan nhà nước yêu cầu.");
    assert!(!seen.text.contains("\"an\"") && !seen.text.contains("created_by"), "no logins: {}", seen.text);
    assert_eq!(seen.body["meetings"], json!([]));
    let meeting = json!({"case_id": case, "department": "legal", "at": "2026-10-07T02:00:00Z", "minutes": 30,
        "place_text": "Bàn tiếp khách số 2", "with_customer": true});
    ok(care.post("/api/v1/appointments", meeting).await);
    let inner =
        json!({"case_id": case, "department": "legal", "at": "2026-10-08T02:00:00Z", "place_text": "Phòng họp"});
    ok(care.post("/api/v1/appointments", inner).await);
    let told = ok(t.anonymous().post("/api/v1/follow", secret.clone()).await)["meetings"].clone();
    let where_to = json!([{"starts": "2026-10-07T02:00:00Z", "ends": "2026-10-07T02:30:00Z", "place": "Bàn tiếp khách số 2",
        "confirmed": true}]);
    assert_eq!(told, where_to);
    let reads: i64 = sqlx::query_scalar("select count(*) from personal_data_read where actor = 'system:follow'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(reads, 2 + 2 + 1, "each title and place that was opened is logged");
    let listed = ok(care.get(&format!("/api/v1/cases/{case}/paper-requests?purpose=contact_customer")).await);
    assert!(listed.to_string().contains("Please send: paper on the marital status."), "{listed}");

    // A paper that came is called by what it is.
    ok(care.post(&format!("/api/v1/cases/{case}/papers"), json!({"kind": "other", "title": "tax_receipt"})).await);
    let told = ok(care.get(&format!("/api/v1/cases/{case}/timeline")).await);
    assert!(told.to_string().contains("receipt of taxes and fees"), "{told}");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_wish_told_later_is_kept(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let case = ok(care.post("/api/v1/intakes", json!({"channel": "website", "need": "Tách thửa"})).await);
    let path = format!("/api/v1/cases/{}/intake", case["case"]["id"].as_str().unwrap());
    let more = json!({"channel": "hotline", "procedures": ["split"], "wish": {"split_parts": 2}});
    assert_eq!(ok(care.post(&path, more).await)["case"]["wish"], json!({"split_parts": 2}));
    let more = json!({"channel": "hotline", "wish": {"target_use": "ODT"}});
    let kept = ok(care.post(&path, more).await)["case"]["wish"].clone();
    assert_eq!(kept, json!({"split_parts": 2, "target_use": "ODT"}), "what is not told again stays");
    let strange = json!({"channel": "hotline", "wish": {"split_parts": 1}});
    assert_eq!(care.post(&path, strange).await.refused(), ["wish.split_parts: range"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_customer_is_invited_after_the_intake(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let (case, first) = taken_in(&t, &care).await;
    let path = format!("/api/v1/cases/{case}/invitation");
    let made = care.post(&path, json!({})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert!(made.body.get("code").is_none(), "{}", made.text);
    let second = ok(care.get(&format!("{path}?purpose=contact_customer")).await);
    assert_eq!(second["id"], made.body["id"]);
    let follow = async |with: Value| t.anonymous().post("/api/v1/follow", with).await.status;
    assert_eq!(follow(first).await, StatusCode::NOT_FOUND, "an earlier one holds no longer");
    assert_eq!(follow(json!({"invitation": second["id"], "code": second["code"]})).await, StatusCode::OK);
    let nobodys = care.open_case().await;
    let refused = care.post(&format!("/api/v1/cases/{nobodys}/invitation"), json!({})).await;
    assert_eq!(refused.refused(), ["person: required"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn who_lacks_a_skill_does_not_take_what_needs_it(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let (boss, _) = staff(&t, "boss", "manager").await;
    let (legal, legal_id) = staff(&t, "an", "legal").await;
    let (field, _) = staff(&t, "chi", "field").await;
    staff(&t, "binh", "sales").await;
    let case = legal.open_case().await;
    contracted(&t, case.parse().unwrap()).await;
    let visit = begun(&field, &case, "visit_parcel").await;
    let values = json!({"state_of_land": "as_papers_say", "boundary_disputed": false});
    let lacking = json!({"version": visit.1, "result": {"summary": "Xong."}, "values": values});
    let refused = in_vietnamese(&field, &format!("{}/result", visit.0), &lacking).await;
    assert_eq!(refused.body["errors"][0]["message"], "Thiếu giá trị; cho phép: Ảnh hiện trạng", "{}", refused.text);
    let cancel = async |kind: &str| {
        let open = task(&boss, &case, kind).await;
        let path = format!("/api/v1/tasks/{}/cancel", open["id"].as_str().unwrap());
        ok(boss.post(&path, json!({"version": open["version"], "reason": "not needed here"})).await);
    };
    cancel("visit_parcel").await;
    cancel("collect_originals").await;
    let draft = task(&legal, &case, "draft_deed").await;
    assert_eq!((&draft["state"], &draft["assignee"]), (&json!("open"), &Value::Null), "nobody can: {draft}");
    let accept = format!("/api/v1/tasks/{}/accept", draft["id"].as_str().unwrap());
    let on = json!({"version": draft["version"]});
    assert_eq!(legal.post(&accept, on.clone()).await.refused(), ["skills: skill-lacking"]);
    ok(put(&boss, &format!("/api/v1/staff/{legal_id}/skills"), json!({"skills": ["drafting"]})).await);
    assert_eq!(ok(legal.post(&accept, on).await)["state"], "accepted");
}

#[sqlx::test(migrations = "./migrations")]
async fn nobody_is_planned_into_two_places(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let (legal, _) = staff(&t, "an", "legal").await;
    let (field, me) = staff(&t, "chi", "field").await;
    let case = legal.open_case().await;
    let at = |hour: &str, place: Value| {
        let mut new = json!({"case_id": case, "department": "field", "at": format!("2026-10-06T{hour}:00Z"), "minutes": 30,
            "place_text": "Văn phòng mẫu", "assignee": me});
        new.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        new
    };
    // 07:30 in Viet Nam, nobody knows where; 08:00 on the map.
    ok(field.post("/api/v1/appointments", at("00:30", json!({}))).await);
    ok(field.post("/api/v1/appointments", at("01:00", json!({"lon": 108.2, "lat": 16.06}))).await);
    let day = ok(field.get("/api/v1/field/day?day=2026-10-06").await);
    let stops = day["stops"].as_array().unwrap();
    assert_eq!((stops.len(), &day["left"]), (2, &json!([])), "{day}");
    assert_eq!(stops[0]["because"]["because"], "appointment_somewhere");
    assert_eq!(
        (&stops[0]["ends"], &stops[1]["begins"]),
        (&json!("2026-10-06T01:00:00Z"), &json!("2026-10-06T01:00:00Z"))
    );
    assert!(stops[0]["task"]["case_number"].as_str().unwrap().starts_with("HS-"), "{day}");
}

#[sqlx::test(migrations = "./migrations")]
async fn everybody_can_name_a_colleague(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let (field, _) = staff(&t, "chi", "field").await;
    let (_, owner) = staff(&t, "an", "legal").await;
    let all = ok(field.get("/api/v1/colleagues").await);
    let found = all["items"].as_array().unwrap().iter().find(|c| c["login"] == "an").unwrap();
    assert_eq!((&found["id"], &found["name"]), (&json!(owner), &json!("Người Mẫu an")), "{all}");
    assert_eq!(field.get("/api/v1/staff").await.status, StatusCode::FORBIDDEN);
    let refused = field.send_in("vi", field.request(Method::GET, "/api/v1/staff")).await;
    assert_eq!(refused.body["detail"], "dành cho: quản trị, quản lý", "{}", refused.text);
}

#[sqlx::test(migrations = "./migrations")]
async fn refusals_speak_one_language(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let (boss, _) = staff(&t, "boss", "manager").await;
    let (legal, _) = staff(&t, "an", "legal").await;
    let (field, _) = staff(&t, "chi", "field").await;
    let case = legal.open_case().await;
    contracted(&t, case.parse().unwrap()).await;
    let ask = format!("/api/v1/cases/{case}/ask-review");
    let early = in_vietnamese(&legal, &ask, &json!({})).await;
    assert_eq!(early.body["code"], "work-open");
    let said = early.body["detail"].as_str().unwrap();
    assert!(said.starts_with("Còn việc chưa xong") && said.contains("nhiệm vụ: 9,"), "{said}");
    let english = legal.post(&ask, json!({})).await;
    assert!(english.body["detail"].as_str().unwrap().contains("tasks: 9,"), "{}", english.text);

    let (visit, version) = begun(&field, &case, "visit_parcel").await;
    let again = in_vietnamese(&field, &format!("{visit}/start"), &json!({"version": version})).await;
    assert!(again.body["detail"].as_str().unwrap().ends_with("(nhiệm vụ đang làm)"), "{}", again.text);
    let none = in_vietnamese(&field, &format!("{visit}/pause"), &json!({"version": version, "reason": ""})).await;
    assert_eq!(none.body["errors"][0]["message"], "Thiếu giá trị; cho phép: lý do bằng lời", "{}", none.text);
    let wrong = field.request(Method::PUT, &format!("{visit}/fields")).json(&json!({"values": {"state_of_land": "x"}}));
    let wrong = field.send_in("vi", wrong).await;
    let message = wrong.body["errors"][0]["message"].as_str().unwrap();
    assert_eq!(message, "Thấy văn bản 1 ký tự; chỉ nhận: Đúng như giấy tờ, Khác giấy tờ, Không vào được");
    let gone =
        boss.send_in("vi", boss.request(Method::GET, "/api/v1/tasks/01a00000-0000-7000-8000-000000000000")).await;
    assert_eq!(gone.body["detail"], "nhiệm vụ 01a00000-0000-7000-8000-000000000000", "{}", gone.text);
    let told = boss.send_in("vi", boss.request(Method::GET, &format!("/api/v1/cases/{case}/checklist"))).await;
    assert!(told.text.contains("Nhiệm vụ chưa xong: Nộp hồ sơ."), "{}", told.text);
    let clock = boss.send_in("vi", boss.request(Method::GET, &format!("/api/v1/cases/{case}/clock"))).await;
    assert_eq!(clock.body["clocks"][0]["days"][0]["said"], "Ngày bắt đầu, không tính.", "{}", clock.text);
    assert_eq!(clock.body["clocks"][0]["title"], "bước Tiếp nhận");
}

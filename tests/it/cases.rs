//! Cases: numbers, pages, parties, history.

use crate::test_app::{TestApp, new_case};
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use std::collections::BTreeSet;

#[sqlx::test(migrations = "./migrations")]
async fn found_by_id_and_by_the_number_read_out(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let made = care.post("/api/v1/cases", new_case()).await;
    let number = made.body["number"].as_str().unwrap();
    assert!(number.starts_with("HS-2026-000001-"), "{number}");
    assert_eq!(made.body["created_at"], "2026-10-05T02:00:00Z");
    let got = care.get(made.header("location")).await;
    assert_eq!(got.body, made.body);
    let spoken = number.to_lowercase().replace('-', "");
    assert_eq!(care.get(&format!("/api/v1/cases/{spoken}")).await.body, made.body);
    let misheard = number.replace("000001", "000007");
    assert_eq!(care.get(&format!("/api/v1/cases/{misheard}")).await.status, StatusCode::NOT_FOUND);

    let tag = got.header("etag").to_owned();
    let again = care.request(Method::GET, made.header("location")).header("if-none-match", tag);
    assert_eq!(care.send(again).await.status, StatusCode::NOT_MODIFIED);
}

#[sqlx::test(migrations = "./migrations")]
async fn refusals_name_the_field_in_both_languages(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let bad = json!({"procedure": "X Y", "wish": {"split_parts": 1}, "parcel_ref": {"commune_code": "12", "sheet": "?", "number": ""}});
    let fields = [
        "parcel_ref.commune_code: commune-code-format",
        "parcel_ref.sheet: parcel-number-format",
        "parcel_ref.number: required",
        "wish.split_parts: range",
        "procedure: procedure-unknown",
    ];
    assert_eq!(care.post("/api/v1/cases", bad.clone()).await.refused(), fields);
    let vi = care.send_in("vi-VN,vi;q=0.9", care.request(Method::POST, "/api/v1/cases").json(&bad)).await;
    assert_eq!(vi.refused(), fields);
    assert_eq!(vi.body["title"], "Dữ liệu không nhận được");
    assert_eq!(vi.body["errors"][3]["message"], "Thấy 1; trong khoảng: 2-100");

    let wrong_type =
        care.post("/api/v1/cases", json!({"procedure": 7, "parcel_ref": {"sheet": "1", "number": "2"}})).await;
    assert_eq!(wrong_type.refused(), ["procedure: wrong-type"]);
    let unknown = care
        .post("/api/v1/cases", json!({"procedure": "split", "parcel_ref": {"sheet": "1", "number": "2"}, "colour": 1}))
        .await;
    assert_eq!(unknown.refused().len(), 1);
    let broken = care.request(Method::POST, "/api/v1/cases").header("content-type", "application/json").body("{");
    assert_eq!(care.send(broken).await.status, StatusCode::BAD_REQUEST);
    let form = care.request(Method::POST, "/api/v1/cases").body("a=b");
    assert_eq!(care.send(form).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let huge = care
        .request(Method::POST, "/api/v1/cases")
        .header("content-type", "application/json")
        .body(" ".repeat(2 << 20));
    assert_eq!(care.send(huge).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let nowhere = json!({"procedure": "split", "parcel_ref": {"sheet": "1", "number": "2"},
        "parcel": {"zone": 9210, "id": "019a0000-0000-7000-8000-00000000dead"}});
    assert_eq!(care.post("/api/v1/cases", nowhere).await.refused(), ["parcel: parcel-unknown"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn every_case_is_on_exactly_one_page(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let mut made = Vec::new();
    for i in 0..25 {
        let mut case = new_case();
        case["procedure"] = json!(if i % 5 == 0 { "split" } else { "transfer" });
        made.push(care.post("/api/v1/cases", case).await.body["id"].as_str().unwrap().to_owned());
    }
    let mut seen = Vec::new();
    let mut next = Some("/api/v1/cases?limit=7&state=intake".to_owned());
    while let Some(path) = next {
        let page = care.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        seen.extend(page.body["items"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()));
        next = page.body["next"].as_str().map(str::to_owned);
        assert_eq!(page.header("link").contains("rel=\"next\""), next.is_some());
        if seen.len() == 7 {
            care.open_case().await; // one that comes while we leaf moves nothing
        }
    }
    made.reverse();
    assert_eq!(seen, made, "newest first");
    assert_eq!(care.get("/api/v1/cases?procedure=split&limit=200").await.body["items"].as_array().unwrap().len(), 5);
    assert_eq!(care.get("/api/v1/cases?after=nonsense").await.refused(), ["after: cursor"]);
    assert_eq!(care.get("/api/v1/cases?limit=0").await.refused(), ["limit: range"]);
    assert_eq!(care.get("/api/v1/cases?limit=x").await.refused(), ["limit: wrong-type"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn people_are_sealed_and_every_look_is_logged(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let case = care.open_case().await;
    let parties = format!("/api/v1/cases/{case}/parties");
    let party = json!({"role": "holder", "person": {"name": "Người Mẫu Bảy", "id_number": "001080000018", "phone": "0900000000"}});
    let added = care.post(&parties, party).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    assert!(!added.text.contains("001080000018"));
    let bad = json!({"role": "king", "person": {"name": " ", "id_number": "12", "phone": "1"}});
    assert_eq!(
        care.post(&parties, bad).await.refused(),
        ["role: not-in-list", "person.name: length", "person.id_number: id-number-format", "person.phone: phone"]
    );

    assert_eq!(care.get(&parties).await.refused(), ["purpose: purpose-needed"]);
    let seen = care.get(&format!("{parties}?purpose=contact_customer")).await;
    assert_eq!(seen.body[0]["person"]["name"], "Người Mẫu Bảy");
    let manager = t.signed_in("manager", &["manager"]).await;
    let reads = manager.get(&format!("/api/v1/cases/{case}/reads")).await;
    let reads = reads.body["items"].as_array().unwrap();
    assert_eq!(reads.len(), 1, "only the look that was granted");
    assert_eq!((reads[0]["actor"].as_str(), reads[0]["purpose"].as_str()), (Some("care"), Some("contact_customer")));

    nothing_in_clear(&t.app.pool, &["Người Mẫu Bảy", "001080000018", "0900000000"]).await;
}

/// Looks for texts in every column of every table, also as bytes.
pub async fn nothing_in_clear(pool: &PgPool, secrets: &[&str]) {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('select t::text from %I t', tablename) from pg_tables where schemaname = 'public' and tablename <> 'spatial_ref_sys'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    for query in tables {
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(query.clone())).fetch_all(pool).await.unwrap();
        for row in rows {
            for secret in secrets {
                assert!(!row.contains(secret), "{query} shows {secret}");
                assert!(!row.contains(&hex::encode(secret)), "{query} shows {secret} as bytes");
            }
        }
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn who_may_see_people(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let case = care.open_case().await;
    let path = format!("/api/v1/cases/{case}/parties?purpose=field_visit");
    let field = t.signed_in("field", &["field"]).await;
    assert_eq!(field.get(&path).await.status, StatusCode::FORBIDDEN, "no task here");
    let worker: uuid::Uuid = field.get("/api/v1/me").await.body["id"].as_str().unwrap().parse().unwrap();
    sqlx::query(
        "insert into task (id, case_id, kind, department, assignee, due, created_at, updated_at)
         values (gen_random_uuid(), $1, 'visit', 'field', $2, '2026-10-09', now(), now())",
    )
    .bind(case.parse::<uuid::Uuid>().unwrap())
    .bind(worker)
    .execute(&t.app.pool)
    .await
    .unwrap();
    assert_eq!(field.get(&path).await.status, StatusCode::OK);
    sqlx::query("update task set state = 'cancelled'").execute(&t.app.pool).await.unwrap();
    assert_eq!(field.get(&path).await.status, StatusCode::FORBIDDEN, "the task is over");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_closed_case_stays_as_it_is(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care", "reviewer"]).await;
    let case = care.open_case().await;
    let close = format!("/api/v1/cases/{case}/close");
    assert_eq!(care.post(&close, json!({"reason": ""})).await.refused(), ["reason: length"]);
    let closed = care.post(&close, json!({"reason": "customer withdrew"})).await;
    assert_eq!((closed.body["state"].as_str(), closed.body["version"].as_i64()), (Some("closed"), Some(2)));
    let twice = care.post(&close, json!({"reason": "customer withdrew"})).await;
    assert_eq!((twice.status, twice.body["code"].as_str()), (StatusCode::CONFLICT, Some("case-closed")));
    let late = care
        .post(&format!("/api/v1/cases/{case}/parties"), json!({"role": "holder", "person": {"name": "Người Mẫu"}}))
        .await;
    assert_eq!(late.status, StatusCode::CONFLICT);

    let audit = care.get(&format!("/api/v1/cases/{case}/audit")).await;
    let actions: Vec<_> =
        audit.body["items"].as_array().unwrap().iter().map(|d| d["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["case.close", "case.create"]);
    for change in ["update audit set actor = 'x'", "delete from audit"] {
        assert!(sqlx::query(change).execute(&t.app.pool).await.is_err(), "{change}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn numbers_are_never_given_twice(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let all = futures::future::join_all((0..20).map(|_| care.post("/api/v1/cases", new_case()))).await;
    let numbers: BTreeSet<_> = all.iter().map(|a| a.body["number"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers.len(), 20);
}

//! Tasks and appointments.

use crate::advice::verified_case;
use crate::case_events::every_case_is_its_events;
use crate::contracts::{id, ok};
use crate::test_app::{Caller, TestApp};
use crate::ward::{mapped, publish_map, threaded};
use crate::watching::{ask, plan};
use diaba::flow::staff::Actor;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

#[sqlx::test(migrations = "./migrations")]
async fn a_field_task_is_pulled_done_and_seen(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let field = t.signed_in("field", &["field"]).await;
    let case = legal.open_case().await;
    let appointment = |place: &str, lon: f64| json!({"case_id": case, "department": "field", "at": "2026-10-07T02:00:00Z", "place_text": place, "lon": lon, "lat": 16.06});
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
    assert_eq!((&done.body["state"], &done.body["has_result"]), (&json!("done"), &json!(true)), "{}", done.text);
    let shown = legal.get(&address).await;
    assert!(!shown.text.contains("Mốc"), "what came of it is not shown in passing: {}", shown.text);
    assert_eq!(shown.body["events"].as_array().unwrap().last().unwrap()["what"], "done", "{}", shown.text);

    let page = legal.get(&format!("/api/v1/tasks?case={case}&limit=1")).await;
    let rest = legal.get(page.body["next"].as_str().unwrap()).await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), 1, "{}", rest.text);
    assert_ne!(rest.body["items"][0]["id"], page.body["items"][0]["id"]);
}

/// One field task, accepted: who has it, its address and its version.
async fn accepted(t: &TestApp, legal: &Caller) -> (Caller, String, Value) {
    let field = t.signed_in("field.1", &["field"]).await;
    let case = legal.open_case().await;
    let new = json!({"case_id": case, "department": "field", "at": "2026-10-07T02:00:00Z", "place_text": "Mẫu", "lon": 108.2, "lat": 16.06});
    legal.post("/api/v1/appointments", new).await;
    let next = field.post("/api/v1/tasks/next?lon=108.2&lat=16.06", json!({})).await;
    let address = format!("/api/v1/tasks/{}", next.body["id"].as_str().unwrap());
    let taken = field.post(&format!("{address}/accept"), json!({"version": next.body["version"]})).await;
    assert_eq!(taken.body["state"], "accepted", "{}", taken.text);
    (field, address, taken.body["version"].clone())
}

async fn reads(t: &TestApp) -> Vec<(String, String)> {
    let reads = sqlx::query_as("select actor, purpose from personal_data_read order by id");
    reads.fetch_all(&t.app.pool).await.unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn what_came_of_a_task_is_read_for_a_purpose_by_who_needs_it(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let (field, address, version) = accepted(&t, &legal).await;
    let result = format!("{address}/result");
    assert_eq!(legal.get(&format!("{result}?purpose=verify")).await.status, StatusCode::NOT_FOUND, "nothing came yet");
    let came = json!({"summary": "Gặp bà Người Mẫu Chín.", "points": [], "photos": []});
    let sent = field.post(&result, json!({"version": version, "result": {"summary": came["summary"]}})).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);

    assert_eq!(legal.get(&result).await.refused(), ["purpose: purpose-needed"]);
    assert_eq!(legal.get(&format!("{result}?purpose=curiosity")).await.refused(), ["purpose: purpose-needed"]);
    let sales = t.signed_in("sales", &["sales"]).await;
    assert_eq!(sales.get(&format!("{result}?purpose=verify")).await.status, StatusCode::FORBIDDEN, "no task of theirs");
    let admin = t.signed_in("admin", &["admin"]).await;
    assert_eq!(admin.get(&format!("{result}?purpose=verify")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(reads(&t).await, [], "a refused reading reads nothing");

    let read = legal.get(&format!("{result}?purpose=review")).await;
    assert_eq!(read.body["summary"], came["summary"], "{}", read.text);
    assert_eq!(reads(&t).await, [("legal".to_owned(), "review".to_owned())]);
    for path in [address.clone(), "/api/v1/tasks".into()] {
        assert!(!legal.get(&path).await.text.contains("Mẫu Chín"), "{path}");
    }
    crate::cases::nothing_in_clear(&t.app.pool, &["Người Mẫu Chín"]).await;
}

/// A PNG header of this size, no picture.
fn png(width: u32, height: u32) -> Vec<u8> {
    let (w, h) = (width.to_be_bytes(), height.to_be_bytes());
    [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &w, &h, &[8, 2, 0, 0, 0, 0, 0, 0, 0]].concat()
}

#[sqlx::test(migrations = "./migrations")]
async fn photos_are_kept_as_sent_and_named_by_the_result(pool: PgPool) {
    let t = TestApp::with(pool, |c| c.limits.scan_bytes = 4096).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let (field, address, version) = accepted(&t, &legal).await;
    let photos = format!("{address}/photos");
    let post = async |who: &Caller, body: Vec<u8>| who.send(who.request(Method::POST, &photos).body(body)).await;

    let sent = post(&field, png(640, 480)).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    let sha = sent.body["sha256"].as_str().unwrap().to_owned();
    assert_eq!((sent.body["width"].as_i64(), sent.body["media_type"].as_str()), (Some(640), Some("image/png")));
    assert_eq!(sent.header("location"), format!("{photos}/{sha}"));
    let form = Form::new().part("photo", Part::bytes(png(640, 480)).file_name("x.exe"));
    let again = field.send(field.request(Method::POST, &photos).multipart(form)).await;
    assert_eq!(again.body, sent.body, "the same photo again changes nothing");
    assert_eq!(post(&legal, png(640, 480)).await.status, StatusCode::FORBIDDEN, "not their task");

    for not_a_photo in [b"%PDF-1.7 a scan, not a photo".to_vec(), b"<html>".to_vec(), png(0, 480), png(90_000, 90_000)]
    {
        assert_eq!(post(&field, not_a_photo.clone()).await.refused(), ["photo: photo-type"]);
        let kept = t.app.scans.get(&diaba::domain::verify::sha256_hex(&not_a_photo)).await.unwrap();
        assert_eq!(kept, not_a_photo, "nothing that was sent is lost");
    }
    assert_eq!(post(&field, Vec::new()).await.refused(), ["photo: empty"]);
    assert_eq!(post(&field, vec![0; 20_000]).await.status, StatusCode::PAYLOAD_TOO_LARGE);

    let result = |photo: &str| json!({"version": version, "result": {"summary": "Xong", "photos": [photo]}});
    let strange = field.post(&format!("{address}/result"), result(&"0".repeat(64))).await;
    assert_eq!(strange.refused(), ["photos[0]: photo-unknown"]);
    let done = field.post(&format!("{address}/result"), result(&sha)).await;
    assert_eq!(done.body["state"], "done", "{}", done.text);
    let late = post(&field, png(10, 10)).await;
    assert_eq!((late.status, &late.body["code"]), (StatusCode::CONFLICT, &json!("task-state")));

    assert_eq!(legal.get(&format!("{photos}/{sha}")).await.refused(), ["purpose: purpose-needed"]);
    let shown = legal.request(Method::GET, &format!("{photos}/{sha}?purpose=review")).send().await.unwrap();
    assert_eq!(shown.headers()["content-type"], "image/png");
    assert_eq!(shown.bytes().await.unwrap(), png(640, 480));
    let nowhere = legal.get(&format!("{photos}/{}?purpose=review", "0".repeat(64))).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert_eq!(reads(&t).await, [("legal".to_owned(), "review".to_owned())]);
    let audited: i64 = sqlx::query_scalar("select count(*) from audit where action = 'task.photo'")
        .fetch_one(&t.app.pool)
        .await
        .unwrap();
    assert_eq!(audited, 1);
    let changed = sqlx::query("delete from task_photo").execute(&t.app.pool).await;
    assert!(changed.is_err(), "the trace of a photo stays");
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

/// Whoever is given a task can do something about it: a reviewer in the legal department may not accept any.
#[sqlx::test(migrations = "./migrations")]
async fn tasks_go_to_those_who_may_accept_them(pool: PgPool) {
    let t = TestApp::with_data(pool).await;
    let reviewer = t.signed_in("a.reviewer", &["reviewer"]).await;
    let assigned = async |case: &str| -> Vec<Option<Uuid>> {
        diaba::flow::verification::verify_case(&t.app, &Actor::system("test"), case.parse().unwrap(), None)
            .await
            .unwrap();
        sqlx::query_scalar("select assignee from task where case_id = $1 and department = 'legal'")
            .bind(case.parse::<Uuid>().unwrap())
            .fetch_all(&t.app.pool)
            .await
            .unwrap()
    };
    let care = t.signed_in("care", &["customer_care"]).await;
    let none = assigned(&care.open_case().await).await;
    assert!(!none.is_empty() && none.iter().all(Option::is_none), "{none:?}");
    let id = t.hire("legal", &["legal"]).await;
    let legal = t.signs_in("legal").await;
    let given = assigned(&care.open_case().await).await;
    assert!(!given.is_empty() && given.iter().all(|a| *a == Some(id)), "{given:?}");
    let mine = legal.get("/api/v1/tasks?assignee=me").await;
    for task in mine.body["items"].as_array().unwrap() {
        let accept = format!("/api/v1/tasks/{}/accept", task["id"].as_str().unwrap());
        assert_eq!(reviewer.post(&accept, json!({"version": 1})).await.status, StatusCode::FORBIDDEN);
        assert_eq!(legal.post(&accept, json!({"version": 1})).await.status, StatusCode::OK);
    }
    let other = &mine.body["items"][0]["id"].as_str().unwrap();
    let lead = t.signed_in("lead", &["manager"]).await;
    let to: Uuid =
        sqlx::query_scalar("select id from staff where login = 'a.reviewer'").fetch_one(&t.app.pool).await.unwrap();
    let how = json!({"version": 2, "to": to, "reason": "She has time."});
    assert_eq!(lead.post(&format!("/api/v1/tasks/{other}/reassign"), how).await.refused(), ["to: staff-unknown"]);
}

/// What somebody has done about a finding is not asked for again by the next verification; what the finding says anew is.
#[sqlx::test(migrations = "./migrations")]
async fn what_was_done_about_the_same_findings_is_not_asked_for_again(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let gis = t.signed_in("gis.two", &["gis_analyst"]).await;
        publish_map(&gis, plan(8.0, 0.0), &ask("2026-09-01")).await;
        let case = verified_case(&legal).await;
        let open = async || -> Vec<Value> {
            let all = ok(legal.get(&format!("/api/v1/tasks?case={case}&state=open&limit=200")).await);
            all["items"].as_array().unwrap().iter().filter(|t| t["department"] == "legal").cloned().collect()
        };
        let about = |all: &[Value], subject: &str| all.iter().filter(|t| t["subject"] == subject).count();
        let first = open().await;
        assert_eq!(about(&first, "recovery"), 1, "{first:?}");
        for task in &first {
            let address = format!("/api/v1/tasks/{}", id(task));
            let task = ok(legal.post(&format!("{address}/accept"), json!({"version": task["version"]})).await);
            let result = json!({"version": task["version"], "result": {"summary": "Đã xem."}});
            ok(legal.post(&format!("{address}/result"), result).await);
        }
        let verify = async || {
            t.advance(time::Duration::minutes(1));
            ok(legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await)
        };
        let again = verify().await;
        assert_eq!((&open().await, again["outcome"].is_string()), (&vec![], true), "nothing is new");
        publish_map(&gis, plan(12.0, 0.0), &ask("2026-09-15")).await; // more of the parcel is taken
        verify().await;
        let anew = open().await;
        assert_eq!((about(&anew, "recovery"), anew.len()), (1, 1), "{anew:?}");
        every_case_is_its_events(&t.app.pool).await;
    })
    .await;
}

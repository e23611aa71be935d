//! Papers: drafts, versions, scans, and who looks at them.

use crate::cases::nothing_in_clear;
use crate::test_app::{Answer, Caller, TestApp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

fn certificate() -> Value {
    json!({"kind": "certificate", "serial": "CK 123456", "book_number": "CH 00123", "issued_on": "2019-05-20", "issued_by": "UBND Quận Mẫu",
        "holders": [{"name": "Người Mẫu Tám", "birth_year": 1980, "id_number": "001080000018"}], "joint": false,
        "parcel": {"commune_code": "20194", "sheet": "12", "number": "345"}, "address": "1 Đường Mẫu", "area_m2": 86.4,
        "purposes": [{"code": "ODT", "area_m2": 86.4, "term": "long_term"}], "origin": "công nhận",
        "vertices": [{"x": 1777138.31, "y": 550175.08}, {"x": 1777138.31, "y": 550185.08}, {"x": 1777129.67, "y": 550185.08}, {"x": 1777129.67, "y": 550175.08}]})
}

/// A PNG header: 1240 x 1754 pixels, no picture.
fn png() -> Vec<u8> {
    let mut p = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    p.extend_from_slice(&1240u32.to_be_bytes());
    p.extend_from_slice(&1754u32.to_be_bytes());
    p.extend_from_slice(&[8, 2, 0, 0, 0, 0, 0, 0, 0]);
    p
}

async fn put(caller: &Caller, path: &str, version: i32, body: &Value) -> Answer {
    caller.send(caller.request(Method::PUT, path).header("if-match", format!("\"{version}\"")).json(body)).await
}

#[sqlx::test(migrations = "./migrations")]
async fn half_filled_is_kept_and_wrong_is_refused(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let papers = format!("/api/v1/cases/{}/papers", legal.open_case().await);
    let draft = legal.post(&papers, json!({"kind": "certificate", "serial": "CK 123456"})).await;
    assert_eq!(draft.status, StatusCode::CREATED, "{}", draft.text);
    assert_eq!(draft.body["complete"], false);
    assert!(draft.body["missing"].as_array().unwrap().contains(&json!("holders")), "{}", draft.text);

    let mut wrong = certificate();
    wrong["serial"] = json!("12-X");
    wrong["issued_on"] = json!("2031-01-01");
    wrong["area_m2"] = json!(-3);
    wrong["holders"][0]["id_number"] = json!("123");
    assert_eq!(
        legal.post(&papers, wrong.clone()).await.refused(),
        [
            "serial: serial-format",
            "issued_on: date-in-future",
            "holders[0].id_number: id-number-format",
            "area_m2: area-range"
        ]
    );
    let client = legal.request(Method::POST, &papers).json(&wrong);
    let vi = legal.send_in("vi", client).await;
    let message = vi.body["errors"][1]["message"].as_str().unwrap();
    assert_eq!(message, "Ngày 2031-01-01 ở tương lai; cho phép: <= 2026-10-05");
    assert_eq!(legal.post(&papers, json!({"kind": "poem"})).await.refused(), ["kind: unknown-kind"]);
    let mistyped = legal.post(&papers, json!({"kind": "certificate", "area_m2": "big", "colour": 1})).await.refused();
    assert_eq!(mistyped.len(), 2, "all at once: {mistyped:?}");
    assert_eq!(legal.get(&papers).await.body.as_array().unwrap().len(), 1, "nothing refused was kept");
}

#[sqlx::test(migrations = "./migrations")]
async fn versions_are_added_and_never_changed(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let case = legal.open_case().await;
    let papers = format!("/api/v1/cases/{case}/papers");
    let made = legal.post(&papers, certificate()).await;
    assert_eq!((made.status, made.body["complete"].as_bool()), (StatusCode::CREATED, Some(true)), "{}", made.text);
    let path = made.header("location").to_owned();
    let mut better = certificate();
    better["area_m2"] = json!(86.5);
    let second = put(&legal, &path, 1, &better).await;
    assert_eq!(second.body["version"], 2, "{}", second.text);
    let stale = put(&legal, &path, 1, &certificate()).await;
    assert_eq!((stale.status, stale.body["code"].as_str()), (StatusCode::CONFLICT, Some("version-moved")));
    let card = json!({"kind": "identity_card", "number": "001080000018"});
    assert_eq!(put(&legal, &path, 2, &card).await.refused(), ["kind: kind-changed"]);

    let read = async |query: &str| legal.get(&format!("{path}?{query}")).await;
    assert_eq!(read("purpose=verify").await.body["facts"]["area_m2"], 86.5);
    assert_eq!(read("purpose=verify&version=1").await.body["facts"]["area_m2"], 86.4);
    assert_eq!(read("purpose=curiosity").await.refused(), ["purpose: purpose-needed"]);
    assert_eq!(read("").await.refused(), ["purpose: purpose-needed"]);
    let list = legal.get(&papers).await;
    assert_eq!(list.body.as_array().unwrap().len(), 1);
    assert!(!list.text.contains("Người Mẫu Tám"));

    let logged: Vec<(String, String)> = sqlx::query_as("select actor, subject from personal_data_read order by id")
        .fetch_all(&t.app.pool)
        .await
        .unwrap();
    let id = made.body["id"].as_str().unwrap();
    assert_eq!(logged, [("legal".into(), format!("paper/{id}/2")), ("legal".into(), format!("paper/{id}/1"))]);
    for change in ["update paper set kind = 'other'", "delete from paper", "delete from personal_data_read"] {
        assert!(sqlx::query(change).execute(&t.app.pool).await.is_err(), "{change}");
    }
    nothing_in_clear(&t.app.pool, &["Người Mẫu Tám", "001080000018", "CK 123456", "Đường Mẫu"]).await;

    let sealed: Vec<u8> =
        sqlx::query_scalar("select sealed from paper where version = 1").fetch_one(&t.app.pool).await.unwrap();
    assert!(t.app.vault.open(&format!("paper/{id}/2"), &sealed).is_err(), "a row moved to another place does not open");
}

#[sqlx::test(migrations = "./migrations")]
async fn the_same_certificate_has_the_same_index(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    for serial in ["CK 123456", "ck123456", "CK-123.456", "CK 123457"] {
        let papers = format!("/api/v1/cases/{}/papers", legal.open_case().await);
        legal.post(&papers, json!({"kind": "certificate", "serial": serial})).await;
    }
    let indexes: Vec<Vec<u8>> =
        sqlx::query_scalar("select serial_index from paper order by id").fetch_all(&t.app.pool).await.unwrap();
    assert_eq!(indexes.len(), 4);
    assert_eq!((&indexes[0], &indexes[0]), (&indexes[1], &indexes[2]));
    assert_ne!(indexes[0], indexes[3]);
}

/// What is pinned of a paper says which facts, to us; to a stranger with the hash it says nothing that could be tried out.
#[sqlx::test(migrations = "./migrations")]
async fn the_pin_of_a_paper_is_stable_and_cannot_be_guessed(pool: PgPool) {
    let key = |k: &str| Some(diaba::config::Secret(k.repeat(32)));
    let here = TestApp::with(pool.clone(), |c| c.vault_key = key("07")).await;
    let elsewhere = TestApp::with(pool, |c| c.vault_key = key("08")).await;
    let legal = here.signed_in("legal", &["legal"]).await;
    let case = legal.open_case().await;
    let papers = format!("/api/v1/cases/{case}/papers");
    let facts = json!({"kind": "identity_card", "number": "001080000018", "name": "Người Mẫu Tám"});
    let pin = async |who: &Caller, facts: &Value| {
        let made = who.post(&papers, facts.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.body["facts_sha256"].as_str().unwrap().to_owned()
    };
    let first = pin(&legal, &facts).await;
    assert_eq!(pin(&legal, &facts).await, first, "equal facts, equal pins");
    let mut other = facts.clone();
    other["name"] = json!("Người Mẫu Chín");
    assert_ne!(pin(&legal, &other).await, first);
    assert_ne!(pin(&legal.at(&elsewhere.base), &facts).await, first, "the key is part of it");

    let id = legal.get(&papers).await.body[0]["id"].as_str().unwrap().to_owned();
    let read = legal.get(&format!("{papers}/{id}?purpose=verify")).await;
    let canonical = read.body["facts"].to_string();
    assert_eq!(diaba::flow::paper::facts_pin(&here.app, canonical.as_bytes()), first, "recomputed from the facts");
    assert_ne!(diaba::domain::verify::sha256_hex(canonical.as_bytes()), first, "not by who lacks the key");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_scan_is_kept_as_it_was_sent(pool: PgPool) {
    let t = TestApp::with(pool, |c| c.limits.scan_bytes = 4096).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let case = legal.open_case().await;
    let path = legal.post(&format!("/api/v1/cases/{case}/papers"), certificate()).await.header("location").to_owned();
    let scan = format!("{path}/scan");
    let post = async |body: Vec<u8>| legal.send(legal.request(Method::POST, &scan).body(body)).await;
    assert_eq!(legal.get(&format!("{scan}?purpose=verify")).await.status, StatusCode::NOT_FOUND);

    let attached = post(png()).await;
    assert_eq!(attached.status, StatusCode::CREATED, "{}", attached.text);
    assert_eq!(attached.body["version"], 2);
    let facts = &attached.body["scan"];
    assert_eq!(
        (facts["media_type"].as_str(), facts["width"].as_u64(), facts["height"].as_u64()),
        (Some("image/png"), Some(1240), Some(1754))
    );
    let form = reqwest::multipart::Form::new().part("scan", reqwest::multipart::Part::bytes(png()).file_name("x.exe"));
    let again = legal.send(legal.request(Method::POST, &scan).multipart(form)).await;
    assert_eq!(again.body["version"], 2, "the same scan again changes nothing: {}", again.text);

    let back = legal.request(Method::GET, &format!("{scan}?purpose=verify")).send().await.unwrap();
    assert_eq!(back.headers()["content-type"], "image/png");
    assert_eq!(back.bytes().await.unwrap(), png());
    let text = post(b"<html>not a scan</html>".to_vec()).await;
    assert_eq!(text.refused(), ["scan: scan-type"]);
    assert!(text.body["errors"][0]["allowed"].as_str().unwrap().contains("application/pdf"));
    let (sha, refused): (String, String) =
        sqlx::query_as("select sha256, refused from scan_upload where refused is not null")
            .fetch_one(&t.app.pool)
            .await
            .unwrap();
    assert_eq!(refused, "scan-type");
    assert_eq!(
        t.app.scans.get(&sha).await.unwrap().as_ref(),
        b"<html>not a scan</html>",
        "nothing that was sent is lost"
    );
    assert_eq!(post(Vec::new()).await.refused(), ["scan: empty"]);
    assert_eq!(post(vec![0; 20_000]).await.status, StatusCode::PAYLOAD_TOO_LARGE);

    let again = put(&legal, &path, 2, &certificate()).await;
    assert_eq!(again.body["scan"]["sha256"], facts["sha256"], "a new version keeps the scan");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_verification_reads_opened_papers_and_leaves_a_trace(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let case = legal.open_case().await;
    legal.post(&format!("/api/v1/cases/{case}/papers"), certificate()).await;
    let mut tx = t.app.pool.begin().await.unwrap();
    let facts = diaba::flow::paper::facts_of_case(&t.app, &mut tx, case.parse().unwrap(), "legal").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((facts.len(), facts[0].complete, facts[0].paper.kind()), (1, true, "certificate"));
    let purposes: Vec<String> =
        sqlx::query_scalar("select purpose from personal_data_read").fetch_all(&t.app.pool).await.unwrap();
    assert_eq!(purposes, ["verify"]);
}

//! Personal data is deleted when its time is over, with a certificate; what was proved stays proved.

use crate::aftercare::handed_over;
use crate::case_events::every_case_is_its_events;
use crate::case_work::run;
use crate::cases::nothing_in_clear;
use crate::closing::{Desk, at_work, paper, png};
use crate::contracts::ok;
use crate::plans::{agency, begun, put};
use crate::test_app::{Caller, TestApp};
use crate::ward::{mapped, threaded};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diaba::domain::proof::{Keyring, Signed};
use diaba::domain::retention::CERTIFICATE;
use diaba::domain::verify::{canonical, sha256_hex};
use diaba::flow::proof;
use diaba::flow::staff::Actor;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{PgPool, Row};

/// Every value in the database that the vault may have sealed for this case, by table and column; found anew, so that a table
/// of tomorrow is looked at too.
async fn left(pool: &PgPool, case: uuid::Uuid) -> Vec<String> {
    let columns = sqlx::query(
        "select c.table_name::text as t, c.column_name::text as c from information_schema.columns c
          where c.table_schema = current_schema() and c.data_type = 'bytea'
            and exists (select from information_schema.columns k where k.table_schema = current_schema()
                           and k.table_name = c.table_name and k.column_name = 'case_id')",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut found = Vec::new();
    for row in columns {
        let (table, column): (String, String) = (row.get("t"), row.get("c"));
        // Signatures, and hashes of random tokens, name nobody.
        if ["signature", "token_index", "token_hash", "grant_index", "code_hash"].contains(&column.as_str()) {
            continue;
        }
        let sql = format!("select count(*) from {table} where case_id = $1 and length({column}) > 0");
        let n: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(case).fetch_one(pool).await.unwrap();
        if n > 0 {
            found.push(format!("{table}.{column}: {n}"));
        }
    }
    found
}

async fn erased(d: &Desk) -> bool {
    run(&d.t, "erase_expired").await;
    d.kinds().await.contains(&"personal_data_erased".to_owned())
}

#[sqlx::test(migrations = "./migrations")]
async fn gone_with_a_certificate_and_still_proved(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        let party = json!({"role": "holder", "person": {"name": "Người Mẫu Mười Một", "id_number": "001080000018"}});
        assert_eq!(d.care.post(&d.path("parties"), party).await.status, StatusCode::CREATED);
        paper(&d, json!({"kind": "other", "title": "request_form", "note": "của Người Mẫu Mười Một"}), 1240).await;
        // The same scan lies in another case, which goes on.
        let other = d.legal.open_case().await;
        let papers = format!("/api/v1/cases/{other}/papers");
        let copy = d.legal.post(&papers, json!({"kind": "other", "title": "request_form"})).await;
        let scan = format!("{papers}/{}/scan", copy.body["id"].as_str().unwrap());
        let sent = d.legal.send(d.legal.request(reqwest::Method::POST, &scan).body(png(1240))).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
        paper(&d, json!({"kind": "other", "title": "petition"}), 1241).await;
        // What a device sent from the parcel, as it came.
        let field = d.t.signed_in("chi", &["field"]).await;
        begun(&field, &d.case, "visit_parcel").await;
        let package = field.get("/api/v1/field/package?hours=8").await.body;
        let lease = &package["tasks"][0];
        let item = json!({"id": d.case, "lease": lease["lease"]["id"], "task": lease["task"]["id"], "field": "note", "base": 0,
            "value": "Người Mẫu Mười Một ở nhà", "captured_at": "2026-10-05T02:00:00Z"});
        let batch = field.post("/api/v1/field/batches", json!({"items": [item]})).await;
        assert_eq!(batch.body["applied"], 1, "{}", batch.text);
        let raw = batch.body["sha256"].as_str().unwrap();
        assert!(d.t.app.scans.get(raw).await.is_ok());
        handed_over(&d).await;
        let archived = d.legal.post(&d.path("archives"), json!({})).await;
        assert_eq!(archived.status, StatusCode::CREATED, "{}", archived.text);
        let end = json!({"ending": "closed", "reason": "all done"});
        assert_eq!(d.care.post(&d.path("close"), end).await.status, StatusCode::OK);
        proof::extend_now(&d.t.app).await.unwrap();
        let kept = d.legal.get(&d.path("retention")).await;
        assert_eq!((&kept.body["due"], &kept.body["rule"]["standing"]), (&json!("2036-10-05"), &json!("house")));
        let hold = d.legal.post(&d.path("holds"), json!({"reason": "a neighbour has gone to court"})).await;
        assert_eq!(hold.status, StatusCode::CREATED, "{}", hold.text);
        assert_eq!(d.legal.post(&d.path("holds"), json!({"reason": "again"})).await.body["code"], "case-held");
        assert_eq!(d.legal.post(&d.path("holds"), json!({"reason": "x"})).await.refused(), ["reason: length"]);

        assert!(!erased(&d).await, "its time is not over");
        d.t.advance(time::Duration::days(3653)); // to 5 October 2036
        assert!(!erased(&d).await, "held");
        let boss = d.t.signed_in("boss.2", &["manager", "legal"]).await;
        let lift = format!("/api/v1/holds/{}/lift", hold.body["id"].as_str().unwrap());
        assert_eq!(boss.post(&lift, json!({})).await.body["lifted_by"], "boss.2");
        assert_eq!(boss.post(&lift, json!({})).await.status, StatusCode::NOT_FOUND);
        assert!(erased(&d).await);
        run(&d.t, "erase_expired").await;
        assert_eq!(d.kinds().await.iter().filter(|k| *k == "personal_data_erased").count(), 1, "once");

        assert_eq!(left(&pool, d.id()).await, Vec::<String>::new());
        assert!(d.t.app.scans.get(&sha256_hex(png(1241))).await.is_err(), "its own scan is gone");
        assert!(d.t.app.scans.get(raw).await.is_err(), "what the device sent is gone as it came");
        assert!(d.t.app.scans.get(&sha256_hex(png(1240))).await.is_ok(), "another case needs this one");
        let archive = format!("/api/v1/archives/{}/file?purpose=archive", archived.body["id"].as_str().unwrap());
        assert_eq!(boss.get(&archive).await.status, StatusCode::NOT_FOUND);
        let read = boss.get(&d.path("parties?purpose=review")).await;
        assert_eq!(read.body["code"], "personal-data-erased", "{}", read.text);
        assert_eq!(boss.post(&d.path("archives"), json!({})).await.body["code"], "personal-data-erased");

        // The certificate names what went by hashes, and is signed; it holds nothing of what went.
        let view = boss.get(&d.path("retention")).await;
        let certificate = &view.body["erasure"]["certificate"];
        assert_eq!((&certificate["rule"]["id"], &certificate["due"]), (&json!("case.closed"), &json!("2036-10-05")));
        assert!(certificate["files"].as_array().unwrap().contains(&json!(sha256_hex(png(1241)))), "{}", view.text);
        assert!(!certificate["files"].as_array().unwrap().contains(&json!(sha256_hex(png(1240)))));
        assert_eq!(certificate["archives"], json!([archived.body["sha256"]]));
        assert!(!view.text.contains("Mẫu") && !view.text.contains("001080000018"));
        let digest = sha256_hex(canonical(certificate).unwrap());
        assert_eq!(view.body["erasure"]["digest"], json!(digest));
        let pem: String = proof::keys(&d.t.app).await.unwrap().into_iter().map(|k| k.pem).collect();
        let (key, signature) = (&view.body["erasure"]["key_id"], &view.body["erasure"]["signature"]);
        let signed = Signed::read(key.as_str().unwrap(), signature.as_str().unwrap()).unwrap();
        Keyring::from_pem(&pem).unwrap().get(&signed.key_id).unwrap().check(CERTIFICATE, &digest, &signed).unwrap();
        assert_eq!(STANDARD.decode(signature.as_str().unwrap()).unwrap().len(), 64);

        // The chain holds; the verification says what it can no longer do.
        proof::extend_now(&d.t.app).await.unwrap();
        assert_eq!(proof::walk(&d.t.app).await.unwrap().broken, None);
        let by = Actor::system("test");
        for id in proof::ids(&d.t.app, Some(d.id())).await.unwrap() {
            let again = proof::replay(&d.t.app, &by, id, &proof::Seen::default()).await.unwrap();
            let first = again.first_difference.unwrap();
            assert_eq!((again.same, first.what), (false, "record"));
            assert!(first.found.contains("erased"), "{}", first.found);
            assert!(certificate["not_replayable"].as_array().unwrap().contains(&json!([id, again.digest])));
        }
        // No other way leads there: neither without a certificate nor with this one later.
        for sql in [
            "update paper set sealed = '\\x'",
            "update verification set digest = repeat('0', 64)",
            "delete from erasure",
            "do $$ begin perform set_config('diaba.erasing', (select id::text from erasure), true); update paper set sealed = '\\x'; end $$",
        ] {
            assert!(sqlx::raw_sql(sql).execute(&pool).await.is_err(), "{sql}");
        }
        let there = boss.get(&format!("{scan}?purpose=review")).await;
        assert_eq!(there.status, StatusCode::OK, "the other case is as it was");
        every_case_is_its_events(&pool).await;
    })
    .await;
}

/// Words that people write into acts on tasks, appointments and requests are sealed, read for a purpose, and gone with the case.
#[sqlx::test(migrations = "./migrations")]
async fn no_word_outlives_its_case(pool: PgPool) {
    const WORDS: [&str; 8] = [
        "nhà bà Mẫu Dưa",
        "bà Mẫu Chanh bận",
        "bà Mẫu Cam vắng",
        "chờ ông Mẫu Bưởi",
        "trả vì ông Mẫu Quýt",
        "báo về ông Mẫu Ổi",
        "huỷ vì bà Mẫu Xoài",
        "Giấy xác nhận của bà Mẫu Mít",
    ];
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        let [place, moved, missed, paused, back, raised, gone, title] = WORDS;
        let act = async |who: &Caller, task: &Value, what: &str, mut body: Value| {
            body["version"] = task["version"].clone();
            let path = format!("/api/v1/tasks/{}/{what}", task["id"].as_str().unwrap());
            ok(who.post(&path, body).await)
        };
        let visit =
            json!({"case_id": d.case, "department": "legal", "at": "2026-10-05T03:00:00Z", "place_text": place});
        let task = ok(d.legal.post("/api/v1/appointments", visit).await);
        assert_eq!((&task["place_text"], &task["place_in_words"]), (&Value::Null, &json!(true)));
        let later = json!({"at": "2026-10-05T04:00:00Z", "reason": moved});
        let task = act(&d.legal, &task, "appointment/move", later).await;
        d.t.advance(time::Duration::hours(3));
        let task = act(&d.legal, &task, "appointment/miss", json!({"by": "customer", "reason": missed})).await;
        let task = act(&d.legal, &task, "accept", json!({})).await;
        let task = act(&d.legal, &task, "start", json!({})).await;
        let task = act(&d.legal, &task, "pause", json!({"reason": paused})).await;
        let task = act(&d.legal, &task, "escalate", json!({"to": "manager", "reason": raised})).await;
        let task = act(&d.legal, &task, "hand-back", json!({"reason": back})).await;
        act(&d.legal, &task, "cancel", json!({"reason": gone})).await;

        assert_eq!(put(&d.boss, "/api/v1/agencies/vpdk.example", agency()).await.status, StatusCode::OK);
        let dossier = json!({"agency": "vpdk.example", "receipt_number": "Z-1"});
        let dossier = ok(d.legal.post(&d.path("submissions"), dossier).await);
        let asked = format!("/api/v1/submissions/{}/asked-more", dossier["id"].as_str().unwrap());
        ok(d.legal.post(&asked, json!({"words": "Bổ sung", "from_customer": [title, "loss_report"]})).await);
        nothing_in_clear(&pool, &WORDS).await;

        let address = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
        assert_eq!(d.legal.get(&format!("{address}/words")).await.refused(), ["purpose: purpose-needed"]);
        let words = ok(d.legal.get(&format!("{address}/words?purpose=verify")).await);
        assert_eq!(words["place_text"], place);
        let said: Vec<&str> =
            words["reasons"].as_array().unwrap().iter().map(|r| r["reason"].as_str().unwrap()).collect();
        assert_eq!(said, [moved, missed, paused, raised, back, gone]);
        let item =
            async |query: &str| ok(d.legal.get(&d.path(&format!("paper-requests{query}"))).await)[0]["items"].clone();
        let titled =
            |items: &Value| items.as_array().unwrap().iter().find(|i| i["paper_kind"] == "titled").cloned().unwrap();
        assert_eq!(titled(&item("").await)["title"], Value::Null);
        assert_eq!(titled(&item("?purpose=contact_customer").await)["title"], title);
        // The paper says the same in other letters: it is what was asked for.
        let paper = json!({"kind": "other", "title": title.to_uppercase()});
        ok(d.legal.post(&d.path("papers"), paper).await);
        assert_eq!(titled(&item("").await)["state"], "met");

        ok(d.care.post(&d.path("close"), json!({"ending": "withdrawn", "reason": "no more"})).await);
        d.t.advance(time::Duration::days(731));
        assert!(erased(&d).await);
        assert_eq!(left(&pool, d.id()).await, Vec::<String>::new());
        nothing_in_clear(&pool, &WORDS).await;
        let boss = d.t.signed_in("boss.2", &["manager", "legal"]).await;
        let read = boss.get(&format!("{address}/words?purpose=verify")).await;
        assert_eq!(read.body["code"], "personal-data-erased", "{}", read.text);
    })
    .await;
}

/// What a device sent for a task that is nobody's belongs to no case: it goes when its own time is over.
#[sqlx::test(migrations = "./migrations")]
async fn a_batch_of_no_case_is_not_kept_for_ever(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let field = t.signed_in("chi", &["field"]).await;
    let strange = uuid::Uuid::from_u128(3);
    let item = json!({"id": strange, "lease": strange, "task": strange, "field": "note", "base": 0,
        "value": "Người Mẫu Mười Hai", "captured_at": "2026-10-05T02:00:00Z"});
    let sent = ok(field.post("/api/v1/field/batches", json!({"items": [item]})).await);
    assert_eq!(sent["tray"], 1, "{sent}");
    let raw = sent["sha256"].as_str().unwrap();
    let sealed = async || -> i64 {
        let sql = "select count(*) from field_item where length(sealed) > 0 or length(print) > 0";
        sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap()
    };
    t.advance(time::Duration::days(600));
    run(&t, "erase_expired").await;
    assert_eq!((sealed().await, t.app.scans.get(raw).await.is_ok()), (1, true), "its time is not over");
    t.advance(time::Duration::days(135));
    for _ in 0..2 {
        run(&t, "erase_expired").await;
    }
    assert_eq!((sealed().await, t.app.scans.get(raw).await.is_ok()), (0, false));
    assert!(sqlx::raw_sql("update field_item set sealed = '\\x01'").execute(&pool).await.is_err());
}

//! What a person says of a finding: signed, beside it, carried on as long as what it rests on is the same.

use crate::reports::{squeezed, text};
use crate::test_app::{Answer, Caller, TestApp};
use crate::ward::{mapped, publish, threaded};
use diaba::domain::proof::{Bundle, Doubt, Keyring, check_report};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

const REASON: &str = "Đã đo lại tại thực địa, không chồng lấn.";

async fn verified(legal: &Caller, case: &str) -> Value {
    let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.body
}

fn rejection(check: &str, subject: &str) -> Value {
    json!({"check": check, "subject": subject, "stance": "reject", "reason": REASON,
        "evidence": [{"kind": "reference", "text": "Biên bản đo đạc số 12"}]})
}

async fn give(by: &Caller, made: &Value, said: Value) -> Answer {
    by.post(&format!("/api/v1/verifications/{}/opinions", made["id"].as_str().unwrap()), said).await
}

async fn read(legal: &Caller, made: &Value, form: &str) -> Answer {
    legal.get(&format!("/api/v1/verifications/{}?purpose=verify{form}", made["id"].as_str().unwrap())).await
}

async fn keys(t: &TestApp) -> Keyring {
    let keys = t.anonymous().get("/check/keys.json").await;
    let pem: String = keys.body.as_array().unwrap().iter().map(|k| k["pem"].as_str().unwrap()).collect();
    Keyring::from_pem(&pem).unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn it_stands_beside_the_finding_everywhere(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = legal.open_case().await;
        let made = verified(&legal, &case).await;
        let given = give(&legal, &made, rejection("parcel.neighbours", "neighbours")).await;
        assert_eq!(given.status, StatusCode::CREATED, "{}", given.text);
        assert_eq!((&given.body["standing"], &given.body["by"]), (&json!("given"), &json!("legal")));

        let after = read(&legal, &made, "").await.body;
        assert_eq!((&after["record"], &after["digest"]), (&made["record"], &made["digest"]), "the old one stays");
        let opinion = &after["opinions"][0];
        let finding = &after["record"]["findings"][opinion["finding"].as_u64().unwrap() as usize];
        assert_eq!((&finding["check"], &finding["verdict"]), (&json!("parcel.neighbours"), &json!("clear")));
        assert_eq!((&opinion["reason"], &opinion["stance"]), (&json!(REASON), &json!("reject")));
        let said = read(&legal, &made, "&f=text&lang=en").await.text;
        assert!(said.contains("OPINION: REJECTED (legal, 2026-10-05)") && said.contains(REASON), "{said}");

        // Signed by itself, and inside the proof of the report.
        let id = made["id"].as_str().unwrap();
        let (_, pdf) = legal.send_raw(&format!("/api/v1/verifications/{id}/report.pdf?purpose=verify")).await;
        assert!(squeezed(&text(&pdf)).contains(&squeezed(REASON)));
        let proof = check_report(&pdf, &keys(&t).await);
        assert!(proof.holds(), "{proof:?}");
        let proven = proof.record.unwrap().unwrap();
        assert_eq!((proven.opinions.len(), proven.opinions[0].reason.as_str()), (1, REASON));
        let mut file = legal.get(&format!("/api/v1/verifications/{id}/proof?purpose=verify")).await.body;
        // All there were: one left out is named.
        assert_eq!(proven.all_opinions, Some(Ok(())));
        let mut fewer = file.clone();
        fewer.as_object_mut().unwrap().remove("opinions");
        let fewer = Bundle::from_json(&fewer.to_string()).unwrap().check(&keys(&t).await).unwrap();
        assert_eq!(fewer.all_opinions, Some(Err(Doubt::Forged("opinions".into()))));
        file["opinions"][0]["opinion"]["reason"] = "Something quite different.".into();
        let doubt = Bundle::from_json(&file.to_string()).unwrap().check(&keys(&t).await).unwrap_err();
        assert!(doubt.to_string().contains("opinion"), "{doubt}");
        let replayed = legal.post(&format!("/api/v1/verifications/{id}/replay"), json!({})).await;
        assert_eq!(replayed.body["same"], true, "{}", replayed.text);

        // Who holds the paper only learns that somebody does not agree.
        let page = t.anonymous().get(&format!("/check/{}", proven.digest)).await.text;
        assert!(page.contains("0 confirm, 0 correct, 1 reject") && !page.contains(REASON), "{page}");

        // It is in the chain: taken out behind our back, that is named; moved to another place too.
        diaba::flow::proof::extend_now(&t.app).await.unwrap();
        let walk = async || diaba::flow::proof::walk(&t.app).await.unwrap().broken;
        assert_eq!(walk().await, None);
        let behind = async |sql: &str| {
            let sql = format!("set session_replication_role = replica; {sql}; set session_replication_role = default");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&t.app.pool).await.unwrap();
            walk().await.unwrap()
        };
        let moved = behind("update opinion set case_id = gen_random_uuid()").await;
        assert!(moved.contains("opinion") && moved.contains("it stands at"), "{moved}");
        let gone = behind("delete from opinion").await;
        assert!(gone.contains(": opinion ") && gone.ends_with("is gone"), "{gone}");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn carried_to_the_next_run_or_lapsed_with_the_reason(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = legal.open_case().await;
        let first = verified(&legal, &case).await;
        for (check, subject) in [("parcel.neighbours", "neighbours"), ("planning.hazard", "hazard_flood")] {
            let given = give(&legal, &first, rejection(check, subject)).await;
            assert_eq!(given.status, StatusCode::CREATED, "{}", given.text);
        }
        let told = async |made: &Value| {
            let body = read(&legal, made, "").await.body;
            let one = |o: &Value| (o["standing"].as_str().unwrap().to_owned(), o["changed"].to_string());
            body["opinions"].as_array().unwrap().iter().map(one).collect::<Vec<_>>()
        };
        t.advance(time::Duration::minutes(1));
        let second = verified(&legal, &case).await;
        assert!(told(&second).await.iter().all(|(s, why)| s == "carried" && why == "[]"), "{:?}", told(&second).await);

        // The neighbour has another number: the finding says the same, but rests on other rows. There is still no hazard map.
        publish(&t.signed_in("gis.two", &["gis_analyst"]).await, &[345, 347]).await;
        t.advance(time::Duration::minutes(1));
        let third = verified(&legal, &case).await;
        let now = told(&third).await;
        assert_eq!((now[0].0.as_str(), now[1].0.as_str()), ("lapsed", "carried"), "{now:?}");
        assert!(now[0].1.contains("neighbouring parcels changed"), "{now:?}");
        let said = read(&legal, &third, "&f=text&lang=en").await.text;
        let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let why = "LAPSED, to be looked at again: map layer cadastral_test changed; the neighbouring parcels changed.";
        assert!(line.contains(why), "{said}");
        assert_eq!(told(&first).await[0].0, "given", "where it was given it stays as it was");

        // Given anew on the third run; the first and second do not know of it.
        assert_eq!(
            give(&legal, &third, rejection("parcel.neighbours", "neighbours")).await.status,
            StatusCode::CREATED
        );
        let states: Vec<String> = told(&third).await.into_iter().map(|(s, _)| s).collect();
        assert_eq!(states, ["lapsed", "carried", "given"]);
        assert_eq!(told(&second).await.len(), 2);
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn what_is_refused_and_who_may(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = legal.open_case().await;
        let made = verified(&legal, &case).await;
        let said = rejection("parcel.neighbours", "neighbours");
        let with = |field: &str, value: Value| {
            let mut said = said.clone();
            said[field] = value;
            said
        };
        let refused = async |said: Value| give(&legal, &made, said).await.refused();
        assert_eq!(refused(with("check", "parcel.nothing".into())).await, ["check: opinion-finding"]);
        assert_eq!(refused(with("reason", "no".into())).await, ["reason: length"]);
        assert_eq!(refused(with("evidence", json!([]))).await, ["evidence: opinion-evidence"]);
        assert_eq!(refused(with("stance", "correct".into())).await, ["corrected: opinion-corrected"]);
        let paper = json!([{"kind": "paper", "id": "019a0000-0000-7000-8000-00000000dead"}]);
        assert_eq!(refused(with("evidence", paper)).await, ["evidence[0].id: opinion-paper"]);
        let care = t.signed_in("care", &["customer_care"]).await;
        assert_eq!(give(&care, &made, said.clone()).await.status, StatusCode::FORBIDDEN);

        // A correction backed by a paper of the case.
        let facts = json!({"kind": "identity_card", "number": "001080000011", "name": "Nguyễn Văn Mẫu"});
        let paper = legal.post(&format!("/api/v1/cases/{case}/papers"), facts).await.body;
        let mut correction = with("stance", "correct".into());
        correction["corrected"] = json!({"verdict": "hit", "measured": {"value": 1.25, "unit": "square_metre"}});
        correction["evidence"] = json!([{"kind": "paper", "id": paper["id"]}]);
        let given = give(&legal, &made, correction).await;
        assert_eq!(given.status, StatusCode::CREATED, "{}", given.text);
        assert_eq!(given.body["corrected"]["verdict"], "hit");
        assert_eq!(given.body["evidence"][0]["version"], 1, "{}", given.text);

        for sql in ["update opinion set stance = 'confirm'", "delete from opinion"] {
            assert!(sqlx::raw_sql(sql).execute(&t.app.pool).await.is_err(), "{sql}");
        }
        // Behind our back: it is never shown as if nothing had happened.
        let flip = "alter table opinion disable trigger all;
                    update opinion set signature = set_byte(signature, 3, get_byte(signature, 3) # 1)";
        sqlx::raw_sql(flip).execute(&t.app.pool).await.unwrap();
        assert_eq!(read(&legal, &made, "").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    })
    .await;
}

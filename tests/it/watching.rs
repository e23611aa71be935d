//! Parcel watch: who agreed to it hears what a new map changes for their parcel; nobody else hears anything.

use crate::case_events::every_case_is_its_events;
use crate::case_work::run;
use crate::test_app::{Caller, TestApp};
use crate::ward::{EAST, NORTH, ZONE, mapped, publish, publish_map, threaded};
use diaba::domain::case::{Happened, Signer};
use diaba::flow::case::record;
use diaba::flow::staff::Actor;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::macros::date;
use uuid::Uuid;

pub fn ask(day: &str) -> Value {
    let (w, s, e, n) = (EAST - 500.0, NORTH - 500.0, EAST + 500.0, NORTH + 500.0);
    json!({"layer": "recovery_test", "theme": "recovery", "zone": ZONE, "crs": format!("EPSG:{ZONE}"), "coverage_key": "all",
        "source_date": day, "profile": "generic",
        "coverage": {"wkt": format!("POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))")}})
}

/// Land to be recovered: from the west edge of the row to `width` metres, and something far away, `off` metres wider.
pub fn plan(width: f64, off: f64) -> String {
    let rect = |w: f64, s: f64, e: f64, n: f64| format!("POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))");
    let far = rect(EAST + 300.0, NORTH + 300.0, EAST + 310.0 + off, NORTH + 310.0);
    let mut text = format!("WKT,key,code\n\"{far}\",P0,thong_bao\n");
    if width > 0.0 {
        let near = rect(EAST - 5.0, NORTH - 5.0, EAST + width, NORTH + 15.0);
        text.push_str(&format!("\"{near}\",P1,quyet_dinh\n"));
    }
    text
}

/// A customer with a case on a parcel of sheet 12, led to its after-care; `agreed`: to the watch, at the intake.
async fn customer(t: &TestApp, care: &Caller, name: &str, number: u32, agreed: bool) -> Uuid {
    let mut consents = vec![json!({"what": "processing", "text_version": "2026-01"})];
    if agreed {
        consents.push(json!({"what": "parcel_watch", "text_version": "2026-01"}));
    }
    let new = json!({"channel": "office", "need": "theo dõi", "procedures": ["transfer"], "consents": consents,
        "person": {"name": name, "phone": "0900 000 001"},
        "parcel_ref": {"commune_code": "20194", "sheet": "12", "number": number.to_string()}});
    let made = care.post("/api/v1/intakes", new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id: Uuid = made.body["case"]["id"].as_str().unwrap().parse().unwrap();
    let verified = care.post(&format!("/api/v1/cases/{id}/verifications"), json!({})).await;
    assert_eq!(verified.status, StatusCode::CREATED, "{}", verified.text);
    let tasks = care.get(&format!("/api/v1/tasks?case={id}&limit=200")).await;
    let mut all: Vec<(&str, Happened)> = Vec::new();
    for task in tasks.body["items"].as_array().unwrap() {
        let task_kind = task["kind"].as_str().unwrap().to_owned();
        all.push(("one", Happened::TaskCancelled { task: task["id"].as_str().unwrap().parse().unwrap(), task_kind }));
    }
    let (v, q, c) = (Uuid::from_u128(9), Uuid::from_u128(1), Uuid::from_u128(2));
    let day = date!(2026 - 12 - 01);
    all.extend([
        ("one", Happened::OptionSheetSigned { sheet: v, version: 1, verification: v, procedure: "transfer".into() }),
        ("one", Happened::QuotationOffered { quotation: q, version: 1, total: 9, valid_to: day }),
        ("one", Happened::QuotationAccepted { quotation: q, version: 1 }),
        ("one", Happened::ContractDrawn { contract: c, version: 1, sign_by: day, next: Signer::Customer }),
        (
            "one",
            Happened::ContractSigned { contract: c, signer: Signer::Customer, signature: v, next: Some(Signer::Firm) },
        ),
        ("one", Happened::ContractSigned { contract: c, signer: Signer::Firm, signature: v, next: None }),
        ("one", Happened::ContractConcluded { contract: c }),
        ("one", Happened::ReviewAsked {}),
        ("two", Happened::ReviewPassed { review: v }),
        ("two", Happened::HandOverOffered { handover: v, way: "office".into() }),
        ("two", Happened::HandedOver { handover: v, way: "office".into() }),
    ]);
    let mut tx = t.app.pool.begin().await.unwrap();
    for (actor, what) in all {
        record(&t.app, &mut tx, &Actor::system(actor), id, what).await.unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// The first watch of a case, which begins by itself.
async fn begun(care: &Caller, case: Uuid) -> Value {
    for _ in 0..400 {
        let all = care.get(&format!("/api/v1/cases/{case}/watches")).await;
        if let Some(first) = all.body.as_array().and_then(|a| a.first()) {
            return first.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no watch of {case} begins");
}

/// Data of what a case was told by its watch.
async fn told(pool: &PgPool, case: Uuid) -> Vec<Value> {
    sqlx::query_scalar("select data from case_event where case_id = $1 and kind = 'watch_hit' order by seq")
        .bind(case)
        .fetch_all(pool)
        .await
        .unwrap()
}

/// Waits until the worker has looked.
async fn looked(pool: &PgPool) {
    for _ in 0..400 {
        let open: i64 = sqlx::query_scalar(
            "select count(*) from job where kind = 'watch_parcels' and state not in ('done', 'dead')",
        )
        .fetch_one(pool)
        .await
        .unwrap();
        if open == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the watch was not run");
}

#[sqlx::test(migrations = "./migrations")]
async fn who_agreed_and_is_touched_hears_and_nobody_else(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool.clone()).await;
        let gis = t.signed_in("gis.two", &["gis_analyst"]).await;
        let care = t.signed_in("care", &["customer_care", "manager"]).await;
        publish_map(&gis, plan(0.0, 0.0), &ask("2026-09-01")).await;

        let touched = customer(&t, &care, "Người Mẫu Một", 345, true).await;
        let beside = customer(&t, &care, "Người Mẫu Hai", 346, true).await;
        let silent = customer(&t, &care, "Người Mẫu Ba", 345, false).await;
        let gone = customer(&t, &care, "Người Mẫu Bốn", 345, true).await;
        for case in [touched, beside, gone] {
            begun(&care, case).await;
            let twice = care.post(&format!("/api/v1/cases/{case}/watches"), json!({})).await;
            assert_eq!(twice.body["code"], "watch-begun");
        }
        let refused = care.post(&format!("/api/v1/cases/{silent}/watches"), json!({})).await;
        assert_eq!(refused.body["code"], "watch-consent", "{}", refused.text);
        let consents = care.get(&format!("/api/v1/cases/{gone}/consents")).await;
        let watch = consents.body.as_array().unwrap().iter().find(|c| c["what"] == "parcel_watch").unwrap();
        let withdrawn = format!("/api/v1/consents/{}/withdraw", watch["id"].as_str().unwrap());
        assert_eq!(care.post(&withdrawn, json!({})).await.status, StatusCode::OK);
        let ended = care.get(&format!("/api/v1/cases/{gone}/watches")).await;
        assert!(ended.body[0]["ended_at"].is_string(), "with its consent: {}", ended.text);

        // A newer map that differs far away: nothing holds that did not hold before.
        publish_map(&gis, plan(0.0, 1.0), &ask("2026-10-01")).await;
        looked(&pool).await;
        for case in [touched, beside, silent, gone] {
            assert_eq!(told(&pool, case).await, Vec::<Value>::new());
        }
        // A plan over the western 8 m of parcel 345: 8 x 10 m².
        publish_map(&gis, plan(8.0, 2.0), &ask("2026-10-02")).await;
        looked(&pool).await;
        let hits = told(&pool, touched).await;
        let recovery: Vec<&Value> = hits.iter().filter(|h| h["topic"] == "planning.recovery").collect();
        assert_eq!(recovery.len(), 1, "{hits:?}");
        assert_eq!(
            (&recovery[0]["was"], &recovery[0]["now"], &recovery[0]["source"], &recovery[0]["subject"]),
            (&json!("clear"), &json!("hit:80:square_metre"), &json!("recovery_test"), &json!("recovery"))
        );
        for (case, who) in [(beside, "another parcel"), (silent, "no consent"), (gone, "consent withdrawn")] {
            assert_eq!(told(&pool, case).await, Vec::<Value>::new(), "{who}");
        }
        let line = care.get(&format!("/api/v1/cases/{touched}/timeline?view=customer")).await;
        let lines = line.body["lines"].as_array().unwrap();
        let said = lines.iter().rev().find(|l| l["kind"] == "watch_hit").unwrap()["what"].as_str().unwrap();
        assert!(said.contains("nothing in the way") && said.contains("in the way (80 m²)"), "{said}");
        let owed: Vec<Vec<String>> =
            sqlx::query_scalar("select owed from case_event where kind = 'watch_hit'").fetch_all(&pool).await.unwrap();
        assert!(owed.iter().all(|o| o == &["customer"]), "{owed:?}");

        // Once more over the same: a new version, a daily look and the same rows say nothing.
        let before = told(&pool, touched).await.len();
        publish_map(&gis, plan(8.0, 3.0), &ask("2026-10-03")).await;
        looked(&pool).await;
        run(&t, "watch_rules").await;
        assert_eq!(told(&pool, touched).await.len(), before);
        // Taken back.
        let back = gis.post("/api/v1/layers/recovery_test/rollback", json!({"coverage_key": "all"})).await;
        assert_eq!(back.status, StatusCode::OK, "{}", back.text);
        publish_map(&gis, plan(0.0, 4.0), &ask("2026-10-04")).await;
        looked(&pool).await;
        let last = told(&pool, touched).await.pop().unwrap();
        assert_eq!((&last["was"], &last["now"]), (&json!("hit:80:square_metre"), &json!("clear")));
        every_case_is_its_events(&pool).await;
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_consent_of_later_and_the_end_of_a_watch(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool.clone()).await;
        let gis = t.signed_in("gis.two", &["gis_analyst"]).await;
        let care = t.signed_in("care", &["customer_care", "manager"]).await;
        let case = customer(&t, &care, "Người Mẫu Năm", 345, false).await;
        let consents = format!("/api/v1/cases/{case}/consents");
        let bad = json!({"channel": "office", "what": "everything", "text_version": ""});
        assert_eq!(care.post(&consents, bad).await.refused(), ["what: not-in-list", "text_version: length"]);
        let given = json!({"channel": "office", "what": "parcel_watch", "text_version": "2026-01"});
        assert_eq!(care.post(&consents, given).await.status, StatusCode::CREATED);
        let watch = begun(&care, case).await;

        // The parcel itself is another one after a new survey: 345 lies elsewhere.
        publish(&gis, &[344, 345]).await;
        looked(&pool).await;
        let end = format!("/api/v1/watches/{}/end", watch["id"].as_str().unwrap());
        assert_eq!(care.post(&end, json!({})).await.status, StatusCode::OK);
        assert_eq!(care.post(&end, json!({})).await.body["code"], "watch-ended");
        let before = told(&pool, case).await.len();
        publish_map(&gis, plan(30.0, 5.0), &ask("2026-10-02")).await;
        looked(&pool).await;
        assert_eq!(told(&pool, case).await.len(), before, "ended: no word");
        let early = care.open_case().await;
        let early = care.post(&format!("/api/v1/cases/{early}/watches"), json!({})).await;
        assert_eq!(early.body["code"], "case-step");
        let anew = care.post(&format!("/api/v1/cases/{case}/watches"), json!({})).await;
        assert_eq!(anew.status, StatusCode::CREATED, "the consent stands: {}", anew.text);
        every_case_is_its_events(&pool).await;
    })
    .await;
}

/// A parcel that a wrongly recorded act led to is a stranger's: no word of it any more, and the watch comes back.
#[sqlx::test(migrations = "./migrations")]
async fn a_revoked_act_is_followed_back(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool.clone()).await;
        let gis = t.signed_in("gis.two", &["gis_analyst"]).await;
        let care = t.signed_in("care", &["customer_care", "manager"]).await;
        publish_map(&gis, plan(0.0, 0.0), &ask("2026-09-01")).await;
        let case = customer(&t, &care, "Người Mẫu Sáu", 346, true).await;
        begun(&care, case).await;
        let moved = async || -> Vec<(Value, Value)> {
            let all = told(&pool, case).await.into_iter().filter(|h| h["topic"] == "parcel");
            all.map(|h| (h["was"].clone(), h["now"].clone())).collect()
        };
        let step = |from: &str, to: &str| (json!(format!("parcel:20194/12/{from}")), json!(format!("parcel:20194/12/{to}")));

        let act = json!({"kind": "renumber", "from": ["20194/12/346"], "to": ["20194/12/345"], "effective": "2026-03-02",
            "decision": "14/QĐ-UBND"});
        let act = gis.post("/api/v1/parcel-acts", act).await;
        assert_eq!(act.status, StatusCode::CREATED, "{}", act.text);
        run(&t, "watch_rules").await;
        assert_eq!(moved().await, [step("346", "345")], "as every search for it does");

        let revocation = format!("/api/v1/parcel-acts/{}/revocation", act.body["id"].as_str().unwrap());
        let revoked = gis.post(&revocation, json!({"reason": "Decision 14 is about sheet 21"})).await;
        assert_eq!(revoked.status, StatusCode::OK, "{}", revoked.text);
        // Land of the stranger is to be recovered.
        publish_map(&gis, plan(8.0, 1.0), &ask("2026-10-02")).await;
        looked(&pool).await;
        let topics: Vec<Value> = told(&pool, case).await.iter().map(|h| h["topic"].clone()).collect();
        assert_eq!(topics, ["parcel", "parcel"], "nothing of the stranger's");
        assert_eq!(moved().await[1], step("345", "346"));
        // Theirs is watched again.
        publish_map(&gis, plan(28.0, 2.0), &ask("2026-10-03")).await;
        looked(&pool).await;
        let last = told(&pool, case).await.pop().unwrap();
        assert_eq!((&last["topic"], &last["now"]), (&json!("planning.recovery"), &json!("hit:80:square_metre")));
        every_case_is_its_events(&pool).await;
    })
    .await;
}

/// A consent waits for what it needs: the hand-over, and the parcel. When the case ends without, that is said.
#[sqlx::test(migrations = "./migrations")]
async fn a_consent_waits_for_its_parcel(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool.clone()).await;
        let gis = t.signed_in("gis.two", &["gis_analyst"]).await;
        let care = t.signed_in("care", &["customer_care", "manager"]).await;
        publish_map(&gis, plan(0.0, 0.0), &ask("2026-09-01")).await;
        // No map knows parcel 999.
        let late = customer(&t, &care, "Người Mẫu Bảy", 999, true).await;
        let never = customer(&t, &care, "Người Mẫu Tám", 999, true).await;
        let lines = async |case: Uuid, kind: &str| -> Vec<Value> {
            let told = care.get(&format!("/api/v1/cases/{case}/timeline?view=customer")).await;
            told.body["lines"].as_array().unwrap().iter().filter(|l| l["kind"] == kind).cloned().collect()
        };
        let told = async |case: Uuid, n: usize| -> Vec<Value> {
            for _ in 0..400 {
                let found = lines(case, "watch_not_begun").await;
                if found.len() >= n {
                    return found;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            panic!("{case} was not told {n} times that nothing is watched");
        };
        let given = lines(late, "consent_given").await;
        let watch = given.iter().find(|l| l["what"].as_str().unwrap().contains("watching the parcel")).unwrap();
        assert!(watch["next"].as_str().unwrap().contains("parcel is known"), "{watch}");
        let processing = given.iter().find(|l| l["what"].as_str().unwrap().contains("processing")).unwrap();
        assert!(processing["next"].is_null(), "{processing}");
        let waits = told(late, 1).await;
        assert!(waits[0]["next"].as_str().unwrap().contains("begins by itself"), "{waits:?}");

        let parcel = crate::ward::parcel(&care, 345).await;
        let bind = json!({"parcel": parcel, "reason": "The certificate names the number of before."});
        let bound = care.post(&format!("/api/v1/cases/{late}/parcel"), bind).await;
        assert_eq!(bound.status, StatusCode::OK, "{}", bound.text);
        begun(&care, late).await;
        publish_map(&gis, plan(8.0, 1.0), &ask("2026-10-02")).await;
        looked(&pool).await;
        assert!(self::told(&pool, late).await.iter().any(|h| h["topic"] == "planning.recovery"), "it is watched");

        told(never, 1).await;
        let end = json!({"ending": "closed", "reason": "all was done"});
        assert_eq!(care.post(&format!("/api/v1/cases/{never}/close"), end).await.status, StatusCode::OK);
        let said = told(never, 2).await;
        assert!(said[1]["what"].as_str().unwrap().starts_with("No parcel is watched"), "{said:?}");
        let none = care.get(&format!("/api/v1/cases/{never}/watches")).await;
        assert_eq!(none.body, json!([]));
        every_case_is_its_events(&pool).await;
    })
    .await;
}

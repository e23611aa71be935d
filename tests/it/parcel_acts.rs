//! What people record of parcels from decisions: refused when it cannot be true, revoked when it was wrong, told on the command line.

use crate::command_line::{diaba, says};
use crate::test_app::{Caller, TestApp};
use crate::ward::{mapped, parcel, publish, start_worker, threaded};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

fn split() -> Value {
    json!({"kind": "split", "from": ["20194/12/300"], "to": ["20194/12/345", "20194/12/346"], "effective": "2026-03-02",
        "decision": "12/QĐ-UBND, 2026-02-20"})
}

async fn reached(caller: &Caller, query: &str) -> Vec<String> {
    let found = caller.get(&format!("/api/v1/parcels?ref={query}")).await;
    let all = found.body["reference"]["candidates"].as_array().unwrap_or_else(|| panic!("{}", found.text));
    all.iter().map(|c| c["key"].as_str().unwrap().to_owned()).collect()
}

#[sqlx::test(migrations = "./migrations")]
async fn what_cannot_be_true_is_refused(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("gis.2", &["gis_analyst"]).await;
        for (change, fault) in [
            (json!({"kind": "merge", "from": ["20194/12/300", "20194/012/0300"], "to": ["20194/12/345"]}), "from.1: parcel-twice"),
            (json!({"to": ["20194/12/345", "20194/12/0345"]}), "to.1: parcel-twice"),
            (json!({"kind": "renumber", "from": ["20194/12/345"], "to": ["20194/12/345"]}), "to.0: act-itself"),
            // the map as of 2026-01-15 drew 346
            (json!({"kind": "renumber", "from": ["20194/12/346"], "to": ["20194/12/345"], "effective": "2026-01-15"}),
                "effective: parcel-still-drawn"),
            (json!({"from": ["99888/12/300"]}), "from.0: commune-unknown"),
        ] {
            let mut wrong = split();
            change.as_object().unwrap().iter().for_each(|(k, v)| wrong[k] = v.clone());
            let refused = gis.post("/api/v1/parcel-acts", wrong).await;
            assert_eq!(refused.refused(), [fault], "{change}");
            let said = &refused.body["errors"][0];
            assert!(said["found"].is_string() && said["allowed"].is_string(), "{said}");
        }
        // a parcel may keep its number; the same act again is not another one
        let keeps = json!({"kind": "split", "from": ["20194/12/345"], "to": ["20194/12/345", "20194/12/346"], "effective": "2026-03-02",
            "decision": "13/QĐ-UBND"});
        let made = gis.post("/api/v1/parcel-acts", keeps.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(reached(&gis, "20194/12/345").await, ["20194/12/345", "20194/12/346"]);
        let again = gis.post("/api/v1/parcel-acts", keeps).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
        assert!(again.text.contains("act-recorded"), "{}", again.text);
    })
    .await;
}

/// A revoked act is followed no more, by people or by verifications; as of a day before it is; the history tells all of it.
#[sqlx::test(migrations = "./migrations")]
async fn a_wrong_act_is_revoked_by_a_new_fact(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        publish(&t.signed_in("gis", &["gis_analyst"]).await, &[345, 346]).await;
        t.advance(time::Duration::days(1));
        let gis = t.signed_in("gis.2", &["gis_analyst"]).await;
        let act = gis.post("/api/v1/parcel-acts", split()).await.body["id"].as_str().unwrap().to_owned();
        assert_eq!(reached(&gis, "20194/12/300").await.len(), 2);

        t.advance(time::Duration::days(3));
        let gis = t.signed_in("gis.3", &["gis_analyst"]).await;
        let revocation = format!("/api/v1/parcel-acts/{act}/revocation");
        assert_eq!(gis.post(&revocation, json!({"reason": "wrong"})).await.refused(), ["reason: length"]);
        let reason = "Decision 12 splits parcel 299";
        let revoked = gis.post(&revocation, json!({"reason": reason})).await;
        assert_eq!((revoked.status, &revoked.body["revoked"]["reason"]), (StatusCode::OK, &json!(reason)), "{}", revoked.text);
        assert_eq!(gis.post(&revocation, json!({"reason": reason})).await.status, StatusCode::CONFLICT);
        let audited: i64 = sqlx::query_scalar("select count(*) from audit where detail::text like '%splits parcel 299%'")
            .fetch_one(&t.app.pool)
            .await
            .unwrap();
        assert_eq!(audited, 0, "the reason stands beside the act alone");
        let nowhere = "/api/v1/parcel-acts/019a0000-0000-7000-8000-00000000dead/revocation";
        assert_eq!(gis.post(nowhere, json!({"reason": reason})).await.status, StatusCode::NOT_FOUND);

        assert!(reached(&gis, "20194/12/300").await.is_empty());
        assert_eq!(reached(&gis, "20194/12/300&at=2026-10-08").await.len(), 2, "as of the day before");
        assert!(reached(&gis, "20194/12/300&at=2026-10-09").await.is_empty());
        let history = gis.get(&format!("/api/v1/parcels/{}/history", parcel(&gis, 345).await)).await;
        assert_eq!(history.body["names"], json!(["20194/12/345"]), "{}", history.text);
        assert_eq!(history.body["acts"][0]["revoked"]["by"], "gis.3", "{}", history.text);

        // the right decision is recorded on the same parcels; a step between parcels goes the same way
        let mut right = split();
        right["decision"] = json!("21/QĐ-UBND, 2026-02-27");
        assert_eq!(gis.post("/api/v1/parcel-acts", right).await.status, StatusCode::CREATED);
        assert_eq!(reached(&gis, "20194/12/300").await.len(), 2);
        let merged = json!({"kind": "renumber", "from": ["20194/12/346"], "to": ["20194/12/345"], "effective": "2026-03-02", "decision": "14/QĐ"});
        for _ in 0..2 {
            let made = gis.post("/api/v1/parcel-acts", merged.clone()).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            assert_eq!(reached(&gis, "20194/12/346").await, ["20194/12/345"]);
            let revocation = format!("/api/v1/parcel-acts/{}/revocation", made.body["id"].as_str().unwrap());
            assert_eq!(gis.post(&revocation, json!({"reason": reason})).await.status, StatusCode::OK);
            assert_eq!(reached(&gis, "20194/12/346").await, ["20194/12/346"]);
        }
        let lineage = gis.get(&format!("/api/v1/parcels/{}", parcel(&gis, 345).await)).await.body["lineage"].clone();
        assert!(lineage.as_array().unwrap().iter().all(|l| l["revoked_at"].is_string()), "{lineage}");
        let changed = sqlx::query("delete from parcel_act_revocation").execute(&t.app.pool).await;
        assert!(changed.is_err(), "what was revoked stays revoked");
    })
    .await;
}

/// Nothing found ends with failure, and says since when something is known; acts are recorded and revoked by script.
#[sqlx::test(migrations = "./migrations")]
async fn told_on_the_command_line(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        says(&t, &["parcel", "20194/12/345"], &["1. 20194/12/345  vùng 5899"]).await;
        let (good, said) = diaba(&t, &["parcel", "20194/12/345", "--at", "2020-01-01"]).await;
        assert!(!good && said.contains("không có thửa nào") && said.contains("được biết từ ngày 05/10/2026"), "{said}");
        let (good, said) = diaba(&t, &["parcel", "20194/12/345", "--at", "2020-01-01", "--lang", "en"]).await;
        assert!(!good && said.contains("no parcel") && said.contains("known since 2026-10-05"), "{said}");
        let (good, said) = diaba(&t, &["parcel", "20194/12/999", "--lang", "en"]).await;
        assert!(!good && said.contains("20194/12/999: no parcel") && !said.contains("known since"), "{said}");
        let (good, said) = diaba(&t, &["parcel", "345", "--lang", "en"]).await;
        assert!(!good && said.contains("reference: ") && said.contains("[parcel-key]"), "{said}");

        let mut record =
            vec!["parcel-record", "split", "--from", "20194/12/300", "--to", "20194/12/345", "--to", "20194/12/346"];
        record.extend(["--on", "2026-03-02", "--decision", "12/QĐ-UBND"]);
        let said = says(&t, &record, &["Đã ghi: tách thửa từ 20194/12/300, quyết định 12/QĐ-UBND"]).await;
        let act = said.split(['(', ')']).nth(1).unwrap().trim_start_matches("số ghi ");
        says(&t, &["parcel", "20194/12/300"], &["02/03/2026  tách thửa: 20194/12/300 -> 20194/12/345", act]).await;
        says(&t, &["parcel-revoke", act, "--reason", "read from the wrong decision"], &["Đã thu hồi: tách thửa"]).await;
        let (good, said) = diaba(&t, &["parcel", "20194/12/300", "--lang", "en"]).await;
        assert!(!good && said.contains("no parcel") && said.contains("revoked on"), "{said}");
    })
    .await;
}

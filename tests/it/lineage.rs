//! The parcel a paper means, through whatever happened to it since: maps published one after another, and acts recorded.

use crate::test_app::TestApp;
use crate::ward::{parcel, publish, start_worker, threaded};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

fn told(found: &Value) -> Vec<String> {
    let steps = |c: &Value| -> Vec<String> {
        let of = |s: &Value, k: &str| s[k].as_str().unwrap_or("-").to_owned();
        let all = c["steps"].as_array().unwrap().iter();
        all.map(|s| {
            format!("{} {} {} -> {} [{}]", of(s, "on"), of(s, "kind"), of(s, "from"), of(s, "to"), of(s, "source"))
        })
        .collect()
    };
    let all = found["reference"]["candidates"].as_array().unwrap().iter();
    all.map(|c| format!("{}: {}", c["key"].as_str().unwrap(), steps(c).join("; "))).collect()
}

/// A number no map holds any more, a split read in a decision: the old reference leads to both parts, with day and decision.
#[sqlx::test(migrations = "./migrations")]
async fn a_recorded_split_is_followed(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &[345, 346]).await;
        let act = json!({"kind": "split", "from": ["20194/12/300"], "to": ["20194/12/345", "20194/12/346"],
            "effective": "2026-03-02", "decision": "12/QĐ-UBND, 2026-02-20"});
        let made = gis.post("/api/v1/parcel-acts", act.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let found = gis.get("/api/v1/parcels?ref=20194/12/300").await;
        assert_eq!(found.body["reference"]["ambiguous"], true, "{}", found.text);
        assert_eq!(
            told(&found.body),
            ["345", "346"].map(|n| format!(
                "20194/12/{n}: 2026-03-02 split 20194/12/300 -> 20194/12/{n} [12/QĐ-UBND, 2026-02-20]"
            ))
        );
        let history = gis.get(&format!("/api/v1/parcels/{}/history", parcel(&gis, 345).await)).await;
        assert!(history.text.contains("20194/12/300"), "{}", history.text);

        for (change, fault) in [
            (json!({"kind": "torn"}), "kind: not-in-list"),
            (json!({"to": ["20194/12/345"]}), "to: act-count"),
            (json!({"to": ["20194/12/345", "20194/12/999"]}), "to.1: parcel-unknown"),
            (json!({"from": ["300"]}), "from.0: parcel-key"),
            (json!({"effective": "2030-01-01"}), "effective: date-in-future"),
            (json!({"decision": ""}), "decision: length-range"),
        ] {
            let mut wrong = act.clone();
            change.as_object().unwrap().iter().for_each(|(k, v)| wrong[k] = v.clone());
            assert_eq!(gis.post("/api/v1/parcel-acts", wrong).await.refused(), [fault], "{change}");
        }
    })
    .await;
}

/// A merge that the next map shows: the old number leads to the new parcel, and as of the day before to itself.
#[sqlx::test(migrations = "./migrations")]
async fn a_map_shows_what_became_of_a_number(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &[345, 346]).await;
        t.advance(time::Duration::days(3));
        // the same ground under other numbers
        let version = publish(&gis, &[501, 502]).await;
        let found = gis.get("/api/v1/parcels?ref=20194/12/345").await;
        assert_eq!(
            told(&found.body),
            [format!("20194/12/501: 2026-10-08 renumber 20194/12/345 -> 20194/12/501 [layer version {version}]")],
            "{}",
            found.text
        );
        let before = gis.get("/api/v1/parcels?ref=20194/12/345&at=2026-10-07").await;
        assert_eq!(told(&before.body), ["20194/12/345: "], "{}", before.text);
        assert_eq!(before.body["reference"]["candidates"][0]["in_force"], true);
        assert_eq!(gis.get("/api/v1/parcels?ref=20194/12/345&at=soon").await.refused(), ["at: shape"]);
    })
    .await;
}

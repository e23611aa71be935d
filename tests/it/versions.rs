//! Versions of a layer: sent again, declared anew, compared, brought back, withdrawn.

use crate::test_app::{Answer, Caller};
use crate::ward::{EAST, NORTH, ZONE, ask, map, mapped, parcel, send, threaded, wait};
use diaba::domain::verify::Wish;
use diaba::flow::staff::Actor;
use diaba::flow::{proof, verification};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

/// Everything within 2 km of the parcels.
pub fn around() -> String {
    let (w, s, e, n) = (EAST - 2000.0, NORTH - 2000.0, EAST + 2000.0, NORTH + 2000.0);
    format!("POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))")
}

/// What is asked of a register of encumbrances that is complete around the parcels.
fn register(source_date: &str) -> Value {
    json!({"layer": "register_test", "theme": "encumbrance", "zone": ZONE, "crs": format!("EPSG:{ZONE}"),
        "coverage": {"wkt": around()}, "source_date": source_date})
}

/// Sends a map; gives what the import says.
pub async fn import(gis: &Caller, content: String, ask: &Value) -> Value {
    let sent = send(gis, "ban_do.csv", content, ask).await;
    wait(gis, &sent).await;
    let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
    assert_eq!(import.body["state"], "done", "{}", import.text);
    import.body["report"].clone()
}

pub async fn publish_version(gis: &Caller, report: &Value) -> Answer {
    gis.post(&format!("/api/v1/layer-versions/{}/publish", report["layer_version_id"]), json!({})).await
}

/// Verdict of a check on a subject, as the inspection of a parcel gives it now.
pub async fn verdict(caller: &Caller, parcel: &str, check: &str, subject: &str) -> String {
    let record = caller.get(&format!("/api/v1/parcels/{parcel}/inspection")).await;
    let found = record.body["findings"].as_array().unwrap_or_else(|| panic!("{}", record.text));
    let one = found.iter().find(|f| f["check"] == check && f["subject"] == subject);
    one.unwrap_or_else(|| panic!("no {check} {subject}: {}", record.text))["verdict"].as_str().unwrap().to_owned()
}

/// A register proves "clear" for seven days: the same rows of a later day are a new version, and nothing of them differs.
#[sqlx::test(migrations = "./migrations")]
async fn the_same_rows_of_a_later_day_are_a_new_version(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let today = t.app.clock.today();
        let old = (today - time::Duration::days(30)).to_string();
        let rows = "MaXa,SoTo,SoThua,Loai\n20194,12,346,mortgage\n".to_owned();
        let first = import(&gis, rows.clone(), &register(&old)).await;
        assert_eq!(first["differs"], Value::Null, "{first}");
        publish_version(&gis, &first).await;
        let parcel = parcel(&gis, 345).await;
        assert_eq!(verdict(&gis, &parcel, "encumbrance.register", "encumbrance").await, "stale_source");

        let again = import(&gis, rows.clone(), &register(&old)).await;
        assert_eq!((&again["unchanged"], &again["differs"]), (&json!(true), &json!([])), "{again}");
        let mut fresh = register(&today.to_string());
        fresh["accuracy_m"] = json!(0.25);
        let second = import(&gis, rows.clone(), &fresh).await;
        assert_eq!(second["unchanged"], false, "{second}");
        assert_eq!(second["differs"], json!(["source_date", "accuracy_m"]), "{second}");
        assert_eq!(publish_version(&gis, &second).await.body["replaced"], first["layer_version_id"]);
        let path = format!("/api/v1/layer-versions/{}/diff/{}", first["layer_version_id"], second["layer_version_id"]);
        let diff = gis.get(&path).await;
        assert_eq!((&diff.body["added"], &diff.body["changed"]), (&json!(0), &json!(0)), "{}", diff.text);
        assert_eq!(verdict(&gis, &parcel, "encumbrance.register", "encumbrance").await, "clear");

        let mut narrower = fresh.clone();
        narrower["coverage"] = json!({"wkt": format!("POLYGON(({EAST} {NORTH}, {} {NORTH}, {EAST} {}, {EAST} {NORTH}))", EAST + 90.0, NORTH + 90.0)});
        assert_eq!(import(&gis, rows, &narrower).await["differs"], json!(["coverage"]));
    })
    .await;
}

/// A cadastral map of a later day speaks for the parcels it left as they were, and so it is pinned; what was pinned before stays.
#[sqlx::test(migrations = "./migrations")]
async fn a_map_of_a_later_day_speaks_for_its_parcels(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let care = t.signed_in("care", &["customer_care", "legal"]).await;
        let case = care.open_case().await;
        let verify = format!("/api/v1/cases/{case}/verifications");
        let before = care.post(&verify, json!({})).await;
        assert!(before.status.is_success(), "{}", before.text);
        let mut later = ask();
        later["source_date"] = json!("2026-02-20");
        let report = import(&gis, map(&[345, 346]), &later).await;
        assert_eq!(report["differs"], json!(["source_date"]), "{report}");
        let published = publish_version(&gis, &report).await;
        assert_eq!(published.body["parcels"]["unchanged"], 2, "{}", published.text);
        let after = care.post(&verify, json!({})).await;
        assert_eq!(after.body["record"]["pins"]["layers"][0]["layer_version_id"], report["layer_version_id"]);
        for answer in [&before, &after] {
            let id: Uuid = answer.body["id"].as_str().unwrap().parse().unwrap();
            let again = proof::replay(&t.app, &Actor::system("test"), id, &proof::Seen::default()).await.unwrap();
            assert!(again.same, "{again:?}");
        }
        let id: Uuid = parcel(&gis, 346).await.parse().unwrap();
        let alone = verification::inspect(&t.app, ZONE, id, Wish::default()).await.unwrap();
        assert_eq!(json!(alone.record.pins.layers[0].source_date), "2026-02-20");
    })
    .await;
}

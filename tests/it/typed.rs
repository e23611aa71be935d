//! Vertex tables as people type them: recognised by what fits the map, told in the finding, never transformed.

use crate::test_app::TestApp;
use crate::ward::{EAST, NORTH, ZONE, ask, map, send, start_worker, threaded, wait};
use diaba::flow::layer::zones;
use diaba::gis::crs::{Base, Definition, Operation, Transformer};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn a_table_in_another_system_is_recognised_and_replays(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let mut with_scale = ask();
        with_scale["scale"] = json!(500);
        let sent = send(&gis, "a.csv", map(&[344, 345, 346]), &with_scale).await;
        wait(&gis, &sent).await;
        let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
        let version = import.body["report"]["layer_version_id"].as_i64().unwrap_or_else(|| panic!("{}", import.text));
        gis.post(&format!("/api/v1/layer-versions/{version}/publish"), json!({})).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let book = zones(&t.app).await.unwrap();
        let zone = book.need(ZONE).unwrap();
        // Parcel 345 is the second of the row.
        let (w, s) = (EAST + 20.0, NORTH);
        let corners = [(w, s), (w + 20.0, s), (w + 20.0, s + 10.0), (w, s + 10.0)];
        let internal = Base::Tm { central_meridian: 107.75, k0: 0.9999, shift: false };
        let scale = Base::Tm { central_meridian: 107.75, k0: 0.9996, shift: true };
        for (real, says) in [
            (Definition::new(Base::Zone(ZONE)), "vertices-agree"),
            (Definition::new(Base::Zone(9216)), "EPSG:9216"),
            (Definition::new(internal), "TM:107.75/0.9999/noshift"),
            (Definition::new(scale), "TM:107.75/0.9996"),
            (Definition::by(Base::Zone(ZONE), Operation::Epsg5194), "EPSG:5899;op=5194"),
        ] {
            let table = Transformer::to_zone(&book, &real, zone).unwrap();
            let vertices: Vec<Value> = corners.iter().map(|c| typed(&table, *c)).collect();
            let case = legal.open_case().await;
            let paper = json!({"kind": "certificate", "serial": "CK 123456", "vertices": vertices,
                "parcel": {"commune_code": "20194", "sheet": "12", "number": "345"}});
            let added = legal.post(&format!("/api/v1/cases/{case}/papers"), paper).await;
            assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
            let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            let findings = made.body["record"]["findings"].as_array().unwrap_or_else(|| panic!("{}", made.text));
            let f = findings.iter().find(|f| f["check"] == "parcel.vertices").unwrap();
            if says == "vertices-agree" {
                assert_eq!((&f["message"]["key"], &f["verdict"]), (&json!(says), &json!("clear")), "{f}");
            } else {
                assert_eq!(
                    (&f["message"]["key"], &f["verdict"]),
                    (&json!("vertices-other-reading"), &json!("hit")),
                    "{real}: {f}"
                );
                assert_eq!(f["message"]["args"]["definition"], says, "{f}");
                assert!(f["message"]["args"]["residual"].as_f64().unwrap() < 0.02, "{f}");
            }
            let again = legal
                .post(&format!("/api/v1/verifications/{}/replay", made.body["id"].as_str().unwrap()), json!({}))
                .await;
            assert_eq!(again.body["same"], true, "{}", again.text);
        }
    })
    .await;
}

/// X and Y to the centimetre, so that `table` reads them as `goal`.
fn typed(table: &Transformer, goal: (f64, f64)) -> Value {
    let mut p = goal;
    for _ in 0..14 {
        let at = table.point(p.0, p.1).unwrap();
        p = (p.0 + goal.0 - at.0, p.1 + goal.1 - at.1);
    }
    let cent = |v: f64| (v * 100.0).round() / 100.0;
    json!({"x": cent(p.1), "y": cent(p.0)})
}

//! Parcels, found every way there is.

use crate::test_app::TestApp;
use crate::ward::{EAST, NORTH, ZONE, mapped, parcel, publish, start_worker, threaded};
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn found_by_reference_place_and_box(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        publish(&t.signed_in("gis", &["gis_analyst"]).await, &[345, 346, 347]).await;
        let care = t.signed_in("care", &["customer_care"]).await;

        let found = care.get("/api/v1/parcels?ref=20194/012/0345").await;
        let reference = &found.body["reference"];
        assert_eq!(found.body["items"][0]["key"], "20194/12/345", "{}", found.text);
        assert_eq!((&reference["asked"]["sheet"], &reference["ambiguous"]), (&"12".into(), &false.into()));
        let reason = &reference["candidates"][0]["reasons"][0];
        assert!(!reason["vi"].as_str().unwrap().is_ascii(), "{reason}");
        assert!(reason["en"].as_str().is_some_and(|en| !en.starts_with("resolve-")), "{reason}");
        let words = care.get("/api/v1/parcels?ref=thửa 346, tờ bản đồ 12, phường Hải Vân").await;
        assert_eq!(words.body["items"][0]["number"], "346", "{}", words.text);
        let nobody = care.get("/api/v1/parcels?ref=20194/12/999").await;
        assert_eq!((nobody.status, nobody.body["items"].as_array().unwrap().len()), (StatusCode::OK, 0));

        let (e, n) = (EAST + 30.0, NORTH + 5.0);
        let there = care.get(&format!("/api/v1/parcels?point={e},{n}&zone={ZONE}")).await;
        assert_eq!(there.body["items"][0]["number"], "346", "{}", there.text);
        let ring = &there.body["items"][0]["geometry"]["coordinates"];
        let corner = ring.pointer("/0/0").filter(|c| c[0].is_number()).or(ring.pointer("/0/0/0")).unwrap();
        let (lon, lat) = (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap());
        assert!((107.0..109.0).contains(&lon) && (16.0..17.0).contains(&lat), "{lon} {lat}");
        let near = care.get(&format!("/api/v1/parcels?point={},{}", lon + 0.00005, lat + 0.00003)).await;
        assert_eq!(near.body["items"].as_array().unwrap().len(), 1, "{}", near.text);

        let (e1, n1) = (EAST + 60.0, NORTH + 10.0);
        let bbox = format!("/api/v1/parcels?bbox={EAST},{NORTH},{e1},{n1}&zone={ZONE}&crs=zone&limit=2");
        let first = care.get(&bbox).await;
        assert_eq!(first.body["items"].as_array().unwrap().len(), 2, "{}", first.text);
        let second = care.get(first.body["next"].as_str().unwrap()).await;
        assert_eq!(second.body["items"].as_array().unwrap().len(), 1, "{}", second.text);
        let degrees =
            format!("/api/v1/parcels?bbox={},{},{},{}&zone={ZONE}", lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01);
        let request = care.request(Method::GET, &degrees).header("accept", "application/geo+json");
        let drawn = care.send(request).await;
        assert_eq!(drawn.header("content-type"), "application/geo+json");
        assert_eq!(drawn.body["features"].as_array().unwrap().len(), 3, "{}", drawn.text);
        assert_eq!(drawn.body["features"][0]["properties"]["zone"], ZONE);
        assert!(drawn.body["features"][0]["properties"]["geometry"].is_null());

        for (query, fault) in [
            ("", "ref: required"),
            ("?ref=nonsense", "ref: shape"),
            ("?point=1,2,3", "point: shape"),
            ("?point=500,2", "point: not-degrees"),
            ("?bbox=1,2,3,4", "zone: required"),
            ("?bbox=3,2,1,4&zone=5899", "bbox: bbox-order"),
            ("?bbox=-180,-90,180,90&zone=5899", "bbox: bbox-size"),
            ("?bbox=107,15,109,17&zone=5899", "bbox: bbox-size"),
            ("?bbox=0,0,9000000,9000000&zone=5899&crs=zone", "bbox: bbox-size"),
            ("?bbox=0,0,1e308,1e308&zone=5899&crs=zone", "bbox: bbox-size"),
            ("?ref=20194/12/345&point=1,2", "ref: shape"),
            ("?ref=20194/12/345&f=gif", "f: not-in-list"),
        ] {
            assert_eq!(care.get(&format!("/api/v1/parcels{query}")).await.refused(), [fault], "{query}");
        }
    })
    .await;
}

/// By the number printed on a certificate: through the papers of cases whose parcel is known.
#[sqlx::test(migrations = "./migrations")]
async fn found_by_the_serial_of_a_certificate(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = legal.open_case().await;
        let paper = json!({"kind": "certificate", "serial": "CK 123456", "parcel": {"commune_code": "20194", "sheet": "12", "number": "345"}});
        assert_eq!(legal.post(&format!("/api/v1/cases/{case}/papers"), paper).await.status, StatusCode::CREATED);
        let sought = |serial: &str| json!({"serial": serial, "purpose": "verify"});
        let find = async |serial: &str| legal.post("/api/v1/parcels/search", sought(serial)).await;
        let before = find("CK123456").await;
        assert_eq!(before.body["items"], json!([]), "the case's parcel is not known yet: {}", before.text);
        let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);

        for written in ["CK 123456", "ck123456", "CK-123.456"] {
            let found = find(written).await;
            assert_eq!(found.body["items"][0]["key"], "20194/12/345", "{written}: {}", found.text);
            assert_eq!(found.body["items"].as_array().unwrap().len(), 1);
            assert_eq!(found.body["items"][0]["latest_verification"]["case_id"], case);
        }
        assert_eq!(find("CK 123457").await.body["items"], json!([]), "another certificate");
        assert_eq!(find("nonsense").await.refused(), ["serial: serial-format"]);
        let in_address = legal.get("/api/v1/parcels?serial=CK123456&purpose=verify").await;
        assert_eq!(in_address.refused(), ["serial: unknown-parameter", "purpose: unknown-parameter"]);

        let reads: Vec<(String, String)> =
            sqlx::query_as("select subject, purpose from personal_data_read where subject like 'paper/%/serial'")
                .fetch_all(&t.app.pool)
                .await
                .unwrap();
        assert_eq!(reads.len(), 3, "each find is a read: {reads:?}");
        assert!(reads.iter().all(|(_, purpose)| purpose == "verify"), "{reads:?}");
        let purposeless = legal.post("/api/v1/parcels/search", json!({"serial": "CK123456"})).await;
        assert_eq!(purposeless.refused(), ["purpose: missing-field"]);
        let idle = legal.post("/api/v1/parcels/search", json!({"serial": "CK123456", "purpose": "idle"})).await;
        assert_eq!(idle.refused(), ["purpose: purpose-needed"]);
        let gis = t.signed_in("gis.2", &["gis_analyst"]).await;
        let asked = gis.post("/api/v1/parcels/search", sought("CK123456")).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN, "who keeps the maps reads no papers");
        let field = t.signed_in("field", &["field"]).await;
        let asked = field.post("/api/v1/parcels/search", sought("CK123456")).await;
        assert_eq!(asked.body["items"], json!([]), "nor of a case where one has no task");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn one_parcel_its_history_and_what_the_checks_say(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &[345, 346]).await;
        let id = parcel(&gis, 345).await;
        let address = format!("/api/v1/parcels/{id}");
        let shown = gis.get(&address).await;
        assert_eq!(shown.body["registered_area"], 200.0, "{}", shown.text);
        let tag = shown.header("etag").to_owned();
        let again = gis.send(gis.request(Method::GET, &address).header("if-none-match", &tag)).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);

        let inspected = gis.get(&format!("{address}/inspection?target_use=CLN")).await;
        assert_eq!(inspected.body["parcel"]["number"], "345", "{}", inspected.text);
        assert!(!inspected.body["findings"].as_array().unwrap().is_empty());
        let drawn = gis.get(&format!("{address}/inspection?f=geojson")).await;
        assert_eq!(drawn.body["features"][0]["properties"]["kind"], "parcel", "{}", drawn.text);
        let kept: i64 = sqlx::query_scalar("select count(*) from verification").fetch_one(&t.app.pool).await.unwrap();
        assert_eq!(kept, 0, "an inspection leaves nothing");

        t.advance(time::Duration::hours(1));
        publish(&gis, &[346]).await;
        let history = gis.get(&format!("{address}/history")).await;
        assert!(history.body["versions"][0]["valid_to"].is_string(), "{}", history.text);
        assert_eq!(history.body["names"][0], "20194/12/345");
        let changed = gis.send(gis.request(Method::GET, &address).header("if-none-match", &tag)).await;
        assert_eq!(changed.status, StatusCode::OK);
        assert_eq!(changed.body["current"], false);
        let nowhere = "/api/v1/parcels/019a0000-0000-7000-8000-00000000dead";
        for rest in ["", "/history", "/inspection"] {
            assert_eq!(gis.get(&format!("{nowhere}{rest}")).await.status, StatusCode::NOT_FOUND);
        }
    })
    .await;
}

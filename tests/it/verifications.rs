//! Verifications: at once, by the queue, and read again.

use crate::command_line::{diaba, says};
use crate::test_app::{TestApp, new_case};
use crate::ward::{EAST, NORTH, ZONE, mapped, parcel, publish_map, threaded, wait};
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn a_case_is_verified_and_the_record_read(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = legal.open_case().await;
        let all = format!("/api/v1/cases/{case}/verifications");

        let request = || legal.request(Method::POST, &all).header("idempotency-key", "verify-once").json(&json!({}));
        let made = legal.send(request()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(made.body["record"]["parcel"]["number"], "345", "{}", made.text);
        assert_eq!(legal.send(request()).await.text, made.text, "the same request again: the same answer");

        let address = made.header("location").to_owned();
        assert_eq!(legal.get(&address).await.refused(), ["purpose: purpose-needed"]);
        let read = legal.get(&format!("{address}?purpose=verify")).await;
        assert_eq!((&read.body["digest"], &read.body["record"]), (&made.body["digest"], &made.body["record"]));
        let report = legal.get(&format!("{address}?purpose=verify&f=text&lang=en")).await;
        assert!(report.header("content-type").starts_with("text/plain"));
        assert!(report.text.contains(made.body["case_number"].as_str().unwrap()), "{}", report.text);
        let vietnamese = legal.get(&format!("{address}?purpose=verify&f=text")).await;
        assert_ne!(vietnamese.text, report.text);
        let drawn = legal.get(&format!("{address}?purpose=verify&f=geojson")).await;
        let feature = &drawn.body["features"][0];
        assert_eq!(feature["properties"]["number"], "345", "{}", drawn.text);
        let lon = feature["geometry"]["coordinates"]
            .pointer("/0/0/0/0")
            .or(feature["geometry"]["coordinates"].pointer("/0/0/0"));
        assert!(lon.and_then(|l| l.as_f64()).is_some_and(|l| (107.0..109.0).contains(&l)), "{}", drawn.text);
        let reads: i64 =
            sqlx::query_scalar("select count(*) from personal_data_read where subject like 'verification/%'")
                .fetch_one(&t.app.pool)
                .await
                .unwrap();
        assert_eq!(reads, 4, "every reading is logged");

        let admin = t.signed_in("admin", &["admin"]).await;
        assert_eq!(admin.get(&format!("{address}?purpose=verify")).await.status, StatusCode::FORBIDDEN);

        let later =
            legal.send(legal.request(Method::POST, &all).header("prefer", "respond-async").json(&json!({}))).await;
        wait(&legal, &later).await;
        let list = legal.get(&all).await;
        assert_eq!(list.body["items"].as_array().unwrap().len(), 2, "{}", list.text);
        assert_eq!(list.body["items"][0]["created_by"], "legal");
        assert_eq!(list.body["items"][0]["outcome"], made.body["outcome"]);
        let newest = legal.get(&format!("{all}?limit=1")).await;
        let older = legal.get(newest.body["next"].as_str().unwrap()).await;
        assert_eq!(older.body["items"][0]["id"], made.body["id"], "{}", older.text);
        assert_eq!(
            (&newest.body["items"][0], older.body["next"].is_null()),
            (&list.body["items"][0], true),
            "both were made in one instant: the page goes on by id"
        );

        let parcel = legal.get("/api/v1/parcels?ref=20194/12/345").await;
        assert_eq!(parcel.body["items"][0]["latest_verification"]["case_id"], case, "{}", parcel.text);
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_closed_case_is_not_verified(pool: PgPool) {
    let t = TestApp::with_data(pool).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let case = legal.post("/api/v1/cases", new_case()).await.body["id"].as_str().unwrap().to_owned();
    let closed = legal.post(&format!("/api/v1/cases/{case}/close"), json!({"reason": "withdrawn"})).await;
    if closed.status != StatusCode::OK {
        panic!("{}", closed.text);
    }
    let all = format!("/api/v1/cases/{case}/verifications");
    assert_eq!(legal.post(&all, json!({})).await.status, StatusCode::CONFLICT);
    let later = legal.send(legal.request(Method::POST, &all).header("prefer", "respond-async").json(&json!({}))).await;
    assert_eq!(later.status, StatusCode::CONFLICT);
    let nowhere = "/api/v1/cases/019a0000-0000-7000-8000-00000000dead/verifications";
    assert_eq!(legal.post(nowhere, json!({})).await.status, StatusCode::NOT_FOUND);
}

/// A zone of so many corners that it does not lie within its row: it is fetched by itself, and counts as any other.
#[sqlx::test(migrations = "./migrations")]
async fn a_large_zone_is_measured(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("gis.zones", &["gis_analyst"]).await;
        // 345 lies within; round, with noise that leaves nothing to pack
        let corner = |i: u32| {
            let (turn, far) = (f64::from(i) * std::f64::consts::TAU / 600.0, 300.0 + f64::from(i * 7919 % 613) / 91.0);
            format!("{:.4} {:.4}", EAST - 275.0 + far * turn.cos(), NORTH + 5.0 + far * turn.sin())
        };
        let ring: Vec<String> = (0..600).chain([0]).map(corner).collect();
        let flood = format!("WKT,code\n\"POLYGON(({}))\",NGAP\n", ring.join(", "));
        let asked = json!({"layer": "flood_test", "profile": "generic", "theme": "hazard_flood", "zone": ZONE, "crs": format!("EPSG:{ZONE}"),
            "coverage": "features", "source_date": "2026-01-15", "coverage_key": "20194"});
        publish_map(&gis, flood, &asked).await;
        let id = parcel(&gis, 345).await;
        for _ in 0..2 {
            let seen = gis.get(&format!("/api/v1/parcels/{id}/inspection")).await;
            let all = seen.body["findings"].as_array().unwrap();
            let hazard =
                all.iter().find(|f| f["check"] == "planning.hazard" && f["subject"] == "hazard_flood").unwrap();
            assert_eq!(hazard["verdict"], "hit", "{hazard}");
            assert_eq!(hazard["measured"]["value"], json!(200.0), "{hazard}");
            assert!(all.iter().all(|f| f["verdict"] != "failed"), "{}", seen.text);
        }
    })
    .await;
}

/// A case follows its papers to the parcel they name, until a person says which parcel it is about.
#[sqlx::test(migrations = "./migrations")]
async fn a_case_follows_its_papers_until_a_person_binds_it(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal", "customer_care", "reviewer"]).await;
        let case = legal.open_case().await;
        let verify = async || {
            let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
            let all = made.body["record"]["findings"].as_array().unwrap_or_else(|| panic!("{}", made.text));
            let reference = all.iter().find(|f| f["check"] == "parcel.reference").unwrap();
            (made.body["record"]["parcel"]["number"].clone(), reference["message"]["key"].clone())
        };
        assert_eq!(verify().await, (json!("345"), json!("reference-found")));
        let certificate = json!({"kind": "certificate", "serial": "CK 123456",
            "parcel": {"commune_code": "20194", "sheet": "12", "number": "346"}});
        let paper = legal.post(&format!("/api/v1/cases/{case}/papers"), certificate).await;
        assert_eq!(paper.status, StatusCode::CREATED, "{}", paper.text);
        assert_eq!(verify().await, (json!("346"), json!("reference-found")));
        assert_eq!(legal.get(&format!("/api/v1/cases/{case}")).await.body["parcel_id"], parcel(&legal, 346).await);

        let bind = format!("/api/v1/cases/{case}/parcel");
        let west = parcel(&legal, 345).await;
        let unknown = json!({"parcel": case, "reason": "The paper names the old number."});
        assert_eq!(legal.post(&bind, unknown).await.refused(), ["parcel: parcel-unknown"]);
        assert_eq!(legal.post(&bind, json!({"parcel": west, "reason": "so"})).await.refused(), ["reason: length"]);
        let bound = legal.post(&bind, json!({"parcel": west, "reason": "The paper names the old number."})).await;
        assert_eq!(bound.body["parcel_id"], json!(west), "{}", bound.text);
        assert_eq!(verify().await, (json!("345"), json!("reference-other-parcel")));
        let audit = legal.get(&format!("/api/v1/cases/{case}/audit")).await;
        assert!(audit.text.contains("case.bind_parcel"), "{}", audit.text);
        for view in ["staff", "customer"] {
            let told = legal.get(&format!("/api/v1/cases/{case}/timeline?view={view}")).await;
            let line = told.body["lines"].as_array().unwrap().iter().find(|l| l["kind"] == "parcel_bound");
            let line = line.unwrap_or_else(|| panic!("{view}: {}", told.text));
            assert!(line["what"].as_str().unwrap().contains("20194/12/345"), "{line}");
            assert!(!line.to_string().contains("The paper names"), "the reason is in the audit: {line}");
        }

        // the same act by script
        let (east, number) = (parcel(&legal, 346).await, bound.body["number"].as_str().unwrap().to_owned());
        let bind = ["case", "bind", &number, "--parcel", "20194/12/346", "--reason", "The customer showed the place."];
        says(&t, &bind, &[&east]).await;
        assert_eq!(verify().await, (json!("346"), json!("reference-found")));
        let (good, said) =
            diaba(&t, &["case", "bind", &number, "--parcel", &case, "--reason", "The customer showed it."]).await;
        assert!(!good && said.contains("parcel: Không có thửa đất") && said.contains("[parcel-unknown]"), "{said}");
    })
    .await;
}

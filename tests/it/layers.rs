//! Maps: sent, read by the job, looked at, published, rolled back.

use crate::test_app::TestApp;
use crate::ward::{ask, map, publish, send, start_worker, threaded, wait};
use diaba::store::queue::work;
use diaba::worker::{JobError, registry};
use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

#[sqlx::test(migrations = "./migrations")]
async fn a_map_goes_its_whole_way(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;

        let content = map(&[345, 346]) + "\"POLYGON((550000 1777000, 550010 1777000))\",20194,12,347,200,ODT\n";
        let sent = send(&gis, "thửa.csv", content.clone(), &ask()).await;
        let told = wait(&gis, &sent).await;
        assert!(told.contains("\"rows\":3") && told.contains("\"total\":3"), "{told}");
        let kept = t.app.config.home.join("uploads").join(sent.body["sha256"].as_str().unwrap()).join("thửa.csv");
        assert_eq!(std::fs::read_to_string(kept).unwrap(), content, "what was sent is kept");
        let job = gis.get(sent.header("location")).await;
        assert_eq!(
            (&job.body["state"], &job.body["progress"]["set_aside"]),
            (&json!("done"), &json!(1)),
            "{}",
            job.text
        );
        let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
        assert_eq!(import.body["report"]["rows_good"], 2, "{}", import.text);
        let first = import.body["report"]["layer_version_id"].as_i64().unwrap();

        let shown = gis.get(&format!("/api/v1/layer-versions/{first}")).await;
        assert_eq!(shown.body["state"], "checked", "{}", shown.text);
        assert_eq!(shown.body["imported_by"], "gis");
        assert_eq!(shown.body["issues"][0]["set_aside"], true, "{}", shown.text);
        let issues = gis.get(&format!("/api/v1/layer-versions/{first}/issues?limit=1")).await;
        assert_eq!(issues.body["items"][0]["row_no"], 3, "{}", issues.text);

        let address = format!("/api/v1/layer-versions/{first}/publish");
        assert_eq!(gis.post(&address, json!({})).await.body["parcels"]["added"], 2);
        assert_eq!(gis.post(&address, json!({})).await.status, StatusCode::CONFLICT, "only once");

        let second = publish(&gis, &[345, 346, 347]).await;
        let diff = gis.get(&format!("/api/v1/layer-versions/{first}/diff/{second}")).await;
        assert_eq!((&diff.body["added"], &diff.body["removed"]), (&json!(1), &json!(0)), "{}", diff.text);
        let back = gis.post("/api/v1/layers/cadastral_test/rollback", json!({"coverage_key": "20194"})).await;
        assert_eq!(back.body["layer_version_id"], first, "{}", back.text);

        let page = gis.get("/api/v1/layers?limit=1&theme=cadastral").await;
        assert_eq!(page.body["items"][0]["id"], second, "{}", page.text);
        let page = gis.get(page.body["next"].as_str().unwrap()).await;
        assert_eq!(page.body["items"][0]["id"], first, "{}", page.text);
        assert_eq!(page.body["items"][0]["source_date"], "2026-01-15");
        assert!(page.body["next"].is_null());
        let published = gis.get("/api/v1/layers?state=published").await;
        assert_eq!(published.body["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn what_is_wrong_with_a_map_is_told_to_its_sender(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let mut unknown = ask();
        unknown["theme"] = json!("clouds");
        assert_eq!(send(&gis, "a.csv", map(&[1]), &unknown).await.refused(), ["theme: theme-unknown"]);
        let mut extra = ask();
        extra["colour"] = json!("red");
        assert_eq!(send(&gis, "a.csv", map(&[1]), &extra).await.refused(), ["ask.colour: shape"]);
        assert_eq!(send(&gis, "../a.csv", map(&[1]), &ask()).await.refused(), ["file: file-name"]);
        let left = std::fs::read_dir(t.app.config.home.join("uploads")).unwrap().count();
        assert_eq!(left, 0, "nothing of a refused upload stays");

        let sent = send(&gis, "a.csv", "WKT,colour\n\"POINT(1 2)\",red\n".into(), &ask()).await;
        wait(&gis, &sent).await;
        let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
        assert_eq!(import.body["state"], "refused", "{}", import.text);
        assert_eq!(import.body["report"]["errors"][0]["code"], "column-missing", "{}", import.text);
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn an_import_delivered_twice_happens_once(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let sent = send(&gis, "a.csv", map(&[345]), &ask()).await;
        assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text);
        let mut conn = t.app.pool.acquire().await.unwrap();
        let kinds = ["import_layer".to_owned()];
        let claimed = work::claim(&mut conn, &"bulk".into(), &kinds, 1, Duration::from_secs(30), "test").await.unwrap();
        let (lease, args) = claimed.into_iter().next().unwrap();
        let versions = async || gis.get("/api/v1/layers").await.body["items"].as_array().unwrap().len();

        // Another worker has the job: nothing of this run stays.
        let steal = "update job set lease_token = gen_random_uuid() where id = $1";
        sqlx::query(steal).bind(lease.id).execute(&t.app.pool).await.unwrap();
        let lost = registry().unwrap().deliver(&t.app, &lease, args.clone()).await;
        assert!(matches!(lost, Err(JobError::LeaseLost)), "{lost:?}");
        assert_eq!(versions().await, 0);

        let give_back = "update job set lease_token = $2 where id = $1";
        sqlx::query(give_back).bind(lease.id).bind(lease.token).execute(&t.app.pool).await.unwrap();
        registry().unwrap().deliver(&t.app, &lease, args.clone()).await.unwrap();
        registry().unwrap().deliver(&t.app, &lease, args).await.unwrap();
        assert_eq!(versions().await, 1);
        assert_eq!(gis.get(sent.header("location")).await.body["state"], "done");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_version_that_nobody_wants_is_dropped(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let sent = send(&gis, "a.csv", map(&[345]), &ask()).await;
        wait(&gis, &sent).await;
        let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
        let address = format!("/api/v1/layer-versions/{}", import.body["report"]["layer_version_id"]);
        assert_eq!(gis.post(&format!("{address}/discard"), json!({})).await.status, StatusCode::OK);
        assert_eq!(gis.get(&address).await.body["state"], "discarded");
        assert_eq!(gis.post(&format!("{address}/discard"), json!({})).await.status, StatusCode::CONFLICT);
        assert_eq!(gis.get("/api/v1/layer-versions/nonsense").await.status, StatusCode::NOT_FOUND);
        assert_eq!(gis.get("/api/v1/layer-versions/999999/issues").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

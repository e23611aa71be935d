//! A small invented map, sent and read as anybody would.

use crate::test_app::{Answer, Caller, TestApp};
use diaba::worker::{Options, registry, run};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;

pub const ZONE: i32 = 5899;
pub const EAST: f64 = 550_000.0;
pub const NORTH: f64 = 1_777_000.0;

/// Parcels of sheet 12 in rows of 2,000, 20 x 10 m each, from west to east.
pub fn map(numbers: &[u32]) -> String {
    let rows = numbers.iter().enumerate().map(|(i, number)| {
        let (w, s) = (EAST + 20.0 * (i % 2_000) as f64, NORTH + 10.0 * (i / 2_000) as f64);
        let (e, n) = (w + 20.0, s + 10.0);
        format!("\"POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))\",20194,12,{number},200,ODT\n")
    });
    format!("WKT,MaXa,SoTo,SoThua,DienTichPhapLy,LOAIDAT\n{}", rows.collect::<String>())
}

pub fn ask() -> Value {
    json!({"layer": "cadastral_test", "theme": "cadastral", "zone": ZONE, "crs": format!("EPSG:{ZONE}"), "coverage": "features",
        "source_date": "2026-01-15", "coverage_key": "20194"})
}

pub async fn send(caller: &Caller, name: &str, content: String, ask: &Value) -> Answer {
    let file = Part::bytes(content.into_bytes()).file_name(name.to_owned());
    let form = Form::new().text("ask", ask.to_string()).part("file", file);
    caller.send(caller.request(Method::POST, "/api/v1/imports").multipart(form)).await
}

/// The worker, until the test is over.
pub fn start_worker(t: &TestApp) -> tokio::task::JoinHandle<anyhow::Result<()>> {
    let options = Options { poll: Duration::from_millis(50), ..Options::default() };
    tokio::spawn(run(t.app.clone(), registry().unwrap(), options, std::future::pending()))
}

/// A service with its worker and a published map of parcels 345 and 346.
pub async fn mapped(pool: PgPool) -> TestApp {
    let t = TestApp::with_data(pool).await;
    start_worker(&t);
    publish(&t.signed_in("gis", &["gis_analyst"]).await, &[345, 346]).await;
    t
}

/// Waits for the job an answer points to; gives the events it told.
pub async fn wait(caller: &Caller, accepted: &Answer) -> String {
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{}", accepted.text);
    let told = caller.get(&format!("{}/events", accepted.header("location"))).await.text;
    assert!(told.contains("event: end"), "{told}");
    told
}

/// Sends a map and publishes it; needs a worker. Gives the id of the version.
pub async fn publish(gis: &Caller, numbers: &[u32]) -> i64 {
    publish_map(gis, map(numbers), &ask()).await
}

/// As [`publish`], any map.
pub async fn publish_map(gis: &Caller, content: String, ask: &Value) -> i64 {
    let published = try_publish(gis, content, ask).await;
    assert_eq!(published.status, StatusCode::OK, "{}", published.text);
    published.body["layer_version_id"].as_i64().unwrap()
}

/// What publishing a map is answered.
pub async fn try_publish(gis: &Caller, content: String, ask: &Value) -> Answer {
    let sent = send(gis, "thửa.csv", content, ask).await;
    wait(gis, &sent).await;
    let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
    assert_eq!(import.body["state"], "done", "{}", import.text);
    let version = import.body["report"]["layer_version_id"].as_i64().unwrap();
    gis.post(&format!("/api/v1/layer-versions/{version}/publish"), json!({})).await
}

/// Id of the parcel with this number.
pub async fn parcel(caller: &Caller, number: u32) -> String {
    let found = caller.get(&format!("/api/v1/parcels?ref=20194/12/{number}")).await;
    found.body["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{}", found.text)).to_owned()
}

/// Runs a test on several threads: reading a map needs them, and `sqlx::test` gives one.
pub async fn threaded<F: Future<Output = ()>>(pool: PgPool, test: impl FnOnce(PgPool) -> F + Send + 'static) {
    let options = pool.connect_options().as_ref().clone();
    let (end, ended) = tokio::sync::oneshot::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let pool = PgPoolOptions::new().max_connections(12).connect_with(options).await.unwrap();
            test(pool.clone()).await;
            pool.close().await;
        });
        runtime.shutdown_background();
        let _ = end.send(());
    });
    let _ = ended.await;
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

//! Maps: sent, read by the job, looked at, published, rolled back.

use crate::test_app::{Answer, Caller, TestApp};
use crate::ward::{EAST, NORTH, ZONE, ask, map, publish, send, start_worker, threaded, wait};
use diaba::gis::reader::{
    Field, FieldKind, Format, RawFeature, RawValue, ReaderConfig, Shape, Text, WriteTarget, write,
};
use diaba::store::queue::work;
use diaba::worker::{JobError, registry};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
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
        assert_eq!(send(&gis, "a.csv", map(&[1]), &extra).await.refused(), ["ask.colour: unknown-field"]);
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
        let versions = async || gis.get("/api/v1/layers?state=checked").await.body["items"].as_array().unwrap().len();

        // Another worker has the job: nothing of this run counts.
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

/// The parts of a Shapefile in one form, in any order; what does not belong to it, or comes twice, is refused by name.
#[sqlx::test(migrations = "./migrations")]
async fn a_shapefile_is_sent_in_its_parts(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let folder = tempfile::tempdir().unwrap();
        let parts = shapefile(folder.path()).await;
        let mut ask = ask();
        ask["overrides"] = json!({"number": "SOTHUA", "sheet": "SOTO", "commune": "MAXA"});
        let sent = send_files(&gis, &parts, &ask).await;
        wait(&gis, &sent).await;
        let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
        assert_eq!(import.body["state"], "done", "{}", import.text);
        assert_eq!(import.body["report"]["rows_good"], 2, "{}", import.text);
        assert_eq!(import.body["file_name"], "thua.shp");
        let kept = t.app.config.home.join("uploads").join(sent.body["sha256"].as_str().unwrap());
        let mut names: Vec<_> =
            std::fs::read_dir(kept).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["thua.dbf", "thua.prj", "thua.shp", "thua.shx"], "every part is kept as it was sent");

        let mut stray = parts.clone();
        stray.push(("other.txt".into(), b"x".to_vec()));
        assert_eq!(send_files(&gis, &stray, &ask).await.refused(), ["file: file-unrelated"]);
        let mut twice = parts.clone();
        twice.push(parts[0].clone());
        assert_eq!(send_files(&gis, &twice, &ask).await.refused(), ["file: file-twice"]);
        let headless: Vec<_> = parts.iter().filter(|p| !p.0.ends_with(".shp")).cloned().collect();
        assert_eq!(send_files(&gis, &headless, &ask).await.refused(), ["file: file-not-chosen"]);
        let without_dbf: Vec<_> = parts.iter().filter(|p| !p.0.ends_with(".dbf")).cloned().collect();
        let sent = send_files(&gis, &without_dbf, &ask).await;
        wait(&gis, &sent).await;
        let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
        assert_eq!(import.body["state"], "refused", "{}", import.text);
    })
    .await;
}

async fn send_files(caller: &Caller, files: &[(String, Vec<u8>)], ask: &Value) -> Answer {
    let form = files.iter().fold(Form::new().text("ask", ask.to_string()), |form, (name, content)| {
        form.part("file", Part::bytes(content.clone()).file_name(name.clone()))
    });
    caller.send(caller.request(Method::POST, "/api/v1/imports").multipart(form)).await
}

/// Two parcels of sheet 12 as a Shapefile, its parts in no particular order.
async fn shapefile(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let field = |name: &str, kind, width| Field { width, ..Field::new(name, kind) };
    let target = WriteTarget {
        path: folder.join("thua.shp"),
        format: Format::Shapefile,
        layer: "thua".into(),
        srs: Some(format!("EPSG:{ZONE}")),
        geometry: Shape::Polygon,
        fields: vec![
            field("MAXA", FieldKind::Text, 5),
            field("SOTO", FieldKind::Text, 5),
            field("SOTHUA", FieldKind::Integer, 9),
        ],
        text: Text::Raw,
    };
    let row = |i: u32| {
        let (w, s) = (EAST + 20.0 * f64::from(i), NORTH);
        let ring = [(w, s), (w, s + 10.0), (w + 20.0, s + 10.0), (w + 20.0, s), (w, s)];
        let mut wkb = vec![1, 3, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0];
        ring.iter().for_each(|(x, y)| wkb.extend([x.to_le_bytes(), y.to_le_bytes()].concat()));
        let text = |t: &str| RawValue::Text(t.as_bytes().to_vec());
        RawFeature {
            wkb: Some(wkb),
            values: vec![text("20194"), text("12"), RawValue::Int(345 + i64::from(i))],
            ..RawFeature::default()
        }
    };
    write(&ReaderConfig::new(None), &target, [row(0), row(1)]).await.unwrap();
    let mut parts: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| ["shp", "shx", "dbf", "prj"].iter().any(|e| p.extension().is_some_and(|x| x == *e)))
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&p).unwrap()))
        .collect();
    parts.sort_by(|a, b| b.0.cmp(&a.0));
    parts
}

#[sqlx::test(migrations = "./migrations")]
async fn more_than_allowed_is_too_much_and_leaves_nothing(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with(pool, |c| {
            (c.limits.upload_bytes, c.limits.body_bytes) = (20_000, 2_000);
        })
        .await;
        diaba::flow::setup::setup(&t.app).await.unwrap();
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        // Not more than a socket's buffers hold: a client still sending when it is refused may miss the answer.
        for bytes in [20_001, 23_000, 60_000] {
            let sent = send(&gis, "a.csv", "x".repeat(bytes), &ask()).await;
            assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE, "{bytes} bytes: {}", sent.text);
            assert_eq!(sent.body["type"], "urn:diaba:problem:too-large");
        }
        let two = [("a.shp".to_owned(), vec![0; 12_000]), ("a.dbf".to_owned(), vec![0; 12_000])];
        let both = send_files(&gis, &two, &ask()).await;
        assert_eq!(both.status, StatusCode::PAYLOAD_TOO_LARGE, "the parts count together: {}", both.text);
        let uploads = || std::fs::read_dir(t.app.config.home.join("uploads")).unwrap().count();
        for _ in 0..100 {
            if uploads() == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(uploads(), 0, "nothing of what is too large stays");

        let legal = t.signed_in("legal", &["legal"]).await;
        let case = legal.open_case().await;
        let long = json!({"kind": "other", "title": "x".repeat(8_000)});
        let papers = format!("/api/v1/cases/{case}/papers");
        assert_eq!(legal.post(&papers, long.clone()).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        let keyed = legal.request(Method::POST, &papers).header("idempotency-key", "too-long-1").json(&long);
        assert_eq!(legal.send(keyed).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    })
    .await;
}

/// The same file again, its rows in another order, is an empty change: nothing to publish, and no parcel gets a new version.
#[sqlx::test(migrations = "./migrations")]
async fn the_same_map_again_is_an_empty_change(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let first = publish(&gis, &[345, 346, 347]).await;
        let content = map(&[345, 346, 347]);
        let (head, rows) = content.split_once('\n').unwrap();
        let turned: Vec<_> = rows.lines().rev().collect();
        for (content, unchanged) in [
            (content.clone(), true),
            (format!("{head}\n{}\n", turned.join("\n")), true),
            (content.replace(",200,", ",201,"), false),
        ] {
            let sent = send(&gis, "thửa.csv", content, &ask()).await;
            wait(&gis, &sent).await;
            let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
            assert_eq!(import.body["report"]["unchanged"], unchanged, "{}", import.text);
            let version = import.body["report"]["layer_version_id"].as_i64().unwrap();
            let shown = gis.get(&format!("/api/v1/layer-versions/{version}")).await;
            assert_eq!(shown.body["state"], if unchanged { "discarded" } else { "checked" }, "{}", shown.text);
        }
        let published = gis.get("/api/v1/layers?state=published").await;
        assert_eq!(published.body["items"][0]["id"], first, "what is in force is what was: {}", published.text);
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
        assert_eq!(gis.get("/api/v1/layer-versions/nonsense").await.refused(), ["id: wrong-type"]);
        assert_eq!(gis.get("/api/v1/layer-versions/999999/issues").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

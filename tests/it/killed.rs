//! kill -9 in the middle of a real job in a real `diaba work`, and double delivery of both jobs: each happens once.

use crate::test_app::TestApp;
use crate::ward::{EAST, NORTH, ZONE, ask, map, publish, send, start_worker, threaded};
use diaba::store::queue::work;
use diaba::worker::{JobError, registry};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// `diaba work` over the service's database and home, with a short lease.
pub struct RealWorker(Child);

impl RealWorker {
    pub fn start(t: &TestApp) -> Self {
        let url = t.app.pool.connect_options().to_url_lossy().to_string();
        let mut work = Command::new(env!("CARGO_BIN_EXE_diaba"));
        work.arg("work").env("DATABASE_URL", url).env("DIABA_HOME", &t.app.config.home);
        work.env("DIABA_DATA", &t.app.config.data).env("DIABA_LEASE_SECONDS", "1");
        work.env("DIABA_CHUNK_PARCELS", t.app.config.limits.chunk_parcels.to_string());
        Self(work.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for RealWorker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

/// Looks every few milliseconds until `sql` (a boolean about the job $1) holds.
async fn until(pool: &PgPool, job: Uuid, sql: &'static str) {
    let end = Instant::now() + Duration::from_secs(60);
    while !sqlx::query_scalar::<_, bool>(sql).bind(job).fetch_one(pool).await.unwrap() {
        let row = sqlx::query_scalar::<_, Value>("select to_jsonb(job) from job where id = $1").bind(job);
        assert!(Instant::now() < end, "{sql}: {}", row.fetch_one(pool).await.unwrap());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn job_of(location: &str) -> Uuid {
    location.rsplit('/').next().unwrap().parse().unwrap()
}

const RUNNING: &str = "select state = 'running' from job where id = $1";
const DONE: &str = "select state = 'done' from job where id = $1";
const SECOND_RUN: &str = "select state = 'done' and attempts = 2 from job where id = $1";

/// The worker is killed when the import has just begun, in the middle of the rows, and when all are read but nothing is settled.
#[sqlx::test(migrations = "./migrations")]
async fn an_import_killed_at_any_point_happens_once(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool.clone()).await;
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let rows = 9_000;
        let content = map(&(1..=rows).collect::<Vec<_>>());
        for (i, point) in [
            RUNNING,
            "select coalesce((progress->>'rows')::int > 0, false) and state = 'running' from job where id = $1",
            "select coalesce((progress->>'rows')::int >= 9000, false) and state = 'running' from job where id = $1",
        ]
        .into_iter()
        .enumerate()
        {
            let mut ask = ask();
            ask["layer"] = json!(format!("killed_{i}"));
            let sent = send(&gis, "thửa.csv", content.clone(), &ask).await;
            assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text);
            let job = job_of(sent.header("location"));
            let worker = RealWorker::start(&t);
            until(&pool, job, point).await;
            worker.kill();
            let state: String =
                sqlx::query_scalar("select state::text from job where id = $1").bind(job).fetch_one(&pool).await.unwrap();
            assert_eq!(state, "running", "point {i}: killed in the middle");
            let half = "select count(*) from layer_version where state <> 'staging'";
            assert_eq!(count(&pool, half).await, i as i64, "nothing is half there");

            let again = RealWorker::start(&t);
            until(&pool, job, DONE).await;
            again.kill();
            let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
            assert_eq!((&import.body["state"], &import.body["report"]["rows_good"]), (&json!("done"), &json!(rows)));
            let (attempts, versions, audits): (i32, i64, i64) = sqlx::query_as(
                "select attempts, (select count(*) from layer_version v join layer l on l.id = v.layer_id where l.code = $2),
                        (select count(*) from audit where action = 'layer.import' and detail->>'layer' = $2)
                 from job where id = $1",
            )
            .bind(job)
            .bind(format!("killed_{i}"))
            .fetch_one(&pool)
            .await
            .unwrap();
            assert_eq!((attempts, versions, audits), (2, 1, 1), "point {i}");
        }
        assert_eq!(count(&pool, "select count(*) from layer_version where state <> 'checked'").await, 0);
        assert_eq!(count(&pool, "select count(*) from feature").await, 3 * i64::from(rows), "no row of a killed run");
        // What a killed process had on disk goes with the next file that comes in.
        let sent = send(&gis, "thửa.csv", map(&[1]), &ask()).await;
        assert_eq!(sent.status, StatusCode::ACCEPTED);
        let left = std::fs::read_dir(t.app.config.home.join("work")).unwrap().filter(|e| e.as_ref().unwrap().path().is_dir());
        assert_eq!(left.count(), 0);
    })
    .await;
}

/// A bad row costs itself, a kill costs what was not committed: the rows of the first batch are not written again.
#[sqlx::test(migrations = "./migrations")]
async fn an_import_goes_on_behind_its_last_committed_batch(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool.clone()).await;
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let square = |i: u32| {
            let (w, s) = (EAST + 20.0 * f64::from(i % 250), NORTH + 10.0 * f64::from(i / 250));
            let (e, n) = (w + 20.0, s + 10.0);
            let ring = if i == 777 { format!("{w} {s}, {e} {n}") } else { format!("{w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}") };
            format!("\"POLYGON(({ring}))\",20194,12,{i},200,ODT\n")
        };
        let rows: String = (0..50_000).chain([5]).map(square).collect();
        let content = format!("{}{rows}", map(&[]));
        let sent = send(&gis, "thửa.csv", content.clone(), &ask()).await;
        let job = job_of(sent.header("location"));
        let worker = RealWorker::start(&t);
        until(&pool, job, "select state = 'running' and exists (select from import_stage where (done->>'last_row')::int > 0) from job where id = $1").await;
        worker.kill();
        let (version, own): (i64, bool) =
            sqlx::query_as("select layer_version_id, own from import_stage").fetch_one(&pool).await.unwrap();
        assert!(own, "a large one lies by itself");
        assert_eq!(count(&pool, "select count(*) from feature").await, 0, "and is no part of the layers yet");
        let listed = gis.get("/api/v1/layers").await;
        assert_eq!(listed.body["items"][0]["state"], "staging", "{}", listed.text);
        let written = format!("select xmin::text from feature_{}_v{version} where fid = 1", ZONE);
        let before: String = sqlx::query_scalar(sqlx::AssertSqlSafe(written.clone())).fetch_one(&pool).await.unwrap();

        let again = RealWorker::start(&t);
        until(&pool, job, SECOND_RUN).await;
        again.kill();
        let after: String = sqlx::query_scalar(sqlx::AssertSqlSafe(written)).fetch_one(&pool).await.unwrap();
        assert_eq!(after, before, "the first batch was written once");
        let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
        let report = &import.body["report"];
        assert_eq!((&report["layer_version_id"], &report["rows_read"]), (&json!(version), &json!(50_001)), "{}", import.text);
        assert_eq!((&report["rows_good"], &report["rows_set_aside"]), (&json!(49_999), &json!(2)), "{}", import.text);
        assert_eq!(count(&pool, "select count(*) from feature").await, 49_999);
        assert_eq!(count(&pool, "select count(*) from import_issue where set_aside").await, 2, "each fault is told once");
        assert_eq!(count(&pool, "select count(*) from import_stage").await, 0);

        // The same content without a stop is equal.
        let sent = send(&gis, "again.csv", content.clone(), &ask()).await;
        let job = job_of(sent.header("location"));
        let worker = RealWorker::start(&t);
        until(&pool, job, DONE).await;
        worker.kill();
        let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
        assert_eq!(import.body["report"]["content_hash"], report["content_hash"], "{}", import.text);
    })
    .await;
}

/// A verification takes some milliseconds; a lock of ours makes it stand still at the point where it is killed.
#[sqlx::test(migrations = "./migrations")]
async fn a_verification_killed_at_any_point_happens_once(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool.clone()).await;
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let first = start_worker(&t);
        publish(&gis, &[345, 346]).await;
        first.abort();
        let legal = t.signed_in("legal", &["legal"]).await;
        for point in [
            "lock table paper in access exclusive mode",        // reading the facts
            "lock table verification in share mode",            // about to write
            "lock table finding in share mode",                 // the verification is written
            "lock table audit in share mode",                   // findings and tasks are written
            "select id from job where state = 'running' for update", // everything but the completion
        ] {
            let case = legal.open_case().await;
            let all = format!("/api/v1/cases/{case}/verifications");
            let asked = legal.send(legal.request(Method::POST, &all).header("prefer", "respond-async").json(&json!({}))).await;
            assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text);
            let job = job_of(asked.header("location"));
            let mut stop = pool.begin().await.unwrap();
            let worker = if point.starts_with("lock") {
                sqlx::query(point).execute(&mut *stop).await.unwrap();
                RealWorker::start(&t)
            } else {
                // The job must be taken before its row is held: it waits at the audit meanwhile.
                let mut hold = pool.begin().await.unwrap();
                sqlx::query("lock table audit in share mode").execute(&mut *hold).await.unwrap();
                let worker = RealWorker::start(&t);
                until(&pool, job, BLOCKED).await;
                sqlx::query(point).execute(&mut *stop).await.unwrap();
                hold.rollback().await.unwrap();
                worker
            };
            until(&pool, job, RUNNING).await;
            until(&pool, job, BLOCKED).await;
            worker.kill();
            stop.rollback().await.unwrap();
            let before = "select count(*) = 0 from verification v, job j where j.id = $1 and v.case_id::text = j.args->>'case_id'";
            let nothing: bool = sqlx::query_scalar(before).bind(job).fetch_one(&pool).await.unwrap();
            assert!(nothing, "{point}: nothing is half there");

            let again = RealWorker::start(&t);
            until(&pool, job, SECOND_RUN).await;
            again.kill();
            assert_eq!(once(&pool, &case).await, (1, 1, 0), "{point}");
        }
    })
    .await;
}

/// Somebody of the worker waits for a lock.
const BLOCKED: &str = "select exists (select from pg_stat_activity where datname = current_database()
                        and wait_event_type = 'Lock' and application_name = 'diaba') and $1::uuid is not null";

/// Of a case: verifications, audit rows of them, tasks made more than once.
async fn once(pool: &PgPool, case: &str) -> (i64, i64, i64) {
    sqlx::query_as(
        "select (select count(*) from verification where case_id = $1::uuid),
                (select count(*) from audit where action = 'verification.create' and case_id = $1::uuid),
                (select count(*) from (select kind, subject from task where case_id = $1::uuid group by 1, 2 having count(*) > 1) t)",
    )
    .bind(case)
    .fetch_one(pool)
    .await
    .unwrap()
}

/// F8 with the real jobs: delivered twice, at the same time and once more afterwards.
#[sqlx::test(migrations = "./migrations")]
async fn f8_both_jobs_delivered_twice_happen_once(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool.clone()).await;
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let sent = send(&gis, "a.csv", map(&[345, 346]), &ask()).await;
        deliver_twice(&t, "import_layer", "bulk").await;
        assert_eq!(gis.get(sent.header("location")).await.body["state"], "done");
        let versions = "select count(*) from layer_version where state = 'checked'";
        assert_eq!((count(&pool, versions).await, count(&pool, "select count(*) from layer_version").await), (1, 1));
        assert_eq!(count(&pool, "select count(*) from feature").await, 2);
        assert_eq!(count(&pool, "select count(*) from audit where action = 'layer.import'").await, 1);

        let case = legal.open_case().await;
        let all = format!("/api/v1/cases/{case}/verifications");
        legal.send(legal.request(Method::POST, &all).header("prefer", "respond-async").json(&json!({}))).await;
        deliver_twice(&t, "verify_case", "interactive").await;
        assert_eq!(once(&pool, &case).await, (1, 1, 0));
    })
    .await;
}

/// The first delivery has lost its lease to the second; both run side by side, and a third comes late.
async fn deliver_twice(t: &TestApp, kind: &'static str, queue: &'static str) {
    let (registry, queue, kinds) = (registry().unwrap(), queue.into(), [kind.to_owned()]);
    let mut conn = t.app.pool.acquire().await.unwrap();
    let (one, args) = work::claim(&mut conn, &queue, &kinds, 1, Duration::ZERO, "a").await.unwrap().remove(0);
    assert_eq!(work::reap(&mut conn).await.unwrap().again, 1);
    let two = work::claim(&mut conn, &queue, &kinds, 1, Duration::from_secs(60), "b").await.unwrap().remove(0).0;
    drop(conn);
    let run = |lease: diaba::store::queue::Lease| {
        let (registry, app, args) = (registry.clone(), t.app.clone(), args.clone());
        tokio::spawn(async move { registry.deliver(&app, &lease, args).await })
    };
    let (a, b) = tokio::join!(run(one), run(two.clone()));
    // Who comes after the other has settled may find nothing left to do, and says so by doing nothing.
    let a = a.unwrap();
    assert!(matches!(a, Err(JobError::LeaseLost)) || (kind == "import_layer" && a.is_ok()), "{kind}: {a:?}");
    assert!(b.unwrap().is_ok(), "{kind}");
    let late = run(two).await.unwrap();
    assert!(matches!(late, Err(JobError::LeaseLost)) || (kind == "import_layer" && late.is_ok()), "{kind}: {late:?}");
}

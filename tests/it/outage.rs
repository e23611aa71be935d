//! PostgreSQL is killed under load, in a cluster of this test's own.

use crate::cluster::Cluster;
use crate::test_app::{Caller, TestApp, new_case};
use crate::ward::threaded;
use reqwest::StatusCode;
use sqlx::{Connection, PgConnection, PgPool};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a client saw: cases it was told are there, and how often it was sent away.
#[derive(Default)]
struct Seen {
    kept: Vec<String>,
    away: usize,
    after: usize,
}

/// Twelve clients open cases and read lists without a pause. While the server is dead each is told 503 and when to ask again; what
/// was answered with 201 is there afterwards; then it works as before, in the same process.
#[sqlx::test(migrations = false)]
async fn postgresql_killed_under_load_loses_nothing_that_was_accepted(pool: PgPool) {
    threaded(pool, |_| async move {
        let cluster = Cluster::new();
        let mut admin = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
        sqlx::query("create database api").execute(&mut admin).await.unwrap();
        admin.close().await.unwrap();
        let t = TestApp::at(&cluster.url("api")).await;
        sqlx::migrate!("./migrations").run(&t.app.pool).await.unwrap();
        let care = t.signed_in("care", &["customer_care"]).await;
        let (stop, back) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let clients: Vec<_> =
            (0..12).map(|i| tokio::spawn(client(care.clone(), i, stop.clone(), back.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(700)).await;
        cluster.kill();
        tokio::time::sleep(Duration::from_secs(3)).await;
        cluster.start_again().await;
        let started = Instant::now();
        while care.get("/readyz").await.status != StatusCode::OK {
            assert!(started.elapsed() < Duration::from_secs(30), "it works again within 30 s");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        back.store(true, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.store(true, Ordering::Relaxed);
        let mut all = Seen::default();
        for c in clients {
            let seen = c.await.unwrap();
            all.kept.extend(seen.kept);
            all.away += seen.away;
            all.after += seen.after;
        }
        assert!(all.away >= 12 && all.after >= 12, "{} sent away, {} served after", all.away, all.after);
        let mut there: Vec<String> =
            sqlx::query_scalar("select id::text from case_file").fetch_all(&t.app.pool).await.unwrap();
        there.sort();
        let lost: Vec<_> = all.kept.iter().filter(|id| there.binary_search(id).is_err()).collect();
        assert!(lost.is_empty(), "of {} accepted, lost: {lost:?}", all.kept.len());
        t.app.pool.close().await;
    })
    .await;
}

async fn client(care: Caller, i: usize, stop: Arc<AtomicBool>, back: Arc<AtomicBool>) -> Seen {
    let mut seen = Seen::default();
    while !stop.load(Ordering::Relaxed) {
        let was_back = back.load(Ordering::Relaxed);
        let answer = match i % 2 {
            0 => care.post("/api/v1/cases", new_case()).await,
            _ => care.get("/api/v1/cases?limit=20").await,
        };
        match answer.status {
            StatusCode::CREATED => seen.kept.push(answer.body["id"].as_str().unwrap().to_owned()),
            StatusCode::OK => {}
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|s| s >= 1), "{}", answer.text);
                assert_eq!(answer.header("content-type"), "application/problem+json");
                assert!(!was_back, "again as before: {}", answer.text);
                seen.away += 1;
            }
            other => panic!("{other}: {}", answer.text),
        }
        seen.after += usize::from(was_back);
    }
    seen
}

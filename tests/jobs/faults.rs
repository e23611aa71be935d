//! F1, F2, stop, double delivery.

use crate::kit::*;
use diaba::store::queue::{LeaseError, work};
use diaba::worker::JobError;
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

const LEFT: &str = "select count(*) from job where state <> 'done'";
const EFFECTS: &str = "select count(*) from effect";
const DISTINCT: &str = "select count(distinct job) from effect";

/// F1: workers are killed at random in the middle of their jobs; each job has its effect, and has it once.
#[sqlx::test(migrations = "./migrations")]
async fn f1_killed_workers_lose_and_repeat_nothing(pool: PgPool) {
    tables(&pool).await;
    put_work(&pool, 200, 60).await;
    let mut workers: Vec<_> = (0..3).map(|_| Worker::start(&pool, 4, 600)).collect();
    let mut dice: u64 = 7;
    for _ in 0..12 {
        dice = dice.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        tokio::time::sleep(Duration::from_millis(150 + (dice >> 33) % 200)).await;
        let one = (dice >> 40) as usize % workers.len();
        workers[one].kill();
        workers[one] = Worker::start(&pool, 4, 600);
    }
    wait(&pool, LEFT, 0, Duration::from_secs(30)).await;
    assert_eq!((count(&pool, EFFECTS).await, count(&pool, DISTINCT).await), (200, 200));
    assert!(count(&pool, "select sum(attempts) from job").await > 200, "some runs were killed");
}

/// F2: a worker is frozen for longer than its lease; another does its jobs, and what the first one commits late is refused.
#[sqlx::test(migrations = "./migrations")]
async fn f2_frozen_worker_comes_back_too_late(pool: PgPool) {
    tables(&pool).await;
    put_work(&pool, 4, 700).await;
    let frozen = Worker::start(&pool, 4, 500);
    wait(&pool, "select count(*) from job where state = 'running'", 4, Duration::from_secs(10)).await;
    frozen.signal("-STOP");
    let _other = Worker::start(&pool, 4, 500);
    wait(&pool, EFFECTS, 4, Duration::from_secs(10)).await;
    frozen.signal("-CONT");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!((count(&pool, EFFECTS).await, count(&pool, DISTINCT).await), (4, 4));
    assert_eq!(count(&pool, "select count(*) from job where state = 'done' and attempts = 2").await, 4);
    let late = sqlx::query_scalar::<_, i64>("select count(*) from effect where pid = $1").bind(frozen.0.id() as i32);
    assert_eq!(late.fetch_one(&pool).await.unwrap(), 0);
}

/// The fence itself, step by step: both runs reach their commit, one is let through.
#[sqlx::test(migrations = "./migrations")]
async fn f2_late_commit_is_refused(pool: PgPool) {
    tables(&pool).await;
    let id = put(&pool, "work", json!({ "ms": 0 }), 5).await;
    let (queue, kinds) = ("test".into(), ["work".to_owned()]);
    let mut conn = pool.acquire().await.unwrap();
    let short = Duration::from_millis(50);
    let first = work::claim(&mut conn, &queue, &kinds, 5, short, "a").await.unwrap().remove(0).0;
    assert_eq!(first.id, id);
    let mut open = pool.begin().await.unwrap();
    sqlx::query("insert into effect (job, pid) values ($1, 1)").bind(id).execute(&mut *open).await.unwrap();
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(work::reap(&mut conn).await.unwrap().again, 1);
    let second = work::claim(&mut conn, &queue, &kinds, 5, short, "b").await.unwrap().remove(0).0;
    assert!(matches!(first.complete(&mut open).await, Err(LeaseError::Lost)));
    assert!(matches!(first.progress(&pool, json!(1)).await, Err(LeaseError::Lost)));
    open.rollback().await.unwrap();
    second.progress(&pool, json!({ "cursor": 5 })).await.unwrap();
    assert_eq!(second.resume(&pool).await.unwrap(), Some(json!({ "cursor": 5 })));
    let mut tx = pool.begin().await.unwrap();
    second.complete(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let late = work::Settlement { id, token: first.token, outcome: work::Outcome::Fatal { error: "late".into() } };
    assert_eq!(work::settle(&mut conn, &[late]).await.unwrap().kept, 0);
    assert_eq!(count(&pool, EFFECTS).await, 0);
    assert_eq!(count(&pool, "select count(*) from job where state = 'done' and attempts = 2").await, 1);
}

/// A lease is renewed while others commit: a row locked by its own handler is passed over, and is not called lost.
#[sqlx::test(migrations = "./migrations")]
async fn a_long_commit_does_not_starve_other_leases(pool: PgPool) {
    put(&pool, "work", json!({ "ms": 0 }), 5).await;
    put(&pool, "work", json!({ "ms": 0 }), 5).await;
    let mut conn = pool.acquire().await.unwrap();
    let kinds = ["work".to_owned()];
    let leases = work::claim(&mut conn, &"test".into(), &kinds, 5, Duration::from_millis(200), "a").await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    leases[0].0.complete(&mut tx).await.unwrap();
    let held: Vec<_> = leases.iter().map(|(l, _)| (l.id, l.token)).collect();
    let renewing = work::renew(&mut conn, &held, Duration::from_secs(60));
    let lost = tokio::time::timeout(Duration::from_secs(2), renewing).await.expect("renewal waits for nobody").unwrap();
    assert!(lost.is_empty());
    tx.commit().await.unwrap();
    assert_eq!(work::renew(&mut conn, &held, Duration::from_secs(60)).await.unwrap(), vec![held[0].0]);
    assert_eq!(count(&pool, "select count(*) from job where lease_until > now() + interval '50 s'").await, 1);
}

/// F8: every kind, delivered twice and in parallel: one delivery has its effect, the other finds the lease lost.
#[sqlx::test(migrations = "./migrations")]
async fn f8_double_delivery_has_one_effect(pool: PgPool) {
    tables(&pool).await;
    let (app, shipped) = (app(pool.clone()), diaba::worker::registry().unwrap());
    for (registry, kind, args) in [
        (registry(), "work", json!({ "ms": 5 })),
        (registry(), "busy", json!({ "ms": 5 })),
        (shipped.clone(), "reap", json!({})),
        (shipped.clone(), "purge_finished", json!({})),
        (shipped.clone(), "purge_sessions", json!({})),
    ] {
        let id = put(&pool, kind, args.clone(), 5).await;
        let mut conn = pool.acquire().await.unwrap();
        let (queue, kinds) = ("test".into(), [kind.to_owned()]);
        let one = work::claim(&mut conn, &queue, &kinds, 1, Duration::ZERO, "a").await.unwrap().remove(0).0;
        work::reap(&mut conn).await.unwrap();
        let two = work::claim(&mut conn, &queue, &kinds, 1, Duration::from_secs(9), "b").await.unwrap().remove(0).0;
        let (a, b) =
            tokio::join!(registry.deliver(&app, &one, args.clone()), registry.deliver(&app, &two, args.clone()));
        assert!(matches!(a, Err(JobError::LeaseLost)), "{kind}: {a:?}");
        assert!(b.is_ok(), "{kind}: {b:?}");
        assert!(registry.deliver(&app, &two, args).await.is_err(), "{kind}: a third time");
        let state: String =
            sqlx::query_scalar("select state::text from job where id = $1").bind(id).fetch_one(&pool).await.unwrap();
        assert_eq!(state, "done", "{kind}");
    }
    assert_eq!((count(&pool, EFFECTS).await, count(&pool, DISTINCT).await), (2, 2));
}

/// SIGTERM: what runs gets its grace; what outlives it goes back untouched, to be run by the next worker.
#[sqlx::test(migrations = "./migrations")]
async fn stop_gives_back_what_is_not_done(pool: PgPool) {
    tables(&pool).await;
    put(&pool, "work", json!({ "ms": 400 }), 5).await;
    put(&pool, "work", json!({ "ms": 9000 }), 5).await;
    put(&pool, "work", json!({ "ms": 1 }), 5).await;
    let mut worker = Worker::start(&pool, 2, 2000);
    wait(&pool, "select count(*) from job where state = 'running'", 2, Duration::from_secs(10)).await;
    worker.signal("-TERM");
    assert!(worker.0.wait().unwrap().success());
    assert_eq!(count(&pool, EFFECTS).await, 1, "the short one had the time");
    assert_eq!(count(&pool, "select count(*) from job where state = 'pending' and attempts = 0").await, 2);
}

//! F9 and F10: jobs that are bad, slow or greedy, and their neighbours.

use crate::kit::*;
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

#[sqlx::test(migrations = "./migrations")]
async fn f9_poison_ends_as_a_dead_letter_and_spares_the_others(pool: PgPool) {
    tables(&pool).await;
    let text = put(&pool, "work", json!("not an object"), 3).await;
    let schema = put(&pool, "work", json!({ "ms": -1, "more": true }), 3).await;
    let panics = put(&pool, "panic", json!({}), 3).await;
    let aborts = put(&pool, "abort", json!({}), 3).await;
    let exits = put(&pool, "exit", json!({}), 3).await;
    put_work(&pool, 20, 10).await;
    let mut worker = Worker::start(&pool, 3, 400);
    let mut deaths = 0;
    let left = "select count(*) from job where state in ('pending', 'running')";
    for _ in 0..600 {
        if worker.0.try_wait().unwrap().is_some() {
            deaths += 1;
            worker = Worker::start(&pool, 3, 400);
        }
        if count(&pool, left).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(count(&pool, left).await, 0);
    assert!((3..=6).contains(&deaths), "{deaths} processes were killed");
    assert_eq!(count(&pool, "select count(*) from effect").await, 20);
    assert_eq!(count(&pool, "select count(distinct job) from effect").await, 20);
    // A job that ran beside one which killed the process may have been lost with it once or twice.
    for (id, least, error) in [
        (text, 1, "arguments: "),
        (schema, 1, "arguments: "),
        (panics, 3, "panic: as asked"),
        (aborts, 3, "run 3 was lost"),
        (exits, 3, "run 3 was lost"),
    ] {
        let row: (String, i32, String) =
            sqlx::query_as("select state::text, attempts, last_error from job where id = $1")
                .bind(id)
                .fetch_one(&pool)
                .await
                .unwrap();
        assert_eq!(row.0, "dead", "{}", row.2);
        assert!((least..=3).contains(&row.1), "{} runs: {}", row.1, row.2);
        assert!(row.2.starts_with(error) || row.2.starts_with("run 3 was lost"), "{}", row.2);
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn f10_too_slow_is_a_failure_with_back_off(pool: PgPool) {
    let id = put(&pool, "slow", json!({}), 2).await;
    let _worker = Worker::start(&pool, 2, 400);
    wait(
        &pool,
        "select count(*) from job where state = 'pending' and attempts = 1 and run_at > now()",
        1,
        Duration::from_secs(5),
    )
    .await;
    wait(&pool, "select count(*) from job where state = 'dead'", 1, Duration::from_secs(5)).await;
    let (attempts, error): (i32, String) =
        sqlx::query_as("select attempts, last_error from job where id = $1").bind(id).fetch_one(&pool).await.unwrap();
    assert_eq!((attempts, error.as_str()), (2, "not done within 0.3 s"));
}

/// Both threads of the process compute for three leases on end; the leases are kept nevertheless.
#[sqlx::test(migrations = "./migrations")]
async fn f10_computing_does_not_starve_the_lease(pool: PgPool) {
    tables(&pool).await;
    for _ in 0..2 {
        put(&pool, "busy", json!({ "ms": 1800 }), 5).await;
    }
    let _busy = Worker::start(&pool, 2, 600);
    wait(&pool, "select count(*) from job where state = 'running'", 2, Duration::from_secs(5)).await;
    let _idle = Worker::start(&pool, 2, 600);
    wait(&pool, "select count(*) from job where state = 'done' and attempts = 1", 2, Duration::from_secs(10)).await;
    assert_eq!(count(&pool, "select count(*) from effect").await, 2);
}

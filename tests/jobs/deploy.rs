//! F11: a new version is rolled out under load.

use crate::kit::*;
use diaba::store::queue::{self, New, work};
use diaba::worker::JobError;
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

/// Two instances are stopped and started in turn while jobs come in: each job runs once, none is left, none is a dead letter.
#[sqlx::test(migrations = "./migrations")]
async fn f11_rolling_restarts_under_load_lose_and_repeat_nothing(pool: PgPool) {
    tables(&pool).await;
    let mut workers = [Worker::start(&pool, 3, 2000), Worker::start(&pool, 3, 2000)];
    for round in 0..6 {
        put_work(&pool, 40, 30).await;
        let old = &mut workers[round % 2];
        old.signal("-TERM");
        let ended = old.0.wait().unwrap();
        assert!(ended.success(), "round {round}: {ended}");
        *old = Worker::start(&pool, 3, 2000);
    }
    wait(&pool, "select count(*) from job where state <> 'done'", 0, Duration::from_secs(40)).await;
    assert_eq!(count(&pool, "select count(*) from effect").await, 240);
    assert_eq!(count(&pool, "select count(distinct job) from effect").await, 240);
    assert_eq!(count(&pool, "select sum(attempts) from job").await, 240, "what was stopped was given back, not lost");
}

/// Rows written by a newer version (more in the arguments) and by an older one (less) are read; a kind that only the newer one
/// knows waits for it.
#[sqlx::test(migrations = "./migrations")]
async fn f11_arguments_of_other_versions_are_read(pool: PgPool) {
    let (app, registry) = (app(pool.clone()), diaba::worker::registry().unwrap());
    let nobody = uuid::Uuid::nil();
    for (kind, args) in [
        ("reap", json!({ "since": "a newer version" })),
        ("purge_finished", json!({ "keep_days": 7 })),
        ("purge_sessions", json!({ "v": 2 })),
        ("import_layer", json!({ "import_id": nobody, "resume_at": 5 })),
        ("verify_case", json!({ "case_id": nobody, "by": null, "rules": 7 })),
        ("verify_case", json!({ "case_id": nobody })),
    ] {
        let queue = "test";
        let mut tx = pool.begin().await.unwrap();
        let job = New { queue, kind, args: args.clone(), key: None, run_at: None, priority: 0, max_attempts: 3 };
        queue::enqueue(&mut tx, job).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = pool.acquire().await.unwrap();
        let claimed =
            work::claim(&mut conn, &queue.into(), &[kind.into()], 1, Duration::from_secs(60), "a").await.unwrap();
        let ended = registry.deliver(&app, &claimed[0].0, args).await;
        match ended {
            Ok(()) => {}
            // Read, and then not found: there is no such case.
            Err(JobError::Fatal(why)) => assert!(why.ends_with("is not there"), "{kind}: {why}"),
            Err(other) => panic!("{kind}: {other:?}"),
        }
    }
    put(&pool, "of_a_newer_version", json!({}), 3).await;
    let mut conn = pool.acquire().await.unwrap();
    let known: Vec<String> = diaba::flow::job::Specs::shipped().unwrap().0.keys().cloned().collect();
    let lease = Duration::from_secs(60);
    assert!(work::claim(&mut conn, &"test".into(), &known, 9, lease, "old").await.unwrap().is_empty());
    let newer = ["of_a_newer_version".to_owned()];
    assert_eq!(work::claim(&mut conn, &"test".into(), &newer, 9, lease, "new").await.unwrap().len(), 1);
}

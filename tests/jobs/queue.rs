//! Enqueue, timetable, operator's acts, descriptions.

use crate::kit::*;
use diaba::flow::staff::Actor;
use diaba::flow::{Error, job};
use diaba::store::queue::{self, New};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::time::Duration;
use time::macros::datetime;

/// Every kind has a description and every description a handler. The two that other rooms bring are stood in for until
/// they are registered.
#[test]
fn every_kind_is_described_and_every_description_handled() {
    let mut registry = diaba::worker::registry().unwrap();
    for kind in ["verify_case", "import_layer"] {
        if !registry.knows(kind) {
            registry = registry.on(kind, |_, _, _: Value| async { Ok(()) });
        }
    }
    registry.check().unwrap();
    let odd = registry.on("undescribed", |_, _, _: Value| async { Ok(()) });
    assert!(odd.check().unwrap_err().contains("undescribed"));
    let mut files: Vec<String> = std::fs::read_dir("jobs")
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| n.ends_with(".toml"))
        .collect();
    files.sort();
    assert_eq!(files, job::SHIPPED.iter().map(|s| s.0.to_owned()).collect::<Vec<_>>());
}

fn new<'a>(key: Option<&'a str>) -> New<'a> {
    New { queue: "test", kind: "none", args: json!({}), key, run_at: None, priority: 0, max_attempts: 3 }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_job_is_there_when_its_transaction_commits_and_once_per_key(pool: PgPool) {
    let mut tx = pool.begin().await.unwrap();
    assert!(queue::enqueue(&mut tx, new(Some("a:1"))).await.unwrap().is_some());
    tx.rollback().await.unwrap();
    assert_eq!(count(&pool, "select count(*) from job").await, 0);
    let mut tx = pool.begin().await.unwrap();
    assert!(queue::enqueue(&mut tx, new(Some("a:1"))).await.unwrap().is_some());
    assert!(queue::enqueue(&mut tx, new(Some("a:1"))).await.unwrap().is_none());
    assert!(queue::enqueue(&mut tx, new(Some("a:2"))).await.unwrap().is_some());
    assert!(job::enqueue(&mut tx, "verify_case", json!({}), Some("verify:1:1")).await.unwrap().is_some());
    assert!(job::enqueue(&mut tx, "no_such_kind", json!({}), None).await.is_err());
    tx.commit().await.unwrap();
    assert_eq!(count(&pool, "select count(*) from job").await, 3);
    assert_eq!(count(&pool, "select count(*) from job where queue = 'interactive' and max_attempts = 5").await, 1);
}

#[sqlx::test(migrations = "./migrations")]
async fn priority_then_time_and_unknown_kinds_wait_for_a_newer_worker(pool: PgPool) {
    tables(&pool).await;
    let mut tx = pool.begin().await.unwrap();
    let later = Some(datetime!(2999-01-01 0:00 UTC));
    queue::enqueue(&mut tx, New { run_at: later, priority: 9, ..new(None) }).await.unwrap();
    queue::enqueue(&mut tx, New { kind: "from_tomorrow", ..new(None) }).await.unwrap();
    let low = queue::enqueue(&mut tx, new(None)).await.unwrap().unwrap();
    let high = queue::enqueue(&mut tx, New { priority: 5, ..new(None) }).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let mut conn = pool.acquire().await.unwrap();
    let kinds = ["none".to_owned()];
    let leases = queue::work::claim(&mut conn, &"test".into(), &kinds, 9, Duration::from_secs(9), "a").await.unwrap();
    assert_eq!(leases.iter().map(|l| l.0.id).collect::<Vec<_>>(), [high, low]);
    let metrics = job::metrics(&app(pool.clone())).await.unwrap();
    assert_eq!((metrics[0].depth, metrics[0].scheduled, metrics[0].running, metrics[0].dead), (1, 1, 2, 0));
}

#[sqlx::test(migrations = "./migrations")]
async fn one_tick_of_three_instances_is_one_job(pool: PgPool) {
    let app = app(pool.clone());
    let spec = job::Specs::shipped().unwrap().0["reap"].clone();
    let tick = datetime!(2026-11-23 10:00 UTC);
    let (a, b, c) =
        tokio::join!(job::fire(&app, &spec, tick), job::fire(&app, &spec, tick), job::fire(&app, &spec, tick));
    assert_eq!([a, b, c].into_iter().filter(|f| *f.as_ref().unwrap()).count(), 1);
    assert!(!job::fire(&app, &spec, tick - time::Duration::MINUTE).await.unwrap(), "an instance that comes late");
    sqlx::query("delete from job").execute(&pool).await.unwrap();
    assert!(!job::fire(&app, &spec, tick).await.unwrap(), "the row may be purged, the tick is remembered");
    assert_eq!(job::last_fired(&app, &spec).await.unwrap(), Some(tick));
}

/// What tells people something waits for a working day; what keeps the service going does not.
#[sqlx::test(migrations = "./migrations")]
async fn nobody_is_told_on_a_rest_day(pool: PgPool) {
    let app = app(pool.clone());
    let specs = &job::Specs::shipped().unwrap().0;
    let (tet, sunday) = (datetime!(2026-02-17 01:30 UTC), datetime!(2026-03-01 01:30 UTC));
    let instead = datetime!(2026-08-22 01:30 UTC);
    for kind in [
        "remind_requests",
        "remind_obligations",
        "send_surveys",
        "watch_clocks",
        "watch_contracts",
        "watch_links",
        "watch_rules",
        "find_stuck",
    ] {
        let mut fired = Vec::new();
        for tick in [tet, datetime!(2026-02-23 01:30 UTC), sunday, datetime!(2026-03-02 01:30 UTC), instead] {
            fired.push(job::fire(&app, &specs[kind], tick).await.unwrap());
            assert_eq!(job::last_fired(&app, &specs[kind]).await.unwrap(), Some(tick), "it is over");
        }
        assert_eq!(
            fired,
            [false, true, false, true, true],
            "{kind}: Tết, after it, a Sunday, a Monday, a worked Saturday"
        );
    }
    assert!(job::fire(&app, &specs["extend_chain"], tet).await.unwrap());
}

#[sqlx::test(migrations = "./migrations")]
async fn a_dead_letter_is_revived_once_and_audited(pool: PgPool) {
    let app = app(pool.clone());
    let lan = Actor { login: "lan".into(), ..Actor::system("x") };
    let id = put(&pool, "panic", json!({}), 1).await;
    assert_eq!(diaba::worker::drain(&app, registry()).await.unwrap(), 1);
    let dead = job::find(&app, id).await.unwrap();
    assert_eq!((dead.state.as_str(), dead.last_error.as_deref()), ("dead", Some("panic: as asked")));
    assert_eq!(job::dead_by_kind(&app).await.unwrap(), [("panic".to_owned(), 1)]);
    assert!(matches!(job::retry(&app, &lan, id, "").await, Err(Error::Conflict { .. })));
    job::revive(&app, &lan, id, "repaired").await.unwrap();
    assert!(matches!(job::revive(&app, &lan, id, "again").await, Err(Error::Conflict { .. })));
    job::retry(&app, &lan, id, "now").await.unwrap();
    let filter = job::Filter { state: Some("pending".into()), limit: 10, ..Default::default() };
    assert_eq!(job::list(&app, &filter).await.unwrap()[0].id, id);
    let wrong = job::Filter { state: Some("ded".into()), limit: 10, ..Default::default() };
    assert!(matches!(job::list(&app, &wrong).await, Err(Error::Refused(_))));
    assert_eq!(count(&pool, "select count(*) from audit where action like 'job.%' and actor = 'lan'").await, 2);
    assert!(matches!(job::revive(&app, &lan, uuid::Uuid::nil(), "").await, Err(Error::NotFound { .. })));
}

#[sqlx::test(migrations = "./migrations")]
async fn upkeep_clears_what_is_old_and_keeps_dead_letters(pool: PgPool) {
    for (state, days) in [("done", 8), ("done", 6), ("dead", 400)] {
        sqlx::query(
            "insert into job (queue, kind, args, state, finished_at, attempts)
             values ('test', 'none', '{}', $1::job_state, now() - make_interval(days => $2), 1)",
        )
        .bind(state)
        .bind(days)
        .execute(&pool)
        .await
        .unwrap();
    }
    let mut tx = pool.begin().await.unwrap();
    for kind in ["reap", "purge_finished", "purge_sessions"] {
        job::enqueue(&mut tx, kind, json!({}), None).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(diaba::worker::drain(&app(pool.clone()), diaba::worker::registry().unwrap()).await.unwrap(), 3);
    assert_eq!(count(&pool, "select count(*) from job where kind = 'none'").await, 2);
    assert_eq!(count(&pool, "select count(*) from job where state = 'done' and kind <> 'none'").await, 3);
}

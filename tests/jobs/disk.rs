//! F5: the disk of the database is full.

use crate::cluster::Cluster;
use crate::kit::*;
use crate::tmpfs::Tmpfs;
use diaba::app::Clock;
use diaba::flow::Error;
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

/// Nothing is accepted that is not kept; when there is space again, what was accepted runs to its end, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f5_a_full_disk_is_a_pause() {
    let Some(disk) = Tmpfs::mount(400, "F5, a full disk is a pause") else { return };
    let cluster = Cluster::at(&disk.path().join("pg"));
    let admin = PgPool::connect(&cluster.url("postgres")).await.unwrap();
    sqlx::query("create database jobs").execute(&admin).await.unwrap();
    admin.close().await;
    let app = app_at(&cluster.url("jobs"), Clock::default());
    sqlx::migrate!("./migrations").run(&app.pool).await.unwrap();
    tables(&app.pool).await;
    put_work(&app.pool, 60, 100).await;
    let mut worker = Worker::start_at(&cluster.url("jobs"), 4, 1000);
    wait(&app.pool, "select least(count(*), 5) from effect", 5, Duration::from_secs(20)).await;

    let ballast = disk.fill_but(0);
    let (mut accepted, mut refused) = (60, 0);
    for i in 0..4000 {
        match put_long(&app, i).await {
            Ok(()) => accepted += 1,
            Err(Error::Unavailable(_)) => refused += 1,
            Err(e) => panic!("a full disk is no fault of ours: {e:?}"),
        }
        if refused >= 10 {
            break;
        }
    }
    assert!(refused >= 10, "the disk is full: {accepted} jobs accepted all the same");
    tokio::time::sleep(Duration::from_secs(2)).await;
    std::fs::remove_file(ballast).unwrap();
    if app.pool.acquire().await.is_err() {
        cluster.start_again().await;
    }
    wait(&app.pool, "select count(*) from job where state <> 'done'", 0, Duration::from_secs(60)).await;
    assert_eq!(count(&app.pool, "select count(*) from job").await, accepted, "accepted and kept are the same");
    let effects = count(&app.pool, "select count(*) from effect").await;
    assert_eq!((effects, count(&app.pool, "select count(distinct job) from effect").await), (60, 60));
    assert!(worker.0.try_wait().unwrap().is_none(), "the worker is still the same process");
    println!("F5: {accepted} accepted, {refused} refused while the disk was full");
    app.pool.close().await;
}

/// Accepts a job that takes some space.
async fn put_long(app: &diaba::app::App, i: usize) -> Result<(), Error> {
    let mut tx = app.pool.begin().await?;
    let args = json!({ "text": format!("{i}").repeat(4000) });
    let new = diaba::store::queue::New {
        queue: "test",
        kind: "none",
        args,
        key: None,
        run_at: None,
        priority: 0,
        max_attempts: 20,
    };
    diaba::store::queue::enqueue(&mut tx, new).await?;
    Ok(tx.commit().await?)
}

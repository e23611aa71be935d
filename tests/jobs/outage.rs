//! F3: PostgreSQL is killed under the worker's feet, in a cluster of this test's own.

use crate::cluster::Cluster;
use crate::kit::*;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;

#[tokio::test]
async fn f3_worker_outlives_postgresql() {
    let cluster = Cluster::new();
    let admin = PgPool::connect(&cluster.url("postgres")).await.unwrap();
    sqlx::query("create database jobs").execute(&admin).await.unwrap();
    admin.close().await;
    let pool =
        PgPoolOptions::new().acquire_timeout(Duration::from_secs(3)).connect(&cluster.url("jobs")).await.unwrap();
    sqlx::migrate!("./migrations").run(&pool).await.unwrap();
    tables(&pool).await;
    put_work(&pool, 60, 80).await;
    let mut worker = Worker::start(&pool, 4, 800);
    wait(&pool, "select least(count(*), 5) from effect", 5, Duration::from_secs(10)).await;
    cluster.kill();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    cluster.start_again().await;
    wait(&pool, "select count(*) from job where state = 'done'", 60, Duration::from_secs(30)).await;
    assert_eq!(count(&pool, "select count(*) from effect").await, 60);
    assert_eq!(count(&pool, "select count(distinct job) from effect").await, 60);
    assert!(worker.0.try_wait().unwrap().is_none(), "it is still the same process");
}

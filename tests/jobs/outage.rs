//! PostgreSQL is killed, cut off, or goes dead under the worker's feet: F3, F4 and F6.

use crate::cluster::Cluster;
use crate::kit::*;
use crate::proxy::Proxy;
use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool};
use std::time::{Duration, Instant};

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

/// F4: an outage longer than any lease; then backends killed twenty times a second, beside three hundred idle connections.
/// Nothing stands still afterwards, and every job has had its effect once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f4_outage_and_killed_backends_leave_nothing_stuck() {
    let cluster = Cluster::new();
    let admin = PgPool::connect(&cluster.url("postgres")).await.unwrap();
    sqlx::query("create database jobs").execute(&admin).await.unwrap();
    let pool = PgPool::connect(&cluster.url("jobs")).await.unwrap();
    sqlx::migrate!("./migrations").run(&pool).await.unwrap();
    tables(&pool).await;
    let mut proxy = Proxy::to("127.0.0.1", cluster.port).await;
    let through = format!("postgres://diaba@127.0.0.1:{}/jobs", proxy.port);
    put_work(&pool, 300, 60).await;
    let mut workers: Vec<_> = (0..2).map(|_| Worker::start_at(&through, 4, 700)).collect();
    wait(&pool, "select least(count(*), 20) from effect", 20, Duration::from_secs(20)).await;
    proxy.pull().await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(count(&pool, LEFT).await > 0, "cut off in the middle");
    proxy.put_back().await;

    let address = cluster.url("postgres");
    let idle = futures::future::join_all((0..300).map(|_| PgConnection::connect(&address))).await;
    assert_eq!(idle.iter().filter(|c| c.is_ok()).count(), 300);
    let kill = "select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity
                 where application_name like 'diaba%' and datname = 'jobs' order by random() limit 1) one";
    for _ in 0..80 {
        count(&admin, kill).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    wait(&pool, LEFT, 0, Duration::from_secs(60)).await;
    assert_eq!(count(&pool, "select count(*) from effect").await, 300);
    assert_eq!(count(&pool, "select count(distinct job) from effect").await, 300);
    assert_eq!(count(&pool, "select count(*) from job where state = 'running'").await, 0);
    for worker in &mut workers {
        assert!(worker.0.try_wait().unwrap().is_none(), "it is still the same process");
    }
}

const LEFT: &str = "select count(*) from job where state <> 'done'";

/// F6: the line between worker and database goes dead without a word. Its jobs go to another within the lease, its runs are
/// stopped, and when the line is back it works on, in the same process, although nothing ever comes over its old connections.
#[sqlx::test(migrations = "./migrations")]
async fn f6_half_open_connections_are_given_up(pool: PgPool) {
    tables(&pool).await;
    let direct = pool.connect_options();
    let mut proxy = Proxy::to(direct.get_host(), direct.get_port()).await;
    let mut cut_off = Worker::start_at(&proxy.way_to(&pool), 4, 1000);
    put_work(&pool, 4, 2500).await;
    wait(&pool, "select count(*) from job where state = 'running'", 4, Duration::from_secs(10)).await;
    proxy.go_dead();
    let dead = Instant::now();
    let other = Worker::start(&pool, 4, 1000);
    wait(&pool, "select count(*) from job where state = 'done' and attempts = 2", 4, Duration::from_secs(20)).await;
    let taken_over = dead.elapsed();
    drop(other);
    proxy.revive();
    let revived = Instant::now();
    put(&pool, "work", json!({ "ms": 1 }), 5).await;
    wait(&pool, "select count(*) from job where state <> 'done'", 0, Duration::from_secs(29)).await;
    println!("F6: taken over after {taken_over:?}, working again {:?} after the line was back", revived.elapsed());
    assert_eq!(count(&pool, "select count(*) from effect").await, 5);
    assert_eq!(count(&pool, "select count(distinct job) from effect").await, 5);
    let last = sqlx::query_scalar::<_, i32>("select pid from effect order by id desc limit 1").fetch_one(&pool).await;
    assert_eq!(last.unwrap(), cut_off.0.id() as i32);
    assert!(cut_off.0.try_wait().unwrap().is_none());
    drop(cut_off);
    proxy.pull().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
}

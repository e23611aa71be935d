//! F15 and F16: the queue stays fast beside a transaction that nobody ends, and with a million jobs waiting.

use crate::kit::*;
use diaba::store::queue::work::{self, Outcome, Settlement};
use serde_json::json;
use sqlx::{Connection, PgConnection, PgPool};
use std::sync::Arc;
use std::time::{Duration, Instant};

const MOST: Duration = Duration::from_millis(10);

/// A connection set up as the worker's.
async fn link(pool: &PgPool) -> PgConnection {
    let options = (*pool.connect_options()).clone().options([
        ("plan_cache_mode", "force_custom_plan"),
        ("jit", "off"),
        ("synchronous_commit", "off"),
    ]);
    PgConnection::connect_with(&options).await.unwrap()
}

/// Takes and ends `rounds` times up to `room` jobs; gives the median and the worst of a fetch.
async fn fetch(conn: &mut PgConnection, rounds: usize, room: usize) -> (Duration, Duration, usize) {
    let (queue, kinds): (Arc<str>, _) = ("test".into(), ["none".to_owned()]);
    let (mut took, mut jobs) = (Vec::new(), 0);
    for _ in 0..rounds {
        let started = Instant::now();
        let claims = work::claim(conn, &queue, &kinds, room, Duration::from_secs(60), "a").await.unwrap();
        took.push(started.elapsed());
        jobs += claims.len();
        let end = |c: &diaba::store::queue::Lease| Settlement { id: c.id, token: c.token, outcome: Outcome::Done };
        let ends: Vec<_> = claims.iter().map(|(l, _)| end(l)).collect();
        work::settle(conn, &ends).await.unwrap();
    }
    took.sort();
    (took[took.len() / 2], took[took.len() - 1], jobs)
}

async fn backlog(pool: &PgPool, jobs: i64) {
    sqlx::query(
        "insert into job (queue, kind, args, priority, run_at)
         select 'test', 'none', $2, n % 3, now() - n * interval '1 millisecond' from generate_series(1, $1) n",
    )
    .bind(jobs)
    .bind(json!({}))
    .execute(pool)
    .await
    .unwrap();
}

/// F16: a million jobs wait (nobody has analysed the table yet); a fetch looks at those it takes, not at all of them.
#[sqlx::test(migrations = "./migrations")]
async fn f16_a_fetch_out_of_a_million_takes_less_than_ten_milliseconds(pool: PgPool) {
    backlog(&pool, 1_000_000).await;
    let mut conn = link(&pool).await;
    for room in [1, 32] {
        let (median, worst, jobs) = fetch(&mut conn, 60, room).await;
        println!("F16: fetch of {room} out of a million: median {median:?}, worst {worst:?}");
        assert_eq!(jobs, 60 * room);
        assert!(median < MOST, "{room}: {median:?}");
    }
    sqlx::query("analyze job").execute(&pool).await.unwrap();
    let (median, ..) = fetch(&mut conn, 60, 32).await;
    assert!(median < MOST, "the planner knows the table: {median:?}");
    assert_eq!(count(&pool, "select count(*) from job where state = 'pending'").await, 1_000_000 - 60 * 65);
}

/// Blocks of the table of jobs and its indexes that one fetch of five looks at.
async fn blocks_of_a_fetch(conn: &mut PgConnection) -> i64 {
    let counted = async |conn: &mut PgConnection| -> i64 {
        sqlx::query("select pg_stat_force_next_flush()").execute(&mut *conn).await.unwrap();
        let all = "select (heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::bigint from pg_statio_user_tables where relname = 'job'";
        sqlx::query_scalar(all).fetch_one(conn).await.unwrap()
    };
    let before = counted(conn).await;
    let claims = work::claim(conn, &"test".into(), &["none".into()], 5, Duration::from_secs(60), "a").await.unwrap();
    assert_eq!(claims.len(), 5);
    counted(conn).await - before
}

/// F15: a transaction idles and holds everything that was ever deleted or changed; 20,000 jobs go through meanwhile. What cannot be cleared
/// away is stepped over at each fetch: a fetch looks at some blocks for each job done meanwhile, and at no more of them when five times as
/// many wait. What is urgent is taken by the very next fetch.
#[sqlx::test(migrations = "./migrations")]
async fn f15_an_idle_transaction_does_not_slow_the_fetch(pool: PgPool) {
    backlog(&pool, 20_500).await;
    let mut idle = pool.acquire().await.unwrap();
    sqlx::query("begin isolation level repeatable read").execute(&mut *idle).await.unwrap();
    sqlx::query("select count(*) from job").execute(&mut *idle).await.unwrap();
    let mut conn = link(&pool).await;
    let before = blocks_of_a_fetch(&mut conn).await;
    assert!((1..200).contains(&before), "{before} blocks");
    let mut done = 0;
    while done < 20_000 {
        done += fetch(&mut conn, 10, 100).await.2;
    }
    sqlx::query("vacuum job").execute(&mut conn).await.unwrap();
    let after = blocks_of_a_fetch(&mut conn).await;
    backlog(&pool, 100_000).await;
    sqlx::query("vacuum analyze job").execute(&mut conn).await.unwrap();
    let more_wait = blocks_of_a_fetch(&mut conn).await;
    println!(
        "F15: a fetch of 5 looks at {before} blocks, after {done} jobs beside an idle transaction at {after}, at {more_wait} with 100,000 more waiting"
    );
    assert!(after <= before + 3 * done as i64, "{after} blocks after {done} jobs");
    assert!(more_wait <= after + before + 200, "what waits is not looked at: {more_wait} blocks, {after} before");
    let urgent = "insert into job (queue, kind, args, priority) values ('test', 'none', '{}', 9) returning id";
    let urgent: uuid::Uuid = sqlx::query_scalar(urgent).fetch_one(&pool).await.unwrap();
    let next = work::claim(&mut conn, &"test".into(), &["none".into()], 1, Duration::from_secs(60), "a").await.unwrap();
    assert_eq!(next[0].0.id, urgent, "before the hundred thousand that waited longer");
    sqlx::query("rollback").execute(&mut *idle).await.unwrap();
}

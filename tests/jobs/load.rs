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

/// F15: a transaction idles and holds everything that was ever deleted or changed; 20,000 jobs go through meanwhile.
#[sqlx::test(migrations = "./migrations")]
async fn f15_an_idle_transaction_does_not_slow_the_fetch(pool: PgPool) {
    backlog(&pool, 20_500).await;
    let mut idle = pool.acquire().await.unwrap();
    sqlx::query("begin isolation level repeatable read").execute(&mut *idle).await.unwrap();
    sqlx::query("select count(*) from job").execute(&mut *idle).await.unwrap();
    let mut conn = link(&pool).await;
    let (before, ..) = fetch(&mut conn, 40, 5).await;
    let mut done = 200;
    while done < 20_000 {
        done += fetch(&mut conn, 10, 100).await.2;
    }
    sqlx::query("vacuum job").execute(&mut conn).await.unwrap();
    let (after, worst, jobs) = fetch(&mut conn, 60, 5).await;
    println!(
        "F15: fetch of 5: median {before:?}, after {done} jobs beside an idle transaction {after:?}, worst {worst:?}"
    );
    assert_eq!(jobs, 300);
    // What cannot be cleared away is stepped over at each fetch: it grows with the jobs done meanwhile, not with those waiting.
    assert!(after < MOST * 3, "{after:?}");
    sqlx::query("rollback").execute(&mut *idle).await.unwrap();
}

//! F7 and F12: clocks that are wrong, and a timetable kept by several instances.

use crate::kit::*;
use diaba::app::{App, Clock};
use diaba::flow::job::{self, Spec, Specs};
use diaba::store::queue::work;
use diaba::worker::{Options, Registry, run};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::task::JoinHandle;

/// An instance whose clock is ahead (or behind) of the database's.
async fn off_by(pool: &PgPool, minutes: i64) -> (App, OffsetDateTime) {
    let mut conn = pool.acquire().await.unwrap();
    let there = diaba::store::queue::database_time(&mut conn).await.unwrap();
    let clock = Clock::Fixed(Arc::new(Mutex::new(there + time::Duration::minutes(minutes))));
    (app_at(&url_of(pool), clock), there)
}

fn purge() -> &'static Spec {
    &Specs::shipped().unwrap().0["purge_finished"]
}

/// F7: leases, back-off and due times go by the database's clock alone; a clock that is wrong is told.
#[sqlx::test(migrations = "./migrations")]
async fn f7_a_wrong_clock_moves_no_job(pool: PgPool) {
    for minutes in [-5, 5] {
        let (app, _) = off_by(&pool, minutes).await;
        let skew = job::clock_skew(&app).await.unwrap();
        assert!((skew - time::Duration::minutes(minutes)).abs() < time::Duration::SECOND * 10, "{skew}");
        let id = put(&pool, "none", json!({}), 5).await;
        let mut conn = app.pool.acquire().await.unwrap();
        let lease = Duration::from_secs(60);
        let mut claims = work::claim(&mut conn, &"test".into(), &["none".into()], 9, lease, "a").await.unwrap();
        assert_eq!(claims.len(), 1, "what is due is due, whatever this clock says");
        assert_eq!(work::reap(&mut conn).await.unwrap(), work::Reaped::default(), "a lease is not lapsed by it");
        let due =
            "select count(*) from job where lease_until between now() + interval '50 s' and now() + interval '61 s'";
        assert_eq!(count(&pool, due).await, 1);
        let claim = claims.remove(0).0;
        let outcome = work::Outcome::Failed { error: "x".into(), delay: Duration::from_secs(30) };
        work::settle(&mut conn, &[work::Settlement { id, token: claim.token, outcome }]).await.unwrap();
        let waits = "select count(*) from job where run_at between now() + interval '25 s' and now() + interval '31 s'";
        assert_eq!(count(&pool, waits).await, 1);
        sqlx::query("delete from job").execute(&pool).await.unwrap();
        drop(conn);
        app.pool.close().await;
    }
}

/// F7: an instance whose clock is ahead tells a tick early: the job is made once and waits for its time. One whose clock jumped
/// by a day does not silence the timetable until then.
#[sqlx::test(migrations = "./migrations")]
async fn f7_a_tick_told_early_waits_for_its_time(pool: PgPool) {
    let (ahead, there) = off_by(&pool, 5).await;
    let tick = there + time::Duration::minutes(5);
    assert!(job::fire(&ahead, purge(), tick).await.unwrap());
    assert_eq!(count(&pool, "select count(*) from job where run_at > now() + interval '4 minutes'").await, 1);
    let mut conn = pool.acquire().await.unwrap();
    let (queue, kinds) = ("upkeep".into(), ["purge_finished".to_owned()]);
    let early = work::claim(&mut conn, &queue, &kinds, 9, Duration::from_secs(9), "a").await.unwrap();
    assert_eq!(early.len(), 0, "not before its time");
    let right = app(pool.clone());
    assert!(!job::fire(&right, purge(), tick).await.unwrap(), "the others tell it again, to no effect");

    assert!(!job::fire(&ahead, purge(), there + time::Duration::days(1)).await.unwrap());
    assert!(job::fire(&right, purge(), tick + time::Duration::minutes(1)).await.unwrap(), "the timetable goes on");
    assert_eq!(count(&pool, "select count(*) from job").await, 2);
    ahead.pool.close().await;
}

/// One job a second.
fn every_second() -> Registry {
    let text = "kind = \"tick\"\nwhat = \"test\"\nwhy = \"test\"\ncron = \"* * * * * *\"\nqueue = \"test\"\ntimeout_s = 5\n\
                max_attempts = 3\nbackoff = { first_s = 1, most_s = 1 }\nowner = \"nobody\"\n";
    let specs = Specs::read(&[("tick.toml", text)]).unwrap();
    Registry::new(specs).on("tick", |_, _, _: Value| async { Ok(()) })
}

struct Instance {
    stop: tokio::sync::oneshot::Sender<()>,
    task: JoinHandle<anyhow::Result<()>>,
    app: App,
}

impl Instance {
    fn start(url: &str) -> Self {
        let app = app_at(url, Clock::default());
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let options = Options { poll: Duration::from_millis(100), ..options(2, 2000) };
        let stopped = async { stopped.await.unwrap_or_default() };
        let task = tokio::spawn(run(app.clone(), every_second(), options, stopped));
        Self { stop, task, app }
    }
    async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap().unwrap();
        self.app.pool.close().await;
    }
}

/// F12: three instances, one of them down for a while: every tick makes one job, none is left out. With all of them down, the
/// last missed tick is caught up once.
#[sqlx::test(migrations = "./migrations")]
async fn f12_three_instances_make_one_job_per_tick(pool: PgPool) {
    let url = url_of(&pool);
    let (one, two, three) = (Instance::start(&url), Instance::start(&url), Instance::start(&url));
    tokio::time::sleep(Duration::from_millis(3300)).await;
    one.stop().await;
    tokio::time::sleep(Duration::from_millis(2200)).await;
    let one = Instance::start(&url);
    tokio::time::sleep(Duration::from_millis(2200)).await;
    tokio::join!(one.stop(), two.stop(), three.stop());
    let ticks = ticks(&pool).await;
    assert!(ticks.len() >= 7, "{ticks:?}");
    let gaps: Vec<_> = ticks.windows(2).filter(|w| w[1] - w[0] != 1).collect();
    assert!(gaps.is_empty(), "one job for each second: {gaps:?}");

    tokio::time::sleep(Duration::from_millis(3000)).await;
    let again = Instance::start(&url);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    again.stop().await;
    let all = self::ticks(&pool).await;
    let late: Vec<_> = all.windows(2).filter(|w| w[1] - w[0] > 1).collect();
    assert_eq!(late.len(), 1, "the seconds in which nobody was up are one gap: {late:?}");
    assert!(all.len() >= ticks.len() + 2, "the last missed tick and those after it: {all:?}");
    let runs = "select count(*) from job where state = 'done' and attempts = 1";
    assert_eq!(count(&pool, runs).await, all.len() as i64, "each ran once");
}

/// Unix times of the ticks that have a job, in order. A tick with two jobs would stand twice.
async fn ticks(pool: &PgPool) -> Vec<i64> {
    sqlx::query_scalar("select split_part(key, ':', 3)::bigint from job where kind = 'tick' order by 1")
        .fetch_all(pool)
        .await
        .unwrap()
}

//! The queue with all its safety: how fast 20,000 no-op jobs are drained, and how long from enqueue to start.
//! `DATABASE_URL=... cargo bench --bench queue`; makes and drops a database of its own.

use diaba::app::{App, Book, Clock};
use diaba::config::Config;
use diaba::flow::job::Specs;
use diaba::store::queue::{self, New};
use diaba::worker::{self, JobError, Options, Registry};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool, postgres::PgConnectOptions};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

const JOBS: i32 = 20_000;
const PROBES: usize = 500;
const SPEC: &str =
    "what='b'\nwhy='b'\nqueue='bench'\ntimeout_s=30\nmax_attempts=5\nbackoff={first_s=1,most_s=9}\nowner='b'\n";

fn registry(started: mpsc::UnboundedSender<Instant>) -> Registry {
    let texts = ["noop", "effect", "probe"].map(|k| format!("kind='{k}'\n{SPEC}"));
    let files: Vec<_> = texts.iter().map(|t| ("bench", t.as_str())).collect();
    Registry::new(Specs::read(&files).expect("specs"))
        .on("noop", |_, _, _: Value| async { Ok(()) })
        .on("effect", |app, lease, _: Value| async move {
            let mut tx = app.pool.begin().await?;
            lease.complete(&mut tx).await?;
            tx.commit().await?;
            Ok(())
        })
        .on("probe", move |_, _, _: Value| {
            let _ = started.send(Instant::now());
            async { Ok::<_, JobError>(()) }
        })
}

fn start(
    pool: &PgPool,
    slots: usize,
) -> (oneshot::Sender<()>, mpsc::UnboundedReceiver<Instant>, tokio::task::JoinHandle<()>) {
    let home = std::env::temp_dir().join("diaba-bench-queue");
    let app =
        App::with_pool(pool.clone(), Config::with_defaults("", home), Clock::System, Book::default()).expect("app");
    let options = Options { slots: BTreeMap::from([("bench".to_owned(), slots)]), ..Options::default() };
    let (started, starts) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel();
    let run = tokio::spawn(async move {
        let stop = async {
            let _ = stopped.await;
        };
        worker::run(app, registry(started), options, stop).await.expect("worker");
    });
    (stop, starts, run)
}

async fn drain(pool: &PgPool, kind: &str, slots: usize) -> f64 {
    sqlx::query("truncate job").execute(pool).await.expect("truncate");
    sqlx::query(
        "insert into job (queue, kind, args, max_attempts) select 'bench', $1, '{}', 5 from generate_series(1, $2)",
    )
    .bind(kind)
    .bind(JOBS)
    .execute(pool)
    .await
    .expect("fill");
    let (begin, (stop, _starts, run)) = (Instant::now(), start(pool, slots));
    while sqlx::query_scalar::<_, bool>("select exists (select from job where state <> 'done')")
        .fetch_one(pool)
        .await
        .expect("left")
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let rate = f64::from(JOBS) / begin.elapsed().as_secs_f64();
    let _ = stop.send(());
    run.await.expect("worker");
    rate
}

async fn latency(pool: &PgPool) -> Vec<f64> {
    let (stop, mut starts, run) = start(pool, 4);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut waits = Vec::new();
    for _ in 0..PROBES {
        let mut tx = pool.begin().await.expect("begin");
        let job = New {
            queue: "bench",
            kind: "probe",
            args: json!({}),
            key: None,
            run_at: None,
            priority: 0,
            max_attempts: 5,
        };
        queue::enqueue(&mut tx, job).await.expect("enqueue");
        let begin = Instant::now();
        tx.commit().await.expect("commit");
        let at = starts.recv().await.expect("start");
        waits.push(at.duration_since(begin).as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let _ = stop.send(());
    run.await.expect("worker");
    waits.sort_by(f64::total_cmp);
    waits
}

#[tokio::main]
async fn main() {
    let Some(url) = std::env::var_os("DATABASE_URL").and_then(|u| u.into_string().ok()) else {
        println!("queue: set DATABASE_URL to a cluster where databases may be made");
        return;
    };
    let options = PgConnectOptions::from_str(&url).expect("DATABASE_URL");
    let admin = PgPool::connect_with(options.clone()).await.expect("connect");
    let name = format!("diaba_bench_queue_{}", std::process::id());
    sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&admin).await.expect("create database");
    let pool = PgPool::connect_with(options.database(&name)).await.expect("connect");
    sqlx::migrate!("./migrations").run(&pool).await.expect("migrate");
    for (kind, slots) in [("noop", 4), ("noop", 10), ("noop", 32), ("effect", 10), ("effect", 32)] {
        let mut rates = vec![];
        for _ in 0..3 {
            rates.push(drain(&pool, kind, slots).await);
        }
        rates.sort_by(f64::total_cmp);
        println!("{kind:>6}, {slots:>2} slots: {:>6.0} jobs/s (from {:.0} to {:.0})", rates[1], rates[0], rates[2]);
    }
    let waits = latency(&pool).await;
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize];
    println!("commit of enqueue to start: median {:.1} ms, p95 {:.1} ms, worst {:.1} ms", at(0.5), at(0.95), at(1.0));
    pool.close().await;
    sqlx::query(AssertSqlSafe(format!("drop database {name}"))).execute(&admin).await.expect("drop database");
}

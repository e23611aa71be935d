//! Job kinds for tests, worker processes, waiting.

use diaba::app::{App, Book, Clock};
use diaba::config::{Config, Secret};
use diaba::flow::job::Specs;
use diaba::store::queue::{self, Lease, LeaseError, New};
use diaba::worker::{JobError, Options, Registry};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The service over this pool, with a private folder that is thrown away when the process ends.
pub fn app(pool: PgPool) -> App {
    static HOME: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
    let mut config = Config::with_defaults("postgres://unused", HOME.path());
    config.vault_key = Some(Secret("07".repeat(32)));
    // cases are opened for procedures that are shipped
    let book = Book { procedures: Book::load(&config.data).unwrap().procedures, ..Book::default() };
    App::with_pool(pool, config, Clock::default(), book).unwrap()
}

/// The service as it is started, over the database at `url`.
pub fn app_at(url: &str, clock: Clock) -> App {
    static HOME: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
    let mut config = Config::with_defaults(url, HOME.path());
    (config.vault_key, config.limits.db_connections) = (Some(Secret("07".repeat(32))), 8);
    App::open(config, clock, Book::default()).unwrap()
}

/// Where the database of this pool is.
pub fn url_of(pool: &PgPool) -> String {
    pool.connect_options().to_url_lossy().to_string()
}

const SPEC: &str = r#"
what = "test"
why = "test"
queue = "test"
timeout_s = TIMEOUT
max_attempts = 5
backoff = { first_s = FIRST, most_s = MOST }
owner = "nobody"
"#;

/// Kinds that do what a test wants; the effect is one row of `effect`, committed with `done`.
pub fn registry() -> Registry {
    let kinds = [
        ("work", "30"),
        ("none", "30"),
        ("panic", "30"),
        ("abort", "30"),
        ("exit", "30"),
        ("slow", "0.3"),
        ("busy", "30"),
    ];
    // `slow` waits long enough between its runs to be seen waiting by who looks every 40 ms.
    let backoff = |kind: &str| if kind == "slow" { ("1.2", "1.2") } else { ("0.05", "0.4") };
    let spec = |kind: &str, timeout: &str| {
        let (first, most) = backoff(kind);
        SPEC.replace("TIMEOUT", timeout).replace("FIRST", first).replace("MOST", most)
    };
    let texts: Vec<_> = kinds.iter().map(|(k, t)| format!("kind = \"{k}\"{}", spec(k, t))).collect();
    let files: Vec<_> = texts.iter().map(|t| ("test.toml", t.as_str())).collect();
    Registry::new(Specs::read(&files).unwrap())
        .on("work", |app, lease, Millis { ms }| async move {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            effect(&app, &lease).await
        })
        .on("none", |_, _, _: Value| async { Ok(()) })
        .on("panic", |_, _, _: Value| async { panic!("as asked") })
        .on("abort", |_, _, _: Value| async { std::process::abort() })
        .on("exit", |_, _, _: Value| async { std::process::exit(7) })
        .on("slow", |_, _, _: Value| async {
            tokio::time::sleep(Duration::from_secs(20)).await;
            Ok(())
        })
        .on("busy", |app, lease, Millis { ms }| async move {
            let end = Instant::now() + Duration::from_millis(ms);
            while Instant::now() < end {
                std::hint::spin_loop();
            }
            effect(&app, &lease).await
        })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Millis {
    ms: u64,
}

async fn effect(app: &App, lease: &Lease) -> Result<(), JobError> {
    let mut tx = app.pool.begin().await?;
    sqlx::query("insert into effect (job, pid) values ($1, $2)")
        .bind(lease.id)
        .bind(std::process::id() as i32)
        .execute(&mut *tx)
        .await?;
    match lease.complete(&mut tx).await {
        Ok(()) => {}
        Err(LeaseError::Lost) => {
            tx.rollback().await?;
            sqlx::query("insert into refused (job) values ($1)").bind(lease.id).execute(&app.pool).await?;
            return Err(JobError::LeaseLost);
        }
        Err(e) => return Err(e.into()),
    }
    tx.commit().await?;
    Ok(())
}

pub async fn tables(pool: &PgPool) {
    for sql in [
        "create table effect (id bigint generated always as identity, job uuid not null, pid int not null)",
        "create table refused (job uuid not null)",
    ] {
        sqlx::query(sql).execute(pool).await.unwrap();
    }
}

pub async fn put(pool: &PgPool, kind: &str, args: Value, max_attempts: i32) -> Uuid {
    let mut tx = pool.begin().await.unwrap();
    let job = New { queue: "test", kind, args, key: None, run_at: None, priority: 0, max_attempts };
    let id = queue::enqueue(&mut tx, job).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    id
}

pub async fn put_work(pool: &PgPool, count: usize, ms: u64) {
    for i in 0..count {
        put(pool, "work", json!({ "ms": ms + (i as u64 * 37) % 100 }), 20).await;
    }
}

pub async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

/// Waits until `sql` counts `wanted`; a database that is away is waited for as well.
pub async fn wait(pool: &PgPool, sql: &'static str, wanted: i64, limit: Duration) {
    let end = Instant::now() + limit;
    let mut last = Ok(-1);
    while Instant::now() < end {
        last = sqlx::query_scalar::<_, i64>(sql).fetch_one(pool).await;
        if matches!(last, Ok(n) if n == wanted) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    let jobs = sqlx::query_scalar::<_, String>(
        "select format('%s %s %s/%s %s', kind, state, attempts, max_attempts, last_error) from job where state <> 'done'",
    );
    panic!("{sql}: {last:?}, not {wanted}, after {limit:?}; {:?}", jobs.fetch_all(pool).await);
}

/// A worker in a process of its own; killed at the end of the test.
pub struct Worker(pub Child);

impl Worker {
    pub fn start(pool: &PgPool, slots: usize, lease_ms: u64) -> Self {
        Self::start_at(&url_of(pool), slots, lease_ms)
    }
    pub fn start_at(url: &str, slots: usize, lease_ms: u64) -> Self {
        let mut me = Command::new(std::env::current_exe().unwrap());
        me.args(["kit::worker_process", "--exact", "--nocapture"]);
        me.env("DIABA_TEST_WORKER", format!("{slots} {lease_ms} {url}"));
        Self(me.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap().success());
    }
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn options(slots: usize, lease_ms: u64) -> Options {
    Options {
        slots: BTreeMap::from([("test".to_owned(), slots)]),
        lease: Duration::from_millis(lease_ms),
        poll: Duration::from_millis(100),
        grace: Duration::from_millis(800),
        ..Options::default()
    }
}

/// Not a test: what a worker process runs when this binary is started as one.
#[test]
fn worker_process() {
    let Some(order) = std::env::var_os("DIABA_TEST_WORKER").and_then(|o| o.into_string().ok()) else { return };
    let mut order = order.splitn(3, ' ');
    let mut next = || order.next().unwrap().to_owned();
    let (slots, lease, url) = (next().parse().unwrap(), next().parse().unwrap(), next());
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).unwrap();
        let stop = async move {
            term.recv().await;
        };
        diaba::worker::run(app_at(&url, Clock::default()), registry(), options(slots, lease), stop).await.unwrap();
    });
    std::process::exit(0);
}

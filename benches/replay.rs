//! A thousand stored verifications run again from the store: all digests equal, and how many per second.
//! `DATABASE_URL=... cargo bench --bench replay`; makes and drops a database of its own, on the demo ward.

use diaba::app::{App, Book, Clock};
use diaba::config::Config;
use diaba::domain::demo::generate_on;
use diaba::flow::proof::{Seen, ids, replay};
use diaba::flow::staff::Actor;
use diaba::flow::{demo, setup, verification};
use futures::{StreamExt, TryStreamExt, stream};
use sqlx::{AssertSqlSafe, ConnectOptions, PgPool, postgres::PgConnectOptions};
use std::str::FromStr;
use std::time::Instant;
use uuid::Uuid;

const MANY: usize = 1_000;
const PARCELS: usize = 8_000;

async fn ward(app: &App, by: &Actor) {
    setup::setup(app).await.expect("setup");
    let ward = generate_on(20_261_123, PARCELS, app.clock.today());
    let folder = app.config.home.join("demo");
    demo::write(app, &ward, &folder).await.expect("demo files");
    demo::load(app, by, &ward, &folder, &mut |_| {}).await.expect("demo maps");
    let mut cases = Vec::new();
    for c in &ward.cases {
        cases.push(demo::hand_in(app, by, c).await.expect("case").case_id);
    }
    let begin = Instant::now();
    for case in cases.iter().cycle().take(MANY) {
        verification::verify_case(app, by, *case, None).await.expect("verification");
    }
    let took = begin.elapsed().as_secs_f64();
    println!("{PARCELS} parcels; {MANY} verifications of {} cases stored and signed in {took:.1} s", cases.len());
}

/// The first round hashes every layer version; the second finds the machine warm and hashes them again.
async fn round(app: &App, by: &Actor, all: &[Uuid], at_once: usize) {
    let seen = Seen::default();
    let begin = Instant::now();
    let done: Vec<_> =
        stream::iter(all).map(|id| replay(app, by, *id, &seen)).buffered(at_once).try_collect().await.expect("replays");
    let took = begin.elapsed().as_secs_f64();
    let other = done.iter().find(|r| !r.same);
    assert!(other.is_none(), "{other:?}");
    println!(
        "{} of {} replayed to the same digest, {at_once} at once: {took:.1} s, {:.0}/s",
        done.len(),
        all.len(),
        all.len() as f64 / took
    );
}

async fn measure(url: &str) {
    let home = tempfile::tempdir().expect("folder");
    let config = Config::with_defaults(url, home.path());
    let book = Book::load(&config.data).expect("data");
    let app = App::open(config, Clock::System, book).expect("service");
    let by = Actor::system("bench");
    ward(&app, &by).await;
    let all = ids(&app, None).await.expect("ids");
    assert_eq!(all.len(), MANY);
    for at_once in [1, 4, 1, 4] {
        round(&app, &by, &all, at_once).await;
    }
    app.pool.close().await;
}

fn main() {
    let Some(url) = std::env::var_os("DATABASE_URL").and_then(|u| u.into_string().ok()) else {
        println!("replay: set DATABASE_URL to a cluster where databases may be made");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let options = PgConnectOptions::from_str(&url).expect("DATABASE_URL");
        let admin = PgPool::connect_with(options.clone()).await.expect("connect");
        let name = format!("diaba_bench_replay_{}", std::process::id());
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&admin).await.expect("create database");
        measure(options.database(&name).to_url_lossy().as_str()).await;
        sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&admin).await.expect("drop");
    });
}

//! A full disk in the middle of an import: said clearly, nothing half there, and it goes on when there is space.

use crate::cluster::{Cluster, is_root};
use crate::tmpfs::Tmpfs;
use crate::ward::{EAST, NORTH, ZONE};
use sqlx::PgPool;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const ROWS: u32 = 60_000;

fn large_map(file: &Path) {
    map_of(file, ROWS);
}

/// Parcels in rows of two hundred, 20 x 10 m each.
fn map_of(file: &Path, rows: u32) {
    let rows = (0..rows).map(|i| {
        let (w, s) = (EAST + 20.0 * f64::from(i % 200), NORTH + 10.0 * f64::from(i / 200));
        let (e, n) = (w + 20.0, s + 10.0);
        let (sheet, number) = (i / 200 + 1, i % 200 + 1);
        format!("\"POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))\",20194,{sheet},{number},200,ODT\n")
    });
    std::fs::write(file, format!("WKT,MaXa,SoTo,SoThua,DienTichPhapLy,LOAIDAT\n{}", rows.collect::<String>())).unwrap();
}

struct Place<'a> {
    url: String,
    home: &'a Path,
}

impl Place<'_> {
    fn command(&self, args: &[&str]) -> Command {
        let mut run = Command::new(env!("CARGO_BIN_EXE_diaba"));
        run.args(args).env("DATABASE_URL", &self.url).env("DIABA_HOME", self.home);
        run.env("DIABA_DATA", Path::new(env!("CARGO_MANIFEST_DIR")).join("data"));
        run
    }

    fn diaba(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn import(&self, map: &Path) -> Output {
        let zone = ZONE.to_string();
        let place = ["--layer", "large", "--theme", "cadastral", "--zone", &zone, "--commune", "20194"];
        let more = ["--crs", "EPSG:5899", "--source-date", "2026-01-15", "--coverage", "extent"];
        self.diaba(&[&["layer", "import", map.to_str().unwrap()][..], &place, &more].concat())
    }
}

fn said(o: &Output) -> String {
    String::from_utf8_lossy(&[&o.stdout[..], &o.stderr[..]].concat()).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_outlives_a_full_database() {
    let Some(disk) = Tmpfs::mount(400, "an import outlives a full database") else { return };
    // Tables alone lie on the small disk: the server stays, and says itself that it is full.
    let tables = disk.path().join("tables");
    std::fs::create_dir(&tables).unwrap();
    if is_root() {
        assert!(Command::new("chown").arg("postgres").arg(&tables).status().unwrap().success());
    }
    let cluster = Cluster::new();
    let admin = PgPool::connect(&cluster.url("postgres")).await.unwrap();
    let small = format!("create tablespace small location '{}'", tables.display());
    sqlx::query(sqlx::AssertSqlSafe(small)).execute(&admin).await.unwrap();
    sqlx::query("create database maps tablespace small").execute(&admin).await.unwrap();
    admin.close().await;
    let folder = tempfile::tempdir().unwrap();
    let place = Place { url: cluster.url("maps"), home: &folder.path().join("home") };
    let set_up = place.diaba(&["setup"]);
    assert!(set_up.status.success(), "{}", said(&set_up));
    let map = folder.path().join("large.csv");
    large_map(&map);

    let ballast = disk.fill_but(12);
    let failed = place.import(&map);
    assert!(!failed.status.success(), "{}", said(&failed));
    let words = said(&failed);
    assert!(words.contains("the disk of the database is full"), "{words}");
    std::fs::remove_file(ballast).unwrap();
    let pool = PgPool::connect(&place.url).await.unwrap();
    let published: i64 = sqlx::query_scalar("select count(*) from layer_version where state <> 'staging'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(published, 0, "nothing is half there");

    let again = place.import(&map);
    assert!(again.status.success(), "{}", said(&again));
    let rows: i64 = sqlx::query_scalar("select count(*) from feature").fetch_one(&pool).await.unwrap();
    assert_eq!(rows, i64::from(ROWS), "every row once: {}", said(&again));
    let version: i64 = sqlx::query_scalar("select max(id) from layer_version").fetch_one(&pool).await.unwrap();
    let published = place.diaba(&["layer", "publish", &version.to_string()]);
    assert!(published.status.success(), "{}", said(&published));
    pool.close().await;
}

/// A run over many parcels: the disk is full in the middle of it, and the worker stays. What a full disk is to those who may not
/// mount one, `batch_faults` plays by the database's own error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_outlives_a_full_database() {
    let Some(disk) = Tmpfs::mount(300, "a run outlives a full database") else { return };
    let cluster = Cluster::at(&disk.path().join("pg"));
    let admin = PgPool::connect(&cluster.url("postgres")).await.unwrap();
    sqlx::query("create database runs").execute(&admin).await.unwrap();
    admin.close().await;
    let folder = tempfile::tempdir().unwrap();
    let place = Place { url: cluster.url("runs"), home: &folder.path().join("home") };
    let map = folder.path().join("map.csv");
    map_of(&map, 2_000);
    for made in [place.diaba(&["setup"]), place.import(&map), place.diaba(&["layer", "publish", "1"])] {
        assert!(made.status.success(), "{}", said(&made));
    }
    let mut run = place
        .command(&["verify", "--commune", "20194"])
        .env("DIABA_CHUNK_PARCELS", "50")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let count = async |sql: &'static str| {
        let one = PgPool::connect(&place.url).await.ok()?;
        let n = sqlx::query_scalar::<_, i64>(sql).fetch_one(&one).await.ok();
        one.close().await;
        n
    };
    let until = async |sql: &'static str, least: i64| {
        let end = Instant::now() + Duration::from_secs(90);
        while count(sql).await.is_none_or(|n| n < least) {
            assert!(Instant::now() < end, "{sql}: {:?}", count(sql).await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    until("select parcels_done from verification_run", 50).await;
    let ballast = disk.fill_but(0);
    // no chunk ends any more: it is refused, or the server itself went down for want of space
    let done = async || count("select parcels_done from verification_run").await;
    let mut last = (done().await, Instant::now());
    while last.1.elapsed() < Duration::from_secs(4) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = done().await;
        if now != last.0 && now.is_some() {
            last = (now, Instant::now());
        }
    }
    assert!(last.0.is_none_or(|n| n < 2_000), "the disk was full in the middle");
    assert!(run.try_wait().unwrap().is_none(), "who watches it is still there");
    std::fs::remove_file(ballast).unwrap();
    if PgPool::connect(&place.url).await.is_err() {
        cluster.start_again().await;
    }
    until("select chunks_done::bigint from verification_run where state = 'done'", 40).await;
    let told = run.wait_with_output().unwrap();
    assert!(told.status.success(), "{}", said(&told));
    let twice = "select count(*) + 2000 - count(distinct parcel_id) from run_verification";
    assert_eq!(count(twice).await, Some(2_000), "every parcel once");
    assert_eq!(count("select parcels_done from verification_run").await, Some(2_000));
}

/// The file cannot be kept: that is said, and no version begins.
#[sqlx::test(migrations = "./migrations")]
async fn an_import_into_a_full_store_of_files_begins_nothing(pool: PgPool) {
    let Some(disk) = Tmpfs::mount(4, "an import into a full store of files begins nothing") else { return };
    let folder = tempfile::tempdir().unwrap();
    let map = folder.path().join("large.csv");
    large_map(&map);
    use sqlx::ConnectOptions;
    let url = pool.connect_options().to_url_lossy().to_string();
    let place = Place { url, home: &disk.path().join("home") };
    let set_up = place.diaba(&["setup"]);
    assert!(set_up.status.success(), "{}", said(&set_up));
    let _ballast = disk.fill_but(1);
    let failed = place.import(&map);
    assert!(!failed.status.success() && said(&failed).contains("space"), "{}", said(&failed));
    let begun: i64 = sqlx::query_scalar("select count(*) from layer_version").fetch_one(&pool).await.unwrap();
    assert_eq!(begun, 0, "{}", said(&failed));
}

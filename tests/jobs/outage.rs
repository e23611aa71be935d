//! F3: PostgreSQL is killed under the worker's feet, in a cluster of this test's own.

use crate::kit::*;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

struct Cluster {
    _dir: tempfile::TempDir,
    data: PathBuf,
    bin: PathBuf,
    port: u16,
}

impl Cluster {
    fn new() -> Self {
        let root = Path::new("/usr/lib/postgresql");
        let newest = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path().join("bin")).max().expect("PostgreSQL");
        let dir = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let me = Self { data: dir.path().join("pg"), _dir: dir, bin: newest, port };
        if is_root() {
            assert!(Command::new("chown").arg("postgres").arg(me._dir.path()).status().unwrap().success());
        }
        let data = me.data.to_str().unwrap();
        assert!(me.run("initdb", &["-D", data, "-U", "diaba", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]));
        assert!(me.start());
        me
    }
    /// PostgreSQL never runs as root.
    fn run(&self, program: &str, args: &[&str]) -> bool {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut c = Command::new("runuser");
            c.args(["-u", "postgres", "--"]).arg(program);
            c
        } else {
            Command::new(program)
        };
        command
            .args(args)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    }
    fn start(&self) -> bool {
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", self.port);
        let log = self.data.join("log");
        self.run(
            "pg_ctl",
            &[
                "-D",
                self.data.to_str().unwrap(),
                "-w",
                "-t",
                "20",
                "-l",
                log.to_str().unwrap(),
                "-o",
                &options,
                "start",
            ],
        )
    }
    fn kill(&self) {
        let pid = std::fs::read_to_string(self.data.join("postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap();
        assert!(Command::new("kill").args(["-9", pid]).status().unwrap().success());
    }
    fn url(&self, database: &str) -> String {
        format!("postgres://diaba@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", self.data.to_str().unwrap(), "-m", "immediate", "-w", "stop"]);
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"))
}

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
    let mut tries = 0;
    while !cluster.start() {
        tries += 1;
        assert!(tries < 20, "the cluster starts again");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    wait(&pool, "select count(*) from job where state = 'done'", 60, Duration::from_secs(30)).await;
    assert_eq!(count(&pool, "select count(*) from effect").await, 60);
    assert_eq!(count(&pool, "select count(distinct job) from effect").await, 60);
    assert!(worker.0.try_wait().unwrap().is_none(), "it is still the same process");
}

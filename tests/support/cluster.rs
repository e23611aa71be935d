//! A PostgreSQL of a test's own, to be killed, stopped and started again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Cluster {
    _dir: Option<tempfile::TempDir>,
    data: PathBuf,
    bin: PathBuf,
    pub port: u16,
}

impl Cluster {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("pg");
        let mut me = Self::at(&data);
        me._dir = Some(dir);
        me
    }

    /// In `data`, which must not exist yet.
    pub fn at(data: &Path) -> Self {
        let root = Path::new("/usr/lib/postgresql");
        let versions = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let postgis =
            |v: &String| Path::new("/usr/share/postgresql").join(v).join("extension/postgis.control").exists();
        let newest = versions.filter(postgis).max_by_key(|v| v.parse::<u32>().unwrap_or(0));
        let bin = root.join(newest.expect("PostgreSQL with PostGIS")).join("bin");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let me = Self { _dir: None, data: data.to_owned(), bin, port };
        if is_root() {
            let folder = data.parent().unwrap();
            assert!(Command::new("chown").arg("postgres").arg(folder).status().unwrap().success());
        }
        let data = data.to_str().unwrap();
        let sizes = ["--wal-segsize", "4"];
        let how = ["-D", data, "-U", "diaba", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"];
        assert!(me.run("initdb", &[&how[..], &sizes].concat()));
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
        command.args(args).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap().success()
    }

    pub fn start(&self) -> bool {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=16MB -c max_wal_size=16MB -c max_connections=400",
            self.port
        );
        let (data, log) = (self.data.to_str().unwrap(), self.data.join("log"));
        self.run("pg_ctl", &["-D", data, "-w", "-t", "20", "-l", log.to_str().unwrap(), "-o", &options, "start"])
    }

    /// Starts it again after a kill, when its remains let it.
    #[allow(dead_code, reason = "not every test binary kills")]
    pub async fn start_again(&self) {
        for _ in 0..20 {
            if self.start() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
        panic!("the cluster does not start again");
    }

    /// As a power cut does it.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.data.join("postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap();
        assert!(Command::new("kill").args(["-9", pid]).status().unwrap().success());
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://diaba@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", self.data.to_str().unwrap(), "-m", "immediate", "-w", "stop"]);
    }
}

pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"))
}

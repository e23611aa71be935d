//! `scripts/walk`, which README shows: one case through its eight steps, against a service as anybody starts it.

use sqlx::{ConnectOptions, PgPool};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PASSWORD: &str = "mot-ho-so-qua-tam-buoc";

/// A service that ends with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn diaba(url: &str, home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diaba"));
    command.env("DATABASE_URL", url).env("DIABA_HOME", home).env("RUST_LOG", "error");
    command.env("DIABA_DATA", concat!(env!("CARGO_MANIFEST_DIR"), "/data"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(mut command: Command, input: &str) -> String {
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}\n{said}");
    said
}

fn walk(url: &str, home: &Path) -> String {
    let of = |args: &[&str]| {
        let mut command = diaba(url, home);
        command.args(args);
        command
    };
    run(of(&["setup"]), "");
    run(of(&["demo", "--size", "2000", "--cases", "0"]), "");
    let roles = "admin,manager,legal,gis_analyst,customer_care,reviewer";
    run(
        of(&["staff-add", "demo", "--name", "Người Dùng Thử", "--roles", roles, "--department", "management"]),
        PASSWORD,
    );
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut serve = of(&["serve"]);
    serve.env("DIABA_LISTEN", &address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let served = Served(serve.spawn().unwrap());
    for _ in 0..200 {
        if TcpStream::connect(&address).is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut script = Command::new("bash");
    script.arg("scripts/walk").arg(format!("http://{address}")).args(["demo", PASSWORD]);
    script.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let said = run(script, "");
    drop(served);
    said
}

#[sqlx::test(migrations = false)]
async fn one_case_through_its_eight_steps(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let home = tempfile::tempdir().unwrap();
    let at = home.path().to_owned();
    let said = tokio::task::spawn_blocking(move || walk(&url, &at)).await.unwrap();
    println!("{said}");
    for line in [
        "batch: 4 applied, 0 in conflict, 0 in the tray",
        "decided: granted",
        "review by another person: passed",
        ": closed",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    // What README shows is what this says, but for numbers, hashes and days.
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let heads = said.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_digit()));
    let lacking: Vec<&str> = heads.filter(|l| !readme.contains(l)).collect();
    assert_eq!(lacking, [""; 0], "steps that README does not show");
    let kinds: Vec<String> =
        sqlx::query_scalar("select kind from case_event order by id").fetch_all(&pool).await.unwrap();
    for kind in [
        "contract_concluded",
        "work_planned",
        "agency_decided",
        "review_passed",
        "handed_over",
        "watch_begun",
        "archived",
        "ended",
    ] {
        assert_eq!(kinds.iter().filter(|k| *k == kind).count(), 1, "{kind} in {kinds:?}");
    }
}

//! A short year of the demo ward in which nobody lets anybody wait, so that every case comes to its end, through contract, payments,
//! field work, authority, review and hand-over: played by the program itself, once in peace, once with the API and the worker killed
//! again and again in the middle of what they do. `DIABA_YEAR_KILLS=200 cargo test --test it year` kills more often.

use sqlx::{ConnectOptions, PgPool};
use std::process::Command;

/// One in each kind of act, and some more.
const KILLS: usize = 80;

#[sqlx::test(migrations = false)]
async fn a_year_that_is_killed_all_the_time_ends_as_one_in_peace(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let home = tempfile::tempdir().unwrap();
    let kills = kills();
    let mut run = Command::new(env!("CARGO_BIN_EXE_diaba"));
    run.args(["demo", "run-year", "--cases", "4", "--days", "12", "--arrive-within", "1", "--brisk", "--seed", "7"]);
    run.args(["--kills", &kills]);
    run.env("DATABASE_URL", url).env("DIABA_HOME", home.path()).env("RUST_LOG", "off");
    run.env("DIABA_DATA", concat!(env!("CARGO_MANIFEST_DIR"), "/data"));
    let done = tokio::task::spawn_blocking(move || run.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert_eq!(said.matches("no promise was broken").count(), 2, "{said}");
    assert!(said.contains(": the same") && said.contains(&format!("killed {kills} times")), "{said}");
    let died = said.lines().find(|l| l.starts_with("the API died during")).unwrap_or_default();
    assert!(!died.contains("the worker 0 times"), "{died}");
    for act in [
        "cases/paper-requests",
        "contracts/payments",
        "contracts/signed-papers/confirm",
        "field/batches",
        "submissions/decided",
        "tasks/result",
        "cases/reviews",
        "cases/hand-overs",
        "hand-overs/signed",
        "receive",
        "obligations/pay",
        "cases/archives",
    ] {
        assert!(died.contains(act), "nothing was killed during {act}: {said}");
    }
    println!("{said}");
}

#[allow(clippy::disallowed_methods, reason = "how often to kill is the tester's choice")]
fn kills() -> String {
    std::env::var("DIABA_YEAR_KILLS").unwrap_or_else(|_| KILLS.to_string())
}

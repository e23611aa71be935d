//! A short year of the demo ward in which nobody lets anybody wait, so that contracts, payments, field work and authorities come into
//! it: played by the program itself, once in peace, once with the API and the worker killed again and again in the middle of what they
//! do. `diaba demo run-year --kills 200` plays the whole one.

use sqlx::{ConnectOptions, PgPool};
use std::process::Command;

#[sqlx::test(migrations = false)]
async fn a_year_that_is_killed_all_the_time_ends_as_one_in_peace(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let home = tempfile::tempdir().unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_diaba"));
    run.args(["demo", "run-year", "--cases", "4", "--days", "26", "--arrive-within", "1", "--brisk", "--seed", "7"]);
    run.args(["--kills", "56"]);
    run.env("DATABASE_URL", url).env("DIABA_HOME", home.path()).env("RUST_LOG", "off");
    run.env("DIABA_DATA", concat!(env!("CARGO_MANIFEST_DIR"), "/data"));
    let done = tokio::task::spawn_blocking(move || run.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert_eq!(said.matches("no promise was broken").count(), 2, "{said}");
    assert!(said.contains(": the same"), "{said}");
    let died = said.lines().find(|l| l.starts_with("the API died during")).unwrap_or_default();
    for act in [
        "contracts/payments",
        "contracts/signed-papers/confirm",
        "field/batches",
        "submissions/decided",
        "tasks/result",
    ] {
        assert!(died.contains(act), "nothing was killed during {act}: {said}");
    }
    println!("{said}");
}

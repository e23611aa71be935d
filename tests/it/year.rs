//! A short year of the demo ward, played by the program itself: once in peace, once with the API and the worker killed again and
//! again in the middle of what they do. `diaba demo run-year --kills 200` plays the whole one.

use sqlx::{ConnectOptions, PgPool};
use std::process::Command;

#[sqlx::test(migrations = false)]
async fn a_year_that_is_killed_all_the_time_ends_as_one_in_peace(pool: PgPool) {
    let url = pool.connect_options().to_url_lossy().to_string();
    let home = tempfile::tempdir().unwrap();
    let mut run = Command::new(env!("CARGO_BIN_EXE_diaba"));
    run.args(["demo", "run-year", "--cases", "6", "--days", "12", "--kills", "24"]);
    run.env("DATABASE_URL", url).env("DIABA_HOME", home.path()).env("RUST_LOG", "off");
    run.env("DIABA_DATA", concat!(env!("CARGO_MANIFEST_DIR"), "/data"));
    let done = tokio::task::spawn_blocking(move || run.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert_eq!(said.matches("no promise was broken").count(), 2, "{said}");
    assert!(said.contains(": the same"), "{said}");
    println!("{said}");
}

//! SQL, and nothing but SQL: rows in, rows out. No verdict is made here.

pub mod commune;
pub mod feature;
pub mod geometry;
pub mod layer;
pub mod parcel;
pub mod queue;
pub mod verification;
pub mod zone;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// Our migrations, one intention per file (`migrations/`).
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// A pool that finds its way back after the database was away.
pub fn pool(url: &str, max: u32) -> sqlx::Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?.application_name("diaba");
    Ok(PgPoolOptions::new()
        .max_connections(max)
        .acquire_timeout(Duration::from_secs(3))
        .test_before_acquire(true)
        .connect_lazy_with(options))
}
//! SQL, and nothing else.
pub mod audit;
pub mod case;
pub mod idempotency;
pub mod migrations;
pub mod paper;
pub mod staff;

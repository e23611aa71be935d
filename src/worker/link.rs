//! One connection of one's own, made again when it breaks; never waits on a silent server for longer than its patience.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection, PgPool};
use std::time::Duration;

pub(super) struct Link {
    options: PgConnectOptions,
    conn: Option<PgConnection>,
    patience: Duration,
}

impl Link {
    pub fn new(pool: &PgPool, name: &str, patience: Duration) -> Self {
        // A plan made for any limit and any backlog reads the whole table; the arguments decide here.
        // A claim or renewal that a crash of the server forgets is safe: its token opens nothing any more. So neither waits
        // for the disk; what must last (`work::settle`) asks for that itself.
        let options = (*pool.connect_options()).clone().application_name(name).options([
            ("plan_cache_mode", "force_custom_plan"),
            ("jit", "off"),
            ("synchronous_commit", "off"),
        ]);
        Self { options, conn: None, patience }
    }

    pub async fn open(&mut self) -> sqlx::Result<&mut PgConnection> {
        if self.conn.is_none() {
            self.conn = Some(in_time(self.patience, self.options.connect()).await?);
        }
        self.conn.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Passes the result of a statement on; after a failure the next one gets a new connection.
    pub fn check<T>(&mut self, result: sqlx::Result<T>) -> sqlx::Result<T> {
        if result.is_err() {
            self.conn = None;
        }
        result
    }

    pub fn patience(&self) -> Duration {
        self.patience
    }
}

pub(super) async fn in_time<T>(patience: Duration, work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    tokio::time::timeout(patience, work).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

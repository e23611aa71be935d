use serde_json::Value;
use sqlx::{PgConnection, PgExecutor, PgPool};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// The right to do one job, for a while. Given to a handler; cloning it does not make a second right.
#[derive(Debug, Clone)]
pub struct Lease {
    pub id: Uuid,
    /// The fence: whoever takes the job over gets another token, and this one no longer opens anything.
    pub token: Uuid,
    pub queue: Arc<str>,
    pub kind: Arc<str>,
    /// 1 on the first run.
    pub attempt: i32,
    pub max_attempts: i32,
    /// How long the right lasts without renewal.
    pub length: Duration,
    completed: Arc<AtomicBool>,
}

#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Somebody else has the job, or it is finished: whatever this run did must be rolled back.
    #[error("lease lost")]
    Lost,
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
}

impl Lease {
    pub(super) fn new(row: &super::work::Claim, queue: Arc<str>, length: Duration) -> Self {
        Self {
            id: row.id,
            token: row.lease_token,
            queue,
            kind: row.kind.as_str().into(),
            attempt: row.attempts,
            max_attempts: row.max_attempts,
            length,
            completed: Arc::default(),
        }
    }

    /// Marks the job done in the transaction that holds its effect. On `Lost` the transaction must be rolled back. A process
    /// that freezes after this and before its commit would hold the row for ever, so the server ends the transaction when
    /// it idles for a minute.
    pub async fn complete(&self, tx: &mut PgConnection) -> Result<(), LeaseError> {
        let done = sqlx::query(
            "update job set state = 'done', finished_at = now(), lease_token = null, lease_until = null, last_error = null
             where id = $1 and lease_token = $2
             returning set_config('idle_in_transaction_session_timeout', '60s', true)",
        )
        .bind(self.id)
        .bind(self.token)
        .fetch_optional(tx)
        .await?;
        self.completed.store(true, Ordering::Release);
        done.map(|_| ()).ok_or(LeaseError::Lost)
    }

    /// Stores how far the work has come (a cursor to resume from, a count to show) and renews the lease.
    pub async fn progress(&self, on: impl PgExecutor<'_>, progress: Value) -> Result<(), LeaseError> {
        let kept = sqlx::query(
            "update job set progress = $3, lease_until = now() + make_interval(secs => $4) where id = $1 and lease_token = $2",
        )
        .bind(self.id)
        .bind(self.token)
        .bind(progress)
        .bind(self.length.as_secs_f64())
        .execute(on)
        .await?;
        if kept.rows_affected() == 1 { Ok(()) } else { Err(LeaseError::Lost) }
    }

    /// What an earlier run stored with [`Lease::progress`].
    pub async fn resume(&self, pool: &PgPool) -> sqlx::Result<Option<Value>> {
        sqlx::query_scalar("select progress from job where id = $1").bind(self.id).fetch_one(pool).await
    }

    /// The handler has tried to complete the job itself: the worker leaves the row alone when the handler says it went well.
    pub fn completed_by_handler(&self) -> bool {
        self.completed.load(Ordering::Acquire)
    }
}

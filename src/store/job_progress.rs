//! How jobs are doing: read only.

use serde_json::Value;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Progress {
    pub kind: String,
    /// `pending`, `running`, `done`, `dead`.
    pub state: String,
    pub attempts: i32,
    pub progress: Option<Value>,
}

pub async fn get(pool: &PgPool, job: Uuid) -> sqlx::Result<Option<Progress>> {
    sqlx::query_as("select kind, state::text, attempts, progress from job where id = $1")
        .bind(job)
        .fetch_optional(pool)
        .await
}

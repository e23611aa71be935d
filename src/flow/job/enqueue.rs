use super::Specs;
use crate::flow::{Error, Result};
use crate::store::queue::{self, New};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Puts a job of a shipped kind into its queue, inside the caller's transaction. `args` hold ids only. `key` names the work
/// (subject and version); none again while a job with the same key is there.
pub async fn enqueue(tx: &mut PgConnection, kind: &str, args: Value, key: Option<&str>) -> Result<Option<Uuid>> {
    let specs = Specs::shipped().map_err(anyhow::Error::msg)?;
    let spec = specs.0.get(kind).ok_or_else(|| Error::Broken(anyhow::anyhow!("no job kind {kind}")))?;
    let job = New {
        queue: &spec.queue,
        kind,
        args,
        key,
        run_at: None,
        priority: spec.priority,
        max_attempts: spec.max_attempts,
    };
    Ok(queue::enqueue(tx, job).await?)
}

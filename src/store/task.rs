//! Tasks and their events.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// One audit row, in the transaction of the deed.
pub async fn audit(
    tx: &mut PgConnection,
    at: OffsetDateTime,
    actor: &str,
    action: &str,
    subject: &str,
    detail: Value,
) -> sqlx::Result<()> {
    sqlx::query("insert into audit (at, actor, action, subject, detail) values ($1, $2, $3, $4, $5)")
        .bind(at)
        .bind(actor)
        .bind(action)
        .bind(subject)
        .bind(detail)
        .execute(tx)
        .await?;
    Ok(())
}

//! Which key this database's sealed values were sealed with.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// False: the database was never set up, or by an older program.
pub async fn is_there(conn: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select to_regclass('vault_key') is not null").fetch_one(conn).await
}

/// None: nothing was sealed yet.
pub async fn key_id(conn: &mut PgConnection) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar("select key_id from vault_key").fetch_optional(conn).await
}

/// Two at once: the second waits, and fails.
pub async fn take(conn: &mut PgConnection, id: &[u8], now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("insert into vault_key (key_id, since) values ($1, $2)").bind(id).bind(now).execute(conn).await?;
    Ok(())
}

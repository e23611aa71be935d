//! Failed sign-ins, by keyed hashes of who and where.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;

#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FailureRow {
    pub key: Vec<u8>,
    pub count: i32,
    pub last_at: OffsetDateTime,
}

/// The counters of `keys`, made when missing, locked for the rest of the transaction; in the order of the keys' bytes.
pub async fn lock(conn: &mut PgConnection, keys: &[Vec<u8>], now: OffsetDateTime) -> sqlx::Result<Vec<FailureRow>> {
    sqlx::query(
        "insert into sign_in_failure (key, count, last_at) select k, 0, $2 from unnest($1::bytea[]) k order by k
         on conflict do nothing",
    )
    .bind(keys)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    sqlx::query_as("select key, count, last_at from sign_in_failure where key = any($1) order by key for update")
        .bind(keys)
        .fetch_all(conn)
        .await
}

pub async fn set(conn: &mut PgConnection, row: &FailureRow) -> sqlx::Result<()> {
    sqlx::query("update sign_in_failure set count = $2, last_at = $3 where key = $1")
        .bind(&row.key)
        .bind(row.count)
        .bind(row.last_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// A counter starts again from nothing.
pub async fn clear(conn: &mut PgConnection, key: &[u8]) -> sqlx::Result<()> {
    sqlx::query("delete from sign_in_failure where key = $1").bind(key).execute(conn).await?;
    Ok(())
}

/// Takes one failure back.
pub async fn take_back(conn: &mut PgConnection, key: &[u8]) -> sqlx::Result<()> {
    sqlx::query("update sign_in_failure set count = count - 1 where key = $1 and count > 0")
        .bind(key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets counters that have rested since `before`.
pub async fn forget(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<u64> {
    let gone = sqlx::query("delete from sign_in_failure where last_at < $1").bind(before).execute(conn).await?;
    Ok(gone.rows_affected())
}

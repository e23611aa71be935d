//! Public halves of signing keys; insert-only.

use sqlx::{FromRow, PgConnection, PgPool};
use time::OffsetDateTime;

#[derive(Debug, Clone, FromRow)]
pub struct KeyRow {
    pub id: String,
    pub public_key: Vec<u8>,
    pub made_by: String,
    pub made_at: OffsetDateTime,
}

/// Makes a key known; one that is known already stays as it is. True when it is new.
pub async fn insert(conn: &mut PgConnection, k: &KeyRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into signing_key (id, public_key, made_by, made_at) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(&k.id)
    .bind(&k.public_key)
    .bind(&k.made_by)
    .bind(k.made_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Every key ever, newest first.
pub async fn all(pool: &PgPool) -> sqlx::Result<Vec<KeyRow>> {
    sqlx::query_as("select id, public_key, made_by, made_at from signing_key order by no desc").fetch_all(pool).await
}

pub async fn find(pool: &PgPool, id: &str) -> sqlx::Result<Option<KeyRow>> {
    sqlx::query_as("select id, public_key, made_by, made_at from signing_key where id = $1")
        .bind(id)
        .fetch_optional(pool)
        .await
}

//! Rule and theme sets under the hash of their content; insert-only.

use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;

/// A set as it is kept: kind (`rules`, `themes`), hash, canonical content.
pub struct StoredSet<'a> {
    pub kind: &'a str,
    pub hash: &'a str,
    pub content: &'a str,
}

/// Keeps the sets that are not kept yet.
pub async fn keep(conn: &mut PgConnection, sets: &[StoredSet<'_>], at: OffsetDateTime) -> sqlx::Result<()> {
    let hashes: Vec<&str> = sets.iter().map(|s| s.hash).collect();
    let known: Vec<String> = sqlx::query_scalar("select hash from basis_set where hash = any($1)")
        .bind(&hashes)
        .fetch_all(&mut *conn)
        .await?;
    for s in sets.iter().filter(|s| !known.iter().any(|k| k == s.hash)) {
        sqlx::query(
            "insert into basis_set (hash, kind, content, created_at) values ($1, $2, $3, $4) on conflict do nothing",
        )
        .bind(s.hash)
        .bind(s.kind)
        .bind(s.content)
        .bind(at)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

pub async fn content(pool: &PgPool, hash: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("select content from basis_set where hash = $1").bind(hash).fetch_optional(pool).await
}

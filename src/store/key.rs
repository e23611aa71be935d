//! Public halves of signing keys, and which of them were stolen; insert-only.

use sqlx::{FromRow, PgConnection, PgPool};
use time::OffsetDateTime;

#[derive(Debug, Clone, FromRow)]
pub struct KeyRow {
    pub id: String,
    pub public_key: Vec<u8>,
    pub made_by: String,
    pub made_at: OffsetDateTime,
}

/// A key with how long it signed, and whether it was stolen.
#[derive(Debug, Clone, FromRow)]
pub struct KnownKey {
    #[sqlx(flatten)]
    pub key: KeyRow,
    /// When the next one was made; none: it signs.
    pub until: Option<OffsetDateTime>,
    pub since: Option<OffsetDateTime>,
    pub reason: Option<String>,
    pub revoked_at: Option<OffsetDateTime>,
}

const KNOWN: &str = "select * from (select k.id, k.public_key, k.made_by, k.made_at, k.no, lead(k.made_at) over (order by k.no) as until, r.since, r.reason, r.revoked_at
    from signing_key k left join key_revocation r on r.key_id = k.id) k where $1::text is null or id = $1 order by no desc";

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
pub async fn all(pool: &PgPool) -> sqlx::Result<Vec<KnownKey>> {
    sqlx::query_as(KNOWN).bind(None::<String>).fetch_all(pool).await
}

pub async fn find(pool: &PgPool, id: &str) -> sqlx::Result<Option<KnownKey>> {
    sqlx::query_as(KNOWN).bind(id).fetch_optional(pool).await
}

#[derive(Debug, Clone)]
pub struct Revocation<'a> {
    pub key_id: &'a str,
    pub since: OffsetDateTime,
    pub reason: &'a str,
    pub by: &'a str,
    pub at: OffsetDateTime,
}

/// False: it was revoked before.
pub async fn revoke(conn: &mut PgConnection, r: &Revocation<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query("insert into key_revocation (key_id, since, reason, revoked_by, revoked_at) values ($1, $2, $3, $4, $5) on conflict do nothing")
        .bind(r.key_id)
        .bind(r.since)
        .bind(r.reason)
        .bind(r.by)
        .bind(r.at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

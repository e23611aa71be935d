//! Claims and answers of POST requests that carry an idempotency key.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

/// One request's hold on its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub client: String,
    pub key: String,
    pub id: Uuid,
}

#[derive(Debug, Clone, FromRow)]
pub struct Kept {
    pub request_hash: String,
    /// None: nobody answered yet.
    pub sealed: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
pub enum Taken {
    Yes,
    /// With what is there; nothing when it was given back in between.
    No(Option<Kept>),
}

/// Takes the key for `claim`; also a key whose earlier holder never answered and whose time is over.
pub async fn take(
    conn: &mut PgConnection,
    claim: &Claim,
    request_hash: &str,
    now: OffsetDateTime,
    until: OffsetDateTime,
) -> sqlx::Result<Taken> {
    let taken = sqlx::query(
        "insert into idempotency (client, key, request_hash, claim, claimed_until, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (client, key) do update set claim = excluded.claim, claimed_until = excluded.claimed_until
         where idempotency.status is null and idempotency.claimed_until < excluded.created_at
           and idempotency.request_hash = excluded.request_hash",
    )
    .bind(&claim.client)
    .bind(&claim.key)
    .bind(request_hash)
    .bind(claim.id)
    .bind(until)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(Taken::Yes);
    }
    let kept = sqlx::query_as("select request_hash, sealed from idempotency where client = $1 and key = $2")
        .bind(&claim.client)
        .bind(&claim.key)
        .fetch_optional(conn)
        .await?;
    Ok(Taken::No(kept))
}

/// Keeps the answer, in the transaction of the deed. False: the claim was lost to another request; do not commit.
pub async fn answer(conn: &mut PgConnection, claim: &Claim, status: u16, sealed: &[u8]) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update idempotency set status = $4, sealed = $5 where client = $1 and key = $2 and claim = $3 and status is null",
    )
    .bind(&claim.client)
    .bind(&claim.key)
    .bind(claim.id)
    .bind(i32::from(status))
    .bind(sealed)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives an unanswered key back: the request did nothing and may be sent again.
pub async fn release(conn: &mut PgConnection, claim: &Claim) -> sqlx::Result<()> {
    sqlx::query("delete from idempotency where client = $1 and key = $2 and claim = $3 and status is null")
        .bind(&claim.client)
        .bind(&claim.key)
        .bind(claim.id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets keys older than `before`.
pub async fn forget(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<u64> {
    Ok(sqlx::query("delete from idempotency where created_at < $1").bind(before).execute(conn).await?.rows_affected())
}

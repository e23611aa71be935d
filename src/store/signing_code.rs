//! One-time codes to sign contracts with.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, FromRow)]
pub struct CodeRow {
    pub id: Uuid,
    pub contract_id: Uuid,
    pub signer_no: i32,
    pub code_hash: Vec<u8>,
    pub sealed_code: Vec<u8>,
    pub made_by: String,
    pub made_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub attempts: i32,
    pub handed_to: Option<String>,
    pub handed_at: Option<OffsetDateTime>,
    pub used_at: Option<OffsetDateTime>,
}

pub async fn insert(conn: &mut PgConnection, c: &CodeRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into signing_code (id, contract_id, signer_no, code_hash, sealed_code, made_by, made_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(c.id)
    .bind(c.contract_id)
    .bind(c.signer_no)
    .bind(&c.code_hash)
    .bind(&c.sealed_code)
    .bind(&c.made_by)
    .bind(c.made_at)
    .bind(c.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<CodeRow>> {
    sqlx::query_as("select * from signing_code where id = $1").bind(id).fetch_optional(conn).await
}

/// The newest one of a signer. An older one is void.
pub async fn newest(conn: &mut PgConnection, contract: Uuid, signer: i32) -> sqlx::Result<Option<CodeRow>> {
    sqlx::query_as(
        "select * from signing_code where contract_id = $1 and signer_no = $2 order by made_at desc, id desc limit 1",
    )
    .bind(contract)
    .bind(signer)
    .fetch_optional(conn)
    .await
}

/// How many were made for a signer since.
pub async fn made_since(
    conn: &mut PgConnection,
    contract: Uuid,
    signer: i32,
    since: OffsetDateTime,
) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from signing_code where contract_id = $1 and signer_no = $2 and made_at > $3")
        .bind(contract)
        .bind(signer)
        .bind(since)
        .fetch_one(conn)
        .await
}

pub async fn count_attempt(conn: &mut PgConnection, code: Uuid) -> sqlx::Result<()> {
    sqlx::query("update signing_code set attempts = attempts + 1 where id = $1").bind(code).execute(conn).await?;
    Ok(())
}

/// Signers of a contract whose codes `login` was told.
pub async fn told(conn: &mut PgConnection, contract: Uuid, login: &str) -> sqlx::Result<Vec<i32>> {
    sqlx::query_scalar(
        "select distinct signer_no from signing_code where contract_id = $1 and handed_to = $2 order by 1",
    )
    .bind(contract)
    .bind(login)
    .fetch_all(conn)
    .await
}

/// False when somebody read it before.
pub async fn hand(conn: &mut PgConnection, code: Uuid, to: &str, at: OffsetDateTime) -> sqlx::Result<bool> {
    let done =
        sqlx::query("update signing_code set handed_to = $2, handed_at = $3 where id = $1 and handed_to is null")
            .bind(code)
            .bind(to)
            .bind(at)
            .execute(conn)
            .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn spend(conn: &mut PgConnection, code: Uuid, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("update signing_code set used_at = $2 where id = $1").bind(code).bind(at).execute(conn).await?;
    Ok(())
}

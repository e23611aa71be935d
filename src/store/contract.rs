//! Contracts, their signatures and refusals, and one-time codes.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, FromRow)]
pub struct ContractRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub number: String,
    pub version: i32,
    pub quotation_id: Uuid,
    pub sheet_id: Uuid,
    pub verification_id: Uuid,
    pub pdf_sha256: String,
    /// `domain::contract::Parties`, sealed.
    pub sealed: Vec<u8>,
    pub instalments: Value,
    pub total: i64,
    /// Last day to sign.
    pub sign_by: Date,
    pub created_by: String,
    pub created_at: OffsetDateTime,
}

#[derive(Debug, Clone, FromRow)]
pub struct SignatureRow {
    pub id: Uuid,
    pub contract_id: Uuid,
    pub signer: String,
    pub way: String,
    /// `domain::contract::Evidence`, canonical, sealed.
    pub sealed: Vec<u8>,
    pub digest: String,
    pub key_id: String,
    pub signature: Vec<u8>,
    pub signed_at: OffsetDateTime,
}

#[derive(Debug, Clone, FromRow)]
pub struct CodeRow {
    pub id: Uuid,
    pub code_hash: Vec<u8>,
    pub handed_to: String,
    pub made_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub attempts: i32,
}

pub async fn next_running_number(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("select nextval('contract_number')").fetch_one(conn).await
}

/// Only under the case's lock.
pub async fn next_version(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<i32> {
    sqlx::query_scalar("select coalesce(max(version), 0) + 1 from contract where case_id = $1")
        .bind(case)
        .fetch_one(conn)
        .await
}

pub async fn insert(conn: &mut PgConnection, c: &ContractRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into contract (id, case_id, number, version, quotation_id, sheet_id, verification_id, pdf_sha256, sealed, instalments,
                               total, sign_by, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(c.id)
    .bind(c.case_id)
    .bind(&c.number)
    .bind(c.version)
    .bind(c.quotation_id)
    .bind(c.sheet_id)
    .bind(c.verification_id)
    .bind(&c.pdf_sha256)
    .bind(&c.sealed)
    .bind(&c.instalments)
    .bind(c.total)
    .bind(c.sign_by)
    .bind(&c.created_by)
    .bind(c.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<ContractRow>> {
    sqlx::query_as("select * from contract where id = $1").bind(id).fetch_optional(conn).await
}

/// As [`get`], locked for the rest of the transaction: signatures and payments come one after the other.
pub async fn lock(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<ContractRow>> {
    sqlx::query_as("select * from contract where id = $1 for update").bind(id).fetch_optional(conn).await
}

/// Newest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<ContractRow>> {
    sqlx::query_as("select * from contract where case_id = $1 order by version desc").bind(case).fetch_all(conn).await
}

pub async fn signatures(conn: &mut PgConnection, contract: Uuid) -> sqlx::Result<Vec<SignatureRow>> {
    sqlx::query_as("select * from contract_signature where contract_id = $1 order by signed_at, id")
        .bind(contract)
        .fetch_all(conn)
        .await
}

pub async fn insert_signature(conn: &mut PgConnection, s: &SignatureRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into contract_signature (id, contract_id, signer, way, sealed, digest, key_id, signature, signed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(s.id)
    .bind(s.contract_id)
    .bind(&s.signer)
    .bind(&s.way)
    .bind(&s.sealed)
    .bind(&s.digest)
    .bind(&s.key_id)
    .bind(&s.signature)
    .bind(s.signed_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Code of the reason, when it was refused.
pub async fn refusal(conn: &mut PgConnection, contract: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("select reason from contract_refusal where contract_id = $1")
        .bind(contract)
        .fetch_optional(conn)
        .await
}

pub async fn refuse(
    conn: &mut PgConnection,
    contract: Uuid,
    reason: &str,
    by: &str,
    at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query("insert into contract_refusal (contract_id, reason, refused_by, refused_at) values ($1, $2, $3, $4)")
        .bind(contract)
        .bind(reason)
        .bind(by)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn insert_code(conn: &mut PgConnection, contract: Uuid, signer: &str, c: &CodeRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into signing_code (id, contract_id, signer, code_hash, handed_to, made_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(c.id)
    .bind(contract)
    .bind(signer)
    .bind(&c.code_hash)
    .bind(&c.handed_to)
    .bind(c.made_at)
    .bind(c.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest code, if it was not used. An older one is void.
pub async fn newest_code(conn: &mut PgConnection, contract: Uuid, signer: &str) -> sqlx::Result<Option<CodeRow>> {
    sqlx::query_as(
        "select id, code_hash, handed_to, made_at, expires_at, attempts from (
             select * from signing_code where contract_id = $1 and signer = $2 order by made_at desc, id desc limit 1) c
          where used_at is null",
    )
    .bind(contract)
    .bind(signer)
    .fetch_optional(conn)
    .await
}

pub async fn count_attempt(conn: &mut PgConnection, code: Uuid) -> sqlx::Result<()> {
    sqlx::query("update signing_code set attempts = attempts + 1 where id = $1").bind(code).execute(conn).await?;
    Ok(())
}

pub async fn use_code(conn: &mut PgConnection, code: Uuid, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("update signing_code set used_at = $2 where id = $1").bind(code).bind(at).execute(conn).await?;
    Ok(())
}

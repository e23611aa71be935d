//! Contracts, who signs them, signatures and refusals.

use crate::domain::contract::Slot;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, QueryBuilder};
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
    pub sheet_digest: String,
    pub verification_id: Uuid,
    pub verification_digest: String,
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
    pub signer_no: i32,
    pub way: String,
    /// `domain::contract::Evidence`, canonical, sealed.
    pub sealed: Vec<u8>,
    pub digest: String,
    pub key_id: String,
    pub signature: Vec<u8>,
    pub code_id: Option<Uuid>,
    pub scan_sha256: Option<String>,
    pub signed_at: OffsetDateTime,
}

#[derive(Debug, Clone, FromRow)]
pub struct SignerRow {
    pub no: i32,
    pub turn: i32,
    pub signer: String,
    pub party_id: Option<Uuid>,
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

pub async fn insert(conn: &mut PgConnection, c: &ContractRow, slots: &[Slot]) -> sqlx::Result<()> {
    sqlx::query(
        "insert into contract (id, case_id, number, version, quotation_id, sheet_id, sheet_digest, verification_id,
                               verification_digest, pdf_sha256, sealed, instalments, total, sign_by, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(c.id)
    .bind(c.case_id)
    .bind(&c.number)
    .bind(c.version)
    .bind(c.quotation_id)
    .bind(c.sheet_id)
    .bind(&c.sheet_digest)
    .bind(c.verification_id)
    .bind(&c.verification_digest)
    .bind(&c.pdf_sha256)
    .bind(&c.sealed)
    .bind(&c.instalments)
    .bind(c.total)
    .bind(c.sign_by)
    .bind(&c.created_by)
    .bind(c.created_at)
    .execute(&mut *conn)
    .await?;
    let mut rows = QueryBuilder::new("insert into contract_signer (contract_id, no, turn, signer, party_id) ");
    rows.push_values(slots, |mut row, s| {
        row.push_bind(c.id).push_bind(s.no).push_bind(s.turn).push_bind(s.signer.as_str()).push_bind(s.party);
    });
    rows.build().execute(conn).await?;
    Ok(())
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<ContractRow>> {
    sqlx::query_as("select * from contract where id = $1").bind(id).fetch_optional(conn).await
}

pub async fn by_number(conn: &mut PgConnection, number: &str) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar("select id from contract where number = $1").bind(number).fetch_optional(conn).await
}

/// As [`get`], locked for the rest of the transaction: signatures and payments come one after the other.
pub async fn lock(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<ContractRow>> {
    sqlx::query_as("select * from contract where id = $1 for update").bind(id).fetch_optional(conn).await
}

/// Newest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<ContractRow>> {
    sqlx::query_as("select * from contract where case_id = $1 order by version desc").bind(case).fetch_all(conn).await
}

/// The version of a case's newest contract.
pub async fn newest_version(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<i32> {
    Ok(next_version(conn, case).await? - 1)
}

/// In the order of their numbers.
pub async fn signers(conn: &mut PgConnection, contract: Uuid) -> sqlx::Result<Vec<SignerRow>> {
    sqlx::query_as("select no, turn, signer, party_id from contract_signer where contract_id = $1 order by no")
        .bind(contract)
        .fetch_all(conn)
        .await
}

pub async fn signatures(conn: &mut PgConnection, contract: Uuid) -> sqlx::Result<Vec<SignatureRow>> {
    sqlx::query_as("select * from contract_signature where contract_id = $1 order by signed_at, id")
        .bind(contract)
        .fetch_all(conn)
        .await
}

pub async fn insert_signature(conn: &mut PgConnection, s: &SignatureRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into contract_signature (id, contract_id, signer_no, way, sealed, digest, key_id, signature, code_id, scan_sha256,
                                         signed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(s.id)
    .bind(s.contract_id)
    .bind(s.signer_no)
    .bind(&s.way)
    .bind(&s.sealed)
    .bind(&s.digest)
    .bind(&s.key_id)
    .bind(&s.signature)
    .bind(s.code_id)
    .bind(&s.scan_sha256)
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

/// The contract of a case that everybody has signed, with what it is pinned to.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Concluded {
    pub id: Uuid,
    pub number: String,
    pub version: i32,
    pub pdf_sha256: String,
    pub sheet_id: Uuid,
    pub sheet_digest: String,
    pub verification_id: Uuid,
    pub verification_digest: String,
    /// When the last one signed.
    pub concluded_at: OffsetDateTime,
}

/// None: no contract of this case binds.
pub async fn concluded(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<Concluded>> {
    sqlx::query_as(
        "select c.id, c.number, c.version, c.pdf_sha256, c.sheet_id, c.sheet_digest, c.verification_id, c.verification_digest,
                (select max(g.signed_at) from contract_signature g where g.contract_id = c.id) as concluded_at
           from contract c
          where c.case_id = $1
            and not exists (select from contract_signer s where s.contract_id = c.id
                              and not exists (select from contract_signature g where g.contract_id = c.id and g.signer_no = s.no))
          order by c.version desc limit 1",
    )
    .bind(case)
    .fetch_optional(conn)
    .await
}

//! Scans of the firm's signature that wait for a second person.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, FromRow)]
pub struct PaperRow {
    /// Of the signature it becomes.
    pub id: Uuid,
    pub contract_id: Uuid,
    pub signer_no: i32,
    pub scan_sha256: String,
    pub sealed: Vec<u8>,
    pub filed_by: String,
    pub filed_at: OffsetDateTime,
}

pub async fn insert(conn: &mut PgConnection, p: &PaperRow) -> sqlx::Result<()> {
    sqlx::query("insert into signed_paper (id, contract_id, signer_no, scan_sha256, sealed, filed_by, filed_at) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(p.id)
        .bind(p.contract_id)
        .bind(p.signer_no)
        .bind(&p.scan_sha256)
        .bind(&p.sealed)
        .bind(&p.filed_by)
        .bind(p.filed_at)
        .execute(conn)
        .await
        .map(drop)
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<PaperRow>> {
    sqlx::query_as("select * from signed_paper where id = $1").bind(id).fetch_optional(conn).await
}

/// The newest one of a contract that has not become a signature.
pub async fn waiting(conn: &mut PgConnection, contract: Uuid) -> sqlx::Result<Option<PaperRow>> {
    sqlx::query_as(
        "select p.* from signed_paper p where p.contract_id = $1
            and not exists (select from contract_signature s where s.contract_id = p.contract_id and s.signer_no = p.signer_no)
          order by p.filed_at desc, p.id desc limit 1",
    )
    .bind(contract)
    .fetch_optional(conn)
    .await
}

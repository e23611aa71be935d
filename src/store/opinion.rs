//! What people said of findings; insert-only.

use sqlx::{FromRow, PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, FromRow)]
pub struct OpinionRow {
    pub id: Uuid,
    pub verification_id: Uuid,
    /// Place of the finding in its record, from 0.
    pub no: i32,
    pub case_id: Uuid,
    pub stance: String,
    pub digest: String,
    /// `domain::verify::Opinion`, canonical, sealed.
    pub sealed: Vec<u8>,
    pub key_id: String,
    pub signature: Vec<u8>,
    pub created_by: String,
    pub created_at: OffsetDateTime,
}

pub async fn insert(conn: &mut PgConnection, o: &OpinionRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into opinion (id, verification_id, no, case_id, stance, digest, sealed, key_id, signature, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(o.id)
    .bind(o.verification_id)
    .bind(o.no)
    .bind(o.case_id)
    .bind(&o.stance)
    .bind(&o.digest)
    .bind(&o.sealed)
    .bind(&o.key_id)
    .bind(&o.signature)
    .bind(&o.created_by)
    .bind(o.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn find(pool: &PgPool, id: Uuid) -> sqlx::Result<Option<OpinionRow>> {
    sqlx::query_as("select * from opinion where id = $1").bind(id).fetch_optional(pool).await
}

/// Given on this verification or an earlier one of its case, in the order they were given.
pub async fn up_to(pool: &PgPool, verification: Uuid) -> sqlx::Result<Vec<OpinionRow>> {
    sqlx::query_as(
        "select o.* from verification v join opinion o on o.case_id = v.case_id join verification w on w.id = o.verification_id
          where v.id = $1 and w.seq <= v.seq order by o.seq",
    )
    .bind(verification)
    .fetch_all(pool)
    .await
}

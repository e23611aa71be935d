//! Verifications and their findings; insert-only.

use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgExecutor, PgPool};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

pub struct NewVerification<'a> {
    pub id: Uuid,
    pub case_id: Uuid,
    pub zone: Option<i32>,
    pub parcel_id: Option<Uuid>,
    pub as_of: Date,
    pub outcome: &'a str,
    pub digest: &'a str,
    pub pins: &'a Value,
    pub sealed: &'a [u8],
    /// `domain::verify::Inputs`, sealed.
    pub inputs: &'a [u8],
    /// Id of the key, and its Ed25519 signature over the digest (`domain::proof::VERIFICATION`).
    pub key_id: &'a str,
    pub signature: &'a [u8],
    pub created_by: &'a str,
    pub created_at: OffsetDateTime,
}

/// A finding in columns, without any personal data.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
pub struct FindingRow {
    pub check_id: String,
    pub subject: String,
    pub verdict: String,
    pub effect: String,
    pub certainty: Option<String>,
    pub measured: Option<f64>,
    pub allowed: Option<f64>,
    pub unit: Option<String>,
    pub area_low: Option<f64>,
    pub area_high: Option<f64>,
    pub layer_version_id: Option<i64>,
    pub rule: Option<String>,
}

/// `evidence` is that of each finding, as EWKB.
pub async fn insert(
    conn: &mut PgConnection,
    v: &NewVerification<'_>,
    findings: &[FindingRow],
    evidence: &[Option<Vec<u8>>],
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into verification (id, case_id, zone, parcel_id, as_of, outcome, digest, pins, sealed, inputs, key_id, signature, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(v.id)
    .bind(v.case_id)
    .bind(v.zone)
    .bind(v.parcel_id)
    .bind(v.as_of)
    .bind(v.outcome)
    .bind(v.digest)
    .bind(v.pins)
    .bind(v.sealed)
    .bind(v.inputs)
    .bind(v.key_id)
    .bind(v.signature)
    .bind(v.created_by)
    .bind(v.created_at)
    .execute(&mut *conn)
    .await?;
    macro_rules! col {
        ($f:ident) => {
            findings.iter().map(|r| r.$f.clone()).collect::<Vec<_>>()
        };
    }
    sqlx::query(
        "insert into finding (verification_id, no, check_id, subject, verdict, effect, certainty, measured, allowed, unit, area_low, area_high, layer_version_id, rule, evidence)
         select $1, (i - 1)::int, c, s, v, e, y, m, a, u, l, h, lv, r, g::geometry
           from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::text[], $10::float8[],
                       $11::float8[], $12::bigint[], $13::text[], $14::bytea[]) with ordinality t(c, s, v, e, y, m, a, u, l, h, lv, r, g, i)",
    )
    .bind(v.id)
    .bind(col!(check_id))
    .bind(col!(subject))
    .bind(col!(verdict))
    .bind(col!(effect))
    .bind(col!(certainty))
    .bind(col!(measured))
    .bind(col!(allowed))
    .bind(col!(unit))
    .bind(col!(area_low))
    .bind(col!(area_high))
    .bind(col!(layer_version_id))
    .bind(col!(rule))
    .bind(evidence)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(Debug, Clone, FromRow)]
pub struct VerificationRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub zone: Option<i32>,
    pub parcel_id: Option<Uuid>,
    pub as_of: Date,
    pub outcome: String,
    pub digest: String,
    pub pins: Value,
    pub sealed: Vec<u8>,
    /// None: from before inputs were kept.
    pub inputs: Option<Vec<u8>>,
    /// None: from before signatures.
    pub key_id: Option<String>,
    pub signature: Option<Vec<u8>>,
    pub created_by: String,
    pub created_at: OffsetDateTime,
}

pub async fn find(pool: &PgPool, id: Uuid) -> sqlx::Result<Option<VerificationRow>> {
    sqlx::query_as("select * from verification where id = $1").bind(id).fetch_optional(pool).await
}

/// Those of these that are there.
pub async fn these(pool: &PgPool, ids: &[Uuid]) -> sqlx::Result<Vec<VerificationRow>> {
    sqlx::query_as("select * from verification where id = any($1)").bind(ids).fetch_all(pool).await
}

/// Ids of one case's verifications, or of all; oldest first.
pub async fn ids(pool: &PgPool, case_id: Option<Uuid>) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar("select id from verification where $1::uuid is null or case_id = $1 order by seq")
        .bind(case_id)
        .fetch_all(pool)
        .await
}

#[derive(Debug, Clone, FromRow)]
pub struct ByDigest {
    #[sqlx(flatten)]
    pub row: VerificationRow,
    /// A later, different verification of the same case is there.
    pub superseded: bool,
}

/// By digest; the newest where several runs found the same.
pub async fn by_digest(pool: &PgPool, digest: &str) -> sqlx::Result<Option<ByDigest>> {
    sqlx::query_as(
        "select v.*, exists (select from verification w where w.case_id = v.case_id and w.seq > v.seq and w.digest <> v.digest) as superseded
           from verification v where v.digest = $1 order by v.seq desc limit 1",
    )
    .bind(digest)
    .fetch_optional(pool)
    .await
}

/// When the newest verification of the same case was kept that came after this one and says something else.
pub async fn superseded_at(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<OffsetDateTime>> {
    sqlx::query_scalar(
        "select w.created_at from verification v join verification w on w.case_id = v.case_id and w.seq > v.seq and w.digest <> v.digest
          where v.id = $1 order by w.seq desc limit 1",
    )
    .bind(id)
    .fetch_optional(db)
    .await
}

/// Newest first, older than the row `before`.
pub async fn of_case(
    db: impl PgExecutor<'_>,
    case_id: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<VerificationRow>> {
    sqlx::query_as(
        "select * from verification where case_id = $1 and ($2::uuid is null or seq < (select seq from verification where id = $2))
         order by seq desc limit $3",
    )
    .bind(case_id)
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await
}

#[derive(Debug, Clone, FromRow, serde::Serialize)]
pub struct Latest {
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_number: String,
    pub as_of: Date,
    pub outcome: String,
    pub digest: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// The newest verification of a parcel, over all cases.
pub async fn latest_of_parcel(pool: &PgPool, zone: i32, parcel: Uuid) -> sqlx::Result<Option<Latest>> {
    sqlx::query_as(
        "select v.id, v.case_id, c.number as case_number, v.as_of, v.outcome, v.digest, v.created_at
           from verification v join case_file c on c.id = v.case_id where v.zone = $1 and v.parcel_id = $2
          order by v.seq desc limit 1",
    )
    .bind(zone)
    .bind(parcel)
    .fetch_optional(pool)
    .await
}

//! Links over verifications, audit entries and opinions, and their signed heads.

use futures::stream::BoxStream;
use sqlx::{FromRow, PgConnection, PgPool};
use time::OffsetDateTime;

/// Any number nobody else locks by.
const SEQUENCER: i64 = 0x6469_6162_615f_6c6b;

/// One sequencer at a time, until the transaction ends.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(SEQUENCER).execute(conn).await?;
    Ok(())
}

#[derive(Debug, Clone, FromRow)]
pub struct PendingRow {
    pub kind: String,
    pub subject: String,
    pub digest: String,
}

/// Takes notes out, oldest ids first, each with what its row said when it was noted; notes from before that was kept, with what it says now.
pub async fn take_pending(conn: &mut PgConnection, most: i64) -> sqlx::Result<Vec<PendingRow>> {
    sqlx::query_as(
        "with taken as (delete from proof_pending p using (select kind, subject from proof_pending order by kind, subject limit $1) t
                         where p.kind = t.kind and p.subject = t.subject returning p.kind, p.subject, p.digest)
         select t.kind, t.subject, coalesce(t.digest, v.digest, audit_digest(a)) as digest from taken t
           left join verification v on t.kind = 'verification' and v.id = case when t.kind = 'verification' then t.subject::uuid end
           left join audit a on t.kind = 'audit' and a.id = case when t.kind = 'audit' then t.subject::bigint end
          order by t.kind, case when t.kind = 'audit' then t.subject::bigint end, t.subject",
    )
    .bind(most)
    .fetch_all(conn)
    .await
}

/// Number and hash of the last link.
pub async fn last(conn: &mut PgConnection) -> sqlx::Result<Option<(i64, String)>> {
    sqlx::query_as("select no, hash from proof_link order by no desc limit 1").fetch_optional(conn).await
}

#[derive(Debug, Clone, FromRow)]
pub struct LinkRow {
    pub no: i64,
    pub kind: String,
    pub subject: String,
    pub digest: String,
    pub previous: String,
    pub hash: String,
    /// What the row it stands for says now; none: gone.
    pub digest_now: Option<String>,
}

pub async fn append(conn: &mut PgConnection, rows: &[LinkRow]) -> sqlx::Result<()> {
    sqlx::query(
        "insert into proof_link (no, kind, subject, digest, previous, hash)
         select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])",
    )
    .bind(rows.iter().map(|r| r.no).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.kind.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.subject.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.digest.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.previous.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.hash.as_str()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Every link in order, beside what its row says now.
pub fn walk(pool: &PgPool) -> BoxStream<'_, sqlx::Result<LinkRow>> {
    sqlx::query_as(
        "select l.no, l.kind, l.subject, l.digest, l.previous, l.hash,
                case l.kind when 'verification' then (select v.digest from verification v where v.id = l.subject::uuid)
                            when 'opinion' then (select o.digest from opinion o where o.id = l.subject::uuid)
                            else (select audit_digest(a) from audit a where a.id = l.subject::bigint) end as digest_now
           from proof_link l order by l.no",
    )
    .fetch(pool)
}

/// Rows that are neither linked nor noted: put in behind our back.
pub async fn unlinked(pool: &PgPool) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "select s.kind || ' ' || s.subject from (select 'audit' as kind, id::text as subject from audit
                                                 union all select 'verification', id::text from verification
                                                 union all select 'opinion', id::text from opinion) s
          where not exists (select from proof_link l where l.kind = s.kind and l.subject = s.subject)
            and not exists (select from proof_pending p where p.kind = s.kind and p.subject = s.subject) limit 1",
    )
    .fetch_optional(pool)
    .await
}

#[derive(Debug, Clone, FromRow)]
pub struct HeadRow {
    /// Which form its signature covers (`domain::proof::chain::head_digest`).
    pub form: String,
    pub no: i64,
    pub hash: String,
    pub key_id: String,
    pub signature: Vec<u8>,
    pub created_at: OffsetDateTime,
}

/// Keeps a head; one over the same link stays as it is.
pub async fn add_head(conn: &mut PgConnection, h: &HeadRow) -> sqlx::Result<()> {
    sqlx::query("insert into proof_head (form, no, hash, key_id, signature, created_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing")
        .bind(&h.form)
        .bind(h.no)
        .bind(&h.hash)
        .bind(&h.key_id)
        .bind(&h.signature)
        .bind(h.created_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Heads over links before `before`, newest first.
pub async fn heads(pool: &PgPool, before: Option<i64>, limit: i64) -> sqlx::Result<Vec<HeadRow>> {
    sqlx::query_as("select form, no, hash, key_id, signature, created_at from proof_head where $1::bigint is null or no < $1 order by no desc limit $2")
        .bind(before)
        .bind(limit)
        .fetch_all(pool)
        .await
}

/// Was this row in the chain under a head that signs its time, before `before`? A head by a key that was stolen by then is none.
pub async fn covered_before(pool: &PgPool, kind: &str, subject: &str, before: OffsetDateTime) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from proof_link l join proof_head h on h.no >= l.no
                         where l.kind = $1 and l.subject = $2 and h.form <> 'diaba.head/1' and h.created_at < $3
                           and not exists (select from key_revocation r where r.key_id = h.key_id and r.since <= h.created_at))",
    )
    .bind(kind)
    .bind(subject)
    .bind(before)
    .fetch_one(pool)
    .await
}

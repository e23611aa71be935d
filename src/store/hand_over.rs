//! Hand-overs. Rows are never changed.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct HandOverRow {
    pub id: Uuid,
    pub case_id: Uuid,
    /// `office`, `online`.
    pub way: String,
    /// `domain::handover::Delivered`.
    pub files: Value,
    pub digest: String,
    pub receipt_sha256: Option<String>,
    pub code_index: Option<Vec<u8>>,
    pub sealed: Option<Vec<u8>>,
    pub expires_at: Option<OffsetDateTime>,
    pub created_by: String,
    pub created_at: OffsetDateTime,
    /// When it was delivered.
    pub done_at: Option<OffsetDateTime>,
    pub signed_sha256: Option<String>,
    pub grant_until: Option<OffsetDateTime>,
    /// Wrong codes so far.
    pub wrong: i64,
    /// No later offer of its case.
    pub newest: bool,
}

#[derive(Debug, Clone)]
pub struct NewHandOver<'a> {
    pub id: Uuid,
    pub case_id: Uuid,
    pub way: &'a str,
    pub files: &'a Value,
    pub digest: &'a str,
    pub receipt_sha256: Option<&'a str>,
    pub link: Option<Link<'a>>,
    pub by: &'a str,
    pub at: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub struct Link<'a> {
    pub token_index: &'a [u8],
    pub code_index: &'a [u8],
    pub sealed: &'a [u8],
    pub expires_at: OffsetDateTime,
}

pub async fn insert(conn: &mut PgConnection, h: &NewHandOver<'_>) -> sqlx::Result<()> {
    let link = h.link.as_ref();
    sqlx::query(
        "insert into hand_over (id, case_id, way, files, digest, receipt_sha256, token_index, code_index, sealed, expires_at,
             created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(h.id)
    .bind(h.case_id)
    .bind(h.way)
    .bind(h.files)
    .bind(h.digest)
    .bind(h.receipt_sha256)
    .bind(link.map(|l| l.token_index))
    .bind(link.map(|l| l.code_index))
    .bind(link.map(|l| l.sealed))
    .bind(link.map(|l| l.expires_at))
    .bind(h.by)
    .bind(h.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// How a hand-over is asked for.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    Id(Uuid),
    Case(Uuid),
    Token(&'a [u8]),
    Grant(&'a [u8]),
}

/// Those asked for, oldest first.
pub async fn find(conn: &mut PgConnection, by: By<'_>) -> sqlx::Result<Vec<HandOverRow>> {
    let (id, case, token, grant) = match by {
        By::Id(id) => (Some(id), None, None, None),
        By::Case(case) => (None, Some(case), None, None),
        By::Token(token) => (None, None, Some(token), None),
        By::Grant(grant) => (None, None, None, Some(grant)),
    };
    sqlx::query_as(
        "select h.id, h.case_id, h.way, h.files, h.digest, h.receipt_sha256, h.code_index, h.sealed, h.expires_at, h.created_by,
                h.created_at, d.at as done_at, d.signed_sha256, d.grant_until,
                (select count(*) from hand_over_try t where t.hand_over_id = h.id) as wrong,
                not exists (select from hand_over o where o.case_id = h.case_id and o.id > h.id) as newest
           from hand_over h left join hand_over_done d on d.hand_over_id = h.id
          where ($1::uuid is null or h.id = $1) and ($2::uuid is null or h.case_id = $2)
            and ($3::bytea is null or h.token_index = $3) and ($4::bytea is null or d.grant_index = $4)
          order by h.id",
    )
    .bind(id)
    .bind(case)
    .bind(token)
    .bind(grant)
    .fetch_all(conn)
    .await
}

/// Locks a hand-over by its link against another try at the same time.
pub async fn lock_token(conn: &mut PgConnection, token: &[u8]) -> sqlx::Result<()> {
    sqlx::query("select 1 from hand_over where token_index = $1 for update").bind(token).execute(conn).await?;
    Ok(())
}

pub async fn tried(conn: &mut PgConnection, id: Uuid, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("insert into hand_over_try (hand_over_id, at) values ($1, $2)").bind(id).bind(at).execute(conn).await?;
    Ok(())
}

#[derive(Debug, Clone)]
pub struct Done<'a> {
    pub hand_over_id: Uuid,
    pub at: OffsetDateTime,
    pub digest: &'a str,
    pub signed_sha256: Option<&'a str>,
    pub grant: Option<(&'a [u8], OffsetDateTime)>,
    pub by: &'a str,
}

/// False: it was delivered before.
pub async fn done(conn: &mut PgConnection, d: &Done<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into hand_over_done (hand_over_id, at, digest, signed_sha256, grant_index, grant_until, recorded_by)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(d.hand_over_id)
    .bind(d.at)
    .bind(d.digest)
    .bind(d.signed_sha256)
    .bind(d.grant.map(|g| g.0))
    .bind(d.grant.map(|g| g.1))
    .bind(d.by)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The newest links of cases (hand-over, case) that can be opened no more and were not told of.
pub async fn lapsed(conn: &mut PgConnection, now: OffsetDateTime, tries: i64) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    sqlx::query_as(
        "select h.id, h.case_id from hand_over h join case_file c on c.id = h.case_id and not c.ended
          where h.way = 'online' and not exists (select from hand_over_done d where d.hand_over_id = h.id)
            and (h.expires_at <= $1 or (select count(*) from hand_over_try t where t.hand_over_id = h.id) >= $2)
            and not exists (select from hand_over o where o.case_id = h.case_id and o.id > h.id)
            and not exists (select from case_event e where e.case_id = h.case_id and e.kind = 'hand_over_lapsed'
                               and e.data ->> 'handover' = h.id::text)
          order by h.id",
    )
    .bind(now)
    .bind(tries)
    .fetch_all(conn)
    .await
}

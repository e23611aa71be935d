//! Runs that nobody has begun yet although a map changed.

use sqlx::{FromRow, PgConnection, PgPool};
use time::OffsetDateTime;

#[derive(Debug, Clone, FromRow)]
pub struct ProposalRow {
    pub layer_version_id: i64,
    pub layer: String,
    pub theme: String,
    pub zone: i32,
    pub coverage_key: String,
    pub number: i32,
    /// False: it was withdrawn, and nothing is in its place.
    pub published: bool,
    pub at: OffsetDateTime,
}

/// Versions in force, and those last withdrawn, over which no run was begun since and that nobody dismissed.
macro_rules! proposed {
    ($rest:literal) => {
        concat!(
            "select * from (
                select distinct on (v.layer_id, v.coverage_key) v.id as layer_version_id, l.code as layer, l.theme, v.zone, v.coverage_key,
                       v.number, v.state = 'published' as published, coalesce(v.superseded_at, v.published_at) as at
                  from layer_version v join layer l on l.id = v.layer_id where v.state in ('published', 'superseded')
                 order by v.layer_id, v.coverage_key, v.state, v.superseded_at desc, v.id desc) p
              where not exists (select from verification_run r
                                 where r.selection = jsonb_build_object('layer_version', p.layer_version_id) and r.created_at >= p.at)
                and not exists (select from run_proposal_dismissal d
                                 where d.layer_version_id = p.layer_version_id and d.changed_at >= p.at)",
            $rest
        )
    };
}

/// The latest change first, before version `before`.
pub async fn proposals(
    pool: &PgPool,
    before: Option<(OffsetDateTime, i64)>,
    limit: i64,
) -> sqlx::Result<Vec<ProposalRow>> {
    sqlx::query_as(proposed!(
        " and ($1::timestamptz is null or (p.at, p.layer_version_id) < ($1, $2)) order by p.at desc, p.layer_version_id desc limit $3"
    ))
    .bind(before.map(|b| b.0))
    .bind(before.map(|b| b.1))
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// What a version proposes; until the end of the transaction it stays as it is.
pub async fn lock(conn: &mut PgConnection, layer_version_id: i64) -> sqlx::Result<Option<ProposalRow>> {
    sqlx::query("select from layer_version where id = $1 for update")
        .bind(layer_version_id)
        .execute(&mut *conn)
        .await?;
    sqlx::query_as(proposed!(" and p.layer_version_id = $1")).bind(layer_version_id).fetch_optional(conn).await
}

#[derive(Debug, Clone, Copy)]
pub struct NewDismissal<'a> {
    pub layer_version_id: i64,
    pub changed_at: OffsetDateTime,
    pub reason: &'a str,
    pub by: &'a str,
    pub at: OffsetDateTime,
}

pub async fn dismiss(conn: &mut PgConnection, d: &NewDismissal<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into run_proposal_dismissal (layer_version_id, changed_at, reason, dismissed_by, dismissed_at)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(d.layer_version_id)
    .bind(d.changed_at)
    .bind(d.reason)
    .bind(d.by)
    .bind(d.at)
    .execute(conn)
    .await?;
    Ok(())
}

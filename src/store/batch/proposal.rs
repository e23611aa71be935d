//! Runs that nobody has begun yet although a map changed.

use sqlx::{FromRow, PgPool};
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

/// Versions in force, and those last withdrawn, over which no run was begun since; the latest change first, before version `before`.
pub async fn proposals(
    pool: &PgPool,
    before: Option<(OffsetDateTime, i64)>,
    limit: i64,
) -> sqlx::Result<Vec<ProposalRow>> {
    sqlx::query_as(
        "select * from (
            select distinct on (v.layer_id, v.coverage_key) v.id as layer_version_id, l.code as layer, l.theme, v.zone, v.coverage_key, v.number,
                   v.state = 'published' as published, coalesce(v.superseded_at, v.published_at) as at
              from layer_version v join layer l on l.id = v.layer_id where v.state in ('published', 'superseded')
             order by v.layer_id, v.coverage_key, v.state, v.superseded_at desc, v.id desc) p
          where not exists (select from verification_run r
                             where r.selection = jsonb_build_object('layer_version', p.layer_version_id) and r.created_at >= p.at)
            and ($1::timestamptz is null or (p.at, p.layer_version_id) < ($1, $2))
          order by p.at desc, p.layer_version_id desc limit $3",
    )
    .bind(before.map(|b| b.0))
    .bind(before.map(|b| b.1))
    .bind(limit)
    .fetch_all(pool)
    .await
}

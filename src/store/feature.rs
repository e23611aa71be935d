//! Rows of layer versions, read around a parcel. They come in by `store/stage`.

use futures::stream::BoxStream;
use geo_types::Rect;
use serde_json::Value;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, PgPool};

/// A row read back.
#[derive(Debug, Clone, FromRow)]
pub struct FeatureRow {
    pub layer_version_id: i64,
    pub fid: i64,
    /// Another number when the row was written anew.
    pub stamp: i64,
    pub key: Option<String>,
    pub code: Option<String>,
    pub label: Option<String>,
    pub attrs: Value,
    pub ewkb: Option<Vec<u8>>,
    /// It has a geometry that was too large to come along: [`these`] gives it.
    pub large: bool,
}

/// Box in zone metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub min_e: f64,
    pub min_n: f64,
    pub max_e: f64,
    pub max_n: f64,
}

impl From<Rect<f64>> for Bounds {
    fn from(r: Rect<f64>) -> Self {
        Self { min_e: r.min().x, min_n: r.min().y, max_e: r.max().x, max_n: r.max().y }
    }
}

impl Bounds {
    pub fn widened(self, by: f64) -> Self {
        Self { min_e: self.min_e - by, min_n: self.min_n - by, max_e: self.max_e + by, max_n: self.max_n + by }
    }
}

/// What PostgreSQL keeps within a row (bytes): geometries beyond it lie apart and are packed, and cost the most to read.
pub const WITHIN_ROW: i32 = 2000;

/// A version whose rows are asked for, and how far beyond the box (m): its lines may take that much ground to their sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    pub version: i64,
    pub beyond: f64,
}

/// Rows of these versions whose box meets `b` as widened for them, or whose key is one of `keys` wherever they are drawn; each
/// once, at most `limit` + 1, in order of version and `fid`. Geometries stored in more than `large` bytes do not come along.
///
/// The partition is named, or every plan would begin with all zones. Each version goes through the index by itself, so that
/// superseded ones are not read; `is not true` keeps the keyed rows from being sought in the spatial index, where there is no
/// key. Of many versions few have keys at all: the others are not looked through for each of thousands.
pub async fn around(
    conn: &mut PgConnection,
    zone: i32,
    asked: &[Asked],
    b: Option<Bounds>,
    keys: &[String],
    limit: i64,
    large: i32,
) -> sqlx::Result<Vec<FeatureRow>> {
    let b = b.unwrap_or(Bounds { min_e: f64::MAX, min_n: f64::MAX, max_e: f64::MAX, max_n: f64::MAX });
    let sql = format!(
        "select f.* from unnest($1::bigint[], $9::float8[]) v(id, beyond) cross join lateral (
            select layer_version_id, fid, xmin::text::bigint as stamp, key, code, label, attrs,
                   case when pg_column_size(geom) <= $8 then st_asewkb(geom) end as ewkb, pg_column_size(geom) > $8 as large
              from feature_{zone} where layer_version_id = v.id
                 and geom && st_makeenvelope($2 - v.beyond, $3 - v.beyond, $4 + v.beyond, $5 + v.beyond, {zone}) offset 0) f
          union all
         select layer_version_id, fid, f.xmin::text::bigint, key, code, label, attrs,
                case when pg_column_size(geom) <= $8 then st_asewkb(geom) end, coalesce(pg_column_size(geom) > $8, false)
           from (select * from unnest($1::bigint[], $9::float8[]) v(id, beyond)
                  where exists (select from feature_{zone} where layer_version_id = v.id and key is not null offset 0)) v
           join feature_{zone} f on f.layer_version_id = v.id
          where key = any($6)
            and (geom && st_makeenvelope($2 - v.beyond, $3 - v.beyond, $4 + v.beyond, $5 + v.beyond, {zone})) is not true
          order by 1, 2 limit $7"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(asked.iter().map(|a| a.version).collect::<Vec<_>>())
        .bind(b.min_e)
        .bind(b.min_n)
        .bind(b.max_e)
        .bind(b.max_n)
        .bind(keys)
        .bind(limit + 1)
        .bind(large)
        .bind(asked.iter().map(|a| a.beyond).collect::<Vec<_>>())
        .fetch_all(conn)
        .await
}

/// Rows by version and `fid`, however large. The key of a row begins with its zone: without it the whole index is read.
pub async fn these(
    conn: &mut PgConnection,
    zone: i32,
    versions: &[i64],
    fids: &[i64],
) -> sqlx::Result<Vec<FeatureRow>> {
    let sql = format!(
        "select layer_version_id, f.fid, f.xmin::text::bigint as stamp, key, code, label, attrs, st_asewkb(geom) as ewkb, false as large
           from unnest($1::bigint[], $2::bigint[]) w(version, fid) join feature_{zone} f on f.zone = {zone} and f.layer_version_id = w.version and f.fid = w.fid"
    );
    sqlx::query_as(AssertSqlSafe(sql)).bind(versions).bind(fids).fetch_all(conn).await
}

/// Everything of a row that its hash is over.
#[derive(Debug, Clone, FromRow)]
pub struct FullRow {
    pub key: Option<String>,
    pub code: Option<String>,
    pub label: Option<String>,
    pub attrs: Value,
    pub ewkb: Option<Vec<u8>>,
}

/// Every row of a version as it is stored, in no order.
pub fn content_rows(pool: &PgPool, zone: i32, version: i64) -> BoxStream<'_, sqlx::Result<FullRow>> {
    sqlx::query_as(
        "select key, code, label, attrs, st_asewkb(geom) as ewkb from feature where zone = $1 and layer_version_id = $2",
    )
    .bind(zone)
    .bind(version)
    .fetch(pool)
}

#[derive(Debug, Clone, FromRow, serde::Serialize)]
pub struct DiffRow {
    /// `added`, `removed` or `changed`.
    pub what: String,
    pub key: Option<String>,
    pub code: Option<String>,
    pub old_fid: Option<i64>,
    pub new_fid: Option<i64>,
}

macro_rules! diff_rows {
    ($rest:literal) => {
        concat!(
            "with o as (select fid, key, code, row_hash, row_number() over (partition by row_hash order by fid) k from feature where zone = $1 and layer_version_id = $2),
              n as (select fid, key, code, row_hash, row_number() over (partition by row_hash order by fid) k from feature where zone = $1 and layer_version_id = $3),
              gone as (select o.*, row_number() over (partition by o.key order by o.fid) r from o left join n using (row_hash, k) where n.fid is null),
              come as (select n.*, row_number() over (partition by n.key order by n.fid) r from n left join o using (row_hash, k) where o.fid is null),
              diff as (select case when g.fid is null then 'added' when c.fid is null then 'removed' else 'changed' end as what,
                coalesce(c.key, g.key) as key, coalesce(c.code, g.code) as code, g.fid as old_fid, c.fid as new_fid
                from gone g full join come c on c.key = g.key and c.r = g.r) ",
            $rest
        )
    };
}

/// How many rows [`diff`] tells of, by what.
pub async fn diff_counts(conn: &mut PgConnection, zone: i32, old: i64, new: i64) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as(diff_rows!("select what, count(*) from diff group by what"))
        .bind(zone)
        .bind(old)
        .bind(new)
        .fetch_all(conn)
        .await
}

/// Row-level difference of two versions: equal rows pair by hash first; the rest by key.
pub async fn diff(conn: &mut PgConnection, zone: i32, old: i64, new: i64, limit: i64) -> sqlx::Result<Vec<DiffRow>> {
    sqlx::query_as(diff_rows!("select * from diff order by what, key, old_fid, new_fid limit $4"))
        .bind(zone)
        .bind(old)
        .bind(new)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// Fresh statistics after a large load, so that the next query is planned for what is there.
pub async fn analyse(conn: &mut PgConnection) -> sqlx::Result<()> {
    for sql in ["analyze feature", "analyze parcel_version", "analyze parcel_alias"] {
        sqlx::query(sql).execute(&mut *conn).await?;
    }
    Ok(())
}

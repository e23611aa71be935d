//! Rows of layer versions: bulk in by binary COPY, read around a parcel.

use futures::TryStreamExt;
use futures::stream::BoxStream;
use geo_types::Rect;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{FromRow, PgConnection, PgPool};

/// A row that passed its checks, ready to be stored.
#[derive(Debug, Clone)]
pub struct NewFeature {
    pub fid: i64,
    pub key: Option<String>,
    pub code: Option<String>,
    pub label: Option<String>,
    pub attrs: String,
    pub ewkb: Option<Vec<u8>>,
    pub row_hash: [u8; 32],
}

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// PostgreSQL's binary COPY format for the columns of `feature`.
fn encode(out: &mut Vec<u8>, zone: i32, version: i64, f: &NewFeature) {
    let field = |out: &mut Vec<u8>, v: Option<&[u8]>| match v {
        None => out.extend_from_slice(&(-1i32).to_be_bytes()),
        Some(b) => {
            out.extend_from_slice(&(b.len() as i32).to_be_bytes());
            out.extend_from_slice(b);
        }
    };
    out.extend_from_slice(&9i16.to_be_bytes());
    field(out, Some(&zone.to_be_bytes()));
    field(out, Some(&version.to_be_bytes()));
    field(out, Some(&f.fid.to_be_bytes()));
    field(out, f.key.as_deref().map(str::as_bytes));
    field(out, f.code.as_deref().map(str::as_bytes));
    field(out, f.label.as_deref().map(str::as_bytes));
    // jsonb on the wire: version 1, then text
    out.extend_from_slice(&(f.attrs.len() as i32 + 1).to_be_bytes());
    out.push(1);
    out.extend_from_slice(f.attrs.as_bytes());
    field(out, f.ewkb.as_deref());
    field(out, Some(&f.row_hash));
}

/// Bytes of one COPY message for a batch of rows.
pub fn encode_batch(zone: i32, version: i64, rows: &[NewFeature]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * 256);
    rows.iter().for_each(|f| encode(&mut out, zone, version, f));
    out
}

/// An open COPY of features; rows are visible when the transaction commits.
pub struct Copy<'c> {
    inner: sqlx::postgres::PgCopyIn<&'c mut PgConnection>,
}

const INTO_FEATURE: &str =
    "copy feature (zone, layer_version_id, fid, key, code, label, attrs, geom, row_hash) from stdin (format binary)";
const INTO_DOUBT: &str =
    "copy doubtful (zone, layer_version_id, fid, key, code, label, attrs, geom, row_hash) from stdin (format binary)";

impl<'c> Copy<'c> {
    pub async fn begin(conn: &'c mut PgConnection) -> sqlx::Result<Copy<'c>> {
        Self::into(conn, INTO_FEATURE).await
    }
    async fn into(conn: &'c mut PgConnection, statement: &'static str) -> sqlx::Result<Copy<'c>> {
        let mut inner = conn.copy_in_raw(statement).await?;
        inner.send(SIGNATURE).await?;
        Ok(Copy { inner })
    }
    pub async fn send(&mut self, batch: Vec<u8>) -> sqlx::Result<()> {
        self.inner.send(batch).await?;
        Ok(())
    }
    pub async fn finish(mut self) -> sqlx::Result<u64> {
        self.inner.send((-1i16).to_be_bytes().as_slice()).await?;
        self.inner.finish().await
    }
}

/// Stores the rows of a batch that the database takes; gives fid and reason of the others.
pub async fn copy_carefully(conn: &mut PgConnection, batch: Vec<u8>) -> sqlx::Result<Vec<(i64, String)>> {
    sqlx::query("drop table if exists pg_temp.doubtful").execute(&mut *conn).await?;
    sqlx::query("create temp table doubtful on commit drop as select * from feature where false")
        .execute(&mut *conn)
        .await?;
    let mut c = Copy::into(conn, INTO_DOUBT).await?;
    c.send(batch).await?;
    c.finish().await?;
    sqlx::query(
        "insert into feature select * from doubtful where geom is null or (st_isvalid(geom) and not st_isempty(geom))",
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query_as("select fid, st_isvalidreason(geom) from doubtful where not (geom is null or (st_isvalid(geom) and not st_isempty(geom))) order by fid")
        .fetch_all(conn)
        .await
}

/// Rows that are equal to an earlier one in everything are taken out and kept as issues; gives their number.
pub async fn set_doubles_aside(conn: &mut PgConnection, zone: i32, version: i64, first_no: i32) -> sqlx::Result<i64> {
    let done = sqlx::query(
        // `is true` makes it a look-up in a hash table: before the first ANALYZE of a zone the planner takes the rows for one,
        // and would join them with each other, all with all.
        "with doubled as (
            insert into import_issue (layer_version_id, no, row_no, set_aside, code, detail, place)
            select $2, $3 + (row_number() over (order by fid) - 1)::int, fid, true, 'duplicate_row',
                   jsonb_build_object('same_as_row', first, 'key', key), st_centroid(geom)
              from (select fid, key, geom, first_value(fid) over w as first, row_number() over w as k from feature
                     where zone = $1 and layer_version_id = $2 window w as (partition by row_hash order by fid)) t
             where k > 1
            returning row_no)
         delete from feature where zone = $1 and layer_version_id = $2 and (fid in (select row_no from doubled)) is true",
    )
    .bind(zone)
    .bind(version)
    .bind(first_no)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() as i64)
}

/// A key that stands more than once is remarked on every row after the first; all rows stay.
pub async fn remark_same_keys(conn: &mut PgConnection, zone: i32, version: i64, first_no: i32) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "insert into import_issue (layer_version_id, no, row_no, set_aside, code, detail, place)
         select $2, $3 + (row_number() over (order by fid) - 1)::int, fid, false, 'duplicate_key', jsonb_build_object('key', key, 'also_row', first),
                st_centroid(geom)
           from (select fid, key, geom, first_value(fid) over w as first, row_number() over w as k from feature
                  where zone = $1 and layer_version_id = $2 and key is not null window w as (partition by key order by fid)) t where k > 1",
    )
    .bind(zone)
    .bind(version)
    .bind(first_no)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// A row read back.
#[derive(Debug, Clone, FromRow)]
pub struct FeatureRow {
    pub layer_version_id: i64,
    pub fid: i64,
    pub key: Option<String>,
    pub code: Option<String>,
    pub label: Option<String>,
    pub attrs: Value,
    pub ewkb: Option<Vec<u8>>,
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

/// Rows of these versions whose box meets `b`, or whose key is one of `keys`; at most `limit` + 1.
pub async fn around(
    pool: &PgPool,
    zone: i32,
    versions: &[i64],
    b: Option<Bounds>,
    keys: &[String],
    limit: i64,
) -> sqlx::Result<Vec<FeatureRow>> {
    let b = b.unwrap_or(Bounds { min_e: f64::MAX, min_n: f64::MAX, max_e: f64::MAX, max_n: f64::MAX });
    sqlx::query_as(
        "select layer_version_id, fid, key, code, label, attrs, st_asewkb(geom) as ewkb from feature
          where zone = $1 and layer_version_id = any($2) and geom && st_makeenvelope($3, $4, $5, $6, $1)
          union all
         select layer_version_id, fid, key, code, label, attrs, null from feature
          where zone = $1 and layer_version_id = any($2) and key = any($7) and geom is null
          order by 1, 2 limit $8",
    )
    .bind(zone)
    .bind(versions)
    .bind(b.min_e)
    .bind(b.min_n)
    .bind(b.max_e)
    .bind(b.max_n)
    .bind(keys)
    .bind(limit + 1)
    .fetch_all(pool)
    .await
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

/// SHA-256 over all row hashes of a version in ascending order, hex: equal content gives an equal hash.
pub async fn content_hash(conn: &mut PgConnection, zone: i32, version: i64) -> sqlx::Result<String> {
    let mut rows = sqlx::query_scalar::<_, Vec<u8>>(
        "select row_hash from feature where zone = $1 and layer_version_id = $2 order by row_hash",
    )
    .bind(zone)
    .bind(version)
    .fetch(conn);
    let mut sum = Sha256::new();
    while let Some(hash) = rows.try_next().await? {
        sum.update(&hash);
    }
    Ok(hex::encode(sum.finalize()))
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

/// Row-level difference of two versions: equal rows pair by hash first; the rest by key.
pub async fn diff(conn: &mut PgConnection, zone: i32, old: i64, new: i64, limit: i64) -> sqlx::Result<Vec<DiffRow>> {
    sqlx::query_as(
        "with o as (select fid, key, code, row_hash, row_number() over (partition by row_hash order by fid) k from feature where zone = $1 and layer_version_id = $2),
              n as (select fid, key, code, row_hash, row_number() over (partition by row_hash order by fid) k from feature where zone = $1 and layer_version_id = $3),
              gone as (select o.*, row_number() over (partition by o.key order by o.fid) r from o left join n using (row_hash, k) where n.fid is null),
              come as (select n.*, row_number() over (partition by n.key order by n.fid) r from n left join o using (row_hash, k) where o.fid is null)
         select case when g.fid is null then 'added' when c.fid is null then 'removed' else 'changed' end as what,
                coalesce(c.key, g.key) as key, coalesce(c.code, g.code) as code, g.fid as old_fid, c.fid as new_fid
           from gone g full join come c on c.key = g.key and c.r = g.r
          order by 1, 2, 4, 5 limit $4",
    )
    .bind(zone)
    .bind(old)
    .bind(new)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// An area of a version in the order of its western edge.
#[derive(Debug, Clone, FromRow)]
pub struct SweepRow {
    pub fid: i64,
    pub key: Option<String>,
    /// From 1, west to east.
    pub place: i64,
    pub ewkb: Vec<u8>,
}

/// Lays out the areas of a version from west to east, for [`sweep`], until the transaction ends.
pub async fn lay_out(conn: &mut PgConnection, zone: i32, version: i64) -> sqlx::Result<()> {
    sqlx::query("drop table if exists pg_temp.sweep").execute(&mut *conn).await?;
    sqlx::query(
        "create temp table sweep on commit drop as select row_number() over (order by st_xmin(geom), fid) as place, fid, key, geom
           from feature where false",
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into sweep select row_number() over (order by st_xmin(geom), fid), fid, key, geom from feature
          where zone = $1 and layer_version_id = $2 and geom is not null",
    )
    .bind(zone)
    .bind(version)
    .execute(&mut *conn)
    .await?;
    sqlx::query("create index on sweep (place)").execute(conn).await?;
    Ok(())
}

/// Areas laid out by [`lay_out`], after this place.
pub async fn sweep(conn: &mut PgConnection, after: i64, limit: i64) -> sqlx::Result<Vec<SweepRow>> {
    sqlx::query_as("select place, fid, key, st_asewkb(geom) as ewkb from sweep where place > $1 and place <= $1 + $2 order by place")
        .bind(after)
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

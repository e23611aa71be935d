//! Rows of a layer version on their way in: bulk by binary COPY, batch after batch, then what only shows when all are there.
//! A large version has a table of its own that joins the layers at the end; a small one lies among others.

use super::layer_issue::IssueRow;
use futures::TryStreamExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection};
use uuid::Uuid;

/// A version with at least so many rows gets a table of its own.
pub const LARGE: u64 = 50_000;

/// Where the rows of a version lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    pub zone: i32,
    pub version: i64,
    /// In a table of its own.
    pub own: bool,
}

impl Stage {
    fn table(&self) -> String {
        if self.own { format!("feature_{}_v{}", self.zone, self.version) } else { "feature".into() }
    }
    /// The rows of this version, as the object of `from`.
    fn rows(&self) -> String {
        format!("{} where zone = {} and layer_version_id = {}", self.table(), self.zone, self.version)
    }
}

/// One import of a layer at a time, over many transactions: the lock goes with the connection.
pub async fn lock(conn: &mut PgConnection, layer: Uuid) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_lock(hashtextextended('import:' || $1::text, 0))")
        .bind(layer)
        .execute(conn)
        .await?;
    Ok(())
}

/// An import that did not come to its end.
#[derive(Debug, FromRow)]
pub struct Waiting {
    pub version: i64,
    pub own: bool,
    /// SHA-256 of all it was asked and found before its first row, hex.
    pub settings: String,
    pub done: Value,
}

pub async fn waiting(conn: &mut PgConnection, layer: Uuid, coverage_key: &str) -> sqlx::Result<Vec<Waiting>> {
    sqlx::query_as(
        "select v.id as version, s.own, s.settings, s.done from layer_version v join import_stage s on s.layer_version_id = v.id
          where v.layer_id = $1 and v.coverage_key = $2 and v.state = 'staging' order by v.id desc",
    )
    .bind(layer)
    .bind(coverage_key)
    .fetch_all(conn)
    .await
}

/// The next version will be large: its id shall not lie in a shared table.
pub async fn make_way(conn: &mut PgConnection, zone: i32) -> sqlx::Result<()> {
    sqlx::query("select feature_next_own($1)").bind(zone).execute(conn).await?;
    Ok(())
}

/// A place for the rows of a new version.
pub async fn begin(
    conn: &mut PgConnection,
    zone: i32,
    version: i64,
    large: bool,
    settings: &str,
) -> sqlx::Result<Stage> {
    let own = large
        && sqlx::query_scalar("select feature_own($1, $2)").bind(zone).bind(version).fetch_one(&mut *conn).await?;
    if !own {
        sqlx::query("select feature_room($1, $2)").bind(zone).bind(version).execute(&mut *conn).await?;
    }
    sqlx::query("insert into import_stage (layer_version_id, own, settings, done) values ($1, $2, $3, $4)")
        .bind(version)
        .bind(own)
        .bind(settings)
        .bind(json!({}))
        .execute(conn)
        .await?;
    Ok(Stage { zone, version, own })
}

/// How far the committed rows go.
pub async fn note(conn: &mut PgConnection, version: i64, done: &Value) -> sqlx::Result<()> {
    sqlx::query("update import_stage set done = $2 where layer_version_id = $1")
        .bind(version)
        .bind(done)
        .execute(conn)
        .await?;
    Ok(())
}

/// The import of a version is over, whatever came of it.
pub async fn forget(conn: &mut PgConnection, version: i64) -> sqlx::Result<()> {
    sqlx::query("delete from import_stage where layer_version_id = $1").bind(version).execute(conn).await?;
    Ok(())
}

/// Indexes of a table of its own, built over the rows that are there; what was built before stays.
pub async fn index(conn: &mut PgConnection, s: Stage) -> sqlx::Result<()> {
    if !s.own {
        return Ok(());
    }
    let t = s.table();
    for sql in [
        format!("create index if not exists {t}_geom on {t} using gist (geom)"),
        format!("create index if not exists {t}_key on {t} (key)"),
        format!("create unique index if not exists {t}_fid on {t} (zone, layer_version_id, fid)"),
        format!("analyze {t}"),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Is there any row?
pub async fn any(conn: &mut PgConnection, s: Stage) -> sqlx::Result<bool> {
    let sql = format!("select exists (select from {})", s.rows());
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await
}

/// How many rows have a place.
pub async fn placed(conn: &mut PgConnection, s: Stage) -> sqlx::Result<i64> {
    let sql = format!("select count(geom) from {}", s.rows());
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await
}

/// Union of the version's own areas, for maps that cover just what they show (commune boundaries, full covers).
pub async fn union(conn: &mut PgConnection, s: Stage) -> sqlx::Result<Option<Vec<u8>>> {
    let sql = format!(
        "select st_asewkb(st_multi(st_collectionextract(st_unaryunion(st_collect(st_collectionextract(geom, 3))), 3)))
           from {} and geom is not null having count(*) > 0",
        s.rows()
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_optional(conn).await.map(Option::flatten)
}

/// The rows become part of the layers.
pub async fn join(conn: &mut PgConnection, s: Stage) -> sqlx::Result<()> {
    if s.own {
        sqlx::query("select feature_join($1, $2)").bind(s.zone).bind(s.version).execute(conn).await?;
    }
    Ok(())
}

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
const COLUMNS: &str =
    "(zone, layer_version_id, fid, key, code, label, attrs, geom, row_hash) from stdin (format binary)";
/// What the database itself asks of a geometry.
const SOUND: &str = "(geom is null or (st_isvalid(geom) and not st_isempty(geom)))";

/// PostgreSQL's binary COPY format for the columns of `feature`.
fn encode(out: &mut Vec<u8>, s: Stage, f: &NewFeature) {
    let field = |out: &mut Vec<u8>, v: Option<&[u8]>| match v {
        None => out.extend_from_slice(&(-1i32).to_be_bytes()),
        Some(b) => {
            out.extend_from_slice(&(b.len() as i32).to_be_bytes());
            out.extend_from_slice(b);
        }
    };
    out.extend_from_slice(&9i16.to_be_bytes());
    field(out, Some(&s.zone.to_be_bytes()));
    field(out, Some(&s.version.to_be_bytes()));
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

async fn copy_into(conn: &mut PgConnection, table: &str, s: Stage, rows: &[NewFeature]) -> sqlx::Result<u64> {
    let mut bytes = Vec::with_capacity(rows.len() * 320);
    bytes.extend_from_slice(SIGNATURE);
    rows.iter().for_each(|f| encode(&mut bytes, s, f));
    bytes.extend_from_slice(&(-1i16).to_be_bytes());
    let mut copy = conn.copy_in_raw(&format!("copy {table} {COLUMNS}")).await?;
    copy.send(bytes).await?;
    copy.finish().await
}

/// Stores rows. When the database refuses one, all go a second way that takes the good ones; the others come back as issues:
/// its notion of a sound ring is the last word.
pub async fn copy(conn: &mut PgConnection, s: Stage, rows: &[NewFeature]) -> sqlx::Result<Vec<IssueRow>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut point = conn.begin().await?;
    match copy_into(&mut point, &s.table(), s, rows).await {
        Ok(_) => {
            point.commit().await?;
            Ok(Vec::new())
        }
        Err(e) if e.as_database_error().is_some_and(|d| d.is_check_violation()) => {
            point.rollback().await?;
            copy_carefully(conn, s, rows).await
        }
        Err(e) => Err(e),
    }
}

async fn copy_carefully(conn: &mut PgConnection, s: Stage, rows: &[NewFeature]) -> sqlx::Result<Vec<IssueRow>> {
    sqlx::query("drop table if exists pg_temp.doubtful").execute(&mut *conn).await?;
    sqlx::query("create temp table doubtful on commit drop as select * from feature where false")
        .execute(&mut *conn)
        .await?;
    copy_into(conn, "doubtful", s, rows).await?;
    let good = format!("insert into {} select * from doubtful where {SOUND}", s.table());
    sqlx::query(AssertSqlSafe(good)).execute(&mut *conn).await?;
    let bad = format!(
        "select fid, st_isvalidreason(geom), case when not st_isempty(geom) then st_asewkb(st_expand(geom, 0.01)) end
           from doubtful where not {SOUND} order by fid"
    );
    let bad: Vec<(i64, String, Option<Vec<u8>>)> = sqlx::query_as(AssertSqlSafe(bad)).fetch_all(conn).await?;
    let raw = |fid| {
        let row = rows.iter().find(|r| r.fid == fid)?;
        Some(json!({"key": row.key, "attrs": row.attrs, "wkb": row.ewkb.as_ref().map(hex::encode)}))
    };
    let issue = |(fid, why, extent): (i64, String, Option<Vec<u8>>)| IssueRow {
        row_no: fid,
        set_aside: true,
        code: "ring_invalid".into(),
        detail: json!({"database": why}),
        e: None,
        n: None,
        extent,
        raw: raw(fid),
    };
    Ok(bad.into_iter().map(issue).collect())
}

/// A row that is equal to an earlier one in everything.
pub struct Double {
    pub fid: i64,
    pub first: i64,
}

/// One walk over all rows in the order of their hashes: SHA-256 over the hashes of those that stay (hex; equal content gives
/// an equal hash), and the doubles.
pub async fn content(conn: &mut PgConnection, s: Stage) -> sqlx::Result<(String, Vec<Double>)> {
    let sql = format!("select row_hash, fid from {} order by row_hash, fid", s.rows());
    let mut rows = sqlx::query_as::<_, (Vec<u8>, i64)>(AssertSqlSafe(sql)).fetch(conn);
    let (mut sum, mut doubles) = (Sha256::new(), Vec::new());
    let mut before: (Vec<u8>, i64) = Default::default();
    while let Some((hash, fid)) = rows.try_next().await? {
        if hash == before.0 {
            doubles.push(Double { fid, first: before.1 });
            continue;
        }
        sum.update(&hash);
        before = (hash, fid);
    }
    doubles.sort_by_key(|d| d.fid);
    Ok((hex::encode(sum.finalize()), doubles))
}

/// Doubles are taken out and kept as issues from number `first_no` on.
pub async fn set_aside(conn: &mut PgConnection, s: Stage, first_no: i32, doubles: &[Double]) -> sqlx::Result<()> {
    let sql = format!(
        "with gone as (delete from {} and fid = any($3) returning fid, key, geom)
         insert into import_issue (layer_version_id, no, row_no, set_aside, code, detail, place)
         select $1, $2 + (i - 1)::int, fid, true, 'duplicate_row', jsonb_build_object('same_as_row', first, 'key', key), st_centroid(geom)
           from unnest($3::bigint[], $4::bigint[]) with ordinality d(fid, first, i) join gone using (fid)",
        s.rows()
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(s.version)
        .bind(first_no)
        .bind(doubles.iter().map(|d| d.fid).collect::<Vec<_>>())
        .bind(doubles.iter().map(|d| d.first).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

/// A key that stands more than once is remarked on every row after the first; all rows stay.
pub async fn remark_same_keys(conn: &mut PgConnection, s: Stage, first_no: i32) -> sqlx::Result<u64> {
    let rows = s.rows();
    let sql = format!(
        "with twice as materialized (select key from {rows} and key is not null group by key having count(*) > 1)
         insert into import_issue (layer_version_id, no, row_no, set_aside, code, detail, place)
         select $1, $2 + (row_number() over (order by fid) - 1)::int, fid, false, 'duplicate_key',
                jsonb_build_object('key', key, 'also_row', first), st_centroid(geom)
           from (select fid, key, geom, first_value(fid) over w as first, row_number() over w as k from {rows}
                    and (key in (select key from twice)) is true window w as (partition by key order by fid)) t where k > 1"
    );
    let done = sqlx::query(AssertSqlSafe(sql)).bind(s.version).bind(first_no).execute(conn).await?;
    Ok(done.rows_affected())
}

/// An area of a version in the order of its western edge.
#[derive(Debug, Clone, FromRow)]
pub struct SweepRow {
    pub fid: i64,
    pub key: Option<String>,
    pub ewkb: Vec<u8>,
}

/// Begins to read the areas of a version from west to east, for [`sweep`], until the transaction ends.
pub async fn lay_out(conn: &mut PgConnection, s: Stage) -> sqlx::Result<()> {
    let sql = format!(
        "declare sweep no scroll cursor for select fid, key, st_asbinary(geom) as ewkb from {} and geom is not null order by st_xmin(geom), fid",
        s.rows()
    );
    sqlx::query(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(())
}

/// The next areas laid out by [`lay_out`], some thousands; none: all were read.
pub async fn sweep(conn: &mut PgConnection) -> sqlx::Result<Vec<SweepRow>> {
    sqlx::query_as("fetch forward 4000 from sweep").fetch_all(conn).await
}

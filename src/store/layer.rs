//! Layers, their versions and what an import said about its rows.

use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgPool};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, FromRow, Serialize)]
pub struct LayerRow {
    pub id: Uuid,
    pub code: String,
    pub theme: String,
    pub zone: i32,
    pub title: String,
}

#[derive(Debug, Clone, FromRow, Serialize, utoipa::ToSchema)]
pub struct VersionRow {
    pub id: i64,
    pub layer: String,
    pub layer_id: Uuid,
    pub theme: String,
    pub zone: i32,
    pub coverage_key: String,
    pub number: i32,
    pub state: String,
    pub source_name: String,
    pub source_sha256: String,
    pub source_date: Date,
    pub decision: Option<String>,
    pub declared_crs: String,
    pub encoding: Value,
    pub accuracy_m: f64,
    pub scale: Option<i32>,
    pub rows_read: i64,
    pub rows_good: i64,
    pub rows_bad: i64,
    pub content_hash: Option<String>,
    pub imported_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub imported_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub published_at: Option<OffsetDateTime>,
}

/// What is known of a version before its rows are read.
#[derive(Debug, Clone)]
pub struct NewVersion {
    pub layer_id: Uuid,
    pub zone: i32,
    pub coverage_key: String,
    pub source_name: String,
    pub source_sha256: String,
    pub source_date: Date,
    pub decision: Option<String>,
    pub declared_crs: String,
    pub encoding: Value,
    pub profile: Value,
    pub accuracy_m: f64,
    pub scale: Option<i32>,
    pub imported_by: String,
    pub imported_at: OffsetDateTime,
}

const VERSION: &str = "select v.id, l.code as layer, v.layer_id, l.theme, v.zone, v.coverage_key, v.number, v.state::text as state,
    v.source_name, v.source_sha256, v.source_date, v.decision, v.declared_crs, v.encoding, v.accuracy_m, v.scale,
    v.rows_read, v.rows_good, v.rows_bad, v.content_hash, v.imported_by, v.imported_at, v.published_at
    from layer_version v join layer l on l.id = v.layer_id
    where ($1::bigint is null or v.id = $1) and ($2::text is null or l.code = $2) and ($3::text is null or v.coverage_key = $3)
      and ($4::text is null or v.state::text = $4) and ($5::int is null or v.number = $5) and ($6::text is null or l.theme = $6)
      and ($7::bigint is null or (l.code, v.coverage_key, -v.number) >
           (select al.code, av.coverage_key, -av.number from layer_version av join layer al on al.id = av.layer_id where av.id = $7))
    order by l.code, v.coverage_key, v.number desc limit coalesce($8::bigint, 1000)";

/// Which versions are asked for; none: all.
#[derive(Debug, Clone, Default)]
pub struct Which<'a> {
    pub id: Option<i64>,
    pub layer: Option<&'a str>,
    pub coverage_key: Option<&'a str>,
    pub state: Option<&'a str>,
    pub number: Option<i32>,
    pub theme: Option<&'a str>,
    /// Only those that stand behind this version in the list.
    pub after: Option<i64>,
    /// 1000 when not said.
    pub limit: Option<i64>,
}

pub async fn versions(conn: &mut PgConnection, w: Which<'_>) -> sqlx::Result<Vec<VersionRow>> {
    sqlx::query_as(VERSION)
        .bind(w.id)
        .bind(w.layer)
        .bind(w.coverage_key)
        .bind(w.state)
        .bind(w.number)
        .bind(w.theme)
        .bind(w.after)
        .bind(w.limit)
        .fetch_all(conn)
        .await
}

pub async fn find(conn: &mut PgConnection, code: &str) -> sqlx::Result<Option<LayerRow>> {
    sqlx::query_as("select id, code, theme, zone, title from layer where code = $1")
        .bind(code)
        .fetch_optional(conn)
        .await
}

/// Makes the layer, or gives the one that has this code.
pub async fn ensure(conn: &mut PgConnection, l: &LayerRow, at: OffsetDateTime) -> sqlx::Result<LayerRow> {
    sqlx::query("insert into layer (id, code, theme, zone, title, created_at) values ($1, $2, $3, $4, $5, $6) on conflict (code) do nothing")
        .bind(l.id)
        .bind(&l.code)
        .bind(&l.theme)
        .bind(l.zone)
        .bind(&l.title)
        .bind(at)
        .execute(&mut *conn)
        .await?;
    find(conn, &l.code).await?.ok_or(sqlx::Error::RowNotFound)
}

/// One writer per layer at a time, until the transaction ends.
pub async fn lock(conn: &mut PgConnection, layer_id: Uuid) -> sqlx::Result<()> {
    sqlx::query("select id from layer where id = $1 for update").bind(layer_id).fetch_one(conn).await?;
    Ok(())
}

pub async fn begin_version(conn: &mut PgConnection, v: &NewVersion) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "insert into layer_version (layer_id, zone, coverage_key, number, source_name, source_sha256, source_date, decision,
             declared_crs, encoding, profile, accuracy_m, scale, imported_by, imported_at)
         select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
           from layer_version where layer_id = $1 and coverage_key = $3
         returning id",
    )
    .bind(v.layer_id)
    .bind(v.zone)
    .bind(&v.coverage_key)
    .bind(&v.source_name)
    .bind(&v.source_sha256)
    .bind(v.source_date)
    .bind(&v.decision)
    .bind(&v.declared_crs)
    .bind(&v.encoding)
    .bind(&v.profile)
    .bind(v.accuracy_m)
    .bind(v.scale)
    .bind(&v.imported_by)
    .bind(v.imported_at)
    .fetch_one(conn)
    .await
}

/// Counts, hash and coverage of a version whose rows are all in; it is `checked` from now on.
pub struct Checked<'a> {
    pub id: i64,
    pub rows_read: i64,
    pub rows_good: i64,
    pub rows_bad: i64,
    pub content_hash: &'a str,
    pub coverage_ewkb: &'a [u8],
}

pub async fn finish_version(conn: &mut PgConnection, c: &Checked<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "update layer_version set state = 'checked', rows_read = $2, rows_good = $3, rows_bad = $4, content_hash = $5,
             coverage = st_multi(st_collectionextract(st_makevalid($6::geometry), 3)) where id = $1",
    )
    .bind(c.id)
    .bind(c.rows_read)
    .bind(c.rows_good)
    .bind(c.rows_bad)
    .bind(c.content_hash)
    .bind(c.coverage_ewkb)
    .execute(conn)
    .await?;
    Ok(())
}

/// Union of the version's own areas, for maps that cover just what they show (commune boundaries, full covers).
pub async fn union_of_features(conn: &mut PgConnection, zone: i32, id: i64) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar(
        "select st_asewkb(st_multi(st_collectionextract(st_unaryunion(st_collect(st_collectionextract(geom, 3))), 3)))
           from feature where zone = $1 and layer_version_id = $2 and geom is not null having count(*) > 0",
    )
    .bind(zone)
    .bind(id)
    .fetch_optional(conn)
    .await
    .map(Option::flatten)
}

pub async fn set_state(conn: &mut PgConnection, id: i64, state: &str, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query(
        "update layer_version set state = $2::layer_version_state,
             published_at = case when $2 = 'published' then $3 else published_at end,
             superseded_at = case when $2 = 'superseded' then $3 end where id = $1",
    )
    .bind(id)
    .bind(state)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Drops the rows of a version that was never published.
pub async fn discard(conn: &mut PgConnection, zone: i32, id: i64, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("delete from feature where zone = $1 and layer_version_id = $2")
        .bind(zone)
        .bind(id)
        .execute(&mut *conn)
        .await?;
    set_state(conn, id, "discarded", at).await
}

#[derive(Debug, Clone, Serialize, FromRow)]
pub struct IssueRow {
    pub row_no: i64,
    pub set_aside: bool,
    pub code: String,
    pub detail: Value,
    /// Easting and northing in the zone (m).
    pub e: Option<f64>,
    pub n: Option<f64>,
    pub raw: Option<Value>,
}

pub async fn add_issues(
    conn: &mut PgConnection,
    id: i64,
    zone: i32,
    first_no: i32,
    rows: &[IssueRow],
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into import_issue (layer_version_id, no, row_no, set_aside, code, detail, place, raw)
         select $1, $2 + (i - 1)::int, r, s, c, d, case when e is null then null else st_setsrid(st_makepoint(e, n), $3) end, w
           from unnest($4::bigint[], $5::bool[], $6::text[], $7::jsonb[], $8::float8[], $9::float8[], $10::jsonb[])
                with ordinality t(r, s, c, d, e, n, w, i)",
    )
    .bind(id)
    .bind(first_no)
    .bind(zone)
    .bind(rows.iter().map(|r| r.row_no).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.set_aside).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.code.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.detail.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.e).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.n).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.raw.clone()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// What was said about a row, with its place in the list.
#[derive(Debug, Clone, Serialize, FromRow, utoipa::ToSchema)]
pub struct NumberedIssue {
    pub no: i32,
    /// Row of the file, from 1.
    pub row_no: i64,
    /// The row is not in the version; it is kept in `raw`.
    pub set_aside: bool,
    pub code: String,
    #[schema(value_type = Object)]
    pub detail: Value,
    /// Easting in the zone (m).
    pub e: Option<f64>,
    /// Northing in the zone (m).
    pub n: Option<f64>,
    #[schema(value_type = Option<Object>)]
    pub raw: Option<Value>,
}

/// What was said about rows, after the issue with number `after`.
pub async fn numbered_issues(pool: &PgPool, id: i64, after: i32, limit: i64) -> sqlx::Result<Vec<NumberedIssue>> {
    sqlx::query_as(
        "select no, row_no, set_aside, code, detail, st_x(place) as e, st_y(place) as n, raw from import_issue
          where layer_version_id = $1 and no > $2 order by no limit $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await
}

#[derive(Debug, Clone, Serialize, FromRow, utoipa::ToSchema)]
pub struct IssueCount {
    pub code: String,
    pub set_aside: bool,
    pub rows: i64,
}

pub async fn issue_counts(conn: &mut PgConnection, id: i64) -> sqlx::Result<Vec<IssueCount>> {
    sqlx::query_as("select code, set_aside, count(*) as rows from import_issue where layer_version_id = $1 group by 1, 2 order by 3 desc, 1")
        .bind(id)
        .fetch_all(conn)
        .await
}

/// EWKB of what a version covers.
pub async fn coverage(conn: &mut PgConnection, id: i64) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar("select st_asewkb(coverage) from layer_version where id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
        .map(Option::flatten)
}

/// EWKB of a commune's boundary from the published layers of `theme` in this zone.
pub async fn boundary_of(conn: &mut PgConnection, zone: i32, theme: &str, code: &str) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar(
        "select st_asewkb(st_multi(st_collectionextract(st_unaryunion(st_collect(f.geom)), 3)))
           from feature f join layer_version v on v.id = f.layer_version_id join layer l on l.id = v.layer_id
          where f.zone = $1 and v.state = 'published' and l.theme = $2 and f.code = $3 having count(*) > 0",
    )
    .bind(zone)
    .bind(theme)
    .bind(code)
    .fetch_optional(conn)
    .await
    .map(Option::flatten)
}

pub async fn upsert_theme(conn: &mut PgConnection, code: &str, definition: Value, hash: &str) -> sqlx::Result<()> {
    sqlx::query(
        "insert into theme (code, definition, hash) values ($1, $2, $3)
         on conflict (code) do update set definition = excluded.definition, hash = excluded.hash, updated_at = now()
         where theme.hash <> excluded.hash",
    )
    .bind(code)
    .bind(definition)
    .bind(hash)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(Debug, Clone, FromRow)]
pub struct ThemeRow {
    pub code: String,
    pub definition: Value,
    pub hash: String,
}

pub async fn themes(pool: &PgPool) -> sqlx::Result<Vec<ThemeRow>> {
    sqlx::query_as("select code, definition, hash from theme order by code").fetch_all(pool).await
}

/// Code and hash of every theme, in order of code.
pub async fn theme_marks(pool: &PgPool) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as("select code, hash from theme order by code").fetch_all(pool).await
}

pub async fn theme(conn: &mut PgConnection, code: &str) -> sqlx::Result<Option<ThemeRow>> {
    sqlx::query_as("select code, definition, hash from theme where code = $1").bind(code).fetch_optional(conn).await
}

/// A published version with its coverage around a parcel.
#[derive(Debug, Clone, FromRow)]
pub struct CurrentRow {
    pub id: i64,
    pub layer: String,
    pub theme: String,
    pub is_cadastral: bool,
    pub number: i32,
    pub content_hash: String,
    pub source_name: String,
    pub source_date: Date,
    pub decision: Option<String>,
    pub accuracy_m: f64,
    pub scale: Option<i32>,
    /// Clipped to the box that was asked for; none when nothing of it lies there.
    pub coverage: Option<Vec<u8>>,
}

macro_rules! version_around {
    ($which:literal) => {
        concat!(
            "select v.id, l.code as layer, l.theme, t.definition->>'family' = 'parcel' as is_cadastral, v.number, v.content_hash, v.source_name,
                    v.source_date, v.decision, v.accuracy_m, v.scale,
                    st_asewkb(st_clipbybox2d(v.coverage, st_makeenvelope($2, $3, $4, $5, $1)::box2d)) as coverage
               from layer_version v join layer l on l.id = v.layer_id join theme t on t.code = l.theme
              where v.zone = $1 and ",
            $which,
            " order by v.id"
        )
    };
}
/// Where nothing is.
pub const NOWHERE: super::feature::Bounds = super::feature::Bounds { min_e: 0.0, min_n: 0.0, max_e: 0.0, max_n: 0.0 };

/// All published versions of a zone; coverage clipped to `b` (the clip of a large coverage is cheap, reading it is not).
pub async fn current(pool: &PgPool, zone: i32, b: Option<super::feature::Bounds>) -> sqlx::Result<Vec<CurrentRow>> {
    let b = b.unwrap_or(NOWHERE);
    sqlx::query_as(version_around!("v.state = 'published'"))
        .bind(zone)
        .bind(b.min_e)
        .bind(b.min_n)
        .bind(b.max_e)
        .bind(b.max_n)
        .fetch_all(pool)
        .await
}

/// As [`current`], of these versions, whatever became of them since they were published.
pub async fn these(
    pool: &PgPool,
    zone: i32,
    ids: &[i64],
    b: Option<super::feature::Bounds>,
) -> sqlx::Result<Vec<CurrentRow>> {
    let b = b.unwrap_or(NOWHERE);
    sqlx::query_as(version_around!("v.id = any($6) and v.state in ('published', 'superseded')"))
        .bind(zone)
        .bind(b.min_e)
        .bind(b.min_n)
        .bind(b.max_e)
        .bind(b.max_n)
        .bind(ids)
        .fetch_all(pool)
        .await
}

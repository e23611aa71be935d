//! Layers, their versions and what an import said about its rows.

use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgExecutor};
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
    /// What proved that its rows lie where they should, or why that was forced.
    #[schema(value_type = Object)]
    pub placed: Value,
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
    pub placed: Value,
    pub encoding: Value,
    pub profile: Value,
    pub accuracy_m: f64,
    pub scale: Option<i32>,
    pub imported_by: String,
    pub imported_at: OffsetDateTime,
}

const VERSION: &str = "select v.id, l.code as layer, v.layer_id, l.theme, v.zone, v.coverage_key, v.number, v.state::text as state,
    v.source_name, v.source_sha256, v.source_date, v.decision, v.declared_crs, v.placed, v.encoding, v.accuracy_m, v.scale,
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

/// Codes of layers, by name.
pub async fn codes(conn: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("select code from layer order by code limit $1").bind(limit).fetch_all(conn).await
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

/// When a version of it was published or superseded last.
pub async fn last_change(
    conn: &mut PgConnection,
    layer_id: Uuid,
    coverage_key: &str,
) -> sqlx::Result<Option<OffsetDateTime>> {
    sqlx::query_scalar(
        "select max(greatest(published_at, superseded_at)) from layer_version where layer_id = $1 and coverage_key = $2",
    )
    .bind(layer_id)
    .bind(coverage_key)
    .fetch_one(conn)
    .await
}

pub async fn begin_version(conn: &mut PgConnection, v: &NewVersion) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "insert into layer_version (layer_id, zone, coverage_key, number, source_name, source_sha256, source_date, decision,
             declared_crs, encoding, profile, accuracy_m, scale, imported_by, imported_at, placed)
         select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
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
    .bind(&v.placed)
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
    /// What it claims to cover; where rows were set aside, it does not.
    pub coverage_ewkb: &'a [u8],
    pub reach_m: f64,
}

pub async fn finish_version(conn: &mut PgConnection, c: &Checked<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "with aside as (select row_no, extent from import_issue where layer_version_id = $1 and set_aside and code <> 'duplicate_row'),
              hole as (select st_multi(st_union(extent)) as area from aside),
              claimed as (select st_collectionextract(st_makevalid($6::geometry), 3) as area)
         update layer_version set state = 'checked', rows_read = $2, rows_good = $3, rows_bad = $4, content_hash = $5, reach_m = $7,
                rows_unplaced = (select count(distinct row_no) from aside where extent is null), set_aside = hole.area,
                coverage = st_multi(case when hole.area is null then claimed.area
                                         else st_collectionextract(st_difference(claimed.area, hole.area), 3) end)
           from hole, claimed where id = $1",
    )
    .bind(c.id)
    .bind(c.rows_read)
    .bind(c.rows_good)
    .bind(c.rows_bad)
    .bind(c.content_hash)
    .bind(c.coverage_ewkb)
    .bind(c.reach_m)
    .execute(conn)
    .await?;
    Ok(())
}

/// What of two versions is not the same: `rows`, or names of what was declared of them. Empty: `new` says what `old` says.
pub async fn differences(conn: &mut PgConnection, old: i64, new: i64) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select array_remove(array[
                case when o.content_hash is distinct from n.content_hash then 'rows' end,
                case when o.source_date <> n.source_date then 'source_date' end,
                case when o.decision is distinct from n.decision then 'decision' end,
                case when o.accuracy_m <> n.accuracy_m then 'accuracy_m' end,
                case when o.scale is distinct from n.scale then 'scale' end,
                case when o.rows_unplaced is distinct from n.rows_unplaced or o.rows_bad <> n.rows_bad then 'rows_set_aside' end,
                case when o.reach_m is distinct from n.reach_m then 'reach_m' end,
                case when not (o.coverage = n.coverage or st_equals(o.coverage, n.coverage)) then 'coverage' end], null)
           from layer_version o, layer_version n where o.id = $1 and n.id = $2",
    )
    .bind(old)
    .bind(new)
    .fetch_one(conn)
    .await
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
    sqlx::query("select feature_drop($1, $2)").bind(zone).bind(id).execute(&mut *conn).await?;
    super::stage::forget(conn, id).await?;
    set_state(conn, id, "discarded", at).await
}

/// EWKB of what a version covers.
pub async fn coverage(conn: &mut PgConnection, id: i64) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar("select st_asewkb(coverage) from layer_version where id = $1")
        .bind(id)
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

pub async fn themes(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<ThemeRow>> {
    sqlx::query_as("select code, definition, hash from theme order by code").fetch_all(db).await
}

/// Code and hash of every theme, in order of code.
pub async fn theme_marks(conn: &mut PgConnection) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as("select code, hash from theme order by code").fetch_all(conn).await
}

pub async fn theme(conn: &mut PgConnection, code: &str) -> sqlx::Result<Option<ThemeRow>> {
    sqlx::query_as("select code, definition, hash from theme where code = $1").bind(code).fetch_optional(conn).await
}

/// A version as it stands in the database now: when one of the numbers is another, its row was written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, FromRow)]
pub struct Mark {
    pub id: i64,
    pub stamp: i64,
    pub layer_stamp: i64,
}

macro_rules! marks {
    ($which:literal) => {
        concat!(
            "select v.id, v.xmin::text::bigint as stamp, l.xmin::text::bigint as layer_stamp
               from layer_version v join layer l on l.id = v.layer_id where v.zone = $1 and ",
            $which,
            " order by v.id"
        )
    };
}

/// All published versions of a zone.
pub async fn current(conn: &mut PgConnection, zone: i32) -> sqlx::Result<Vec<Mark>> {
    sqlx::query_as(marks!("v.state = 'published'")).bind(zone).fetch_all(conn).await
}

/// These versions, whatever became of them since they were published.
pub async fn these(conn: &mut PgConnection, zone: i32, ids: &[i64]) -> sqlx::Result<Vec<Mark>> {
    sqlx::query_as(marks!("v.id = any($2) and v.state in ('published', 'superseded')"))
        .bind(zone)
        .bind(ids)
        .fetch_all(conn)
        .await
}

/// A version that was published, with its coverage.
#[derive(Debug, Clone, FromRow)]
pub struct PublishedRow {
    #[sqlx(flatten)]
    pub mark: Mark,
    pub layer: String,
    pub theme: String,
    pub coverage_key: String,
    pub number: i32,
    pub content_hash: String,
    pub source_name: String,
    pub source_date: Date,
    pub decision: Option<String>,
    pub accuracy_m: f64,
    pub scale: Option<i32>,
    /// Rows set aside, and those of them that may lie anywhere; 0 where that was not counted yet.
    pub rows_bad: i64,
    pub rows_unplaced: i64,
    /// Largest half width of a row (m).
    pub reach_m: f64,
    pub coverage: Vec<u8>,
    /// Where rows were set aside.
    pub set_aside: Option<Vec<u8>>,
}

pub async fn published(conn: &mut PgConnection, ids: &[i64]) -> sqlx::Result<Vec<PublishedRow>> {
    sqlx::query_as(
        "select v.id, v.xmin::text::bigint as stamp, l.xmin::text::bigint as layer_stamp, l.code as layer, l.theme, v.coverage_key, v.number, v.content_hash,
                v.source_name, v.source_date, v.decision, v.accuracy_m, v.scale, st_asewkb(v.coverage) as coverage,
                case when v.rows_unplaced is null then 0 else v.rows_bad end as rows_bad, coalesce(v.rows_unplaced, 0) as rows_unplaced,
                coalesce(v.reach_m, 0) as reach_m, st_asewkb(v.set_aside) as set_aside
           from layer_version v join layer l on l.id = v.layer_id
          where v.id = any($1) and v.state in ('published', 'superseded') order by v.id",
    )
    .bind(ids)
    .fetch_all(conn)
    .await
}

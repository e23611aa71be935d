//! Parcels, their history, aliases and lineage.

use super::feature::{Bounds, FullRow};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, FromRow)]
pub struct ParcelRow {
    pub zone: i32,
    pub parcel_id: Uuid,
    pub version: i32,
    pub commune_code: String,
    pub sheet: String,
    pub number: String,
    pub scale: Option<i32>,
    pub registered_area: Option<f64>,
    pub map_area: Option<f64>,
    pub land_use: Vec<String>,
    pub address: Option<String>,
    pub ewkb: Option<Vec<u8>>,
    pub layer_version_id: Option<i64>,
    pub row_hash: Vec<u8>,
    pub valid_from: OffsetDateTime,
    pub valid_to: Option<OffsetDateTime>,
}

macro_rules! parcel_select {
    ($rest:literal) => {
        concat!(
            "select zone, parcel_id, version, commune_code, sheet, number, scale, registered_area, map_area, land_use, address,
                    st_asewkb(geom) as ewkb, layer_version_id, row_hash, lower(valid) as valid_from, upper(valid) as valid_to
               from parcel_version ",
            $rest
        )
    };
}

/// The version in force now; a parcel that is gone gives its last one.
pub async fn current(pool: &PgPool, zone: i32, id: Uuid) -> sqlx::Result<Option<ParcelRow>> {
    sqlx::query_as(parcel_select!("where zone = $1 and parcel_id = $2 order by version desc limit 1"))
        .bind(zone)
        .bind(id)
        .fetch_optional(pool)
        .await
}

/// One version, current or not.
pub async fn version(pool: &PgPool, zone: i32, id: Uuid, version: i32) -> sqlx::Result<Option<ParcelRow>> {
    sqlx::query_as(parcel_select!("where zone = $1 and parcel_id = $2 and version = $3"))
        .bind(zone)
        .bind(id)
        .bind(version)
        .fetch_optional(pool)
        .await
}

/// The map row a parcel's version was made of.
#[derive(Debug, Clone, FromRow)]
pub struct SourceRow {
    #[sqlx(flatten)]
    pub row: FullRow,
    /// Every column of the parcel still says what the map row says.
    pub same: bool,
}

pub async fn source_of(pool: &PgPool, zone: i32, id: Uuid, version: i32) -> sqlx::Result<Option<SourceRow>> {
    sqlx::query_as(
        "select f.key, f.code, f.label, f.attrs, st_asewkb(f.geom) as ewkb,
                coalesce(p.row_hash = f.row_hash and p.commune_code = f.attrs->>'commune' and p.sheet = f.attrs->>'sheet' and p.number = f.attrs->>'number'
                    and p.scale is not distinct from coalesce((f.attrs->>'scale')::int, lv.scale)
                    and p.registered_area is not distinct from (f.attrs->>'registered_area')::float8
                    and p.land_use = coalesce((select array_agg(x) from jsonb_array_elements_text(f.attrs->'land_use') x), '{}')
                    and st_asewkb(p.geom) is not distinct from st_asewkb(f.geom), false) as same
           from parcel_version p join layer_version lv on lv.id = p.layer_version_id
           join feature f on f.zone = p.zone and f.layer_version_id = p.layer_version_id and f.fid = p.feature_fid
          where p.zone = $1 and p.parcel_id = $2 and p.version = $3",
    )
    .bind(zone)
    .bind(id)
    .bind(version)
    .fetch_optional(pool)
    .await
}

/// Finds the zone of a parcel id.
pub async fn zone_of(pool: &PgPool, id: Uuid) -> sqlx::Result<Option<i32>> {
    // zone by zone: each partition is looked up by its key
    sqlx::query_scalar(
        "select z.srid from cadastral_zone z join lateral (select from parcel p where p.zone = z.srid and p.id = $1 limit 1) p on true",
    )
    .bind(id)
    .fetch_optional(pool)
    .await
}

pub async fn history(pool: &PgPool, zone: i32, id: Uuid) -> sqlx::Result<Vec<ParcelRow>> {
    sqlx::query_as(parcel_select!("where zone = $1 and parcel_id = $2 order by version"))
        .bind(zone)
        .bind(id)
        .fetch_all(pool)
        .await
}

/// Current parcels whose boxes meet `b`, by id; at most `limit` + 1.
pub async fn in_box(
    db: impl PgExecutor<'_>,
    zone: i32,
    b: Bounds,
    after: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<ParcelRow>> {
    sqlx::query_as(parcel_select!(
        "where zone = $1 and upper_inf(valid) and geom && st_makeenvelope($2, $3, $4, $5, $1)
           and ($6::uuid is null or parcel_id > $6) order by parcel_id limit $7"
    ))
    .bind(zone)
    .bind(b.min_e)
    .bind(b.min_n)
    .bind(b.max_e)
    .bind(b.max_n)
    .bind(after)
    .bind(limit + 1)
    .fetch_all(db)
    .await
}

/// Current parcels that contain the point (zone metres).
pub async fn at_point(pool: &PgPool, zone: i32, e: f64, n: f64) -> sqlx::Result<Vec<ParcelRow>> {
    sqlx::query_as(parcel_select!(
        "where zone = $1 and upper_inf(valid) and st_intersects(geom, st_setsrid(st_makepoint($2, $3), $1)) order by parcel_id limit 20"
    ))
    .bind(zone)
    .bind(e)
    .bind(n)
    .fetch_all(pool)
    .await
}

/// One way a reference leads to a parcel.
#[derive(Debug, Clone, FromRow)]
pub struct AliasRow {
    pub zone: i32,
    pub parcel_id: Uuid,
    pub alias_commune: String,
    pub alias_sheet: String,
    pub alias_number: String,
    pub reason: String,
    /// The version in force (or the last one).
    pub commune_code: String,
    pub sheet: String,
    pub number: String,
    pub valid_now: bool,
    pub registered_area: Option<f64>,
    pub map_area: Option<f64>,
    pub e: Option<f64>,
    pub n: Option<f64>,
}

/// Parcels known under sheet and number in any of the communes (any commune when the list is empty), with those that came
/// of them by split, merge, renumbering or re-survey.
pub async fn by_alias(
    conn: &mut PgConnection,
    communes: &[String],
    sheet: &str,
    number: &str,
) -> sqlx::Result<Vec<AliasRow>> {
    sqlx::query_as(
        "with recursive named as (
            select a.zone, a.parcel_id, a.commune_code, a.sheet, a.number, a.reason, 0 as depth,
                   case when a.act_id is not null then upper(a.valid) end as since
              from parcel_name a
             where a.sheet = $2 and a.number = $3 and (cardinality($1::text[]) = 0 or a.commune_code = any($1))
            union
            select n.zone, l.to_parcel, n.commune_code, n.sheet, n.number,
                   case l.kind when 'renumber' then 'renumbered' else l.kind end, n.depth + 1, l.at + interval '1 microsecond'
              from named n join parcel_step l on l.zone = n.zone and l.from_parcel = n.parcel_id
             where n.depth < 20 and (n.since is null or l.at >= n.since)
         )
         select distinct on (n.zone, n.parcel_id, n.commune_code) n.zone, n.parcel_id, n.commune_code as alias_commune, n.sheet as alias_sheet,
                n.number as alias_number, n.reason, v.commune_code, v.sheet, v.number, upper_inf(v.valid) as valid_now,
                v.registered_area, v.map_area, st_x(st_centroid(v.geom)) as e, st_y(st_centroid(v.geom)) as n
           from named n join lateral (select * from parcel_version v where v.zone = n.zone and v.parcel_id = n.parcel_id
                                       order by version desc limit 1) v on true
          order by n.zone, n.parcel_id, n.commune_code, n.depth limit 200",
    )
    .bind(communes)
    .bind(sheet)
    .bind(number)
    .fetch_all(conn)
    .await
}

/// Every name a parcel has or had, as keys `commune/sheet/number`.
pub async fn keys_of(pool: &PgPool, zone: i32, id: Uuid) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "select distinct commune_code || '/' || sheet || '/' || number from parcel_name where zone = $1 and parcel_id = $2 order by 1",
    )
    .bind(zone)
    .bind(id)
    .fetch_all(pool)
    .await
}

/// Counts of what a publication did to the parcels.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow, Serialize)]
pub struct Applied {
    pub unchanged: i64,
    pub added: i64,
    pub changed: i64,
    pub removed: i64,
    pub lineage: i64,
}

/// Brings the parcels of (layer, coverage key) to what version `new` says: equal rows stay, others get a new version, parcels
/// no longer drawn end, new ones begin (no version: all end); lineage is read from who lies where the ended ones lay. Nothing is overwritten.
pub async fn apply(
    conn: &mut PgConnection,
    zone: i32,
    layer: Uuid,
    coverage: &str,
    new: Option<i64>,
    at: OffsetDateTime,
) -> sqlx::Result<Applied> {
    // no version has this number, so it has no rows
    let new = new.unwrap_or(0);
    for sql in [
        "drop table if exists incoming, present, ended, begun",
        "create temp table incoming (fid bigint, commune text, sheet text, number text, row_hash bytea, k bigint, parcel_id uuid, had integer, same boolean)",
        "create temp table present (parcel_id uuid, version integer, commune text, sheet text, number text, row_hash bytea, k bigint)",
        "create temp table ended (parcel_id uuid)",
        "create temp table begun (parcel_id uuid)",
    ] {
        sqlx::query(sql).execute(&mut *conn).await?;
    }
    // k tells apart several rows of one number (real maps have them): rows that did not change keep their place.
    sqlx::query(
        "insert into present select v.parcel_id, v.version, v.commune_code, v.sheet, v.number, v.row_hash,
                row_number() over (partition by v.row_hash order by v.parcel_id)
           from parcel_version v join layer_version lv on lv.id = v.layer_version_id
          where v.zone = $1 and lv.layer_id = $2 and lv.coverage_key = $3 and upper_inf(v.valid)",
    )
    .bind(zone)
    .bind(layer)
    .bind(coverage)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into incoming select fid, attrs->>'commune', attrs->>'sheet', attrs->>'number', row_hash,
                row_number() over (partition by row_hash order by fid) from feature where zone = $1 and layer_version_id = $2",
    )
    .bind(zone)
    .bind(new)
    .execute(&mut *conn)
    .await?;
    for sql in [
        "create index on incoming (row_hash, k)",
        "create index on present (row_hash, k)",
        "analyze incoming",
        "analyze present",
        "update incoming i set parcel_id = p.parcel_id, had = p.version, same = true from present p where p.row_hash = i.row_hash and p.k = i.k",
        // what changed keeps its identity by its number, in a fixed order where a number stands twice
        "with i as (select fid, commune, sheet, number, row_number() over (partition by commune, sheet, number order by fid) r from incoming where parcel_id is null),
              p as (select p.*, row_number() over (partition by commune, sheet, number order by parcel_id) r from present p
                     where not exists (select from incoming x where x.parcel_id = p.parcel_id))
         update incoming t set parcel_id = p.parcel_id, had = p.version, same = false
           from i join p using (commune, sheet, number, r) where t.fid = i.fid",
    ] {
        sqlx::query(sql).execute(&mut *conn).await?;
    }
    sqlx::query("insert into ended select parcel_id from present p where not exists (select from incoming i where i.parcel_id = p.parcel_id)")
        .execute(&mut *conn)
        .await?;
    // an id that says where it came from: the same load gives the same ids
    sqlx::query(
        "update incoming set parcel_id = md5('diaba:parcel:' || $1 || ':' || fid)::uuid where parcel_id is null",
    )
    .bind(new)
    .execute(&mut *conn)
    .await?;
    sqlx::query("insert into begun select parcel_id from incoming where had is null").execute(&mut *conn).await?;
    sqlx::query(
        "update parcel_version v set valid = tstzrange(lower(v.valid), $2)
          where v.zone = $1 and upper_inf(v.valid)
            and (v.parcel_id in (select parcel_id from ended) or v.parcel_id in (select parcel_id from incoming where same is false))",
    )
    .bind(zone)
    .bind(at)
    .execute(&mut *conn)
    .await?;
    sqlx::query("insert into parcel (zone, id, created_at) select $1, parcel_id, $2 from begun on conflict do nothing")
        .bind(zone)
        .bind(at)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "insert into parcel_version (zone, parcel_id, version, commune_code, sheet, number, scale, registered_area, map_area, land_use,
                address, attrs, geom, layer_version_id, feature_fid, row_hash, valid)
         select $1, i.parcel_id, coalesce(i.had, (select max(p.version) from parcel_version p where p.zone = $1 and p.parcel_id = i.parcel_id), 0) + 1, i.commune, i.sheet, i.number, coalesce((f.attrs->>'scale')::int, lv.scale),
                (f.attrs->>'registered_area')::float8, st_area(f.geom),
                coalesce((select array_agg(x) from jsonb_array_elements_text(f.attrs->'land_use') x), '{}'),
                f.attrs->>'address', f.attrs - '{commune,sheet,number,registered_area,land_use,address,scale}'::text[], f.geom, $2, f.fid, f.row_hash,
                tstzrange($3, null)
           from incoming i join feature f on f.zone = $1 and f.layer_version_id = $2 and f.fid = i.fid
           join layer_version lv on lv.id = $2
          where i.same is distinct from true",
    )
    .bind(zone)
    .bind(new)
    .bind(at)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into parcel_alias (zone, parcel_id, commune_code, sheet, number, reason, valid)
         select $1, i.parcel_id, i.commune, i.sheet, i.number, 'current', tstzrange($2, null) from incoming i
          where not exists (select from parcel_alias a where a.zone = $1 and a.parcel_id = i.parcel_id and a.commune_code = i.commune
                               and a.sheet = i.sheet and a.number = i.number)",
    )
    .bind(zone)
    .bind(at)
    .execute(&mut *conn)
    .await?;
    // old names that the source itself gives
    sqlx::query(
        "insert into parcel_alias (zone, parcel_id, commune_code, sheet, number, reason, valid)
         select $1, i.parcel_id, coalesce(f.attrs->>'old_commune', i.commune), coalesce(f.attrs->>'old_sheet', i.sheet), coalesce(f.attrs->>'old_number', i.number),
                case when f.attrs ? 'old_commune' and f.attrs->>'old_commune' <> i.commune then 'commune_merged' else 'renumbered' end, tstzrange(null, $3)
           from incoming i join feature f on f.zone = $1 and f.layer_version_id = $2 and f.fid = i.fid
          where f.attrs ?| array['old_commune', 'old_sheet', 'old_number'] on conflict do nothing",
    )
    .bind(zone)
    .bind(new)
    .bind(at)
    .execute(&mut *conn)
    .await?;
    let lineage = trace(conn, zone, at, new).await?;
    let mut done: Applied = sqlx::query_as(
        "select count(*) filter (where same) as unchanged, count(*) filter (where had is null) as added,
                count(*) filter (where same is false) as changed, (select count(*) from ended) as removed, 0::bigint as lineage from incoming",
    )
    .fetch_one(&mut *conn)
    .await?;
    done.lineage = lineage;
    sqlx::query("drop table incoming, present, ended, begun").execute(conn).await?;
    Ok(done)
}

/// Lineage shown by this publication: who lies on at least a tenth of the smaller of the two. A parcel that ended went on in what
/// begins or was drawn anew on its ground; one that keeps its number but gives ground to one that begins was split.
async fn trace(conn: &mut PgConnection, zone: i32, at: OffsetDateTime, new: i64) -> sqlx::Result<i64> {
    let done = sqlx::query(
        "with changed as (select parcel_id, had from incoming where same is false),
         pairs as (
            select e.parcel_id as old, n.parcel_id as new, o.geom as og, n.geom as ng, c.parcel_id is not null as grew, false as lives_on
              from ended e join lateral (select geom from parcel_version v where v.zone = $1 and v.parcel_id = e.parcel_id order by version desc limit 1) o on o.geom is not null
              join parcel_version n on n.zone = $1 and upper_inf(n.valid) and n.geom && o.geom
              left join changed c on c.parcel_id = n.parcel_id
             where c.parcel_id is not null or exists (select from begun b where b.parcel_id = n.parcel_id)
            union all
            select c.parcel_id, f.parcel_id, o.geom, f.geom, false, true
              from begun b join parcel_version f on f.zone = $1 and f.parcel_id = b.parcel_id and upper_inf(f.valid)
              join parcel_version n on n.zone = $1 and upper_inf(n.valid) and n.geom && f.geom
              join changed c on c.parcel_id = n.parcel_id
              join parcel_version o on o.zone = $1 and o.parcel_id = c.parcel_id and o.version = c.had and o.geom && f.geom
         ), measured as (
            select *, st_area(og) as oa, st_area(ng) as na, st_area(st_intersection(og, ng)) as ia from pairs
         ), kept as (
            select *, count(*) over (partition by old) as news, count(*) over (partition by new) as olds from measured where ia > 0.1 * least(oa, na)
         ), steps as (
            select old, new, case when grew then 'merge' when lives_on or news > 1 then 'split' when olds > 1 then 'merge'
                                  when ia > 0.99 * greatest(oa, na) then 'renumber' else 're_survey' end as kind from kept
            union select old, old, 'split' from kept where lives_on
         )
         insert into parcel_lineage (zone, from_parcel, to_parcel, kind, at, source)
         select $1, old, new, kind, $2, 'layer version ' || $3 from steps",
    )
    .bind(zone)
    .bind(at)
    .bind(new)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() as i64)
}

/// Free-form attributes of the version in force.
pub async fn attrs(pool: &PgPool, zone: i32, id: Uuid, version: i32) -> sqlx::Result<Option<Value>> {
    sqlx::query_scalar("select attrs from parcel_version where zone = $1 and parcel_id = $2 and version = $3")
        .bind(zone)
        .bind(id)
        .bind(version)
        .fetch_optional(pool)
        .await
}

//! Everything that a chunk of parcels needs, read once for all of them. What one parcel sees of it is cut out in memory
//! (`flow/batch`), by the same boxes that the queries for a single parcel go by.

use crate::store::case::RivalRow;
use crate::store::feature::Bounds;
use crate::store::parcel::{AliasRow, ParcelRow};
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

/// The last version of each parcel at the instant `at`.
pub async fn parcels(
    conn: &mut PgConnection,
    zone: i32,
    ids: &[Uuid],
    at: OffsetDateTime,
) -> sqlx::Result<Vec<ParcelRow>> {
    sqlx::query_as(
        "select distinct on (parcel_id) zone, parcel_id, version, commune_code, sheet, number, scale, registered_area, map_area, land_use, address,
                st_asewkb(geom) as ewkb, layer_version_id, row_hash, lower(valid) as valid_from,
                case when upper(valid) <= $3 then upper(valid) end as valid_to
           from parcel_version where zone = $1 and parcel_id = any($2) and lower(valid) <= $3 order by parcel_id, version desc",
    )
    .bind(zone)
    .bind(ids)
    .bind(at)
    .fetch_all(conn)
    .await
}

/// Every name of each parcel, as `store::parcel::keys_of` gives them, without those that later maps brought.
pub async fn keys(
    conn: &mut PgConnection,
    zone: i32,
    ids: &[Uuid],
    at: OffsetDateTime,
) -> sqlx::Result<Vec<(Uuid, Vec<String>)>> {
    sqlx::query_as(
        "select parcel_id, array_agg(key order by key) from (
            select distinct parcel_id, commune_code || '/' || sheet || '/' || number as key from map_name($3)
             where zone = $1 and parcel_id = any($2)) t group by parcel_id",
    )
    .bind(zone)
    .bind(ids)
    .bind(at)
    .fetch_all(conn)
    .await
}

#[derive(Debug, Clone, FromRow)]
pub struct NeighbourRow {
    pub parcel_id: Uuid,
    pub version: i32,
    pub row_hash: Vec<u8>,
    pub sheet: String,
    pub number: String,
    pub ewkb: Vec<u8>,
}

/// Parcels of the instant `at` whose boxes meet `b`.
pub async fn neighbours(
    conn: &mut PgConnection,
    zone: i32,
    b: Bounds,
    at: OffsetDateTime,
) -> sqlx::Result<Vec<NeighbourRow>> {
    // each half has an index of its own
    sqlx::query_as(
        "select parcel_id, version, row_hash, sheet, number, st_asewkb(geom) as ewkb from parcel_version
          where zone = $1 and upper_inf(valid) and lower(valid) <= $6 and geom && st_makeenvelope($2, $3, $4, $5, $1)
         union all
         select parcel_id, version, row_hash, sheet, number, st_asewkb(geom) from parcel_version
          where zone = $1 and not upper_inf(valid) and valid @> $6 and geom && st_makeenvelope($2, $3, $4, $5, $1)",
    )
    .bind(zone)
    .bind(b.min_e)
    .bind(b.min_n)
    .bind(b.max_e)
    .bind(b.max_n)
    .bind(at)
    .fetch_all(conn)
    .await
}

#[derive(Debug, Clone, FromRow)]
pub struct OpenCaseRow {
    pub parcel_id: Uuid,
    #[sqlx(flatten)]
    pub row: RivalRow,
}

/// Open cases on these parcels, or calling theirs by the same sheet and number, as `store::case::rivals` gives them for one: by
/// number, at most `most` of a parcel; by the names of the instant `at`.
pub async fn open_cases(
    conn: &mut PgConnection,
    zone: i32,
    ids: &[Uuid],
    most: i64,
    at: OffsetDateTime,
) -> sqlx::Result<Vec<OpenCaseRow>> {
    sqlx::query_as(
        "select parcel_id, number, procedure, false as same_certificate, same_parcel, parcel_ref, communes from (
            select found.*, row_number() over (partition by parcel_id order by number) as k from (
                select parcel_id, number, procedure, true as same_parcel, parcel_ref, '{}'::text[] as communes
                  from case_file where zone = $1 and parcel_id = any($2) and not ended
                union all
                select a.parcel_id, c.number, c.procedure, false, c.parcel_ref, array_agg(a.commune_code)
                  from map_name($4) a join case_file c on c.parcel_ref ->> 'sheet' = a.sheet and c.parcel_ref ->> 'number' = a.number
                 where a.zone = $1 and a.parcel_id = any($2) and c.parcel_id is null and not c.ended group by a.parcel_id, c.id) found) t
          where k <= $3 order by parcel_id, number",
    )
    .bind(zone)
    .bind(ids)
    .bind(most)
    .bind(at)
    .fetch_all(conn)
    .await
}

/// More parcels than this are not told for one reference.
pub const MOST_FOUND: usize = 200;

/// One of many references that are looked up together; `i` tells them apart. A reference with several communes comes several times.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub i: i32,
    pub commune: String,
    pub sheet: String,
    pub number: String,
}

#[derive(Debug, Clone, FromRow)]
pub struct FoundRow {
    pub i: i32,
    #[sqlx(flatten)]
    pub row: AliasRow,
}

/// Zones in which parcels bear names, ascending. `offset 0` keeps it a look at the first row of each partition: as a join it would
/// read every name there is.
pub async fn named_zones(conn: &mut PgConnection) -> sqlx::Result<Vec<i32>> {
    sqlx::query_scalar(
        "select srid from cadastral_zone z where exists (select from parcel_alias a where a.zone = z.srid offset 0) order by srid",
    )
    .fetch_all(conn)
    .await
}

/// As `store::parcel::by_alias` at the instant `at`, for many references at once, without centres; in one zone, so that no other
/// partition is looked into for each of them.
pub async fn by_aliases(
    conn: &mut PgConnection,
    zone: i32,
    wanted: &[Wanted],
    at: OffsetDateTime,
) -> sqlx::Result<Vec<FoundRow>> {
    let column = |f: fn(&Wanted) -> &String| wanted.iter().map(|w| f(w).clone()).collect::<Vec<_>>();
    sqlx::query_as(
        "with recursive named as (
            select q.i, a.zone, a.parcel_id, a.commune_code, a.sheet, a.number, a.reason, 0 as depth,
                   case when a.act_id is not null then upper(a.valid) end as since
              from unnest($1::int[], $2::text[], $3::text[], $4::text[]) q(i, commune, sheet, number)
              join map_name($5) a on a.zone = $6 and a.sheet = q.sheet and a.number = q.number and a.commune_code = q.commune
            union
            select n.i, n.zone, l.to_parcel, n.commune_code, n.sheet, n.number,
                   case l.kind when 'renumber' then 'renumbered' else l.kind end, n.depth + 1, l.at + interval '1 microsecond'
              from named n join map_step($5) l on l.zone = $6 and l.from_parcel = n.parcel_id
             where n.depth < 20 and (n.since is null or l.at >= n.since)
         ), first as (
            select distinct on (i, zone, parcel_id, commune_code) * from named order by i, zone, parcel_id, commune_code, depth
         ), ranked as (
            select *, row_number() over (partition by i order by zone, parcel_id, commune_code) as k from first
         )
         select n.i, n.zone, n.parcel_id, n.commune_code as alias_commune, n.sheet as alias_sheet, n.number as alias_number, n.reason,
                v.commune_code, v.sheet, v.number, coalesce(upper(v.valid) > $5, true) as valid_now, v.registered_area, v.map_area,
                null::float8 as e, null::float8 as n
           from ranked n join lateral (select * from parcel_version v where v.zone = $6 and v.parcel_id = n.parcel_id and lower(v.valid) <= $5
                                        order by version desc limit 1) v on true
          where n.k <= $7 order by n.i, n.k",
    )
    .bind(wanted.iter().map(|w| w.i).collect::<Vec<_>>())
    .bind(column(|w| &w.commune))
    .bind(column(|w| &w.sheet))
    .bind(column(|w| &w.number))
    .bind(at)
    .bind(zone)
    .bind(MOST_FOUND as i64)
    .fetch_all(conn)
    .await
}

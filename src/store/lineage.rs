//! Who bore a name, what became of parcels, and the acts people recorded.

use serde::Serialize;
use sqlx::{FromRow, PgConnection, PgExecutor, PgPool};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// One step from a parcel to what came of it.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct LineageRow {
    pub from_parcel: Uuid,
    pub to_parcel: Uuid,
    pub kind: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub source: String,
}

pub async fn lineage(pool: &PgPool, zone: i32, id: Uuid) -> sqlx::Result<Vec<LineageRow>> {
    sqlx::query_as(
        "select from_parcel, to_parcel, kind, at, source from parcel_lineage where zone = $1 and (from_parcel = $2 or to_parcel = $2) order by at, 1, 2",
    )
    .bind(zone)
    .bind(id)
    .fetch_all(pool)
    .await
}

/// A parcel that bears or bore a name.
#[derive(Debug, Clone, FromRow)]
pub struct NamedRow {
    pub zone: i32,
    pub parcel_id: Uuid,
    pub commune_code: String,
    pub sheet: String,
    pub number: String,
    pub reason: String,
    /// When it stopped to be its name; none: it has not, or nobody said when.
    pub until: Option<OffsetDateTime>,
    /// The decision by which it became that parcel, when one was recorded.
    pub decision: Option<String>,
}

/// Parcels under sheet and number in any of the communes (any commune when the list is empty).
pub async fn named(
    ex: impl PgExecutor<'_>,
    communes: &[String],
    sheet: &str,
    number: &str,
) -> sqlx::Result<Vec<NamedRow>> {
    sqlx::query_as(
        "select a.zone, a.parcel_id, a.commune_code, a.sheet, a.number, a.reason, upper(a.valid) as until,
                (select d.decision from parcel_act d where d.zone = a.zone and d.to_parcels @> array[a.parcel_id]
                    and d.from_names @> array[a.commune_code || '/' || a.sheet || '/' || a.number] order by d.recorded_at desc limit 1) as decision
           from parcel_alias a where a.sheet = $2 and a.number = $3 and (cardinality($1::text[]) = 0 or a.commune_code = any($1))
          order by a.zone, a.parcel_id, a.commune_code, a.reason limit 200",
    )
    .bind(communes)
    .bind(sheet)
    .bind(number)
    .fetch_all(ex)
    .await
}

/// Every step after these parcels, however far, oldest first.
pub async fn after(ex: impl PgExecutor<'_>, zone: i32, ids: &[Uuid]) -> sqlx::Result<Vec<LineageRow>> {
    sqlx::query_as(
        "with recursive later as (
            select l.* from parcel_lineage l where l.zone = $1 and l.from_parcel = any($2)
            union
            select l.* from later p join parcel_lineage l on l.zone = $1 and l.from_parcel = p.to_parcel)
         select from_parcel, to_parcel, kind, at, source from later order by at, from_parcel, to_parcel, kind",
    )
    .bind(zone)
    .bind(ids)
    .fetch_all(ex)
    .await
}

/// A parcel as it stood at an instant, or as it stood last.
#[derive(Debug, Clone, FromRow)]
pub struct StoodRow {
    pub parcel_id: Uuid,
    pub commune_code: String,
    pub sheet: String,
    pub number: String,
    /// m², of the map, else of the register.
    pub area: Option<f64>,
    pub e: Option<f64>,
    pub n: Option<f64>,
    pub in_force: bool,
}

/// These parcels as of `at`; those that began later are left out.
pub async fn stood(
    ex: impl PgExecutor<'_>,
    zone: i32,
    ids: &[Uuid],
    at: OffsetDateTime,
) -> sqlx::Result<Vec<StoodRow>> {
    sqlx::query_as(
        "select distinct on (parcel_id) parcel_id, commune_code, sheet, number, coalesce(map_area, registered_area) as area,
                st_x(st_centroid(geom)) as e, st_y(st_centroid(geom)) as n, valid @> $3 as in_force
           from parcel_version where zone = $1 and parcel_id = any($2) and lower(valid) <= $3 order by parcel_id, version desc",
    )
    .bind(zone)
    .bind(ids)
    .bind(at)
    .fetch_all(ex)
    .await
}

/// Parcels that bear this very name: those in force, or all that ever did.
pub async fn bearers(
    ex: impl PgExecutor<'_>,
    commune: &str,
    sheet: &str,
    number: &str,
) -> sqlx::Result<Vec<(i32, Uuid, bool)>> {
    sqlx::query_as(
        "select zone, parcel_id, bool_or(upper_inf(valid)) from parcel_version where commune_code = $1 and sheet = $2 and number = $3
          group by zone, parcel_id order by 3 desc, 1, 2 limit 50",
    )
    .bind(commune)
    .bind(sheet)
    .bind(number)
    .fetch_all(ex)
    .await
}

/// A recorded act.
pub struct NewAct<'a> {
    pub id: Uuid,
    pub zone: i32,
    pub kind: &'a str,
    pub effective: Date,
    /// The beginning of that day.
    pub at: OffsetDateTime,
    pub decision: &'a str,
    pub from_names: &'a [String],
    pub to_parcels: &'a [Uuid],
    pub recorded_by: &'a str,
    pub recorded_at: OffsetDateTime,
}

pub async fn record(conn: &mut PgConnection, a: &NewAct<'_>) -> sqlx::Result<()> {
    sqlx::query("insert into parcel_act values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(a.id)
        .bind(a.zone)
        .bind(a.kind)
        .bind(a.effective)
        .bind(a.decision)
        .bind(a.from_names)
        .bind(a.to_parcels)
        .bind(a.recorded_by)
        .bind(a.recorded_at)
        .execute(conn)
        .await
        .map(drop)
}

/// A step between two parcels; one that is there already stays.
pub async fn step(conn: &mut PgConnection, a: &NewAct<'_>, from: Uuid, to: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "insert into parcel_lineage (zone, from_parcel, to_parcel, kind, at, source) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
    )
    .bind(a.zone)
    .bind(from)
    .bind(to)
    .bind(a.kind)
    .bind(a.at)
    .bind(a.decision)
    .execute(conn)
    .await
    .map(drop)
}

/// A name from before that no map holds any more, up to the day of the act.
pub async fn former_name(conn: &mut PgConnection, a: &NewAct<'_>, name: [&str; 3], to: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "insert into parcel_alias (zone, parcel_id, commune_code, sheet, number, reason, valid)
         values ($1, $2, $3, $4, $5, case $6 when 'renumber' then 'renumbered' else $6 end, tstzrange(null, $7)) on conflict do nothing",
    )
    .bind(a.zone)
    .bind(to)
    .bind(name[0])
    .bind(name[1])
    .bind(name[2])
    .bind(a.kind)
    .bind(a.at)
    .execute(conn)
    .await
    .map(drop)
}

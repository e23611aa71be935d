//! Who bore a name, and what became of parcels.

use serde::Serialize;
use sqlx::{FromRow, PgExecutor, PgPool};
use time::OffsetDateTime;
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
    /// Then it was revoked as wrongly recorded.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<OffsetDateTime>,
}

pub async fn lineage(pool: &PgPool, zone: i32, id: Uuid) -> sqlx::Result<Vec<LineageRow>> {
    sqlx::query_as(
        "select from_parcel, to_parcel, kind, at, source, revoked_at from parcel_lineage left join parcel_act_revocation using (act_id)
          where zone = $1 and (from_parcel = $2 or to_parcel = $2) order by at, 1, 2, revoked_at",
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
    /// When that was revoked as wrongly recorded.
    pub revoked_at: Option<OffsetDateTime>,
}

/// Parcels under sheet and number in any of the communes (any commune when the list is empty).
pub async fn named(
    ex: impl PgExecutor<'_>,
    communes: &[String],
    sheet: &str,
    number: &str,
) -> sqlx::Result<Vec<NamedRow>> {
    sqlx::query_as(
        "select a.zone, a.parcel_id, a.commune_code, a.sheet, a.number, a.reason, upper(a.valid) as until, d.decision, r.revoked_at
           from parcel_alias a left join parcel_act d on d.id = a.act_id left join parcel_act_revocation r on r.act_id = a.act_id where a.sheet = $2 and a.number = $3 and (cardinality($1::text[]) = 0 or a.commune_code = any($1))
          order by a.zone, a.parcel_id, a.commune_code, a.reason limit 200",
    )
    .bind(communes)
    .bind(sheet)
    .bind(number)
    .fetch_all(ex)
    .await
}

/// Every step after these parcels, however far, oldest first; those that were revoked too.
pub async fn after(ex: impl PgExecutor<'_>, zone: i32, ids: &[Uuid]) -> sqlx::Result<Vec<LineageRow>> {
    sqlx::query_as(
        "with recursive later as (
            select l.* from parcel_lineage l where l.zone = $1 and l.from_parcel = any($2)
            union
            select l.* from later p join parcel_lineage l on l.zone = $1 and l.from_parcel = p.to_parcel)
         select from_parcel, to_parcel, kind, at, source, revoked_at from later left join parcel_act_revocation using (act_id)
          order by at, from_parcel, to_parcel, kind",
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

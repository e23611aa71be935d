//! Parcels that another layer holds already.

use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A layer (or another coverage of the same one) that holds parcels of version `new` already: same number on the same ground.
#[derive(Debug, Clone, FromRow)]
pub struct HeldElsewhere {
    pub layer: String,
    pub coverage_key: String,
    /// Parcels held there and here.
    pub parcels: i64,
}

/// The layer and coverage, other than these, that hold most of the parcels of version `new`.
pub async fn held_elsewhere(
    conn: &mut PgConnection,
    zone: i32,
    layer: Uuid,
    coverage: &str,
    new: i64,
) -> sqlx::Result<Option<HeldElsewhere>> {
    sqlx::query_as(
        "select l.code as layer, lv.coverage_key, count(distinct f.fid) as parcels
           from feature f
           join parcel_version v on v.zone = $1 and upper_inf(v.valid) and v.commune_code = f.attrs->>'commune'
                                and v.sheet = f.attrs->>'sheet' and v.number = f.attrs->>'number' and v.geom && f.geom
           join layer_version lv on lv.id = v.layer_version_id join layer l on l.id = lv.layer_id
          where f.zone = $1 and f.layer_version_id = $2 and (lv.layer_id, lv.coverage_key) <> ($3, $4)
          group by 1, 2 order by 3 desc, 1, 2 limit 1",
    )
    .bind(zone)
    .bind(new)
    .bind(layer)
    .bind(coverage)
    .fetch_optional(conn)
    .await
}

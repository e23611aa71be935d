//! What a verification asks of its parcel, in one statement.

use super::parcel::ParcelRow;
use sqlx::{FromRow, PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// A parcel as it stands, with what is asked for with it each time.
#[derive(Debug, Clone, FromRow)]
pub struct Standing {
    #[sqlx(flatten)]
    pub row: ParcelRow,
    /// Every name it has or had, as keys `commune/sheet/number`, ascending.
    pub keys: Vec<String>,
    /// Today's code of its province, where the commune is known.
    pub province: Option<String>,
}

/// A transaction that reads, and in which every statement sees the same moment: what is published in between is not seen. Its
/// statements look a few rows up by an index whatever is asked for: to plan each anew would cost more than to run them all.
pub async fn one_moment(pool: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    pool.begin_with("begin isolation level repeatable read read only; set local plan_cache_mode = force_generic_plan")
        .await
}

/// The version in force now; a parcel that is gone gives its last one.
pub async fn standing(conn: &mut PgConnection, zone: i32, id: Uuid) -> sqlx::Result<Option<Standing>> {
    sqlx::query_as(
        "select zone, parcel_id, version, commune_code, sheet, number, scale, registered_area, map_area, land_use, address,
                st_asewkb(geom) as ewkb, layer_version_id, row_hash, lower(valid) as valid_from, upper(valid) as valid_to,
                array(select distinct a.commune_code || '/' || a.sheet || '/' || a.number from parcel_name a
                       where a.zone = $1 and a.parcel_id = $2 order by 1) as keys,
                (select c.province_code from commune c where c.code = commune_code) as province
           from parcel_version where zone = $1 and parcel_id = $2 order by version desc limit 1",
    )
    .bind(zone)
    .bind(id)
    .fetch_optional(conn)
    .await
}

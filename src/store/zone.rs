//! Cadastral zones.

use sqlx::{FromRow, PgConnection};

#[derive(Debug, Clone, FromRow)]
pub struct ZoneRow {
    pub srid: i32,
    pub name: String,
    pub kind: String,
    pub central_meridian: Option<f64>,
    /// PROJ pipeline from WGS 84 lon, lat in degrees to zone metres.
    pub from_wgs84: String,
    pub min_e: f64,
    pub min_n: f64,
    pub max_e: f64,
    pub max_n: f64,
    pub source: String,
}

/// Adds or refreshes a zone; its partitions come with it. `spatial_ref_sys` learns the SRID so that PostGIS accepts it.
pub async fn upsert(conn: &mut PgConnection, z: &ZoneRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into spatial_ref_sys (srid, auth_name, auth_srid, proj4text)
         select $1, 'EPSG', $1, $2 where not exists (select from spatial_ref_sys where srid = $1)",
    )
    .bind(z.srid)
    .bind(z.central_meridian.map(|m| {
        format!("+proj=tmerc +lat_0=0 +lon_0={m} +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278 +units=m +no_defs")
    }))
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into cadastral_zone (srid, name, kind, central_meridian, from_wgs84, min_e, min_n, max_e, max_n, source)
         values ($1, $2, $3, $4::float8, $5, $6, $7, $8, $9, $10)
         on conflict (srid) do update set name = excluded.name, from_wgs84 = excluded.from_wgs84, min_e = excluded.min_e,
             min_n = excluded.min_n, max_e = excluded.max_e, max_n = excluded.max_n, source = excluded.source",
    )
    .bind(z.srid)
    .bind(&z.name)
    .bind(&z.kind)
    .bind(z.central_meridian)
    .bind(&z.from_wgs84)
    .bind(z.min_e)
    .bind(z.min_n)
    .bind(z.max_e)
    .bind(z.max_n)
    .bind(&z.source)
    .execute(conn)
    .await?;
    Ok(())
}

const COLUMNS: &str = "select srid, name, kind, central_meridian::float8 as central_meridian, from_wgs84, min_e, min_n, max_e, max_n, source from cadastral_zone order by srid";

pub async fn all(conn: &mut PgConnection) -> sqlx::Result<Vec<ZoneRow>> {
    sqlx::query_as(COLUMNS).fetch_all(conn).await
}

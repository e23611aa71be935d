//! Offices we go to: place and opening hours.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct AgencyRow {
    pub code: String,
    pub kind: String,
    pub name: String,
    pub address: String,
    pub commune_code: Option<String>,
    /// WGS 84, degrees.
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub hours: Value,
    pub standing: String,
    pub active: bool,
    pub updated_at: OffsetDateTime,
}

/// Inserts or replaces. True: it is new.
pub async fn upsert(conn: &mut PgConnection, a: &AgencyRow) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "insert into agency (code, kind, name, address, commune_code, place, hours, standing, active, updated_at)
         values ($1, $2, $3, $4, $5, st_setsrid(st_makepoint($6, $7), 4326), $8, $9, $10, $11)
         on conflict (code) do update set kind = excluded.kind, name = excluded.name, address = excluded.address,
            commune_code = excluded.commune_code, place = excluded.place, hours = excluded.hours,
            standing = excluded.standing, active = excluded.active, updated_at = excluded.updated_at
         returning xmax = 0",
    )
    .bind(&a.code)
    .bind(&a.kind)
    .bind(&a.name)
    .bind(&a.address)
    .bind(&a.commune_code)
    .bind(a.lon)
    .bind(a.lat)
    .bind(&a.hours)
    .bind(&a.standing)
    .bind(a.active)
    .bind(a.updated_at)
    .fetch_one(conn)
    .await
}

pub async fn get(conn: &mut PgConnection, code: &str) -> sqlx::Result<Option<AgencyRow>> {
    sqlx::query_as(
        "select code, kind, name, address, commune_code, st_x(place) as lon, st_y(place) as lat, hours, standing, active, updated_at
         from agency where code = $1",
    )
    .bind(code)
    .fetch_optional(conn)
    .await
}

/// By code, after the code `after`.
pub async fn page(conn: &mut PgConnection, after: Option<&str>, limit: i64) -> sqlx::Result<Vec<AgencyRow>> {
    sqlx::query_as(
        "select code, kind, name, address, commune_code, st_x(place) as lon, st_y(place) as lat, hours, standing, active, updated_at
         from agency where $1::text is null or code > $1 order by code limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Names of the agencies and logins of the staff among `who`: codes of the ones, ids of the others.
pub async fn called(conn: &mut PgConnection, who: &BTreeSet<String>) -> sqlx::Result<BTreeMap<String, String>> {
    let codes: Vec<&str> = who.iter().map(String::as_str).collect();
    let ids: Vec<Uuid> = who.iter().filter_map(|w| w.parse().ok()).collect();
    let found: Vec<(String, String)> = sqlx::query_as(
        "select code, name from agency where code = any($1) union all select id::text, login from staff where id = any($2)",
    )
    .bind(codes)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().collect())
}

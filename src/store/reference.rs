//! What a new map is held against: communes, and the cadastral map in force.

use sqlx::PgConnection;

/// The land of all published communes of a zone.
pub async fn commune_area(conn: &mut PgConnection, zone: i32) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar(
        "select st_asewkb(st_multi(st_collectionextract(st_unaryunion(st_collect(f.geom)), 3)))
           from feature f join layer_version v on v.id = f.layer_version_id join layer l on l.id = v.layer_id
           join theme t on t.code = l.theme
          where f.zone = $1 and v.zone = $1 and v.state = 'published' and t.definition->>'family' = 'commune' having count(*) > 0",
    )
    .bind(zone)
    .fetch_optional(conn)
    .await
    .map(Option::flatten)
}

/// Shapes of the cadastral map in force that lie within `reach` metres (along an axis) of one of the places; each once.
pub async fn corners_near(
    conn: &mut PgConnection,
    zone: i32,
    places: &[(f64, f64)],
    reach: f64,
) -> sqlx::Result<Vec<Vec<u8>>> {
    let (e, n): (Vec<f64>, Vec<f64>) = places.iter().copied().unzip();
    sqlx::query_scalar(
        "with current as materialized (
            select array_agg(v.id) as ids from layer_version v join layer l on l.id = v.layer_id join theme t on t.code = l.theme
             where v.zone = $1 and v.state = 'published' and t.definition->>'family' = 'parcel')
         select distinct on (f.layer_version_id, f.fid) st_asewkb(f.geom)
           from unnest($2::float8[], $3::float8[]) as p(e, n) cross join current c
           join lateral (select layer_version_id, fid, geom from feature
                          where zone = $1 and layer_version_id = any(c.ids)
                            and geom && st_makeenvelope(p.e - $4, p.n - $4, p.e + $4, p.n + $4, $1)) f on true",
    )
    .bind(zone)
    .bind(e)
    .bind(n)
    .bind(reach)
    .fetch_all(conn)
    .await
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

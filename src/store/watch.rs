//! Watched parcels.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct WatchRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub consent_id: Uuid,
    pub began_at: OffsetDateTime,
    pub ended_at: Option<OffsetDateTime>,
}

/// One parcel of a watch.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct OnRow {
    pub id: Uuid,
    pub watch_id: Uuid,
    pub zone: i32,
    pub parcel_id: Uuid,
    pub parcel_version: i32,
    /// `domain::watch::Held`s.
    pub held: Value,
    pub rules: String,
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct HitRow {
    pub id: Uuid,
    pub watch_id: Uuid,
    pub parcel_id: Uuid,
    pub layer_version_id: Option<i64>,
    pub at: OffsetDateTime,
    /// `domain::watch::Change`.
    pub change: Value,
}

/// The consent a watch of this case would rest on: given, not withdrawn.
pub async fn consent(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar(
        "select id from consent where case_id = $1 and what = 'parcel_watch' and withdrawn_at is null order by given_at desc limit 1",
    )
    .bind(case)
    .fetch_optional(conn)
    .await
}

/// The consent a watch of this case would rest on, when none runs and none has rested on it.
pub async fn unbegun(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<Uuid>> {
    let Some(consent) = consent(conn, case).await? else { return Ok(None) };
    sqlx::query_scalar(
        "select $2 where not exists (select from parcel_watch where case_id = $1 and (ended_at is null or consent_id = $2))",
    )
    .bind(case)
    .bind(consent)
    .fetch_optional(conn)
    .await
}

/// False: the case has a watch.
pub async fn insert(conn: &mut PgConnection, w: &WatchRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into parcel_watch (id, case_id, consent_id, began_at) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(w.id)
    .bind(w.case_id)
    .bind(w.consent_id)
    .bind(w.began_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn insert_on(conn: &mut PgConnection, o: &OnRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into parcel_watch_on (id, watch_id, zone, parcel_id, parcel_version, held, rules)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(o.id)
    .bind(o.watch_id)
    .bind(o.zone)
    .bind(o.parcel_id)
    .bind(o.parcel_version)
    .bind(&o.held)
    .bind(&o.rules)
    .execute(conn)
    .await?;
    Ok(())
}

/// The parcel a watch began with.
pub async fn first(conn: &mut PgConnection, watch: Uuid) -> sqlx::Result<Uuid> {
    sqlx::query_scalar("select parcel_id from parcel_watch_on where watch_id = $1 order by id limit 1")
        .bind(watch)
        .fetch_one(conn)
        .await
}

/// Of a case, oldest first, ended ones too.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<WatchRow>> {
    sqlx::query_as(
        "select id, case_id, consent_id, began_at, ended_at from parcel_watch where case_id = $1 order by id",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<WatchRow>> {
    sqlx::query_as("select id, case_id, consent_id, began_at, ended_at from parcel_watch where id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Running watches that rest on a consent.
pub async fn of_consent(conn: &mut PgConnection, consent: Uuid) -> sqlx::Result<Vec<WatchRow>> {
    sqlx::query_as(
        "select id, case_id, consent_id, began_at, ended_at from parcel_watch where consent_id = $1 and ended_at is null",
    )
    .bind(consent)
    .fetch_all(conn)
    .await
}

/// False: it has ended before.
pub async fn end(conn: &mut PgConnection, id: Uuid, at: OffsetDateTime) -> sqlx::Result<bool> {
    let done =
        sqlx::query("update parcel_watch set ended_at = greatest($2, began_at) where id = $1 and ended_at is null")
            .bind(id)
            .bind(at)
            .execute(conn)
            .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn hits(conn: &mut PgConnection, watch: Uuid) -> sqlx::Result<Vec<HitRow>> {
    sqlx::query_as(
        "select id, watch_id, parcel_id, layer_version_id, at, change from parcel_watch_hit where watch_id = $1 order by id",
    )
    .bind(watch)
    .fetch_all(conn)
    .await
}

pub async fn insert_hit(conn: &mut PgConnection, h: &HitRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into parcel_watch_hit (id, watch_id, parcel_id, layer_version_id, at, change) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(h.id)
    .bind(h.watch_id)
    .bind(h.parcel_id)
    .bind(h.layer_version_id)
    .bind(h.at)
    .bind(&h.change)
    .execute(conn)
    .await?;
    Ok(())
}

/// Is anything watched in a zone?
pub async fn any(conn: &mut PgConnection, zone: i32) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from parcel_watch_on where zone = $1 and until is null)")
        .bind(zone)
        .fetch_one(conn)
        .await
}

/// Watched parcels that a publication may concern, a cheap first look: a row of the new version that the old one has not, or the
/// reverse, lies within `reach` metres or names the parcel; the coverage over it is another; or the parcel itself is.
pub async fn touched(
    conn: &mut PgConnection,
    zone: i32,
    old: Option<i64>,
    new: i64,
    reach: f64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "with p as (
            select w.id, w.parcel_id, w.parcel_version, v.version, v.geom, upper_inf(v.valid) as lives
              from parcel_watch_on w join parcel_watch b on b.id = w.watch_id and b.ended_at is null
              join lateral (select version, geom, valid from parcel_version v where v.zone = $1 and v.parcel_id = w.parcel_id
                             order by version desc limit 1) v on true
             where w.zone = $1 and w.until is null),
         cover as (select id, coverage, accuracy_m from layer_version where id in ($2, $3)),
         reach as (select greatest($4, max(reach_m) + 20) as m from layer_version where id in ($2, $3))
         select p.id from p, reach
          where p.version <> p.parcel_version or not p.lives
             or exists (select from feature f, lateral (select case when f.layer_version_id = $3 then $2 else $3 end as id) other
                         where f.zone = $1 and f.layer_version_id in ($2, $3)
                           and (f.geom && st_expand(p.geom, reach.m) and st_dwithin(f.geom, p.geom, reach.m)
                                or f.geom is null and f.key in (select a.commune_code || '/' || a.sheet || '/' || a.number
                                       from parcel_name a where a.zone = $1 and a.parcel_id = p.parcel_id))
                           and not exists (select from feature o where o.zone = $1 and o.layer_version_id = other.id
                                               and o.row_hash = f.row_hash))
             or abs(coalesce((select st_area(st_intersection(p.geom, coverage)) from cover where id = $2), 0)
                  - coalesce((select st_area(st_intersection(p.geom, coverage)) from cover where id = $3), 0)) > 0.01
             or (select count(distinct accuracy_m) from cover where st_intersects(p.geom, coverage)) > 1
          order by p.id",
    )
    .bind(zone)
    .bind(old)
    .bind(new)
    .bind(reach)
    .fetch_all(conn)
    .await
}

/// Every watched parcel behind `after`, with the rules it was judged by.
pub async fn page(conn: &mut PgConnection, after: Uuid, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select w.id from parcel_watch_on w join parcel_watch b on b.id = w.watch_id and b.ended_at is null
          where w.until is null and w.id > $1 order by w.id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// One of them, locked, with its watch; none: it has ended, or its consent was withdrawn.
pub async fn lock_on(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<(OnRow, WatchRow)>> {
    let row: Option<OnRow> = sqlx::query_as(
        "select w.id, w.watch_id, w.zone, w.parcel_id, w.parcel_version, w.held, w.rules
           from parcel_watch_on w join parcel_watch b on b.id = w.watch_id join consent c on c.id = b.consent_id
          where w.id = $1 and w.until is null and b.ended_at is null and c.withdrawn_at is null for update of w",
    )
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(get(conn, row.watch_id).await?.map(|watch| (row, watch)))
}

/// What was seen now.
pub async fn seen(conn: &mut PgConnection, o: &OnRow) -> sqlx::Result<()> {
    sqlx::query("update parcel_watch_on set parcel_version = $2, held = $3, rules = $4 where id = $1")
        .bind(o.id)
        .bind(o.parcel_version)
        .bind(&o.held)
        .bind(&o.rules)
        .execute(conn)
        .await?;
    Ok(())
}

/// The parcel is watched no longer by itself.
pub async fn replaced(conn: &mut PgConnection, id: Uuid, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("update parcel_watch_on set until = $2 where id = $1").bind(id).bind(at).execute(conn).await?;
    Ok(())
}

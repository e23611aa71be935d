//! Option sheets and their signatures. Rows are never changed.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, FromRow)]
pub struct SheetRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub version: i32,
    pub verification_id: Uuid,
    pub digest: String,
    /// `domain::advice::SheetPins`.
    pub pins: Value,
    pub recommended: Option<String>,
    /// `domain::advice::Sheet`, canonical, sealed.
    pub sealed: Vec<u8>,
    pub created_by: String,
    pub created_at: OffsetDateTime,
    #[sqlx(default)]
    pub key_id: Option<String>,
    #[sqlx(default)]
    pub signature: Option<Vec<u8>>,
    #[sqlx(default)]
    pub signed_by: Option<String>,
    #[sqlx(default)]
    pub signed_at: Option<OffsetDateTime>,
    /// Of the newest confirmation, when there is one.
    #[sqlx(default)]
    pub confirmed_pins: Option<Value>,
    #[sqlx(default)]
    pub confirmed_on: Option<Uuid>,
    #[sqlx(default)]
    pub confirmed_at: Option<OffsetDateTime>,
}

/// A signed sheet that says the same on what there is now.
#[derive(Debug, Clone)]
pub struct ConfirmationRow {
    pub id: Uuid,
    pub sheet_id: Uuid,
    pub verification_id: Uuid,
    pub pins: Value,
    pub said: String,
    pub digest: String,
    pub key_id: String,
    pub signature: Vec<u8>,
    pub confirmed_by: String,
    pub confirmed_at: OffsetDateTime,
}

macro_rules! sheets {
    ($rest:literal) => {
        concat!(
            "select s.*, g.key_id, g.signature, g.signed_by, g.signed_at,
                    n.pins as confirmed_pins, n.verification_id as confirmed_on, n.confirmed_at
               from option_sheet s left join option_sheet_signature g on g.sheet_id = s.id
               left join lateral (select pins, verification_id, confirmed_at from option_sheet_confirmation c
                                   where c.sheet_id = s.id order by no desc limit 1) n on true ",
            $rest
        )
    };
}

/// As the next confirmation of its sheet. Only under the case's lock.
pub async fn confirm(conn: &mut PgConnection, c: &ConfirmationRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into option_sheet_confirmation (id, sheet_id, no, verification_id, pins, said, digest, key_id, signature, confirmed_by,
                                                confirmed_at)
         values ($1, $2, (select count(*) + 1 from option_sheet_confirmation where sheet_id = $2), $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(c.id)
    .bind(c.sheet_id)
    .bind(c.verification_id)
    .bind(&c.pins)
    .bind(&c.said)
    .bind(&c.digest)
    .bind(&c.key_id)
    .bind(&c.signature)
    .bind(&c.confirmed_by)
    .bind(c.confirmed_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The version the next sheet of a case has. Only under the case's lock.
pub async fn next_version(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<i32> {
    sqlx::query_scalar("select coalesce(max(version), 0) + 1 from option_sheet where case_id = $1")
        .bind(case)
        .fetch_one(conn)
        .await
}

pub async fn insert(conn: &mut PgConnection, s: &SheetRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into option_sheet (id, case_id, version, verification_id, digest, pins, recommended, sealed, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(s.id)
    .bind(s.case_id)
    .bind(s.version)
    .bind(s.verification_id)
    .bind(&s.digest)
    .bind(&s.pins)
    .bind(&s.recommended)
    .bind(&s.sealed)
    .bind(&s.created_by)
    .bind(s.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// False when it was signed before.
pub async fn sign(
    conn: &mut PgConnection,
    sheet: Uuid,
    key: &str,
    signature: &[u8],
    by: &str,
    at: OffsetDateTime,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into option_sheet_signature (sheet_id, key_id, signature, signed_by, signed_at)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
    )
    .bind(sheet)
    .bind(key)
    .bind(signature)
    .bind(by)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<SheetRow>> {
    sqlx::query_as(sheets!("where s.id = $1")).bind(id).fetch_optional(conn).await
}

/// Newest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<SheetRow>> {
    sqlx::query_as(sheets!("where s.case_id = $1 order by s.version desc")).bind(case).fetch_all(conn).await
}

/// Layer versions whose coverage meets a parcel: those published now, or `pinned` ones whatever became of them. Without the cadastral
/// map: the parcel itself is pinned, and a new map that leaves it as it was changes nothing for it.
pub async fn layers_around(
    conn: &mut PgConnection,
    zone: i32,
    parcel: Uuid,
    pinned: Option<&[i64]>,
) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as(
        "select l.code, v.id from layer_version v join layer l on l.id = v.layer_id
           join lateral (select geom from parcel_version where zone = $1 and parcel_id = $2 order by version desc limit 1) p on true
          where v.zone = $1 and case when $3::bigint[] is null then v.state = 'published' else v.id = any($3) end
            and (p.geom is null or st_intersects(v.coverage, p.geom))
            and l.theme <> 'cadastral'
          order by l.code, v.id",
    )
    .bind(zone)
    .bind(parcel)
    .bind(pinned)
    .fetch_all(conn)
    .await
}

/// Whether version `new` of a map says of the ground around a parcel, as far as `reach` (m) or its widest strip, what version `old` said:
/// the same rows, coverage, ground of rows set aside, accuracy and decision, no older source.
pub async fn same_around(conn: &mut PgConnection, parcel: Uuid, old: i64, new: i64, reach: f64) -> sqlx::Result<bool> {
    let zone: i32 =
        sqlx::query_scalar("select zone from layer_version where id = $1").bind(new).fetch_one(&mut *conn).await?;
    sqlx::query_scalar(
        "with v as (
            select o.coverage, n.coverage as coverage_now, coalesce(o.set_aside, o.nothing) as aside, coalesce(n.set_aside, o.nothing) as aside_now,
                   st_expand(p.geom, greatest($4, o.reach_m + 20, n.reach_m + 20)) as box
              from (select *, st_setsrid('multipolygon empty'::geometry, zone) as nothing from layer_version where id = $2) o
              join layer_version n on n.id = $3 and n.zone = o.zone and n.layer_id = o.layer_id and n.coverage_key = o.coverage_key
               and n.accuracy_m = o.accuracy_m and n.scale is not distinct from o.scale and n.decision is not distinct from o.decision
               and n.rows_unplaced is not distinct from o.rows_unplaced and n.source_date >= o.source_date
              join lateral (select geom from parcel_version where zone = $5 and parcel_id = $1 order by version desc limit 1) p on p.geom is not null),
         near as (
            select f.layer_version_id as version, f.row_hash from v, feature f
             where f.zone = $5 and f.layer_version_id in ($2, $3) and f.geom && v.box
             union all
            select f.layer_version_id, f.row_hash from v, feature f
             where f.zone = $5 and f.layer_version_id in ($2, $3) and (f.geom && v.box) is not true
               and f.key in (select a.commune_code || '/' || a.sheet || '/' || a.number from parcel_name a where a.zone = $5 and a.parcel_id = $1)),
         was as (select row_hash from near where version = $2),
         now as (select row_hash from near where version = $3)
         select exists (select from v
             where st_area(st_symdifference(st_intersection(coverage, box), st_intersection(coverage_now, box))) < 0.01
               and st_area(st_symdifference(st_intersection(aside, box), st_intersection(aside_now, box))) < 0.01
               and not exists (select row_hash from was except all select row_hash from now)
               and not exists (select row_hash from now except all select row_hash from was))",
    )
    .bind(parcel)
    .bind(old)
    .bind(new)
    .bind(reach)
    .bind(zone)
    .fetch_one(conn)
    .await
}

/// Procedure, opening and hand-over of the thousand cases handed over last.
pub async fn spans(conn: &mut PgConnection) -> sqlx::Result<Vec<(String, OffsetDateTime, OffsetDateTime)>> {
    sqlx::query_as(
        "select c.procedure, c.created_at, e.at from case_event e join case_file c on c.id = e.case_id
          where e.kind = 'handed_over' order by e.id desc limit 1000",
    )
    .fetch_all(conn)
    .await
}

/// The newest sheet of a case that is signed.
pub async fn newest_signed(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar(
        "select s.id from option_sheet s join option_sheet_signature g on g.sheet_id = s.id
          where s.case_id = $1 order by s.version desc limit 1",
    )
    .bind(case)
    .fetch_optional(conn)
    .await
}

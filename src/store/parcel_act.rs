//! Acts that people recorded, what they wrote into the history of parcels, and their revocation.

use sqlx::{FromRow, PgConnection, PgExecutor};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A parcel that bears or bore a name.
#[derive(Debug, Clone, FromRow)]
pub struct BearerRow {
    pub zone: i32,
    pub parcel_id: Uuid,
    /// In force.
    pub current: bool,
    /// The day of the last map that drew it.
    pub drawn_on: Date,
}

/// Parcels that bear or bore this very name: those in force first, then those that ended last.
pub async fn bearers(
    ex: impl PgExecutor<'_>,
    commune: &str,
    sheet: &str,
    number: &str,
) -> sqlx::Result<Vec<BearerRow>> {
    sqlx::query_as(
        "select v.zone, v.parcel_id, bool_or(upper_inf(v.valid)) as current, coalesce(max(d.source_date), min(lower(v.valid))::date) as drawn_on
           from parcel_version v left join layer_version own on own.id = v.layer_version_id
           left join layer_version d on d.layer_id = own.layer_id and d.coverage_key = own.coverage_key
                               and (d.id = own.id or d.published_at >= lower(v.valid) and (upper_inf(v.valid) or d.published_at < upper(v.valid)))
          where v.commune_code = $1 and v.sheet = $2 and v.number = $3
          group by v.zone, v.parcel_id order by 3 desc, max(upper(v.valid)) desc nulls first, 1, 2 limit 50",
    )
    .bind(commune)
    .bind(sheet)
    .bind(number)
    .fetch_all(ex)
    .await
}

/// Is the commune in a list, of today or of the past, or does a parcel of the zone bear its code?
pub async fn commune_known(ex: impl PgExecutor<'_>, zone: i32, code: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from commune where code = $2) or exists (select from commune_old where code = $2)
             or exists (select from parcel_alias where zone = $1 and commune_code = $2)",
    )
    .bind(zone)
    .bind(code)
    .fetch_one(ex)
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

/// A step between two parcels.
pub async fn step(conn: &mut PgConnection, a: &NewAct<'_>, from: Uuid, to: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "insert into parcel_lineage (zone, from_parcel, to_parcel, kind, at, source, act_id) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(a.zone)
    .bind(from)
    .bind(to)
    .bind(a.kind)
    .bind(a.at)
    .bind(a.decision)
    .bind(a.id)
    .execute(conn)
    .await
    .map(drop)
}

/// A name from before that no map holds any more, up to the day of the act.
pub async fn former_name(conn: &mut PgConnection, a: &NewAct<'_>, name: [&str; 3], to: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "insert into parcel_alias (zone, parcel_id, commune_code, sheet, number, reason, valid, act_id)
         values ($1, $2, $3, $4, $5, case $6 when 'renumber' then 'renumbered' else $6 end, tstzrange(null, $7), $8)",
    )
    .bind(a.zone)
    .bind(to)
    .bind(name[0])
    .bind(name[1])
    .bind(name[2])
    .bind(a.kind)
    .bind(a.at)
    .bind(a.id)
    .execute(conn)
    .await
    .map(drop)
}

/// A recorded act with its revocation, when it was revoked.
#[derive(Debug, Clone, FromRow)]
pub struct ActRow {
    pub id: Uuid,
    pub zone: i32,
    pub kind: String,
    pub effective: Date,
    pub decision: String,
    pub from_names: Vec<String>,
    pub to_parcels: Vec<Uuid>,
    pub recorded_by: String,
    pub recorded_at: OffsetDateTime,
    pub revoked_by: Option<String>,
    pub revoked_at: Option<OffsetDateTime>,
    pub reason: Option<String>,
}

macro_rules! act_select {
    ($rest:literal) => {
        concat!(
            "select a.*, r.revoked_by, r.revoked_at, r.reason from parcel_act a left join parcel_act_revocation r on r.act_id = a.id ",
            $rest
        )
    };
}

pub async fn act(ex: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<Option<ActRow>> {
    sqlx::query_as(act_select!("where a.id = $1")).bind(id).fetch_optional(ex).await
}

/// Acts that name any of these, before or after, in order of recording.
pub async fn acts_of(ex: impl PgExecutor<'_>, names: &[String], parcels: &[Uuid]) -> sqlx::Result<Vec<ActRow>> {
    sqlx::query_as(act_select!("where a.from_names && $1 or a.to_parcels && $2 order by a.recorded_at, a.id limit 200"))
        .bind(names)
        .bind(parcels)
        .fetch_all(ex)
        .await
}

/// Keeps others from recording or revoking meanwhile: acts are few.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("lock table parcel_act in share row exclusive mode").execute(conn).await.map(drop)
}

pub async fn revoke(
    conn: &mut PgConnection,
    act: Uuid,
    by: &str,
    at: OffsetDateTime,
    reason: &str,
) -> sqlx::Result<()> {
    sqlx::query("insert into parcel_act_revocation values ($1, $2, $3, $4)")
        .bind(act)
        .bind(by)
        .bind(at)
        .bind(reason)
        .execute(conn)
        .await
        .map(drop)
}

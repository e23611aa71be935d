//! Cases and their parties.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct CaseRow {
    pub id: Uuid,
    pub number: String,
    pub procedure: String,
    /// A name of `domain::case::Step`.
    pub state: String,
    pub wish: Value,
    pub zone: Option<i32>,
    pub parcel_id: Option<Uuid>,
    pub parcel_ref: Value,
    pub version: i32,
    pub created_by: String,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    /// `ours`, `customer`, `authority`, `nobody`.
    pub turn: String,
    pub state_since: OffsetDateTime,
    pub customer_id: Option<Uuid>,
}

pub async fn next_running_number(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("select nextval('case_number')").fetch_one(conn).await
}

pub async fn insert(conn: &mut PgConnection, c: &CaseRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into case_file (id, number, procedure, state, wish, zone, parcel_id, parcel_ref, version, created_by, created_at, updated_at, state_since, parcel_bound)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $7 is not null)",
    )
    .bind(c.id)
    .bind(&c.number)
    .bind(&c.procedure)
    .bind(&c.state)
    .bind(&c.wish)
    .bind(c.zone)
    .bind(c.parcel_id)
    .bind(&c.parcel_ref)
    .bind(c.version)
    .bind(&c.created_by)
    .bind(c.created_at)
    .bind(c.updated_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn parcel_exists(conn: &mut PgConnection, zone: i32, parcel: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from parcel where zone = $1 and id = $2)")
        .bind(zone)
        .bind(parcel)
        .fetch_one(conn)
        .await
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<CaseRow>> {
    sqlx::query_as(
        "select id, number, procedure, state, wish, zone, parcel_id, parcel_ref, version, created_by, created_at, updated_at,
                turn, state_since, customer_id
         from case_file where id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

pub async fn by_number(conn: &mut PgConnection, number: &str) -> sqlx::Result<Option<CaseRow>> {
    sqlx::query_as(
        "select id, number, procedure, state, wish, zone, parcel_id, parcel_ref, version, created_by, created_at, updated_at,
                turn, state_since, customer_id
         from case_file where number = $1",
    )
    .bind(number)
    .fetch_optional(conn)
    .await
}

/// Whether a case has ended, locked against a change of it for the rest of the transaction.
pub async fn lock_ended(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<bool>> {
    sqlx::query_scalar("select ended from case_file where id = $1 for update").bind(id).fetch_optional(conn).await
}

/// Numbers of cases.
pub async fn numbers(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, String)>> {
    sqlx::query_as("select id, number from case_file where id = any($1)").bind(ids).fetch_all(conn).await
}

pub async fn set_procedure(conn: &mut PgConnection, id: Uuid, procedure: &str) -> sqlx::Result<()> {
    sqlx::query("update case_file set procedure = $2 where id = $1").bind(id).bind(procedure).execute(conn).await?;
    Ok(())
}

pub async fn set_wish(conn: &mut PgConnection, id: Uuid, wish: &Value) -> sqlx::Result<()> {
    sqlx::query("update case_file set wish = $2 where id = $1").bind(id).bind(wish).execute(conn).await?;
    Ok(())
}

pub async fn set_parcel_ref(conn: &mut PgConnection, id: Uuid, parcel_ref: &Value) -> sqlx::Result<()> {
    sqlx::query("update case_file set parcel_ref = $2 where id = $1").bind(id).bind(parcel_ref).execute(conn).await?;
    Ok(())
}

#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    pub state: Option<String>,
    pub procedure: Option<String>,
    /// `ours`, `customer`, `authority`, `nobody`.
    pub turn: Option<String>,
    pub parcel_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    /// In which they have an open task.
    pub worker: Option<Uuid>,
    /// Standing in their state since before this instant.
    pub since: Option<OffsetDateTime>,
    pub before: Option<Uuid>,
    pub limit: i64,
}

/// Newest first; ids are time-ordered.
pub async fn page(conn: &mut PgConnection, f: &CaseFilter) -> sqlx::Result<Vec<CaseRow>> {
    sqlx::query_as(
        "select id, number, procedure, state, wish, zone, parcel_id, parcel_ref, version, created_by, created_at, updated_at,
                turn, state_since, customer_id
         from case_file
         where ($1::text is null or state = $1) and ($2::text is null or procedure = $2)
           and ($3::uuid is null or parcel_id = $3) and ($4::uuid is null or id < $4)
           and ($6::text is null or turn = $6) and ($7::uuid is null or customer_id = $7)
           and ($8::uuid is null or exists (select from task t where t.case_id = case_file.id and t.assignee = $8
                   and t.state not in ('done', 'cancelled')))
           and ($9::timestamptz is null or state_since < $9)
         order by id desc limit $5",
    )
    .bind(&f.state)
    .bind(&f.procedure)
    .bind(f.parcel_id)
    .bind(f.before)
    .bind(f.limit)
    .bind(&f.turn)
    .bind(f.customer_id)
    .bind(f.worker)
    .bind(f.since)
    .fetch_all(conn)
    .await
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct PartyRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub role: String,
    pub sealed: Vec<u8>,
    pub id_index: Option<Vec<u8>>,
    pub created_at: OffsetDateTime,
}

pub async fn insert_party(conn: &mut PgConnection, p: &PartyRow) -> sqlx::Result<()> {
    sqlx::query("insert into party (id, case_id, role, sealed, id_index, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(p.id)
        .bind(p.case_id)
        .bind(&p.role)
        .bind(&p.sealed)
        .bind(&p.id_index)
        .bind(p.created_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// In the order they were added.
pub async fn parties(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<PartyRow>> {
    sqlx::query_as("select id, case_id, role, sealed, id_index, created_at from party where case_id = $1 order by id")
        .bind(case)
        .fetch_all(conn)
        .await
}

/// Numbers of the open cases on a parcel.
pub async fn open_on_parcel(pool: &sqlx::PgPool, zone: i32, parcel: Uuid) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("select number from case_file where zone = $1 and parcel_id = $2 and not ended order by number")
        .bind(zone)
        .bind(parcel)
        .fetch_all(pool)
        .await
}

/// A case with a known parcel that holds a certificate with this serial.
#[derive(Debug, Clone, FromRow)]
pub struct HolderRow {
    pub case_id: Uuid,
    pub paper_id: Uuid,
    pub parcel_id: Uuid,
}

/// At most 20, by case.
pub async fn by_serial(conn: &mut PgConnection, serial_index: &[u8]) -> sqlx::Result<Vec<HolderRow>> {
    sqlx::query_as(
        "select distinct on (c.id) c.id as case_id, p.id as paper_id, c.parcel_id from paper p join case_file c on c.id = p.case_id
          where p.serial_index = $1 and c.parcel_id is not null order by c.id, p.id limit 20",
    )
    .bind(serial_index)
    .fetch_all(conn)
    .await
}

/// Another open case with the same certificate or the same parcel, or one that calls its parcel by the same sheet and number.
#[derive(Debug, Clone, FromRow)]
pub struct RivalRow {
    pub number: String,
    pub procedure: String,
    pub same_certificate: bool,
    /// It is bound to the parcel.
    pub same_parcel: bool,
    pub parcel_ref: Value,
    /// Codes of the communes in which the parcel bears the sheet and number by which an unbound case calls its own.
    pub communes: Vec<String>,
}

/// By number, at most `most`.
pub async fn rivals(
    conn: &mut PgConnection,
    case: Uuid,
    serials: &[Vec<u8>],
    zone: Option<i32>,
    parcel: Option<Uuid>,
    most: i64,
) -> sqlx::Result<Vec<RivalRow>> {
    sqlx::query_as(
        "select c.number, c.procedure, exists (select from paper p where p.case_id = c.id and p.serial_index = any($2)) as same_certificate,
                coalesce(c.zone = $3 and c.parcel_id = $4, false) as same_parcel, c.parcel_ref, found.communes
           from (select id, coalesce(array_agg(commune) filter (where commune is not null), '{}') as communes from (
                  select case_id as id, null as commune from paper where serial_index = any($2)
                  union all select id, null from case_file where zone = $3 and parcel_id = $4 and not ended
                  union all select c.id, a.commune_code from parcel_name a join case_file c
                     on c.parcel_ref ->> 'sheet' = a.sheet and c.parcel_ref ->> 'number' = a.number
                   where a.zone = $3 and a.parcel_id = $4 and c.parcel_id is null and not c.ended) each group by id) found
           join case_file c using (id) where c.id <> $1 and not c.ended order by c.number limit $5",
    )
    .bind(case)
    .bind(serials)
    .bind(zone)
    .bind(parcel)
    .bind(most)
    .fetch_all(conn)
    .await
}

/// Whose word it is which parcel a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Holds whatever the papers name.
    Person,
    /// As found last; where no person has said so.
    Papers,
}

/// The parcel a case is about; papers that name the one it has change nothing.
pub async fn set_parcel(
    conn: &mut PgConnection,
    case: Uuid,
    (zone, parcel): (i32, Uuid),
    says: Says,
    now: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query(
        "update case_file set zone = $2, parcel_id = $3, parcel_bound = parcel_bound or $5, updated_at = $4, version = version + 1
          where id = $1 and ($5 or not parcel_bound and (zone, parcel_id) is distinct from ($2, $3))",
    )
    .bind(case)
    .bind(zone)
    .bind(parcel)
    .bind(now)
    .bind(says == Says::Person)
    .execute(conn)
    .await?;
    Ok(())
}

/// Did a person say so? Else its papers did.
pub async fn parcel_is_bound(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar("select parcel_bound from case_file where id = $1").bind(case).fetch_one(conn).await
}

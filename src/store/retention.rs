//! Personal data that is kept no longer, and holds that keep it.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct HoldRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub reason: String,
    pub placed_by: String,
    pub placed_at: OffsetDateTime,
    pub lifted_by: Option<String>,
    pub lifted_at: Option<OffsetDateTime>,
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ErasureRow {
    pub id: Uuid,
    pub case_id: Uuid,
    /// `id@version`.
    pub rule: String,
    /// `domain::retention::Certificate`, canonical.
    pub certificate: String,
    pub digest: String,
    pub key_id: String,
    pub signature: Vec<u8>,
    pub at: OffsetDateTime,
}

/// A case that has ended and was not erased.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct EndedRow {
    pub id: Uuid,
    pub number: String,
    /// `closed`, `withdrawn`, `refused`.
    pub state: String,
    /// When it ended.
    pub ended_at: OffsetDateTime,
    pub customer_id: Option<Uuid>,
    pub held: bool,
    /// A parcel watch runs.
    pub watched: bool,
    /// A tax or fee is open, and reminded of.
    pub owing: bool,
}

/// Behind `after`, in order of ids; one of them when `only` is given.
pub async fn ended(
    conn: &mut PgConnection,
    after: Uuid,
    only: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<EndedRow>> {
    sqlx::query_as(
        "select c.id, c.number, c.state, e.at as ended_at, c.customer_id,
                exists (select from legal_hold h where h.case_id = c.id and h.lifted_at is null) as held,
                exists (select from parcel_watch w where w.case_id = c.id and w.ended_at is null) as watched,
                c.state = 'closed' and exists (select from obligation o where o.case_id = c.id and o.state = 'open') as owing
           from case_file c
           join lateral (select at from case_event e where e.case_id = c.id and e.kind = 'ended' order by seq desc limit 1) e on true
          where c.ended and c.id > $1 and ($2::uuid is null or c.id = $2)
            and not exists (select from erasure x where x.case_id = c.id)
          order by c.id limit $3",
    )
    .bind(after)
    .bind(only)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// False: there is a hold.
pub async fn hold(conn: &mut PgConnection, h: &HoldRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into legal_hold (id, case_id, reason, placed_by, placed_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
    )
    .bind(h.id)
    .bind(h.case_id)
    .bind(&h.reason)
    .bind(&h.placed_by)
    .bind(h.placed_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// None: there is no hold of this id, or it was lifted before.
pub async fn lift(conn: &mut PgConnection, id: Uuid, by: &str, at: OffsetDateTime) -> sqlx::Result<Option<HoldRow>> {
    sqlx::query_as(
        "update legal_hold set lifted_by = $2, lifted_at = $3 where id = $1 and lifted_at is null
         returning id, case_id, reason, placed_by, placed_at, lifted_by, lifted_at",
    )
    .bind(id)
    .bind(by)
    .bind(at)
    .fetch_optional(conn)
    .await
}

pub async fn holds(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<HoldRow>> {
    sqlx::query_as(
        "select id, case_id, reason, placed_by, placed_at, lifted_by, lifted_at from legal_hold where case_id = $1 order by id",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

/// Place and number of values that would go.
pub async fn erasable(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as("select place, n from erasable($1) order by place").bind(case).fetch_all(conn).await
}

/// SHA-256 of files of this case alone, ascending.
pub async fn files(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<String>> {
    let mut all: Vec<String> = sqlx::query_scalar("select distinct f from case_files($1, null) f order by 1")
        .bind(case)
        .fetch_all(&mut *conn)
        .await?;
    let shared: Vec<String> =
        sqlx::query_scalar("select distinct f from case_files($1, $2) f").bind(case).bind(&all).fetch_all(conn).await?;
    all.retain(|f| !shared.contains(f));
    Ok(all)
}

/// No case of this customer needs their record but erased ones and `case`.
pub async fn customer_alone(conn: &mut PgConnection, customer: Uuid, case: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select not exists (select from case_file c where c.customer_id = $1 and c.id <> $2
                               and not exists (select from erasure e where e.case_id = c.id))",
    )
    .bind(customer)
    .bind(case)
    .fetch_one(conn)
    .await
}

pub async fn erase_customer(conn: &mut PgConnection, customer: Uuid) -> sqlx::Result<()> {
    sqlx::query(
        "update customer set sealed = '\\x', id_index = null, phone_index = null, name_index = '\\x' where id = $1 or merged_into = $1",
    )
    .bind(customer)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the certificate and empties what it names.
pub async fn erase(conn: &mut PgConnection, e: &ErasureRow, files: &[(String, String)]) -> sqlx::Result<()> {
    sqlx::query(
        "insert into erasure (id, case_id, rule, certificate, digest, key_id, signature, at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(e.id)
    .bind(e.case_id)
    .bind(&e.rule)
    .bind(&e.certificate)
    .bind(&e.digest)
    .bind(&e.key_id)
    .bind(&e.signature)
    .bind(e.at)
    .execute(&mut *conn)
    .await?;
    let (kinds, names): (Vec<&String>, Vec<&String>) = files.iter().map(|(k, n)| (k, n)).unzip();
    sqlx::query("insert into erasure_file (erasure_id, kind, name) select $1, k, n from unnest($2::text[], $3::text[]) f (k, n)")
        .bind(e.id)
        .bind(kinds)
        .bind(names)
        .execute(&mut *conn)
        .await?;
    sqlx::query("select erase_case($1, $2)").bind(e.case_id).bind(e.id).execute(conn).await?;
    Ok(())
}

pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<ErasureRow>> {
    sqlx::query_as(
        "select id, case_id, rule, certificate, digest, key_id, signature, at from erasure where case_id = $1",
    )
    .bind(case)
    .fetch_optional(conn)
    .await
}

/// Files of certificates that are still in the store: (certificate, kind, name).
pub async fn files_left(conn: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<(Uuid, String, String)>> {
    sqlx::query_as(
        "select erasure_id, kind, name from erasure_file where removed_at is null order by erasure_id, kind, name limit $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Another case may have come with the same file meanwhile.
pub async fn needed(conn: &mut PgConnection, certificate: Uuid, name: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from case_files((select case_id from erasure where id = $1), array[$2]))")
        .bind(certificate)
        .bind(name)
        .fetch_one(conn)
        .await
}

pub async fn file_removed(
    conn: &mut PgConnection,
    certificate: Uuid,
    kind: &str,
    name: &str,
    at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query("update erasure_file set removed_at = $4 where erasure_id = $1 and kind = $2 and name = $3")
        .bind(certificate)
        .bind(kind)
        .bind(name)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

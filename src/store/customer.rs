//! Customers, proposals to merge them, their consents, intakes and invitations.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct CustomerRow {
    pub id: Uuid,
    pub sealed: Vec<u8>,
    pub id_index: Option<Vec<u8>>,
    pub phone_index: Option<Vec<u8>>,
    pub name_index: Vec<u8>,
    pub merged_into: Option<Uuid>,
    pub created_by: String,
    pub created_at: OffsetDateTime,
}

pub async fn insert(conn: &mut PgConnection, c: &CustomerRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into customer (id, sealed, id_index, phone_index, name_index, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(c.id)
    .bind(&c.sealed)
    .bind(&c.id_index)
    .bind(&c.phone_index)
    .bind(&c.name_index)
    .bind(&c.created_by)
    .bind(c.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<CustomerRow>> {
    sqlx::query_as(
        "select id, sealed, id_index, phone_index, name_index, merged_into, created_by, created_at from customer where id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Records that share a number or a phone with `c`, oldest first.
pub async fn near(conn: &mut PgConnection, c: &CustomerRow) -> sqlx::Result<Vec<CustomerRow>> {
    sqlx::query_as(
        "select id, sealed, id_index, phone_index, name_index, merged_into, created_by, created_at from customer
         where merged_into is null and id <> $1 and (id_index = $2 or phone_index = $3) order by id limit 50",
    )
    .bind(c.id)
    .bind(&c.id_index)
    .bind(&c.phone_index)
    .fetch_all(conn)
    .await
}

/// Keyed hashes of what is known of somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Sought {
    pub id_number: Option<Vec<u8>>,
    pub phone: Option<Vec<u8>>,
    pub name: Option<Vec<u8>>,
}

/// Records with all of these, oldest first.
pub async fn sought(conn: &mut PgConnection, s: &Sought) -> sqlx::Result<Vec<CustomerRow>> {
    sqlx::query_as(
        "select id, sealed, id_index, phone_index, name_index, merged_into, created_by, created_at from customer
         where merged_into is null and ($1::bytea is null or id_index = $1) and ($2::bytea is null or phone_index = $2)
           and ($3::bytea is null or name_index = $3) order by id limit 50",
    )
    .bind(&s.id_number)
    .bind(&s.phone)
    .bind(&s.name)
    .fetch_all(conn)
    .await
}

/// A case of a customer.
#[derive(Debug, Clone, PartialEq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct CaseOf {
    pub id: Uuid,
    #[schema(example = "HS-2026-000123-7")]
    pub number: String,
    #[schema(example = "transfer")]
    pub procedure: String,
    #[schema(example = "verification")]
    pub state: String,
    /// ours, customer, authority or nobody.
    #[schema(example = "customer")]
    pub turn: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Newest first.
pub async fn cases_of(conn: &mut PgConnection, customer: Uuid) -> sqlx::Result<Vec<CaseOf>> {
    sqlx::query_as(
        "select id, number, procedure, state, turn, created_at from case_file where customer_id = $1 order by id desc",
    )
    .bind(customer)
    .fetch_all(conn)
    .await
}

pub async fn link_case(conn: &mut PgConnection, case: Uuid, customer: Uuid) -> sqlx::Result<()> {
    sqlx::query("update case_file set customer_id = $2 where id = $1").bind(case).bind(customer).execute(conn).await?;
    Ok(())
}

pub async fn cases(conn: &mut PgConnection, customer: Uuid) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar("select id from case_file where customer_id = $1 order by id")
        .bind(customer)
        .fetch_all(conn)
        .await
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct MergeRow {
    pub id: Uuid,
    pub keep: Uuid,
    pub fold: Uuid,
    pub why: Vec<String>,
    pub state: String,
    pub created_at: OffsetDateTime,
    pub decided_by: Option<String>,
    pub decided_at: Option<OffsetDateTime>,
}

pub async fn propose(conn: &mut PgConnection, m: &MergeRow) -> sqlx::Result<()> {
    sqlx::query("insert into customer_merge (id, keep, fold, why, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing")
        .bind(m.id)
        .bind(m.keep)
        .bind(m.fold)
        .bind(&m.why)
        .bind(m.created_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Proposals nobody has decided, oldest first.
pub async fn proposed(conn: &mut PgConnection, after: Option<Uuid>, limit: i64) -> sqlx::Result<Vec<MergeRow>> {
    sqlx::query_as(
        "select id, keep, fold, why, state, created_at, decided_by, decided_at from customer_merge
         where state = 'proposed' and ($1::uuid is null or id > $1) order by id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

pub async fn lock_merge(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<MergeRow>> {
    sqlx::query_as(
        "select id, keep, fold, why, state, created_at, decided_by, decided_at from customer_merge where id = $1 for update",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

pub async fn decide(conn: &mut PgConnection, id: Uuid, state: &str, by: &str, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("update customer_merge set state = $2, decided_by = $3, decided_at = $4 where id = $1")
        .bind(id)
        .bind(state)
        .bind(by)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// `fold` becomes `keep`; proposals about `fold` that are still open are decided with it.
pub async fn merge(conn: &mut PgConnection, keep: Uuid, fold: Uuid, by: &str, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("update customer set merged_into = $1 where id = $2 or merged_into = $2")
        .bind(keep)
        .bind(fold)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "update customer_merge set state = 'rejected', decided_by = $2, decided_at = $3
         where state = 'proposed' and (keep = $1 or fold = $1)",
    )
    .bind(fold)
    .bind(by)
    .bind(at)
    .execute(&mut *conn)
    .await?;
    sqlx::query("update consent set customer_id = $1 where customer_id = $2")
        .bind(keep)
        .bind(fold)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ConsentRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub customer_id: Uuid,
    pub what: String,
    pub text_version: String,
    pub channel: String,
    pub given_at: OffsetDateTime,
    pub withdrawn_at: Option<OffsetDateTime>,
}

pub async fn add_consent(conn: &mut PgConnection, c: &ConsentRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into consent (id, case_id, customer_id, what, text_version, channel, given_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(c.id)
    .bind(c.case_id)
    .bind(c.customer_id)
    .bind(&c.what)
    .bind(&c.text_version)
    .bind(&c.channel)
    .bind(c.given_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn consents(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<ConsentRow>> {
    sqlx::query_as(
        "select id, case_id, customer_id, what, text_version, channel, given_at, withdrawn_at from consent where case_id = $1 order by id",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

/// The consent, when it was given and not withdrawn before.
pub async fn withdraw_consent(
    conn: &mut PgConnection,
    id: Uuid,
    at: OffsetDateTime,
) -> sqlx::Result<Option<ConsentRow>> {
    sqlx::query_as(
        "update consent set withdrawn_at = $2 where id = $1 and withdrawn_at is null
         returning id, case_id, customer_id, what, text_version, channel, given_at, withdrawn_at",
    )
    .bind(id)
    .bind(at)
    .fetch_optional(conn)
    .await
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct IntakeRow {
    pub case_id: Uuid,
    pub sealed: Vec<u8>,
    pub procedures: Vec<String>,
    pub missing: Vec<String>,
    pub updated_at: OffsetDateTime,
}

pub async fn save_intake(conn: &mut PgConnection, i: &IntakeRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into case_intake (case_id, sealed, procedures, missing, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (case_id) do update set sealed = $2, procedures = $3, missing = $4, updated_at = $5",
    )
    .bind(i.case_id)
    .bind(&i.sealed)
    .bind(&i.procedures)
    .bind(&i.missing)
    .bind(i.updated_at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn intake(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<IntakeRow>> {
    sqlx::query_as("select case_id, sealed, procedures, missing, updated_at from case_intake where case_id = $1")
        .bind(case)
        .fetch_optional(conn)
        .await
}

#[derive(Debug, Clone)]
pub struct NewInvitation {
    pub id: Uuid,
    pub case_id: Uuid,
    pub customer_id: Uuid,
    pub code_hash: Vec<u8>,
    pub sealed_code: Vec<u8>,
    pub created_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
}

pub async fn invite(conn: &mut PgConnection, i: &NewInvitation) -> sqlx::Result<()> {
    sqlx::query(
        "insert into account_invitation (id, case_id, customer_id, code_hash, sealed_code, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(i.id)
    .bind(i.case_id)
    .bind(i.customer_id)
    .bind(&i.code_hash)
    .bind(&i.sealed_code)
    .bind(i.created_at)
    .bind(i.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The customer a case belongs to.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar("select customer_id from case_file where id = $1").bind(case).fetch_one(conn).await
}

/// Writes what is known of a customer anew.
pub async fn update(conn: &mut PgConnection, c: &CustomerRow) -> sqlx::Result<()> {
    sqlx::query("update customer set sealed = $2, id_index = $3, phone_index = $4, name_index = $5 where id = $1")
        .bind(c.id)
        .bind(&c.sealed)
        .bind(&c.id_index)
        .bind(&c.phone_index)
        .bind(&c.name_index)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct InvitationRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub code_hash: Vec<u8>,
    pub sealed_code: Vec<u8>,
    pub expires_at: OffsetDateTime,
    pub used_at: Option<OffsetDateTime>,
    /// Wrong codes since it was last used.
    pub wrong: i64,
}

/// Locked for the rest of the transaction.
pub async fn invitation(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<InvitationRow>> {
    sqlx::query_as(
        "select id, case_id, code_hash, sealed_code, expires_at, used_at, wrong from account_invitation where id = $1 for update",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The newest of a case, to be looked at only.
pub async fn newest_invitation(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<InvitationRow>> {
    sqlx::query_as(
        "select id, case_id, code_hash, sealed_code, expires_at, used_at, wrong from account_invitation
          where case_id = $1 order by id desc limit 1",
    )
    .bind(case)
    .fetch_optional(conn)
    .await
}

/// For the first time, or once more.
pub async fn invitation_used(conn: &mut PgConnection, id: Uuid, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("update account_invitation set used_at = coalesce(used_at, $2), wrong = 0 where id = $1")
        .bind(id)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// One wrong code more; how many there are now.
pub async fn invitation_tried(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar("update account_invitation set wrong = wrong + 1 where id = $1 returning wrong")
        .bind(id)
        .fetch_one(conn)
        .await
}

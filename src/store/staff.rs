//! Staff, their sessions and API tokens. Of a token only the hash is stored.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct StaffRow {
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
    pub department: String,
    pub territory: Vec<String>,
    pub active: bool,
    pub created_at: OffsetDateTime,
}

/// Inserts; false when the login is taken.
pub async fn insert(conn: &mut PgConnection, s: &StaffRow, password_hash: &str) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into staff (id, login, name, password_hash, roles, department, territory, active, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (login) do nothing",
    )
    .bind(s.id)
    .bind(&s.login)
    .bind(&s.name)
    .bind(password_hash)
    .bind(&s.roles)
    .bind(&s.department)
    .bind(&s.territory)
    .bind(s.active)
    .bind(s.created_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets nobody else change staff for the rest of the transaction.
pub async fn lock_all(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('diaba.staff'))").execute(conn).await?;
    Ok(())
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<StaffRow>> {
    sqlx::query_as("select id, login, name, roles, department, territory, active, created_at from staff where id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

pub async fn active_with_role(conn: &mut PgConnection, role: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from staff where active and $1 = any(roles)").bind(role).fetch_one(conn).await
}

pub async fn update(conn: &mut PgConnection, s: &StaffRow) -> sqlx::Result<()> {
    sqlx::query("update staff set name = $2, roles = $3, department = $4, territory = $5, active = $6 where id = $1")
        .bind(s.id)
        .bind(&s.name)
        .bind(&s.roles)
        .bind(&s.department)
        .bind(&s.territory)
        .bind(s.active)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn set_password(conn: &mut PgConnection, id: Uuid, password_hash: &str) -> sqlx::Result<bool> {
    let done = sqlx::query("update staff set password_hash = $2 where id = $1")
        .bind(id)
        .bind(password_hash)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// By login, after the login `after`.
pub async fn page(conn: &mut PgConnection, after: Option<&str>, limit: i64) -> sqlx::Result<Vec<StaffRow>> {
    sqlx::query_as(
        "select id, login, name, roles, department, territory, active, created_at from staff
         where $1::text is null or login > $1 order by login limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Id and password hash of an active member of staff.
pub async fn credentials(conn: &mut PgConnection, login: &str) -> sqlx::Result<Option<(Uuid, String)>> {
    sqlx::query_as("select id, password_hash from staff where login = $1 and active")
        .bind(login)
        .fetch_optional(conn)
        .await
}

pub async fn password_hash(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("select password_hash from staff where id = $1").bind(id).fetch_optional(conn).await
}

pub async fn insert_session(
    conn: &mut PgConnection,
    token_hash: &[u8],
    staff: Uuid,
    now: OffsetDateTime,
    expires: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query("insert into session (token_hash, staff_id, created_at, expires_at) values ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(staff)
        .bind(now)
        .bind(expires)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whose session this is, while it lasts and its owner is active.
pub async fn of_session(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: OffsetDateTime,
) -> sqlx::Result<Option<StaffRow>> {
    sqlx::query_as(
        "select s.id, login, name, roles, department, territory, active, s.created_at
         from session join staff s on s.id = staff_id where token_hash = $1 and expires_at > $2 and active",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(conn)
    .await
}

pub async fn end_session(conn: &mut PgConnection, token_hash: &[u8]) -> sqlx::Result<bool> {
    let done = sqlx::query("delete from session where token_hash = $1").bind(token_hash).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

pub async fn end_sessions_of(conn: &mut PgConnection, staff: Uuid) -> sqlx::Result<u64> {
    Ok(sqlx::query("delete from session where staff_id = $1").bind(staff).execute(conn).await?.rows_affected())
}

pub async fn forget_sessions(conn: &mut PgConnection, expired_before: OffsetDateTime) -> sqlx::Result<u64> {
    Ok(sqlx::query("delete from session where expires_at < $1")
        .bind(expired_before)
        .execute(conn)
        .await?
        .rows_affected())
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct TokenRow {
    pub id: Uuid,
    pub staff_id: Uuid,
    pub name: String,
    pub scopes: Vec<String>,
    pub created_at: OffsetDateTime,
    pub expires_at: Option<OffsetDateTime>,
    pub revoked_at: Option<OffsetDateTime>,
}

pub async fn insert_token(conn: &mut PgConnection, t: &TokenRow, token_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query(
        "insert into api_token (id, token_hash, staff_id, name, scopes, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(t.id)
    .bind(token_hash)
    .bind(t.staff_id)
    .bind(&t.name)
    .bind(&t.scopes)
    .bind(t.created_at)
    .bind(t.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(Debug, Clone, FromRow)]
pub struct TokenOwner {
    #[sqlx(flatten)]
    pub staff: StaffRow,
    pub scopes: Vec<String>,
}

/// Whose token this is, while it lasts, is not revoked and its owner is active.
pub async fn of_token(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: OffsetDateTime,
) -> sqlx::Result<Option<TokenOwner>> {
    sqlx::query_as(
        "select s.id, login, s.name, roles, department, territory, active, s.created_at, scopes
         from api_token t join staff s on s.id = staff_id
         where token_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2) and active",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(conn)
    .await
}

/// Newest first. Of one member of staff, or of all.
pub async fn tokens(
    conn: &mut PgConnection,
    staff: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<TokenRow>> {
    sqlx::query_as(
        "select id, staff_id, name, scopes, created_at, expires_at, revoked_at from api_token
         where ($1::uuid is null or staff_id = $1) and ($2::uuid is null or id < $2) order by id desc limit $3",
    )
    .bind(staff)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Revokes; of one member of staff when `staff` is given. False when there is no such token in use.
pub async fn revoke_token(
    conn: &mut PgConnection,
    id: Uuid,
    staff: Option<Uuid>,
    now: OffsetDateTime,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update api_token set revoked_at = $3 where id = $1 and ($2::uuid is null or staff_id = $2) and revoked_at is null",
    )
    .bind(id)
    .bind(staff)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Does a task of this case belong to this member of staff?
pub async fn has_task_on(conn: &mut PgConnection, staff: Uuid, case: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from task where case_id = $2 and assignee = $1 and state not in ('done', 'cancelled'))",
    )
    .bind(staff)
    .bind(case)
    .fetch_one(conn)
    .await
}

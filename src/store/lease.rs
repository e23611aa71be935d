//! The right to write some fields of a task for a time, far from any line.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct LeaseRow {
    pub id: Uuid,
    pub task_id: Uuid,
    pub staff_id: Uuid,
    pub fields: Vec<String>,
    pub granted_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub revoked_at: Option<OffsetDateTime>,
    pub revoked_by: Option<String>,
}

/// Inserts; false when somebody holds the task.
pub async fn insert(conn: &mut PgConnection, l: &LeaseRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into field_lease (id, task_id, staff_id, fields, granted_at, expires_at) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
    )
    .bind(l.id)
    .bind(l.task_id)
    .bind(l.staff_id)
    .bind(&l.fields)
    .bind(l.granted_at)
    .bind(l.expires_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<LeaseRow>> {
    sqlx::query_as(
        "select id, task_id, staff_id, fields, granted_at, expires_at, revoked_at, revoked_by from field_lease where id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The lease that was not revoked, expired or not.
pub async fn of_task(conn: &mut PgConnection, task: Uuid) -> sqlx::Result<Option<LeaseRow>> {
    sqlx::query_as(
        "select id, task_id, staff_id, fields, granted_at, expires_at, revoked_at, revoked_by from field_lease
         where task_id = $1 and revoked_at is null",
    )
    .bind(task)
    .fetch_optional(conn)
    .await
}

pub async fn extend(conn: &mut PgConnection, id: Uuid, expires_at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("update field_lease set expires_at = greatest(expires_at, $2) where id = $1 and revoked_at is null")
        .bind(id)
        .bind(expires_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Revokes what is held of a task; true when something was.
pub async fn revoke_of_task(conn: &mut PgConnection, task: Uuid, at: OffsetDateTime, by: &str) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update field_lease set revoked_at = $2, revoked_by = $3 where task_id = $1 and revoked_at is null",
    )
    .bind(task)
    .bind(at)
    .bind(by)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

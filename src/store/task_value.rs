//! Values of the fields of tasks, sealed; every version stays.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ValueRow {
    pub task_id: Uuid,
    pub field: String,
    pub version: i32,
    pub sealed: Vec<u8>,
    /// Keyed hash of the value.
    pub print: Vec<u8>,
    pub by: String,
    pub at: OffsetDateTime,
    pub lease_id: Option<Uuid>,
}

pub async fn insert(conn: &mut PgConnection, v: &ValueRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into task_value (task_id, field, version, sealed, print, by, at, lease_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(v.task_id)
    .bind(&v.field)
    .bind(v.version)
    .bind(&v.sealed)
    .bind(&v.print)
    .bind(&v.by)
    .bind(v.at)
    .bind(v.lease_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// The latest version of each field of a task.
pub async fn latest(conn: &mut PgConnection, task: Uuid) -> sqlx::Result<Vec<ValueRow>> {
    sqlx::query_as(
        "select distinct on (field) task_id, field, version, sealed, print, by, at, lease_id from task_value
         where task_id = $1 order by field, version desc",
    )
    .bind(task)
    .fetch_all(conn)
    .await
}

/// The number of the latest version of a field; 0: it has no value.
pub async fn newest(conn: &mut PgConnection, task: Uuid, field: &str) -> sqlx::Result<i32> {
    sqlx::query_scalar("select coalesce(max(version), 0) from task_value where task_id = $1 and field = $2")
        .bind(task)
        .bind(field)
        .fetch_one(conn)
        .await
}

/// All versions of one field, oldest first.
pub async fn versions(conn: &mut PgConnection, task: Uuid, field: &str) -> sqlx::Result<Vec<ValueRow>> {
    sqlx::query_as(
        "select task_id, field, version, sealed, print, by, at, lease_id from task_value
         where task_id = $1 and field = $2 order by version",
    )
    .bind(task)
    .bind(field)
    .fetch_all(conn)
    .await
}

//! Photos sent for tasks; insert-only. The pictures lie in the scan store.

use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct TaskPhotoRow {
    pub task_id: Uuid,
    pub sha256: String,
    pub bytes: i64,
    pub media_type: Option<String>,
    /// Pixels.
    pub width: Option<i32>,
    pub height: Option<i32>,
    /// Why it was not taken.
    pub refused: Option<String>,
    pub sent_by: String,
    pub sent_at: OffsetDateTime,
}

/// Inserts; false when this photo was sent for this task before.
pub async fn insert(conn: &mut PgConnection, p: &TaskPhotoRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into task_photo (task_id, sha256, bytes, media_type, width, height, refused, sent_by, sent_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
    )
    .bind(p.task_id)
    .bind(&p.sha256)
    .bind(p.bytes)
    .bind(&p.media_type)
    .bind(p.width)
    .bind(p.height)
    .bind(&p.refused)
    .bind(&p.sent_by)
    .bind(p.sent_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A photo that was taken.
pub async fn get(conn: &mut PgConnection, task: Uuid, sha256: &str) -> sqlx::Result<Option<TaskPhotoRow>> {
    sqlx::query_as(
        "select task_id, sha256, bytes, media_type, width, height, refused, sent_by, sent_at
         from task_photo where task_id = $1 and sha256 = $2 and refused is null",
    )
    .bind(task)
    .bind(sha256)
    .fetch_optional(conn)
    .await
}

/// SHA-256 of each photo of a task that was taken, in the order they came.
pub async fn taken(conn: &mut PgConnection, task: Uuid) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("select sha256 from task_photo where task_id = $1 and refused is null order by sent_at, sha256")
        .bind(task)
        .fetch_all(conn)
        .await
}

/// How many photos of a task were taken.
pub async fn count(conn: &mut PgConnection, task: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar("select count(*) from task_photo where task_id = $1 and refused is null")
        .bind(task)
        .fetch_one(conn)
        .await
}

//! Photos of a task: kept as they were sent before anybody looks at them.

use super::change::{existing, leads};
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::outside::scans::{Sniffed, sniff};
use crate::store::audit::{self, Deed};
use crate::store::task::TaskRow;
use crate::store::task_photo::{self, TaskPhotoRow};
use bytes::Bytes;
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// Kinds of file taken as a photo.
const PHOTOS: &str = "image/jpeg, image/png, image/webp; up to 20000 pixels a side";
const MOST_PIXELS: u32 = 20_000;
/// Of one task.
const MOST: i64 = 500;

/// A photo that was taken; the result of the task names it by `sha256`.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PhotoView {
    pub task_id: Uuid,
    pub sha256: String,
    pub media_type: String,
    pub bytes: i64,
    /// Pixels.
    pub width: i32,
    pub height: i32,
    pub sent_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
}

/// A photo with its content.
#[derive(Debug, Clone)]
pub struct PhotoFile {
    pub view: PhotoView,
    pub content: Bytes,
}

impl PhotoView {
    fn from_row(row: TaskPhotoRow) -> Result<Self> {
        let (Some(media_type), Some(width), Some(height)) = (row.media_type, row.width, row.height) else {
            return Err(Error::Broken(anyhow::anyhow!("photo {} of task {} has no kind", row.sha256, row.task_id)));
        };
        let (task_id, sha256, bytes, sent_by, sent_at) = (row.task_id, row.sha256, row.bytes, row.sent_by, row.sent_at);
        Ok(Self { task_id, sha256, media_type, bytes, width, height, sent_by, sent_at })
    }
}

/// Takes a photo for a task that is being worked on, from who has it or leads. The same photo again changes nothing.
pub async fn add_photo(app: &App, by: &Actor, id: Uuid, content: Bytes) -> Result<PhotoView> {
    if content.is_empty() {
        return Err(Error::refused("photo", "empty", "0 bytes", PHOTOS));
    }
    may_add(&mut *app.pool.acquire().await?, by, id).await?;
    let sha256 = app.scans.put(&content).await?;
    let seen = sniff(&content).as_ref().and_then(picture);
    let row = TaskPhotoRow {
        task_id: id,
        sha256,
        bytes: i64::try_from(content.len()).unwrap_or(i64::MAX),
        media_type: seen.map(|s| s.0.to_owned()),
        width: seen.map(|s| s.1),
        height: seen.map(|s| s.2),
        refused: seen.is_none().then(|| "photo-type".to_owned()),
        sent_by: by.login.clone(),
        sent_at: app.clock.now(),
    };
    let mut tx = begin(app).await?;
    if row.refused.is_some() {
        task_photo::insert(&mut tx, &row).await?;
        tx.commit().await?;
        let start = hex::encode(content.get(..8).unwrap_or(&content));
        return Err(Error::refused("photo", "photo-type", format!("a file that begins with {start}"), PHOTOS));
    }
    let task = may_add(&mut tx, by, id).await?;
    let row = match task_photo::get(&mut tx, id, &row.sha256).await? {
        Some(before) => before,
        None => keep(&mut tx, by, &task, row).await?,
    };
    let view = PhotoView::from_row(row)?;
    let address = format!("/api/v1/tasks/{id}/photos/{}", view.sha256);
    commit(app, tx, by, &view, Some(address)).await?;
    Ok(view)
}

/// A photo of a task: a logged read.
pub async fn photo(app: &App, by: &Actor, id: Uuid, sha256: &str, purpose: Purpose) -> Result<PhotoFile> {
    let task = existing(&mut *app.pool.acquire().await?, id).await?;
    let mut reading = Reading::begin(app, by, task.case_id, purpose).await?;
    let not_found = || Error::NotFound { what: "photo", id: sha256.to_owned() };
    let row = task_photo::get(&mut reading.tx, id, sha256).await?.ok_or_else(not_found)?;
    reading.log(&format!("task/{id}/photo/{sha256}")).await?;
    reading.end().await?;
    let content = app.scans.get(&row.sha256).await?;
    Ok(PhotoFile { view: PhotoView::from_row(row)?, content })
}

async fn may_add(conn: &mut PgConnection, by: &Actor, id: Uuid) -> Result<TaskRow> {
    let task = existing(conn, id).await?;
    if task.assignee != by.id && !leads(by) {
        return Err(Error::Forbidden("task-of-somebody-else"));
    }
    if !matches!(task.state.as_str(), "accepted" | "started" | "paused") {
        return Err(Error::Conflict { code: "task-state", detail: format!("the task is {}", task.state) });
    }
    Ok(task)
}

async fn keep(tx: &mut PgConnection, by: &Actor, task: &TaskRow, row: TaskPhotoRow) -> Result<TaskPhotoRow> {
    let held = task_photo::count(tx, row.task_id).await?;
    if held >= MOST {
        return Err(Error::refused("photo", "range", held + 1, format!("up to {MOST} photos of a task")));
    }
    task_photo::insert(tx, &row).await?;
    let deed = Deed {
        at: row.sent_at,
        actor: &by.login,
        action: "task.photo",
        subject: format!("task/{}", row.task_id),
        case_id: Some(task.case_id),
        detail: json!({"sha256": row.sha256, "media_type": row.media_type, "bytes": row.bytes}),
    };
    audit::write(tx, &deed).await?;
    Ok(row)
}

/// Kind, width and height of a picture that can be looked at.
fn picture(s: &Sniffed) -> Option<(&'static str, i32, i32)> {
    let kind = ["image/jpeg", "image/png", "image/webp"].into_iter().find(|k| *k == s.media_type)?;
    let side = |n: u32| i32::try_from(n).ok().filter(|_| (1..=MOST_PIXELS).contains(&n));
    let (width, height) = s.size?;
    Some((kind, side(width)?, side(height)?))
}

use super::named::ListedFile;
use crate::app::App;
use crate::domain::handover::Delivered;
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::hand_over::{self as store, By, HandOverRow};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct HandOverView {
    pub id: Uuid,
    pub case_id: Uuid,
    /// office or online.
    pub way: String,
    pub files: Vec<ListedFile>,
    /// SHA-256 over the canonical form of `files`, each without its `name`, hex.
    pub digest: String,
    /// The record to be signed in the office.
    pub receipt_sha256: Option<String>,
    /// The signed record, scanned.
    pub signed_sha256: Option<String>,
    /// Until when the link can be opened.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// Wrong codes so far.
    pub wrong: i64,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was delivered.
    #[serde(with = "time::serde::rfc3339::option")]
    pub done_at: Option<OffsetDateTime>,
}

pub(super) fn of_row(row: HandOverRow) -> Result<HandOverView> {
    Ok(HandOverView {
        files: files(&row)?.into_iter().map(ListedFile::from).collect(),
        id: row.id,
        case_id: row.case_id,
        way: row.way,
        digest: row.digest,
        receipt_sha256: row.receipt_sha256,
        signed_sha256: row.signed_sha256,
        expires_at: row.expires_at,
        wrong: row.wrong,
        created_by: row.created_by,
        created_at: row.created_at,
        done_at: row.done_at,
    })
}

pub(super) fn files(row: &HandOverRow) -> Result<Vec<Delivered>> {
    serde_json::from_value(row.files.clone()).map_err(|e| Error::Broken(e.into()))
}

pub(super) async fn find(conn: &mut PgConnection, id: Uuid) -> Result<HandOverRow> {
    let found = store::find(conn, By::Id(id)).await?.into_iter().next();
    found.ok_or_else(|| Error::NotFound { what: "hand_over", id: id.to_string() })
}

pub(super) async fn view(conn: &mut PgConnection, id: Uuid) -> Result<HandOverView> {
    of_row(find(conn, id).await?)
}

/// Of a case, oldest first.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<HandOverView>> {
    let mut conn = app.pool.acquire().await?;
    store::find(&mut conn, By::Case(case)).await?.into_iter().map(of_row).collect()
}

/// What opens a link. The notices carry both on different ways; until then a person tells them.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Secret {
    /// Stands behind the `#` of the link, so that no server on the way logs it.
    pub token: String,
    /// To be said over the telephone; holds once.
    pub code: String,
}

/// Link and code of an online hand-over: a logged read.
pub async fn link(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<Secret> {
    let mut conn = app.pool.acquire().await?;
    let row = find(&mut conn, id).await?;
    drop(conn);
    let none = || Error::NotFound { what: "link", id: id.to_string() };
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    reading.log(&place(id)).await?;
    let plain = app.vault.open(&place(id), &row.sealed.ok_or_else(none)?)?;
    reading.end().await?;
    serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))
}

pub(super) fn place(id: Uuid) -> String {
    format!("hand_over/{id}")
}

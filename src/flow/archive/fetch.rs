use super::make::ArchiveView;
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::archive as store;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use uuid::Uuid;

/// An archive as it is sent.
pub struct Fetched {
    pub view: ArchiveView,
    /// `luu-tru-<case number>.zip`.
    pub file_name: String,
    pub content: BoxStream<'static, std::io::Result<Bytes>>,
}

/// Archives of a case, oldest first.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<ArchiveView>> {
    let mut conn = app.pool.acquire().await?;
    Ok(store::of_case(&mut conn, case).await?.into_iter().map(Into::into).collect())
}

/// The ZIP, opened piece by piece: a logged read.
pub async fn fetch(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<Fetched> {
    let mut conn = app.pool.acquire().await?;
    let not_found = || Error::NotFound { what: "archive", id: id.to_string() };
    let row = store::get(&mut conn, id).await?.ok_or_else(not_found)?;
    let case = crate::store::case::get(&mut conn, row.case_id).await?.ok_or_else(not_found)?;
    drop(conn);
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    reading.log(&format!("archive/{id}")).await?;
    reading.end().await?;
    let content = app.scans.stream(&id.to_string()).await?.map_err(std::io::Error::other).boxed();
    Ok(Fetched { view: row.into(), file_name: format!("luu-tru-{}.zip", case.number), content })
}

use super::change::existing;
use super::view::{TaskResult, place};
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use uuid::Uuid;

/// What came of a task, opened. People write names into it: a logged read, for who may see personal data of the case.
pub async fn read_result(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<TaskResult> {
    let row = existing(&mut *app.pool.acquire().await?, id).await?;
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    let sealed = row.result.ok_or_else(|| Error::NotFound { what: "result", id: id.to_string() })?;
    reading.log(&place(id)).await?;
    let plain = app.vault.open(&place(id), &sealed)?;
    let result = serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))?;
    reading.end().await?;
    Ok(result)
}

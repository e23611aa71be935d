use super::change::existing;
use super::view::{Reason, TaskWords, event_place, where_place};
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::task::{self, TaskRow};
use uuid::Uuid;

/// Where a task is and why it was changed, in the words of those who wrote it. A logged read, for who may see personal data of the
/// case.
pub async fn read_words(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<TaskWords> {
    let row = existing(&mut *app.pool.acquire().await?, id).await?;
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    let mut words = TaskWords { place_text: place_of(app, &row)?, reasons: Vec::new() };
    if row.sealed_place.is_some() {
        reading.log(&where_place(id)).await?;
    }
    for e in task::events(&mut reading.tx, id).await? {
        let Some(sealed) = &e.sealed else { continue };
        let place = event_place(id, &e.what, e.at);
        reading.log(&place).await?;
        let reason = text(app.vault.open(&place, sealed)?)?;
        words.reasons.push(Reason { at: e.at, actor: e.actor, what: e.what, reason });
    }
    reading.end().await?;
    Ok(words)
}

/// Where a task is, opened: the caller logs it.
pub(crate) fn place_of(app: &App, row: &TaskRow) -> Result<Option<String>> {
    match &row.sealed_place {
        Some(sealed) => text(app.vault.open(&where_place(row.id), sealed)?).map(Some),
        None => Ok(row.place_text.clone()),
    }
}

fn text(plain: Vec<u8>) -> Result<String> {
    String::from_utf8(plain).map_err(|e| Error::Broken(e.into()))
}

//! How long our own cases took, by procedure.

use crate::app::App;
use crate::domain::advice::History;
use crate::domain::calendar::{Calendar, day_of};
use crate::flow::{Error, Result};
use crate::store::advice;
use std::collections::BTreeMap;
use time::Date;

/// Cases handed over so far. A span that the calendar does not know in full is left out.
pub async fn history(app: &App) -> Result<BTreeMap<String, History>> {
    let calendar = Calendar::shipped().map_err(|e| Error::Broken(anyhow::Error::msg(e)))?;
    let mut conn = app.pool.acquire().await?;
    let mut days: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (procedure, opened, ended) in advice::spans(&mut conn).await? {
        if let Some(n) = working_days(calendar, day_of(opened), day_of(ended)) {
            days.entry(procedure).or_default().push(n);
        }
    }
    Ok(days.into_iter().filter_map(|(p, d)| Some((p, History::of(d)?))).collect())
}

/// Working days after `from` up to `to`.
fn working_days(calendar: &Calendar, from: Date, to: Date) -> Option<u32> {
    let (mut day, mut n) = (from, 0);
    while day < to {
        day = day.next_day()?;
        n += u32::from(calendar.is_working_day(day).ok()?);
    }
    Some(n)
}

use crate::app::App;
use crate::domain::calendar::{Calendar, day_begins};
use crate::domain::case::Happened;
use crate::flow::case::{lock_open, record};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::paper_request as store;
use crate::store::queue::Lease;
use uuid::Uuid;

/// Working days before the day of a request at which the customer is reminded.
const BEFORE: u32 = 2;

/// The job: reminds of open items shortly before their day, and once more after it. A second run finds what the first noted.
pub async fn remind_requests(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("remind_requests");
    let calendar = Calendar::shipped().map_err(|e| Error::Broken(anyhow::Error::msg(e)))?;
    let today = app.clock.today();
    let soon = calendar.reckon(today, BEFORE);
    let mut each = Each::default();
    for (day, stage) in [(today - time::Duration::DAY, 2), (soon, 1)] {
        // What was asked today is no reminder yet, however short its time.
        let due = store::to_remind(&mut *app.pool.acquire().await?, day, stage, day_begins(today)).await?;
        for (request, case, items) in due {
            each.take(case, remind(app, &by, request, case, (items, stage)).await)?;
        }
    }
    each.end(app, lease).await
}

async fn remind(app: &App, by: &Actor, request: Uuid, case: Uuid, (items, stage): (i64, i16)) -> Result<()> {
    let mut tx = begin(app).await?;
    match lock_open(&mut tx, case).await {
        Err(Error::Conflict { .. }) => return Ok(()),
        other => other?,
    }
    if store::reminded(&mut tx, request, stage).await? {
        let items = u32::try_from(items).unwrap_or(u32::MAX);
        record(app, &mut tx, by, case, Happened::RequestReminded { request, items }).await?;
        tx.commit().await?;
    }
    Ok(())
}

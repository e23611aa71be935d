use super::read::{pins_of, row};
use super::work_out::pins_now;
use crate::app::App;
use crate::domain::advice::stale;
use crate::domain::case::Happened;
use crate::flow::case::{lock, record};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Result, begin};
use crate::store::queue::Lease;
use crate::store::{advice, case_event};
use uuid::Uuid;

/// The daily job: says of each signed sheet that something is still to be agreed on, once, that it holds no longer, and why. Each
/// case is a transaction of its own.
pub async fn watch_sheets(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("watch_sheets");
    let (mut each, mut after) = (Each::default(), Uuid::nil());
    loop {
        let ids = case_event::in_steps(&mut *app.pool.acquire().await?, &STEPS, after, 200).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        for id in ids {
            each.take(id, look(app, &by, id).await)?;
        }
    }
    each.end(app, lease).await
}

/// Steps in which something may still be offered or signed on a sheet.
const STEPS: [&str; 3] = ["advice", "quotation", "contract"];

async fn look(app: &App, by: &Actor, case: Uuid) -> Result<()> {
    let newest = advice::newest_signed(&mut *app.pool.acquire().await?, case).await?;
    let Some(id) = newest else { return Ok(()) };
    let now = pins_now(app, case).await?;
    let Some(why) = stale(&pins_of(&row(app, id).await?)?, &now).into_iter().next() else { return Ok(()) };
    let mut tx = begin(app).await?;
    let standing = lock(&mut tx, case).await?.filter(|c| STEPS.contains(&c.step.name()));
    if !standing.and_then(|c| c.signed_sheet).is_some_and(|s| s.id == id && !s.outdated) {
        return Ok(());
    }
    record(app, &mut tx, by, case, Happened::OptionSheetOutdated { sheet: id, because: why.key.into_owned() }).await?;
    Ok(tx.commit().await?)
}

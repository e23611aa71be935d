use super::ground::stale_now;
use super::read::{pins_of, row};
use super::work_out::pins_now;
use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case::{lock, record};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::advice::{self, SheetRow};
use crate::store::case_event;
use crate::store::queue::Lease;
use uuid::Uuid;

/// The daily job: says of each signed sheet that something is still to be agreed on, once, that it holds no longer, and why; and when it
/// holds again. Each
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
    let found = row(app, id).await?;
    match stale_now(app, &pins_of(&found)?, &pins_now(app, case).await?).await?.into_iter().next() {
        None => holds_again(app, by, &found).await,
        Some(why) => {
            let because = why.key.into_owned();
            tell(app, by, &found, false, Happened::OptionSheetOutdated { sheet: id, because }).await
        }
    }
}

/// A signed sheet was said to hold no longer, and what it rests on is again what it was (a map was taken back): it is said that it holds.
pub(super) async fn holds_again(app: &App, by: &Actor, found: &SheetRow) -> Result<()> {
    let version = u32::try_from(found.version).map_err(|e| Error::Broken(e.into()))?;
    let verification = found.confirmed_on.unwrap_or(found.verification_id);
    tell(app, by, found, true, Happened::OptionSheetConfirmed { sheet: found.id, version, verification }).await
}

/// Says it of the case's signed sheet when that is still known as the other; `outdated`: as what it is known.
async fn tell(app: &App, by: &Actor, found: &SheetRow, outdated: bool, what: Happened) -> Result<()> {
    let mut tx = begin(app).await?;
    let standing = lock(&mut tx, found.case_id).await?.filter(|c| STEPS.contains(&c.step.name()));
    if !standing.and_then(|c| c.signed_sheet).is_some_and(|s| s.id == found.id && s.outdated == outdated) {
        return Ok(());
    }
    record(app, &mut tx, by, found.case_id, what).await?;
    Ok(tx.commit().await?)
}

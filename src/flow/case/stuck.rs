use super::read::lock_open;
use super::record::{events, record};
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::case::{Case, Happened};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::case_event;
use crate::store::queue::Lease;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Days without an event after which a case is called stuck: the house's habit, longer than any wait we ask for.
const QUIET: Duration = Duration::days(21);

/// The job: tells of each case in which nothing moves, once for each standstill.
pub async fn find_stuck(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("find_stuck");
    let stuck = case_event::stuck(&mut *app.pool.acquire().await?, app.clock.now() - QUIET).await?;
    let mut each = Each::default();
    for (case, last) in stuck {
        each.take(case, notice(app, &by, case, last).await)?;
    }
    each.end(app, lease).await
}

async fn notice(app: &App, by: &Actor, case: Uuid, last: OffsetDateTime) -> Result<()> {
    let mut tx = begin(app).await?;
    match lock_open(&mut tx, case).await {
        Err(Error::Conflict { .. }) => return Ok(()),
        other => other?,
    }
    // Something may have happened since it was found.
    let events = events(&mut tx, case).await?;
    let moved =
        events.iter().any(|e| e.at > last && (matches!(e.what, Happened::StuckNoticed { .. }) || !remark(&e.what)));
    let standing = Case::fold(&events).map_err(|e| Error::Broken(e.into()))?;
    if let (false, Some(standing)) = (moved, standing) {
        let step = standing.step.name().to_owned();
        record(app, &mut tx, by, case, Happened::StuckNoticed { since: day_of(last), step }).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What a machine remarks moves nothing.
fn remark(what: &Happened) -> bool {
    matches!(
        what,
        Happened::StuckNoticed { .. }
            | Happened::DeadlineWarned { .. }
            | Happened::DeadlineEscalated { .. }
            | Happened::RequestReminded { .. }
            | Happened::PaymentOverdue { .. }
            | Happened::ObligationReminded { .. }
    )
}

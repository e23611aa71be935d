use crate::app::App;
use crate::domain::case::{Happened, Step};
use crate::domain::handover::TRIES;
use crate::flow::case::{lock, record};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Result, begin};
use crate::store::hand_over as store;
use crate::store::queue::Lease;
use uuid::Uuid;

/// The daily job: a link that can be opened no more is somebody's business again. Each is a transaction of its own and is told of
/// once.
pub async fn watch_links(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("watch_links");
    let mut each = Each::default();
    for (id, case) in store::lapsed(&mut *app.pool.acquire().await?, app.clock.now(), TRIES).await? {
        each.take(case, lapse(app, &by, case, id).await)?;
    }
    each.end(app, lease).await
}

async fn lapse(app: &App, by: &Actor, case: Uuid, id: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    let Some(standing) = lock(&mut tx, case).await? else { return Ok(()) };
    if !matches!(standing.step, Step::HandOver { offered: true, .. } | Step::AfterCare { .. }) {
        return Ok(());
    }
    // It may have been opened, or another offered, since it was found.
    let row =
        store::find(&mut tx, store::By::Id(id)).await?.into_iter().next().filter(|r| r.newest && r.done_at.is_none());
    let Some(row) = row else { return Ok(()) };
    let why = if row.wrong >= TRIES { "dead" } else { "expired" };
    record(app, &mut tx, by, case, Happened::HandOverLapsed { handover: id, why: why.into() }).await?;
    Ok(tx.commit().await?)
}

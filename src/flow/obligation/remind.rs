use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::obligation::to_remind;
use crate::flow::case::{lock, record};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Result, begin};
use crate::store::obligation as store;
use crate::store::queue::Lease;
use uuid::Uuid;

/// The job: reminds of what is not paid, also after the case has ended. Each reminder is a transaction of its own; a second
/// run on the same day finds what the first noted.
pub async fn remind_obligations(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("remind_obligations");
    let (mut each, mut after) = (Each::default(), Uuid::nil());
    loop {
        let page = store::open_page(&mut *app.pool.acquire().await?, after, 200).await?;
        let Some(last) = page.last() else { break };
        after = last.0;
        for (id, case) in page {
            each.take(case, remind(app, &by, case, id).await)?;
        }
    }
    each.end(app, lease).await
}

async fn remind(app: &App, by: &Actor, case: Uuid, id: Uuid) -> Result<()> {
    let today = app.clock.today();
    let mut tx = begin(app).await?;
    lock(&mut tx, case).await?;
    let Some(row) = store::lock(&mut tx, id).await? else { return Ok(()) };
    if row.state == "open" && to_remind(row.noticed, row.due, row.reminded, today) {
        store::set_reminded(&mut tx, id, today).await?;
        let happened = Happened::ObligationReminded { obligation: id, what: row.what, due: row.due };
        record(app, &mut tx, by, case, happened).await?;
        tx.commit().await?;
    }
    Ok(())
}

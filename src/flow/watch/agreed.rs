use super::begin::{Ground, ground_of, start};
use crate::app::App;
use crate::domain::case::{Case, Event, Happened as H};
use crate::flow::case::{history_of, lock, record};
use crate::flow::job::enqueue;
use crate::flow::staff::Actor;
use crate::flow::{Result, begin};
use crate::store::queue::Lease;
use crate::store::watch as store;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// In the transaction of what a watch may have waited for: one that was agreed to is looked after.
pub(in crate::flow) async fn consider(tx: &mut PgConnection, case: Uuid) -> Result<()> {
    if store::unbegun(tx, case).await?.is_some() {
        enqueue(tx, "begin_watch", json!({"case_id": case}), None).await?;
    }
    Ok(())
}

/// The job: begins the watch a customer agreed to. While that cannot be it is said why, once.
pub async fn begin_watch(app: &App, lease: &Lease, case: Uuid) -> Result<()> {
    let by = Actor::system("begin_watch");
    let ground = ground_of(app, case).await?;
    let mut tx = begin(app).await?;
    let standing = lock(&mut tx, case).await?.filter(|c| c.step.finished());
    let consent = store::unbegun(&mut tx, case).await?;
    if let Some((standing, consent)) = standing.zip(consent) {
        let events = history_of(&mut tx, case).await?;
        let told = match obstacle(&standing, &events, consent, ground.as_ref()) {
            Ok(ground) => {
                let begun = start(app, &mut tx, &by, case, consent, ground).await?;
                begun.map(|row| H::WatchBegun { watch: row.id })
            }
            Err(why) => {
                let told = H::WatchNotBegun { consent, why: why.into() };
                Some(told).filter(|t| events.iter().all(|e| e.what != *t))
            }
        };
        if let Some(told) = told {
            record(app, &mut tx, &by, case, told).await?;
        }
    }
    lease.complete(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// What is to be watched, or why nothing is. A case that ended early takes what was agreed to with it; what is agreed to after the end
/// is meant.
fn obstacle<'a>(
    case: &Case,
    events: &[Event],
    consent: Uuid,
    ground: Option<&'a Ground>,
) -> std::result::Result<&'a Ground, &'static str> {
    let last = |is: &dyn Fn(&H) -> bool| events.iter().rposition(|e| is(&e.what));
    let given = last(&|w: &H| matches!(w, H::ConsentGiven { consent: c, .. } if *c == consent));
    let (ended, handed) =
        (last(&|w: &H| matches!(w, H::Ended { .. })), last(&|w: &H| matches!(w, H::HandedOver { .. })));
    match (ground, case.step.ended()) {
        (Some(_), true) if handed.is_none() && given < ended => Err("ended"),
        (Some(ground), _) => Ok(ground),
        (None, true) => Err("ended_no_parcel"),
        (None, false) => Err("no_parcel"),
    }
}

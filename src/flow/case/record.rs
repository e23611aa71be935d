//! The one way an event gets into a case: inside the transaction of the act it tells of, beside its audit row.

use crate::app::App;
use crate::domain::case::{Case, Event, Happened, Step, Why};
use crate::domain::plan::may_free;
use crate::domain::watch::may_begin;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, plan, review, watch};
use crate::store::case_event::{self, EventRow, NewEvent, Stood};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// An event to record; `sealed` is what belongs to it and names people or quotes their words.
#[derive(Debug, Clone)]
pub struct Entry {
    pub what: Happened,
    pub sealed: Option<Value>,
}

impl From<Happened> for Entry {
    fn from(what: Happened) -> Self {
        Self { what, sealed: None }
    }
}

/// Records one event. Locks the case; refuses what cannot happen where it stands (`Conflict`, `case-step` or
/// `case-closed`). Answers the case as it is now.
pub async fn record(app: &App, tx: &mut PgConnection, by: &Actor, case: Uuid, what: impl Into<Entry>) -> Result<Case> {
    record_all(app, tx, by, case, vec![what.into()]).await
}

/// Records events in their order, all or none. What changes a case after its review was passed makes the review lapse, which becomes
/// somebody's problem. A case in execution goes on with its plan when something came that a task may wait for; one that is finished with
/// its watch.
pub async fn record_all(app: &App, tx: &mut PgConnection, by: &Actor, case: Uuid, entries: Vec<Entry>) -> Result<Case> {
    let at = app.clock.now();
    let mut standing = lock(tx, case).await?;
    let frees = entries.iter().any(|e| may_free(&e.what));
    let watched = entries.iter().any(|e| may_begin(&e.what));
    let (mut rows, mut lapse) = (Vec::with_capacity(entries.len()), None);
    for Entry { what, sealed } in entries {
        let seq = standing.as_ref().map_or(0, |c| c.seq) + 1;
        let event = Event { seq, at, actor: by.login.clone(), what };
        let was = standing.as_ref().map(stands);
        let ended = standing.as_ref().is_some_and(|c| c.step.ended());
        let mut next = Case::next(standing, &event).map_err(|e| refused(ended, case, &e))?;
        rows.push(row(app, case, &event, sealed, was)?);
        if let (Step::HandOver { offered, .. }, true) = (&next.step, event.what.unsettles_review()) {
            let what = Happened::ReviewLapsed { because: event.what.kind(), offered: *offered };
            let lapsed = Event { seq: seq + 1, what, ..event };
            let was = Some(stands(&next));
            next = Case::next(Some(next), &lapsed).map_err(|e| refused(ended, case, &e))?;
            rows.push(row(app, case, &lapsed, None, was)?);
            lapse = Some(event.what);
        }
        standing = Some(next);
    }
    let now = standing.ok_or_else(|| Error::Broken(anyhow::anyhow!("no event was given")))?;
    case_event::insert(tx, case, at, &by.login, &rows).await?;
    let kept = serde_json::to_value(&now).map_err(|e| Error::Broken(e.into()))?;
    let (state, turn) = stands(&now);
    case_event::keep_standing(tx, case, state, turn, &kept, at).await?;
    if watched && now.step.finished() {
        watch::consider(tx, case).await?;
    }
    let goes_on = now.in_execution() && frees;
    if lapse.is_none() && !goes_on {
        return Ok(now);
    }
    if let Some(by_what) = lapse {
        Box::pin(review::lapsed(app, tx, by, case, &by_what)).await?;
    }
    if goes_on {
        Box::pin(plan::advance(app, tx, by, case)).await?;
    }
    lock(tx, case).await?.ok_or_else(|| Error::Broken(anyhow::anyhow!("case {case} is gone")))
}

/// Where a case stands, locked for the rest of the transaction; none: nothing has happened to it yet.
pub(crate) async fn lock(tx: &mut PgConnection, case: Uuid) -> Result<Option<Case>> {
    let not_there = || Error::NotFound { what: "case", id: case.to_string() };
    let kept = case_event::lock_standing(tx, case).await?.ok_or_else(not_there)?;
    unfolded(tx, case, kept).await
}

/// As [`lock`], to be read only; none for a case that is not there, too.
pub(in crate::flow) async fn standing(conn: &mut PgConnection, case: Uuid) -> Result<Option<Case>> {
    match case_event::kept(conn, case).await? {
        Some(row) => unfolded(conn, case, row.standing).await,
        None => Ok(None),
    }
}

async fn unfolded(conn: &mut PgConnection, case: Uuid, kept: Option<Value>) -> Result<Option<Case>> {
    match kept {
        Some(kept) => serde_json::from_value(kept).map(Some).map_err(|e| Error::Broken(e.into())),
        None => refold(conn, case).await,
    }
}

/// Where a case stands by its events alone.
pub async fn refold(conn: &mut PgConnection, case: Uuid) -> Result<Option<Case>> {
    let events = events(conn, case).await?;
    Case::fold(&events).map_err(|e| Error::Broken(e.into()))
}

/// The history of a case, oldest first.
pub(crate) async fn events(conn: &mut PgConnection, case: Uuid) -> Result<Vec<Event>> {
    case_event::of_case(conn, case).await?.into_iter().map(event).collect()
}

pub(super) fn event(row: EventRow) -> Result<Event> {
    let what = Happened::from_parts(&row.kind, row.data).map_err(|e| Error::Broken(e.into()))?;
    Ok(Event { seq: row.seq, at: row.at, actor: row.actor, what })
}

/// Where the sealed part of an event belongs.
pub(super) fn place(case: Uuid, seq: i32) -> String {
    format!("case_event/{case}/{seq}")
}

/// State and turn, as lists of cases are chosen by.
fn stands(case: &Case) -> Stood {
    (case.step.name(), case.turn().as_str())
}

fn row(app: &App, case: Uuid, event: &Event, sealed: Option<Value>, was: Option<Stood>) -> Result<NewEvent> {
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    let (kind, data) = event.what.parts().map_err(broken)?;
    let sealed = match sealed {
        Some(plain) => {
            let plain = serde_json::to_vec(&plain).map_err(broken)?;
            Some(app.vault.seal(&place(case, event.seq), &plain)?)
        }
        None => None,
    };
    let customer = event.what.customer_view().map(|v| Value::Object(v.0));
    let owed = event.what.owed().iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    Ok(NewEvent { seq: event.seq, kind, data, sealed, customer, owed, was })
}

fn refused(ended: bool, case: Uuid, why: &crate::domain::case::NoMove) -> Error {
    if ended {
        Error::Conflict { code: "case-closed", detail: case.to_string() }
    } else {
        let code = match why.why {
            Why::SheetOutdated => "sheet-outdated",
            Why::WorkOpen(_) => "work-open",
            Why::OwnWork => "own-work",
            _ => "case-step",
        };
        Error::Conflict { code, detail: why.to_string() }
    }
}

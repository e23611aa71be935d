//! A problem that the service finds by itself: whose it is, and by when, is data by its topic (`data/clocks.toml`).

use super::issue::{IssueView, NewIssue, raise_issue_in, resolve_issue_in, view};
use super::record::lock;
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::case::clock::Limits;
use crate::domain::dispatch::{Department, Need, assign};
use crate::flow::Result;
use crate::flow::staff::Actor;
use crate::flow::task::candidates;
use crate::store::case_issue as store;
use crate::store::work_plan;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use time::Date;
use uuid::Uuid;

pub(in crate::flow) struct Found<'a> {
    pub topic: &'a str,
    pub words: String,
    /// What it comes from: while one of it is open, no other is raised.
    pub origin: String,
    /// It cannot be solved before this day.
    pub not_before: Option<Date>,
}

/// Raises it inside the caller's transaction; answers the one that is open. None: the case has ended, or nobody is there to have
/// it (what happened is owed to roles in any case).
pub(in crate::flow) async fn raise_found(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    found: Found<'_>,
) -> Result<Option<IssueView>> {
    if lock(tx, case).await?.is_none_or(|c| c.step.ended()) {
        return Ok(None);
    }
    if let Some(open) = store::open_of(tx, case, &found.origin).await? {
        return Ok(Some(view(open)));
    }
    let limits = Limits::shipped().map_err(anyhow::Error::msg)?;
    let charge = limits.charge(found.topic).ok_or_else(|| anyhow::anyhow!("nobody is charged with {}", found.topic))?;
    let (calendar, today) = (Calendar::shipped().map_err(anyhow::Error::msg)?, app.clock.today());
    let due = calendar.reckon(found.not_before.map_or(today, |day| day.max(today)), charge.working_days);
    let Some(owner) = owner(tx, by, case, charge.department, (today, due)).await? else { return Ok(None) };
    let new = NewIssue { topic: found.topic.into(), words: found.words, owner, due };
    raise_issue_in(app, tx, by, case, new, Some(&found.origin)).await.map(Some)
}

/// It is settled by what was done.
pub(in crate::flow) async fn settle_found(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    origin: &str,
) -> Result<()> {
    if let Some(open) = store::open_of(tx, case, origin).await? {
        resolve_issue_in(app, tx, by, open.id, None).await?;
    }
    Ok(())
}

/// Whoever of the department would be given a task; when nobody of it is there, whoever is, or will be; else who found it.
async fn owner(
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    department: Department,
    days: (Date, Date),
) -> Result<Option<Uuid>> {
    let (staff, commune) = (candidates(tx, days.0).await?, work_plan::commune(tx, case).await?);
    let need = Need { department, commune: commune.as_deref(), skills: &BTreeSet::new(), days, at: None };
    let there = staff.iter().filter(|c| c.active).min_by_key(|c| (c.is_away(days), c.open_load, c.id));
    Ok(assign(&need, &staff).map(|c| c.0).or(there.map(|c| c.id)).or(by.id))
}

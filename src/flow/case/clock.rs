//! The clocks of a case, every day of them explained; and the job that warns before a limit and escalates after it.

use super::record::{Entry, events, record_all};
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::case::alarm::{self, Promise, alarms};
use crate::domain::case::clock::{self, Clock, Day, Limits, Segment};
use crate::domain::case::timeline::clock_name;
use crate::domain::case::{Case, Event, Turn};
use crate::domain::rule::Standing;
use crate::domain::staff::Role;
use crate::domain::verify::text::{self, Lang};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::queue::Lease;
use crate::store::{case, case_event, submission, task};
use serde::Serialize;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// Whose days they are, and until when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Clocks {
    pub case_id: Uuid,
    pub step: &'static str,
    pub turn: Turn,
    /// Counted up to and with this day.
    pub as_of: Date,
    pub segments: Vec<Segment>,
    pub clocks: Vec<ClockView>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClockView {
    #[serde(flatten)]
    pub clock: Clock,
    /// Which clock it is, in the language asked for.
    pub title: String,
    /// Working days left; negative: over by so many.
    pub left: Option<i64>,
    /// Every day since it began.
    pub days: Vec<DayView>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayView {
    #[serde(flatten)]
    pub day: Day,
    /// What it was to the clock, in the language asked for.
    pub said: String,
}

/// The clocks of a case as of today.
pub async fn clock(app: &App, id: Uuid, lang: Lang) -> Result<Clocks> {
    let mut conn = app.pool.acquire().await?;
    if case::get(&mut conn, id).await?.is_none() {
        return Err(Error::NotFound { what: "case", id: id.to_string() });
    }
    let (events, states, clocks) = measured(app, &mut conn, id).await?;
    let (as_of, calendar) = (app.clock.today(), calendar()?);
    let last = states.last().ok_or_else(|| Error::Broken(anyhow::anyhow!("case {id} has no events")))?;
    let view = |clock: Clock| {
        let until = clock.spans.last().and_then(|s| s.to).unwrap_or(as_of);
        let left = clock.left(as_of, calendar);
        let days = clock.days(until, calendar).into_iter();
        let days = days.map(|day| DayView { said: text::message(lang, &day.said()), day }).collect();
        ClockView { title: clock_name(&clock.id, lang), clock, left, days }
    };
    Ok(Clocks {
        case_id: id,
        step: last.step.name(),
        turn: last.turn(),
        as_of,
        segments: clock::segments(&events, &states),
        clocks: clocks.into_iter().map(view).collect(),
    })
}

/// The job: looks at every case that has not ended or has a dossier out, and records each warning and escalation once. Each case
/// is a transaction of its own; a second run finds what the first one said.
pub async fn watch_clocks(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("watch_clocks");
    if let Some(days) = calendar_ends(app)? {
        tracing::warn!(days, "the calendar ends soon: load the decision for the next year (data/calendars/vn.toml)");
    }
    let mut each = Each::default();
    let mut after = Uuid::nil();
    loop {
        let ids = case_event::running(&mut *app.pool.acquire().await?, after, 200).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        for id in ids {
            each.take(id, look_at(app, &by, id).await)?;
        }
    }
    each.end(app, lease).await
}

/// Days left of the last year that is loaded, when it ends soon: what ends later is counted by weekdays alone and is doubtful.
pub fn calendar_ends(app: &App) -> Result<Option<i64>> {
    let until = calendar()?.known_until();
    let left = until.map_or(0, |until| (until - app.clock.today()).whole_days());
    Ok((left < CALENDAR_WARNS).then_some(left))
}

/// The decision for a year is published in autumn; a term may end four months on.
const CALENDAR_WARNS: i64 = 120;

async fn look_at(app: &App, by: &Actor, id: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    super::record::lock(&mut tx, id).await?;
    let (events, states, clocks) = measured(app, &mut tx, id).await?;
    let Some(standing) = states.last() else { return Ok(()) };
    let mut promises = alarm::issues(standing, &events);
    promises.extend(task::due_of_case(&mut tx, id).await?.into_iter().map(task_due));
    promises.extend(submission::promised(&mut tx, id).await?.into_iter().map(|(id, day)| Promise {
        id: format!("promised.{id}"),
        day,
        warn: 0,
        who: Role::Legal.as_str().into(),
        escalate: Role::Manager,
    }));
    let alarms = alarms(&events, &clocks, &promises, app.clock.today(), calendar()?);
    if alarms.is_empty() {
        return Ok(());
    }
    record_all(app, &mut tx, by, id, alarms.into_iter().map(Entry::from).collect()).await?;
    Ok(tx.commit().await?)
}

/// Who has a task is told on its last day; of one that is nobody's, its department.
fn task_due(t: task::DueRow) -> Promise {
    let who = t.assignee.map_or(t.department, |id| format!("staff:{id}"));
    Promise { id: format!("task.{}", t.id), day: t.due, warn: 0, who, escalate: Role::Manager }
}

async fn measured(app: &App, conn: &mut PgConnection, id: Uuid) -> Result<(Vec<Event>, Vec<Case>, Vec<Clock>)> {
    let events = events(conn, id).await?;
    let (states, clocks) = clocks_of(app, &events)?;
    Ok((events, states, clocks))
}

/// The states a history made, and its clocks.
pub(super) fn clocks_of(app: &App, events: &[Event]) -> Result<(Vec<Case>, Vec<Clock>)> {
    let states = clock::states(events).map_err(|e| Error::Broken(e.into()))?;
    let limits = Limits::shipped().map_err(|e| Error::Broken(anyhow::Error::msg(e)))?;
    let clocks = clock::clocks(events, &states, calendar()?, limits, &app.book.procedures);
    Ok((states, clocks))
}

/// The end of an authority's term as its clock stands after all that was told; none: it has none by its procedure, or stands still.
pub(in crate::flow) async fn term_of(
    app: &App,
    conn: &mut PgConnection,
    case: Uuid,
    submission: Uuid,
) -> Result<Option<Date>> {
    let (_, _, clocks) = measured(app, conn, case).await?;
    let of = |c: &&Clock| c.id == clock::of_submission(submission) && c.running && c.standing != Standing::House;
    Ok(clocks.iter().find(of).and_then(|c| c.deadline))
}

fn calendar() -> Result<&'static Calendar> {
    Calendar::shipped().map_err(|e| Error::Broken(anyhow::Error::msg(e)))
}

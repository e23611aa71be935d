//! Clocks of a case: whose days they are, how many are used, when they end, and why of every day.
//!
//! A day of Viet Nam is used by a clock that was running when the day began: the day it starts is not counted (Civil Code
//! Art. 147), the day it stops is. Only working days are used. A deadline is a function of events, calendar and rules alone.

use super::dossier::Dossier;
use super::event::{Event, Happened};
use super::procedure::{ProcedureBook, ProcedureVersion};
use super::state::{Case, NoMove, Step, Turn};
use super::topic::{Charge, TOPICS};
use crate::domain::calendar::{Calendar, day_of};
use crate::domain::rule::Standing;
use crate::domain::staff::Role;
use crate::domain::verify::Message;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use time::{Date, Duration};
use uuid::Uuid;

const SHIPPED: &str = include_str!("../../../data/clocks.toml");

/// What a step may take us.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepLimit {
    pub step: String,
    pub working_days: u32,
    /// Working days left at which the role is warned.
    pub warn: u32,
    pub role: Role,
    pub escalate: Role,
    pub standing: Standing,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    #[serde(rename = "step")]
    pub steps: Vec<StepLimit>,
    pub authority: AuthorityLimit,
    #[serde(default, rename = "problem")]
    pub problems: Vec<Charge>,
}

/// When an authority is asked after that has no term by its procedure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityLimit {
    pub working_days: u32,
    pub warn: u32,
    pub role: Role,
    pub escalate: Role,
    pub standing: Standing,
}

impl Limits {
    /// Reads and checks them; the error says what is wrong.
    pub fn read(text: &str) -> Result<Self, String> {
        let limits: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        for (i, s) in limits.steps.iter().enumerate() {
            if !Step::NAMES.contains(&s.step.as_str()) || limits.steps[..i].iter().any(|o| o.step == s.step) {
                return Err(format!("{}: no step, or it stands twice", s.step));
            }
        }
        for (i, p) in limits.problems.iter().enumerate() {
            let twice = limits.problems[..i].iter().any(|o| o.topic == p.topic);
            if !TOPICS.contains(&p.topic.as_str()) || twice || !(1..=60).contains(&p.working_days) {
                return Err(format!("{}: a topic, once, with 1 to 60 working days", p.topic));
            }
        }
        let all = limits.steps.iter().map(|s| (s.step.as_str(), s.working_days, s.warn));
        let a = &limits.authority;
        for (name, days, warn) in all.chain([("authority", a.working_days, a.warn)]) {
            if days == 0 || days > 250 || warn >= days {
                return Err(format!("{name}: 1 to 250 working days, and a warning before their end"));
            }
        }
        Ok(limits)
    }

    /// Whose a problem of this topic is that nobody was named for.
    pub fn charge(&self, topic: &str) -> Option<&Charge> {
        self.problems.iter().find(|p| p.topic == topic)
    }

    pub fn shipped() -> Result<&'static Self, String> {
        static READ: LazyLock<Result<Limits, String>> = LazyLock::new(|| Limits::read(SHIPPED));
        READ.as_ref().map_err(Clone::clone)
    }
}

/// A stretch of time a clock ran: it uses the days after `from` up to and with `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    pub from: Date,
    /// None: it still runs.
    pub to: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Clock {
    /// `step.<name>` or `submission.<id>`.
    pub id: String,
    pub turn: Turn,
    /// Working days it may take; none: the source gives no number.
    pub limit: Option<u32>,
    /// Where the limit comes from.
    pub source: String,
    pub standing: Standing,
    pub warn: u32,
    pub role: Role,
    pub escalate: Role,
    pub spans: Vec<Span>,
    /// The day the last of its days is used, when it runs on or has run out; none while it stands still with days left.
    pub deadline: Option<Date>,
    /// Working days used by the end of the last span that has ended.
    pub used: u32,
    pub running: bool,
    /// Its deadline rests on days nobody has confirmed.
    pub doubtful: bool,
}

/// A stretch of the case in one step, with one party to move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Segment {
    pub from: Date,
    pub to: Option<Date>,
    pub step: String,
    pub turn: Turn,
}

/// What a day was to a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    pub date: Date,
    /// Number of the working day used; none: it was not used.
    pub used: Option<u32>,
    pub why: DayReason,
    /// Name of the holiday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holiday: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayReason {
    Counted,
    /// A working Saturday or Sunday that stands in for another day.
    CountedInstead,
    FirstDay,
    Weekend,
    Holiday,
    /// The clock stood still: it was somebody else's move.
    StoodStill,
}

impl Day {
    /// What the day was to the clock, in words.
    pub fn said(&self) -> Message {
        let used = f64::from(self.used.unwrap_or_default());
        match self.why {
            DayReason::Counted => Message::new("clock-day-counted").with("used", used),
            DayReason::CountedInstead => Message::new("clock-day-counted_instead").with("used", used),
            DayReason::FirstDay => Message::new("clock-day-first_day"),
            DayReason::Weekend => Message::new("clock-day-weekend"),
            DayReason::Holiday => {
                Message::new("clock-day-holiday").with("holiday", self.holiday.as_deref().unwrap_or_default())
            }
            DayReason::StoodStill => Message::new("clock-day-stood_still"),
        }
    }
}

/// A history in the states it made, one behind each event.
pub fn states(events: &[Event]) -> Result<Vec<Case>, NoMove> {
    let mut all: Vec<Case> = Vec::with_capacity(events.len());
    for event in events {
        all.push(Case::next(all.last().cloned(), event)?);
    }
    Ok(all)
}

/// Whose move it was when.
pub fn segments(events: &[Event], states: &[Case]) -> Vec<Segment> {
    let mut all: Vec<Segment> = Vec::new();
    for (event, case) in events.iter().zip(states) {
        let (day, step, turn) = (day_of(event.at), case.step.name(), case.turn());
        if let Some(last) = all.last_mut() {
            if last.step == step && last.turn == turn {
                continue;
            }
            last.to = Some(day);
        }
        all.push(Segment { from: day, to: None, step: step.to_owned(), turn });
    }
    all
}

/// When a clock ran that runs while `runs`, by the days on which things were noted.
pub fn spans(events: &[Event], states: &[Case], runs: impl Fn(&Case) -> bool) -> Vec<Span> {
    spans_by(events, states, runs, |e| day_of(e.at))
}

fn spans_by(
    events: &[Event],
    states: &[Case],
    runs: impl Fn(&Case) -> bool,
    day: impl Fn(&Event) -> Date,
) -> Vec<Span> {
    let mut all: Vec<Span> = Vec::new();
    for (event, case) in events.iter().zip(states) {
        let day = day(event);
        let open = all.last().is_some_and(|s| s.to.is_none());
        match (open, runs(case)) {
            (false, true) => all.push(Span { from: day, to: None }),
            (true, false) => {
                if let Some(last) = all.last_mut() {
                    last.to = Some(day);
                }
            }
            _ => {}
        }
    }
    all
}

/// All clocks of a case. A year without a calendar is counted by weekdays, and the clock is doubtful.
pub fn clocks(
    events: &[Event],
    states: &[Case],
    calendar: &Calendar,
    limits: &Limits,
    book: &ProcedureBook,
) -> Vec<Clock> {
    let mut all = Vec::new();
    for limit in &limits.steps {
        let spans = spans(events, states, |c| c.step.name() == limit.step && c.turn() == Turn::Ours);
        if !spans.is_empty() {
            all.push(Clock {
                id: format!("step.{}", limit.step),
                turn: Turn::Ours,
                limit: Some(limit.working_days),
                source: "data/clocks.toml".into(),
                standing: limit.standing,
                warn: limit.warn,
                role: limit.role,
                escalate: limit.escalate,
                ..bare(spans)
            });
        }
    }
    for event in events {
        if let Happened::Submitted { submission, procedure, province, .. } = &event.what {
            let version = book.find(procedure, province.as_deref(), event.day());
            all.push(of_authority(events, states, *submission, version, &limits.authority));
        }
    }
    all.into_iter().map(|c| measured(c, calendar)).collect()
}

fn bare(spans: Vec<Span>) -> Clock {
    let running = spans.last().is_some_and(|s| s.to.is_none());
    Clock {
        id: String::new(),
        turn: Turn::Ours,
        limit: None,
        source: String::new(),
        standing: Standing::Unverified,
        warn: 2,
        role: Role::Legal,
        escalate: Role::Manager,
        spans,
        deadline: None,
        used: 0,
        running,
        doubtful: false,
    }
}

/// Id of the clock of a dossier at an authority.
pub fn of_submission(id: Uuid) -> String {
    format!("submission.{id}")
}

/// The authority's term, or when we ask after it where there is none; without the time it waits for us, by the days on which it got and gave.
fn of_authority(
    events: &[Event],
    states: &[Case],
    submission: Uuid,
    version: Option<&ProcedureVersion>,
    house: &AuthorityLimit,
) -> Clock {
    let term = version.and_then(|v| Some((v.term()?, v.source.as_str(), v.standing)));
    let (limit, source, standing) = term.unwrap_or((house.working_days, "data/clocks.toml", house.standing));
    Clock {
        id: of_submission(submission),
        turn: Turn::Authority,
        limit: Some(limit),
        source: source.to_owned(),
        standing,
        warn: house.warn,
        role: house.role,
        escalate: house.escalate,
        ..bare(spans_by(events, states, |c| c.dossiers.get(&submission).is_some_and(Dossier::at_work), Event::day))
    }
}

fn measured(mut clock: Clock, calendar: &Calendar) -> Clock {
    for span in &clock.spans {
        let left = clock.limit.map(|l| l.saturating_sub(clock.used));
        let end = left.map(|n| calendar.reckon(span.from, n));
        match (span.to, end) {
            // It runs out within this span: that day it stays.
            (Some(to), Some(end)) if clock.deadline.is_none() && end <= to && left != Some(0) => {
                clock.deadline = Some(end);
            }
            (None, Some(end)) if clock.deadline.is_none() && left != Some(0) => clock.deadline = Some(end),
            _ => {}
        }
        if let Some(to) = span.to {
            clock.used += working_days(calendar, span.from, to);
        }
    }
    let first = clock.spans.first().map(|s| s.from);
    clock.doubtful = first.zip(clock.deadline).is_some_and(|(from, to)| calendar.is_doubtful(from, to));
    clock
}

/// Working days after `from` up to and with `to`.
pub(super) fn working_days(calendar: &Calendar, from: Date, to: Date) -> u32 {
    let mut n = 0;
    let mut day = from;
    while day < to {
        day += Duration::DAY;
        n += u32::from(calendar.works(day));
    }
    n
}

impl Clock {
    /// Working days used by the end of `on`.
    pub fn used_by(&self, on: Date, calendar: &Calendar) -> u32 {
        let each = |s: &Span| working_days(calendar, s.from, s.to.unwrap_or(on).min(on).max(s.from));
        self.spans.iter().map(each).sum()
    }

    /// Working days left on `on`; negative: over by so many.
    pub fn left(&self, on: Date, calendar: &Calendar) -> Option<i64> {
        let used = i64::from(self.used_by(on, calendar));
        self.limit.map(|l| i64::from(l) - used)
    }

    /// Every day from its start to `until`, with its reason.
    pub fn days(&self, until: Date, calendar: &Calendar) -> Vec<Day> {
        let Some(first) = self.spans.first().map(|s| s.from) else { return vec![] };
        let (mut all, mut n, mut date) = (Vec::new(), 0, first);
        while date <= until {
            let ran = self.spans.iter().any(|s| s.from < date && s.to.is_none_or(|to| date <= to));
            let starts = self.spans.iter().any(|s| s.from == date);
            let holiday = calendar.holiday(date).map(str::to_owned);
            let weekend = date.weekday().number_days_from_monday() > 4;
            let why = match (ran, calendar.works(date)) {
                (false, _) if starts => DayReason::FirstDay,
                (false, _) => DayReason::StoodStill,
                (true, true) if weekend => DayReason::CountedInstead,
                (true, true) => DayReason::Counted,
                (true, false) if weekend => DayReason::Weekend,
                (true, false) => DayReason::Holiday,
            };
            let counts = matches!(why, DayReason::Counted | DayReason::CountedInstead);
            n += u32::from(counts);
            all.push(Day { date, used: counts.then_some(n), why, holiday });
            date += Duration::DAY;
        }
        all
    }
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;

//! What a look at the deadlines of a case on a day calls for: a warning before, an escalation after, each said once.

use super::clock::{Clock, working_days};
use super::event::{Event, Happened};
use super::state::Case;
use crate::domain::calendar::Calendar;
use crate::domain::staff::Role;
use time::Date;

/// A day by whose end something was promised or asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// `task.<id>`, `issue.<id>`, `promised.<id of the submission>`.
    pub id: String,
    pub day: Date,
    /// Working days left at which `who` is warned.
    pub warn: u32,
    /// A role, or `staff:<id>`.
    pub who: String,
    pub escalate: Role,
}

/// Problems that are open, each with the day its owner has; of a case that has ended nobody solves any.
pub fn issues(case: &Case, events: &[Event]) -> Vec<Promise> {
    if case.step.ended() {
        return vec![];
    }
    let one = |e: &Event| match &e.what {
        Happened::IssueRaised { issue, owner, due, .. } if case.issues.contains(issue) => Some(Promise {
            id: format!("issue.{issue}"),
            day: *due,
            warn: 1,
            who: format!("staff:{owner}"),
            escalate: Role::Manager,
        }),
        _ => None,
    };
    events.iter().filter_map(one).collect()
}

/// What was not said before of clocks that run and of days that were promised.
pub fn alarms(
    events: &[Event],
    clocks: &[Clock],
    promises: &[Promise],
    on: Date,
    calendar: &Calendar,
) -> Vec<Happened> {
    let running = clocks.iter().filter(|c| c.running).filter_map(|c| {
        let left = c.left(on, calendar).unwrap_or_default();
        Some((c.id.as_str(), c.deadline?, left, c.warn, c.role.as_str(), c.escalate))
    });
    let promised = promises.iter().map(|p| {
        let left = i64::from(working_days(calendar, on, p.day));
        (p.id.as_str(), p.day, left, p.warn, p.who.as_str(), p.escalate)
    });
    let mut all = Vec::new();
    for (id, deadline, left, warn, who, escalate) in running.chain(promised) {
        let said = |e: &Event| match &e.what {
            Happened::DeadlineWarned { clock: c, deadline: d, .. } if on <= deadline => c == id && *d == deadline,
            Happened::DeadlineEscalated { clock: c, deadline: d, .. } => c == id && *d == deadline,
            _ => false,
        };
        if events.iter().any(said) {
            continue;
        }
        let clock = id.to_owned();
        if on > deadline {
            all.push(Happened::DeadlineEscalated { clock, deadline, role: escalate.as_str().into() });
        } else if left <= i64::from(warn) {
            let left = u32::try_from(left).unwrap_or_default();
            all.push(Happened::DeadlineWarned { clock, deadline, left, role: who.into() });
        }
    }
    all
}

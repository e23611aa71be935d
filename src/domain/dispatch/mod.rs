//! From a verdict to work: which finding makes which task is a table of data (`data/dispatch.toml`); who does it follows
//! from department, territory and load. Pure: the caller brings the day, the calendar and the staff.

mod assign;
mod table;

pub use assign::{Assigned, Candidate, Need, Place, SetAside, Unfit, assign};
pub use table::{Department, Kind, Per, Table};

use crate::domain::calendar::Calendar;
use crate::domain::theme::Effect;
use crate::domain::verify::{Outcome, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;

/// What dispatch needs to know of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingSummary {
    pub check: String,
    pub subject: String,
    pub verdict: Verdict,
    pub effect: Effect,
}

/// A task to be made. (kind, subject) is unique in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewTask {
    pub kind: String,
    /// Subject of the finding for tasks made per subject; empty for tasks made per case.
    pub subject: String,
    pub department: Department,
    /// Day in Viet Nam by whose end it should be done.
    pub due: Date,
    /// The count of working days rests on a calendar that nobody has confirmed.
    pub due_doubtful: bool,
    /// The findings that made it; none when the outcome alone did.
    pub because: Vec<FindingSummary>,
}

/// The tasks a verification makes, in order of kind and subject. The outcome alone makes at least one.
pub fn plan(
    table: &Table,
    findings: &[FindingSummary],
    outcome: Outcome,
    calendar: &Calendar,
    today: Date,
) -> Vec<NewTask> {
    let mut made: BTreeMap<(&str, &str), Vec<FindingSummary>> = BTreeMap::new();
    for kind in table.for_outcome(outcome) {
        made.entry((&kind.kind, "")).or_default();
    }
    for finding in findings {
        for kind in table.for_finding(finding) {
            let subject = if kind.per == Per::Subject { finding.subject.as_str() } else { "" };
            let because = made.entry((&kind.kind, subject)).or_default();
            if !because.contains(finding) {
                because.push(finding.clone());
            }
        }
    }
    let tasks = made.into_iter().filter_map(|((name, subject), because)| {
        let kind = table.kind(name)?;
        let (due, due_doubtful) = due(calendar, today, kind.due_days);
        Some(NewTask {
            kind: kind.kind.clone(),
            subject: subject.to_owned(),
            department: kind.department,
            due,
            due_doubtful,
            because,
        })
    });
    tasks.collect()
}

/// `days` working days after `today`; doubtful where no confirmed calendar reaches: an internal date is better than none, and no
/// legal term rests on it.
pub fn due(calendar: &Calendar, today: Date, days: u32) -> (Date, bool) {
    let due = calendar.reckon(today, days);
    (due, calendar.is_doubtful(today, due))
}

#[cfg(test)]
mod tests;

//! From a contract to work: the tasks a procedure takes (`data/plans.toml`), who before whom, what must be there before one
//! begins and before it ends. Pure: the caller says what is done, what holds and which day it is.

mod book;
mod form;
mod title;

pub use book::{At, Condition, Kind, PlanBook, Skill, Step, WorkPlan};
pub use form::{Field, FieldKind, fault};
pub use title::task_title;

use crate::domain::calendar::Calendar;
use crate::domain::case::Happened;
use crate::domain::dispatch::{Department, due};
use crate::domain::text::fold::squeezed;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// A task to be made for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub kind: String,
    pub department: Department,
    /// Day in Viet Nam by whose end it should be done when all before it are done on their last day.
    pub due: Date,
    /// The count of working days rests on a calendar that nobody has confirmed.
    pub due_doubtful: bool,
}

/// What a case has, as conditions ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Something asked of the customer is open.
    pub papers_asked: bool,
    pub issue_open: bool,
    /// A dossier of what the contract is about lies with an authority, which works on it or waits for more.
    pub with_authority: bool,
    /// What was decided last about it.
    pub granted: Option<bool>,
    /// Names of papers that are there and complete, squeezed.
    pub papers: BTreeSet<String>,
}

/// What a task waits for: kinds of tasks before it, and conditions that do not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blocker {
    Task(String),
    Condition(Condition),
}

impl std::fmt::Display for Blocker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Task(kind) => write!(f, "task:{kind}"),
            Self::Condition(c) => c.fmt(f),
        }
    }
}

/// Something of this kind may end a wait: a task that is over, a paper, a request or an issue that is settled, a
/// decision.
pub fn may_free(what: &Happened) -> bool {
    use Happened as H;
    matches!(
        what,
        H::TaskDone { .. }
            | H::TaskCancelled { .. }
            | H::PaperAdded { .. }
            | H::ItemSettled { .. }
            | H::IssueResolved { .. }
            | H::AgencyDecided { .. }
            | H::SubmissionWithdrawn { .. }
    )
}

impl Facts {
    pub fn hold(&self, condition: &Condition) -> bool {
        match condition {
            Condition::PapersIn => !self.papers_asked,
            Condition::NoIssue => !self.issue_open,
            Condition::Submitted => self.with_authority || self.granted == Some(true),
            Condition::Granted => !self.with_authority && self.granted == Some(true),
            Condition::Paper(kind) => self.papers.contains(&squeezed(kind)),
        }
    }

    /// Conditions of `all` that do not hold.
    pub fn lacking<'a>(&self, all: &'a [Condition]) -> Vec<&'a Condition> {
        all.iter().filter(|c| !self.hold(c)).collect()
    }
}

impl WorkPlan {
    /// The tasks of the plan in an order in which each stands behind those before it, with the days they are due when work
    /// begins on `today` and each takes all the time it has.
    pub fn begin(&self, calendar: &Calendar, today: Date) -> Vec<Planned> {
        let mut ends: BTreeMap<&str, (Date, bool)> = BTreeMap::new();
        let mut out = Vec::with_capacity(self.steps.len());
        for step in self.in_order() {
            let before = step.after.iter().filter_map(|k| ends.get(k.as_str()));
            let (start, doubt) = before.fold((today, false), |(day, doubt), (d, u)| (day.max(*d), doubt || *u));
            let (due, due_doubtful) = due(calendar, start, step.due_days);
            ends.insert(&step.kind, (due, doubt || due_doubtful));
            let Some(kind) = self.kinds.get(&step.kind) else { continue };
            let due_doubtful = doubt || due_doubtful;
            out.push(Planned { kind: step.kind.clone(), department: kind.department, due, due_doubtful });
        }
        out
    }

    /// What `kind` waits for when the tasks of `ended` are done or no longer needed; empty: it can begin.
    pub fn waits_for(&self, kind: &str, ended: &BTreeSet<String>, facts: &Facts) -> Vec<Blocker> {
        let Some(step) = self.step(kind) else { return Vec::new() };
        let tasks = step.after.iter().filter(|k| !ended.contains(*k)).cloned().map(Blocker::Task);
        let conditions = facts.lacking(&step.entry).into_iter().cloned().map(Blocker::Condition);
        tasks.chain(conditions).collect()
    }

    pub fn step(&self, kind: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.kind == kind)
    }

    /// Steps, each behind those it waits for; among equals as they are written. A plan that was read has no circle.
    fn in_order(&self) -> Vec<&Step> {
        let mut placed: BTreeSet<&str> = BTreeSet::new();
        let mut order = Vec::with_capacity(self.steps.len());
        while let Some(next) = self
            .steps
            .iter()
            .find(|s| !placed.contains(s.kind.as_str()) && s.after.iter().all(|a| placed.contains(a.as_str())))
        {
            placed.insert(&next.kind);
            order.push(next);
        }
        order
    }
}

#[cfg(test)]
mod tests;

//! Instalments against the calendar: which milestone was reached when, what is due, what is overdue.

use crate::domain::case::{Event, Happened};
use crate::domain::money::{Dong, TooLarge};
use crate::domain::quotation::{Instalment, Milestone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;
use uuid::Uuid;

/// The day a contract's milestone was reached, by what happened to the case since the contract bound: the day it happened, also
/// when it was noted later. What an authority gets or decides counts when it is what the contract is about.
pub fn reached(milestone: Milestone, contract: Uuid, events: &[Event]) -> Option<Date> {
    let bound = |e: &&Event| matches!(&e.what, Happened::ContractConcluded { contract: c } if *c == contract);
    let start = events.iter().find(bound)?;
    let about = events.iter().rev().find_map(|e| match &e.what {
        Happened::WorkPlanned { procedure, .. } => Some(procedure),
        _ => None,
    });
    let mistake = |id: &Uuid| {
        let is = |e: &Event| matches!(&e.what, Happened::SubmissionWithdrawn { submission, mistake: true, .. } if submission == id);
        events.iter().any(is)
    };
    let main = |id: &Uuid| {
        let is = |e: &Event| matches!(&e.what, Happened::Submitted { submission, procedure, .. } if submission == id && about.is_none_or(|p| p == procedure));
        events.iter().any(is) && !mistake(id)
    };
    let is = |e: &&Event| match (milestone, &e.what) {
        (Milestone::Signing, _) => e.seq == start.seq,
        (Milestone::Submission, Happened::Submitted { submission, .. }) => main(submission),
        (Milestone::Result, Happened::AgencyDecided { submission, granted: true, .. }) => main(submission),
        (Milestone::Result, Happened::ReviewPassed { .. }) => true,
        _ => false,
    };
    events.iter().filter(|e| e.seq >= start.seq).find(is).map(Event::day)
}

/// What stands of one instalment on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwingState {
    Paid,
    /// Its milestone is not reached yet.
    Waiting,
    /// To be paid up to and on `due`.
    Due,
    /// `due` is past.
    Overdue,
}

impl OwingState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Waiting => "waiting",
            Self::Due => "due",
            Self::Overdue => "overdue",
        }
    }
}

/// An instalment with what was paid of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owing {
    #[serde(flatten)]
    pub instalment: Instalment,
    pub paid: Dong,
    pub open: Dong,
    /// Last day to pay; none: its milestone is not reached.
    pub due: Option<Date>,
    pub state: OwingState,
    /// Days past `due`.
    pub days_over: i64,
}

/// Each instalment after `paid` in all, the oldest filled first, as of a day. `due`: last days to pay, by number.
///
/// # Errors
/// [`TooLarge`].
pub fn owing(
    schedule: &[Instalment],
    due: &BTreeMap<u32, Date>,
    paid: Dong,
    today: Date,
) -> Result<Vec<Owing>, TooLarge> {
    let mut left = paid;
    let mut out = Vec::with_capacity(schedule.len());
    for i in schedule {
        let taken = i.amount.min(left);
        left = left.minus(taken)?;
        let (open, due) = (i.amount.minus(taken)?, due.get(&i.no).copied());
        let state = match due {
            _ if open == Dong::ZERO => OwingState::Paid,
            None => OwingState::Waiting,
            Some(day) if day < today => OwingState::Overdue,
            Some(_) => OwingState::Due,
        };
        let over = if state == OwingState::Overdue { due } else { None };
        let days_over = over.map_or(0, |day| (today - day).whole_days());
        out.push(Owing { instalment: i.clone(), paid: taken, open, due, state, days_over });
    }
    Ok(out)
}

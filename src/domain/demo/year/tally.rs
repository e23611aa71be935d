//! What happened in a year, counted.

use super::promise::Told;
use crate::domain::calendar::Calendar;
use crate::domain::case::clock::{self, Limits};
use crate::domain::case::{Happened, ProcedureBook};
use std::collections::BTreeMap;
use time::Date;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    pub cases: usize,
    /// By step, or by how they ended.
    pub states: BTreeMap<String, usize>,
    /// Cases by rounds of paper requests.
    pub rounds: BTreeMap<u32, usize>,
    /// Deadlines by clock (`step.verification`, `authority`): kept, missed, running.
    pub deadlines: BTreeMap<String, [usize; 3]>,
    pub reminders: usize,
    pub stuck: usize,
    /// Events by kind.
    pub events: BTreeMap<String, usize>,
    /// Tasks by department: made, done in time, done late, cancelled, open.
    pub load: BTreeMap<String, [usize; 5]>,
    pub issues: usize,
    /// Sum of payments (dong).
    pub paid: i64,
    /// Decisions of authorities as applied for.
    pub granted: usize,
}

impl Tally {
    /// Counts one more case as of `today`.
    pub fn add(&mut self, told: &Told, today: Date, calendar: &Calendar, limits: &Limits, book: &ProcedureBook) {
        self.cases += 1;
        *self.states.entry(told.state.clone()).or_default() += 1;
        *self.rounds.entry(told.requests.len() as u32).or_default() += 1;
        self.issues += told.issues.len();
        for event in &told.events {
            *self.events.entry(event.what.kind()).or_default() += 1;
            match &event.what {
                Happened::StuckNoticed { .. } => self.stuck += 1,
                Happened::RequestReminded { .. } => self.reminders += 1,
                Happened::PaymentReceived { amount, .. } => self.paid += amount,
                Happened::PaymentReversed { amount, .. } => self.paid -= amount,
                Happened::AgencyDecided { granted, .. } => self.granted += usize::from(*granted),
                _ => {}
            }
        }
        self.tasks(told);
        let states = clock::states(&told.events).unwrap_or_default();
        for c in clock::clocks(&told.events, &states, calendar, limits, book) {
            let Some(limit) = c.limit else { continue };
            let used = c.used_by(today, calendar);
            let id = if c.id.starts_with("submission.") { "authority".to_owned() } else { c.id.clone() };
            let slot = if used > limit {
                1
            } else if c.running {
                2
            } else {
                0
            };
            self.deadlines.entry(id).or_default()[slot] += 1;
        }
    }

    fn tasks(&mut self, told: &Told) {
        for t in &told.tasks {
            let load = self.load.entry(t.department.clone()).or_default();
            load[0] += 1;
            let done = told.events.iter().find(|e| matches!(&e.what, Happened::TaskDone { task, .. } if *task == t.id));
            let slot = match (t.state.as_str(), done) {
                ("done", Some(e)) if crate::domain::calendar::day_of(e.at) > t.due => 2,
                ("done", _) => 1,
                ("cancelled", _) => 3,
                _ => 4,
            };
            load[slot] += 1;
        }
    }

    pub fn count(&self, kind: &str) -> usize {
        self.events.get(kind).copied().unwrap_or_default()
    }
}

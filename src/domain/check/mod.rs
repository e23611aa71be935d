//! The checks: one per file, pure. Facts and rules in, findings out.

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod golden;
mod land;
mod purpose;
mod themed;

pub mod parcel_access;
pub mod parcel_area;
pub mod parcel_boundary;
pub mod parcel_commune;
pub mod parcel_land_use;
pub mod parcel_neighbours;
pub mod parcel_reference;
pub mod parcel_register_map;
pub mod parcel_vertices;
pub mod planning_composition;
pub mod planning_hazard;
pub mod planning_protection;
pub mod planning_recovery;
pub mod planning_reserved;
pub mod planning_restriction;
pub mod planning_road_corridor;
pub mod split_minimum;

use crate::domain::rule::RuleBook;
use crate::domain::verify::Facts;

/// What a check may look at.
#[derive(Debug, Clone, Copy)]
//! The checks: one statement that should hold, one file. Each is a pure function of facts and rules.
//!
//! A check whose rule is not in force on `as_of` says so ([`rule_missing`]): it never falls back to a number of its own.
use crate::domain::rule::{Rule, RuleBook};
use crate::domain::verify::{Facts, Finding, Message, Verdict};
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub facts: &'a Facts,
    pub rules: &'a RuleBook,
}

impl<'a> Context<'a> {
    /// The rule `id` in force on the day of the verdict, for the province of the case where one has its own.
    /// Both today's code and the name before July 2025 are asked; the newer name goes first.
    pub fn rule(&self, id: &str) -> Option<&'a Rule> {
        let case = &self.facts.case;
        let find = |province| self.rules.find(id, self.facts.as_of, province);
        [case.province.as_deref(), case.old_province.as_deref()]
            .into_iter()
            .flatten()
            .filter_map(|p| find(Some(p)))
            .find(|r| !r.provinces.is_empty())
            .or_else(|| find(None))
    }
}

/// One registered check.
pub struct Check {
    /// Stable name, e.g. `parcel.area`.
    pub id: &'static str,
    /// Heading of the report: one of [`GROUPS`].
    pub group: &'static str,
    pub run: fn(&Context) -> Vec<Finding>,
}

/// Headings in the order of a report.
pub const GROUPS: [&str; 4] = ["papers", "parcel", "planning", "encumbrances"];

/// Every check of the service. The order does not matter: a record is sorted by group, check and subject.
pub const CHECKS: &[Check] = &[
];

/// The heading a check stands under; the last one for a check of the engine itself.
pub fn group_of(check: &str) -> &'static str {
    CHECKS.iter().find(|c| c.id == check).map_or("engine", |c| c.group)
}

/// The finding of a check whose rule is not in force on the day: it failed, nothing is assumed.
pub fn rule_missing(check: &'static str, subject: &str, rule: &str) -> Finding {
    Finding::new(check, subject, Verdict::Failed, Message::new("rule-missing").with("rule", rule))
}

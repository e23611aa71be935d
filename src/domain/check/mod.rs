//! The checks: one statement that should hold, one file. Each is a pure function of facts and rules.
//!
//! A check whose rule is not in force on `as_of` says so (`rule-missing`): it never falls back to a number of its own.

#[cfg(test)]
mod certainty_tests;
#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod golden;
mod land;
mod papers;
#[cfg(test)]
mod papers_golden;
#[cfg(test)]
mod papers_golden_compare;
mod purpose;
mod themed;
mod vertex_readings;

mod aside;
pub mod encumbrance_other_cases;
pub mod encumbrance_paper_notes;
pub mod encumbrance_register;
pub mod paper_cccd;
pub mod paper_consistency;
pub mod paper_holder_identity;
pub mod paper_joint_ownership;
pub mod paper_power_of_attorney;
pub mod paper_required_set;
pub mod paper_same_certificate;
pub mod paper_scan;
pub mod paper_serial;
pub mod paper_term;
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

pub use parcel_vertices::reads_otherwise;

use crate::domain::geom::{Flaw, Measured};
use crate::domain::rule::RuleBook;
use crate::domain::verify::{Facts, Finding};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

/// What a check may look at.
#[derive(Debug)]
pub struct Context<'a> {
    pub facts: &'a Facts,
    pub rules: &'a RuleBook,
    /// The boundary as every check measures it; made once.
    measured: OnceCell<Result<Rc<Measured>, Vec<Flaw>>>,
}

impl<'a> Context<'a> {
    pub fn new(facts: &'a Facts, rules: &'a RuleBook) -> Self {
        Self { facts, rules, measured: OnceCell::new() }
    }
}

/// One registered check.
pub struct Check {
    /// Stable name, e.g. `parcel.area`.
    pub id: &'static str,
    /// Heading of the report: one of [`GROUPS`].
    pub group: &'static str,
    pub run: fn(&Context<'_>) -> Vec<Finding>,
}

/// Headings in the order of a report.
pub const GROUPS: [&str; 4] = ["papers", "parcel", "planning", "encumbrances"];

/// Every check of the service. The order does not matter: a record is sorted by group, check and subject.
pub const CHECKS: &[Check] = &[
    Check { id: paper_cccd::ID, group: "papers", run: paper_cccd::run },
    Check { id: paper_consistency::ID, group: "papers", run: paper_consistency::run },
    Check { id: paper_holder_identity::ID, group: "papers", run: paper_holder_identity::run },
    Check { id: paper_joint_ownership::ID, group: "papers", run: paper_joint_ownership::run },
    Check { id: paper_power_of_attorney::ID, group: "papers", run: paper_power_of_attorney::run },
    Check { id: paper_required_set::ID, group: "papers", run: paper_required_set::run },
    Check { id: paper_same_certificate::ID, group: "papers", run: paper_same_certificate::run },
    Check { id: paper_scan::ID, group: "papers", run: paper_scan::run },
    Check { id: paper_serial::ID, group: "papers", run: paper_serial::run },
    Check { id: paper_term::ID, group: "papers", run: paper_term::run },
    Check { id: parcel_access::ID, group: "parcel", run: parcel_access::run },
    Check { id: parcel_area::ID, group: "parcel", run: parcel_area::run },
    Check { id: parcel_boundary::ID, group: "parcel", run: parcel_boundary::run },
    Check { id: parcel_commune::ID, group: "parcel", run: parcel_commune::run },
    Check { id: parcel_land_use::ID, group: "parcel", run: parcel_land_use::run },
    Check { id: parcel_neighbours::ID, group: "parcel", run: parcel_neighbours::run },
    Check { id: parcel_reference::ID, group: "parcel", run: parcel_reference::run },
    Check { id: parcel_register_map::ID, group: "parcel", run: parcel_register_map::run },
    Check { id: parcel_vertices::ID, group: "parcel", run: parcel_vertices::run },
    Check { id: planning_composition::ID, group: "planning", run: planning_composition::run },
    Check { id: planning_hazard::ID, group: "planning", run: planning_hazard::run },
    Check { id: planning_protection::ID, group: "planning", run: planning_protection::run },
    Check { id: planning_recovery::ID, group: "planning", run: planning_recovery::run },
    Check { id: planning_reserved::ID, group: "planning", run: planning_reserved::run },
    Check { id: planning_restriction::ID, group: "planning", run: planning_restriction::run },
    Check { id: planning_road_corridor::ID, group: "planning", run: planning_road_corridor::run },
    Check { id: split_minimum::ID, group: "planning", run: split_minimum::run },
    Check { id: encumbrance_other_cases::ID, group: "encumbrances", run: encumbrance_other_cases::run },
    Check { id: encumbrance_paper_notes::ID, group: "encumbrances", run: encumbrance_paper_notes::run },
    Check { id: encumbrance_register::ID, group: "encumbrances", run: encumbrance_register::run },
];

/// The heading a check stands under; `engine` for what the engine itself says.
pub fn group_of(check: &str) -> &'static str {
    static GROUP: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| CHECKS.iter().map(|c| (c.id, c.group)).collect());
    GROUP.get(check).copied().unwrap_or("engine")
}

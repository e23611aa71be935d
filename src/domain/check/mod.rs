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
pub struct Context<'a> {
    pub facts: &'a Facts,
    pub rules: &'a RuleBook,
}

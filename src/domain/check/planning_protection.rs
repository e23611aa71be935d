//! Protection corridors and areas: river, power line, railway, heritage, military, airport. One finding per theme.

use super::{Context, themed};
use crate::domain::theme::Family;
use crate::domain::verify::Finding;

pub const ID: &str = "planning.protection";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    themed::run(cx, ID, Family::Protection)
}

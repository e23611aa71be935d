//! Flood, landslide and other hazards.

use super::{Context, themed};
use crate::domain::theme::Family;
use crate::domain::verify::Finding;

pub const ID: &str = "planning.hazard";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    themed::run(cx, ID, Family::Hazard)
}

//! Land to be recovered, or in the annual land-use plan (Land Law 31/2024/QH15 Articles 76, 78, 79).

use super::{Context, themed};
use crate::domain::theme::Family;
use crate::domain::verify::Finding;

pub const ID: &str = "planning.recovery";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    themed::run(cx, ID, Family::Recovery)
}

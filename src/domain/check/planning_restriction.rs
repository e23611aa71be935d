//! Any other public-law restriction, by area and share.

use super::{Context, themed};
use crate::domain::theme::Family;
use crate::domain::verify::Finding;

pub const ID: &str = "planning.restriction";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    themed::run(cx, ID, Family::Restriction)
}

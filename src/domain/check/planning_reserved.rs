//! Forest or rice land, whose change of purpose needs permission (Land Law 31/2024/QH15 Article 121).

use super::{Context, themed};
use crate::domain::theme::Family;
use crate::domain::verify::Finding;

pub const ID: &str = "planning.reserved";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    themed::run(cx, ID, Family::Reserved)
}

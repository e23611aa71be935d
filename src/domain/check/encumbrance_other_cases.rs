//! No other open case is about to change the same parcel.

use super::Context;
use super::paper_same_certificate::among;
use super::papers::not_applicable;
use crate::domain::verify::Finding;

pub const ID: &str = "encumbrance.other_cases";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    if cx.facts.parcel.is_none() {
        return vec![not_applicable(ID, "", "land-no-parcel")];
    }
    vec![among(ID, &cx.facts.other_cases, |o| o.same_parcel, ["pending-none", "pending-found"])]
}

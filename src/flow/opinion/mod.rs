//! Opinions: what a person says of a finding.

mod give;
mod read;

pub use give::{NewOpinion, NewSupport, give};
pub(in crate::flow) use read::fault;
pub use read::{Changed, OpinionView, placed, signed, views};

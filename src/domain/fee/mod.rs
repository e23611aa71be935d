//! Fees and taxes (lệ phí, thuế, phí) as dated, cited tables, and what they make of one case: each amount with the steps
//! that lead to it. Where no number is known, that is the answer.

mod book;
mod compute;
mod facts;

pub use book::{Base, Exemption, Fee, FeeBook, FeeSet, Formula, Objects, Payer, Slice, When};
pub use compute::{Amount, Due, Step, Total, dues, total};
pub use facts::{FeeFacts, Kinship, Object};

#[cfg(test)]
mod golden;

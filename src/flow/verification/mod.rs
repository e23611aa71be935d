//! The verification: gather the facts, judge them, keep the record.

mod gather;
mod read;
mod run;

pub use gather::{Subject, gather};
pub use read::{VerificationView, latest, list, open};
pub use run::{Verified, inspect, verify_case};

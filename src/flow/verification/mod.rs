//! The verification: gather the facts, judge them, keep the record.

mod evidence;
mod gather;
mod read;
mod request;
mod run;

pub use evidence::evidence;
pub use gather::{Subject, gather};
pub use read::{VerificationView, exists, latest, list, open};
pub use request::{Requested, request, run_requested};
pub use run::{Verified, inspect, verify_case};

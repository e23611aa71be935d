//! The verification: gather the facts, judge them, keep the record.

mod basis;
mod evidence;
mod gather;
mod read;
mod request;
mod run;

pub use basis::{current_themes, keep as keep_basis, of_record as basis_of, pinned as basis_pinned, rules_for};
pub use evidence::evidence;
pub(in crate::flow) use gather::{
    MOST_NEIGHBOURS, MOST_ROWS, SEARCH_M, bounds_of, feature, features, parcel_facts, pin, registered, theme_layers,
};
pub use gather::{Subject, gather};
pub use read::{Opened, VerificationView, exists, inputs, latest, list, open};
pub use request::{Requested, request, run_requested};
pub use run::{Judged, Verified, inspect, judge, judge_by, verify_case};
pub(in crate::flow) use run::{finding_row, inquiry, word};

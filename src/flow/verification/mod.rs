//! The verification: gather the facts, judge them, keep the record.

mod basis;
mod evidence;
mod gather;
mod maps;
mod read;
mod readings;
mod request;
mod run;

pub use basis::{current_themes, keep as keep_basis, of_record as basis_of, pinned as basis_pinned, rules_for};
pub use evidence::evidence;
pub use gather::{Subject, gather};
pub(in crate::flow) use gather::{parcel_facts, registered};
pub(in crate::flow) use maps::{features, theme_layers, these, window_of};
pub use read::{Opened, VerificationView, exists, inputs, latest, list, open};
pub(in crate::flow) use readings::readings;
pub use request::{Requested, request, run_requested};
pub use run::{Judged, Verified, facts_of_parcel, inspect, judge, judge_by, verify_case};

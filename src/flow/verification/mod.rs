//! The verification: gather the facts, judge them, keep the record.

mod basis;
mod evidence;
mod gather;
mod maps;
mod read;
mod readings;
mod request;
mod rivals;
mod run;

pub use basis::{
    current_themes, keep as keep_basis, keep_themes, kept_themes, of_record as basis_of, pinned as basis_pinned,
    rules_for,
};
pub use evidence::evidence;
pub(in crate::flow) use gather::{MOST_NEIGHBOURS, NEIGHBOURS_M, parcel_facts};
pub use gather::{Subject, gather};
pub(in crate::flow) use maps::{Found, MOST_ROWS, asked, features, map_of, read_all, theme_layers, these, window_of};
pub(in crate::flow) use read::columns_apart;
pub use read::{Opened, VerificationView, exists, inputs, latest, list, open};
pub(in crate::flow) use readings::readings;
pub use request::{Requested, request, run_requested};
pub(in crate::flow) use rivals::{MOST_CASES, rivals};
pub(in crate::flow) use run::rules_of_parcel;
pub use run::{Judged, Verified, facts_of_parcel, inspect, judge, judge_by, verify_case};
pub(in crate::flow) use run::{finding_row, inquiry, word};

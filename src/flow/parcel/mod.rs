//! Parcels: which one a reference means, and what is known of it.

mod find;
mod history;
mod resolve;
mod view;

pub use find::{Place, at_place, by_reference, by_serial, in_box};
pub use history::{History, PastVersion, history};
pub(in crate::flow) use resolve::candidate_row;
pub use resolve::{known_communes, resolve};
pub use view::{ParcelView, view, view_of, zone_of};

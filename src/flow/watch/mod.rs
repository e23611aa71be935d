//! Parcel watch: a customer who agreed to it hears when a map or a rule changes what holds for their parcel, and nobody else does.

mod begin;
mod look;
mod read;

pub(in crate::flow) use begin::{Ground, begin_if_agreed, end_of_consent, ground_of};
pub use begin::{begin, end};
pub(in crate::flow) use look::published;
pub use look::{watch_parcels, watch_rules};
pub use read::{WatchHitView, WatchView, list};

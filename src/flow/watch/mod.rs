//! Parcel watch: a customer who agreed to it hears when a map or a rule changes what holds for their parcel, and nobody else does.

mod agreed;
mod begin;
mod look;
mod read;

pub use agreed::begin_watch;
pub(in crate::flow) use agreed::consider;
pub(in crate::flow) use begin::end_of_consent;
pub use begin::{begin, end};
pub(in crate::flow) use look::published;
pub use look::{watch_parcels, watch_rules};
pub use read::{WatchHitView, WatchView, list};

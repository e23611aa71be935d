//! Acts on background jobs. The queue itself is `store::queue`; who runs them is `worker`.

mod each;
mod enqueue;
mod list;
mod revive;
mod spec;
mod tick;
mod upkeep;

pub(in crate::flow) use each::Each;
pub use enqueue::enqueue;
pub use list::{Filter, Job, Metrics, dead_by_kind, find, list, metrics};
pub use revive::{retry, revive};
pub use spec::{Backoff, SHIPPED, Spec, Specs};
pub use tick::{fire, last_fired, scheduled_under_way, under_way};
pub use upkeep::{clock_skew, purge_finished, purge_sessions, reap};

use crate::store::queue::LeaseError;

/// Code of the conflict that says: another run has this job, nothing was changed.
pub const LEASE_LOST: &str = "lease-lost";

impl From<LeaseError> for super::Error {
    fn from(e: LeaseError) -> Self {
        match e {
            LeaseError::Lost => Self::Conflict { code: LEASE_LOST, detail: "another run has this job".into() },
            LeaseError::Sql(e) => e.into(),
        }
    }
}

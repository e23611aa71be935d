//! Many parcels verified in one run: cut into chunks that lie together, each read, judged and kept as one
//! (decisions/0015-batch.md).

mod boxes;
mod chunk;
mod control;
mod dismiss;
mod facts;
mod judge;
mod pack;
mod pins;
mod proposals;
mod read;
mod start;
mod view;

pub use chunk::run_chunk;
pub use control::{cancel, pause, resume};
pub use dismiss::{Dismissal, Dismissed, dismiss};
pub use pack::open_inputs;
pub use proposals::{RunProposal, proposals};
pub use start::{plan, start};
pub use view::{FindingView, FindingWish, RunView, VerdictView, find, findings, list, verdicts};

use super::Error;
use uuid::Uuid;

fn missing(id: Uuid) -> Error {
    Error::NotFound { what: "verification_run", id: id.to_string() }
}

//! Proof: keys, signatures, bundles, and verifications run again from what is stored.

mod bundle;
mod keys;
mod replay;
mod reread;

pub use bundle::{bundle, of_opened, seal_file};
pub use keys::{KeyView, known, list as keys, rotate};
pub(in crate::flow) use keys::prepare;
pub use replay::{Difference, Replayed, Seen, ids, replay};

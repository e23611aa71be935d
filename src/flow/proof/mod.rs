//! Proof: keys, signatures, bundles, and verifications run again from what is stored.

mod bundle;
mod chain;
mod check;
mod held;
mod keys;
mod replay;
mod replay_run;
mod reread;
mod verdict;
mod walk;

pub use bundle::{NOT_SIGNED, bundle, of_opened, seal_file};
pub use chain::{HeadView, extend, extend_now, heads, sign_head, sign_head_now};
pub use check::{Checked, Said, Standing, check};
use keys::KeyBook;
pub use keys::{KeyView, keyring, known, list as keys, revoke, rotate};
pub(in crate::flow) use keys::{prepare, stolen};
pub use replay::{Difference, Replayed, Seen, ids, replay};
pub use replay_run::{replay_chunk, run_chunks, run_differs};
pub use verdict::verdict;
pub use walk::{Walked, walk, walk_against};

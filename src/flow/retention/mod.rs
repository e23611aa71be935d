//! What is kept no longer: personal data of ended cases, by dated rules, with a certificate; and holds.

mod erase;
mod hold;
mod read;

pub use erase::erase_expired;
pub use hold::{HoldView, NewHold, hold, lift};
pub use read::{ErasureView, RetentionView, retention};

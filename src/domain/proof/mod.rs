//! Proof to somebody who does not trust us: what was signed, by which key, and that not one byte of it was changed.
//! Everything here needs the public key and the file alone.

mod bundle;
pub mod chain;
mod key;
mod seal;
#[cfg(test)]
mod tests;

pub use bundle::{BUNDLE, Bundle, Proven};
pub use key::{FILE, PublicKey, Signed, VERIFICATION, key_id, signed_bytes};
pub use seal::{Sealed, check_file, file_digest, trailer};

/// Why something is not proved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    #[error("not a public key")]
    NotAKey,
    #[error("signed with key {signed}, the key at hand is {held}")]
    OtherKey { signed: String, held: String },
    #[error("the signature does not fit: something was changed")]
    Forged,
    #[error("not a proof: {0}")]
    Form(String),
    #[error("the {what} hashes to {found}, the proof says {said}")]
    Hash { what: &'static str, said: String, found: String },
    #[error("the file carries no signature line at its end")]
    Unsigned,
}

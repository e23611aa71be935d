//! Proof to somebody who does not trust us: what was signed, by which key, and that not one byte of it was changed.
//! Everything here needs the public key and the file alone.

mod bundle;
mod carried;
pub mod chain;
mod key;
mod opinion;
mod report;
mod seal;
#[cfg(test)]
mod tests;
mod told;
mod verdict;

pub use bundle::{BUNDLE, Bundle, Proven};
pub use carried::{CARRIED, carried};
pub use key::{FILE, Keyring, PublicKey, Revoked, Signed, VERIFICATION, key_id, signed_bytes};
pub use opinion::{OPINIONS, SignedList, SignedOpinion, opinions_digest};
pub use report::{ReportProof, check_report};
pub use seal::{Sealed, check_file, file_digest, seal, sealable};
pub use told::{Told, told};
pub use verdict::{ProvenVerdict, Root, SignedChunk, VERDICT, VerdictProof};

use super::verify::Message;

/// Why something is not proved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    #[error("not a public key")]
    NotAKey,
    #[error("signed with key {signed}, the key at hand is {held}")]
    OtherKey { signed: String, held: String },
    #[error(
        "key {key} may have been in other hands since {since} ({reason}), and no head from before covers this signature"
    )]
    Revoked { key: String, since: String, reason: String },
    /// Holds what was signed: a `diaba.<word>/<version>`.
    #[error("the signature over the {0} does not fit: something in it was changed")]
    Forged(String),
    #[error("not a proof: {0}")]
    Form(String),
    #[error("the {what} hashes to {found}, the proof says {said}")]
    Hash { what: &'static str, said: String, found: String },
    #[error("the file carries no signature line at its end")]
    Unsigned,
}

impl Doubt {
    /// For people.
    pub fn message(&self) -> Message {
        match self {
            Self::NotAKey => Message::new("doubt-not-a-key"),
            Self::OtherKey { signed, held } => {
                Message::new("doubt-other-key").with("signed", signed.as_str()).with("held", held.as_str())
            }
            Self::Revoked { key, since, reason } => Message::new("doubt-revoked")
                .with("key", key.as_str())
                .with("since", since.as_str())
                .with("reason", reason.as_str()),
            Self::Forged(what) => Message::new("doubt-forged").with("what", what.as_str()),
            Self::Form(why) => Message::new("doubt-form").with("why", why.as_str()),
            Self::Hash { what, said, found } => {
                Message::new("doubt-hash").with("what", *what).with("said", said.as_str()).with("found", found.as_str())
            }
            Self::Unsigned => Message::new("doubt-unsigned"),
        }
    }
}

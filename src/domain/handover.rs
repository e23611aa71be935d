//! Handing over: what is delivered, named by its hashes, and the rules of a download link.

use crate::domain::verify::{CanonicalError, canonical, sha256_hex};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// One file that is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Delivered {
    /// `paper`, or `report` (of the verification).
    pub what: String,
    /// Kind of the paper.
    pub kind: String,
    /// The paper, or the verification.
    pub id: Uuid,
    /// Of the paper.
    pub version: Option<i32>,
    pub media_type: String,
    pub bytes: u64,
    /// Of the file, hex.
    pub sha256: String,
    /// It is the file the latest verification has seen.
    pub verified: bool,
}

/// Names what is delivered: SHA-256 over the canonical form of its files, hex.
///
/// # Errors
/// None with files of this type.
pub fn digest(files: &[Delivered]) -> Result<String, CanonicalError> {
    Ok(sha256_hex(canonical(&files)?))
}

/// How long a link can be opened.
pub const OPEN_FOR: Duration = Duration::days(7);
/// How long the files can be fetched once it was opened.
pub const FETCH_FOR: Duration = Duration::hours(1);
/// Wrong codes after which a link is dead.
pub const TRIES: i64 = 5;
/// Letters and digits that are not mistaken for each other.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE: usize = 8;

/// A code to say over the telephone: eight letters and digits (40 bits) out of chance that was handed in.
pub fn code(chance: &[u8; 32]) -> String {
    chance[..CODE].iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect()
}

/// A code as it was typed, in the form it was made: small letters, blanks and hyphens do not matter.
pub fn typed(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_uppercase()
}

/// Why a link cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// Its time is over.
    Expired,
    /// Too many wrong codes.
    Dead,
    /// It was opened before: the code holds once.
    Used,
    /// A later offer took its place.
    Replaced,
}

/// A link as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    pub expires_at: OffsetDateTime,
    pub wrong: i64,
    pub opened: bool,
    /// The newest offer of its case.
    pub newest: bool,
}

impl Link {
    /// May a code be tried?
    ///
    /// # Errors
    /// Why not.
    pub fn may_try(&self, now: OffsetDateTime) -> Result<(), Shut> {
        match () {
            () if self.opened => Err(Shut::Used),
            () if !self.newest => Err(Shut::Replaced),
            () if self.wrong >= TRIES => Err(Shut::Dead),
            () if now >= self.expires_at => Err(Shut::Expired),
            () => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_link_is_shut_for_one_reason() {
        let until = datetime!(2026-10-12 02:00 UTC);
        let open = Link { expires_at: until, wrong: TRIES - 1, opened: false, newest: true };
        let before = until - Duration::SECOND;
        assert_eq!(open.may_try(before), Ok(()));
        assert_eq!(open.may_try(until), Err(Shut::Expired));
        assert_eq!(Link { wrong: TRIES, ..open }.may_try(before), Err(Shut::Dead));
        assert_eq!(Link { newest: false, ..open }.may_try(before), Err(Shut::Replaced));
        assert_eq!(Link { opened: true, ..open }.may_try(before), Err(Shut::Used));
    }

    #[test]
    fn a_code_can_be_said_and_typed() {
        let code = code(&std::array::from_fn(|i| (i as u8).wrapping_mul(37)));
        assert_eq!(code.len(), CODE);
        assert!(code.bytes().all(|b| LETTERS.contains(&b)));
        assert_eq!(typed(&format!(" {}-{} ", code[..4].to_lowercase(), &code[4..])), code);
    }

    #[test]
    fn what_is_delivered_has_one_name() {
        let file = Delivered {
            what: "paper".into(),
            kind: "certificate".into(),
            id: Uuid::nil(),
            version: Some(1),
            media_type: "image/png".into(),
            bytes: 3,
            sha256: "00".into(),
            verified: true,
        };
        let name = digest(std::slice::from_ref(&file)).unwrap();
        assert_ne!(digest(&[Delivered { sha256: "01".into(), ..file.clone() }]).unwrap(), name);
        assert_eq!(digest(&[file]).unwrap(), name);
    }
}

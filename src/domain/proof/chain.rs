//! A chain over everything that was done: each link holds the one before it, so that nothing can be taken out, put in or
//! changed without breaking all that follows. Its order is that of the links' numbers; no clock has a part in it.

use super::Doubt;
use crate::domain::verify::sha256_hex;
use time::OffsetDateTime;

/// What a head's signature is for: the number and hash of the last link.
pub const HEAD: &str = "diaba.head/1";
/// The same with the time it was signed at.
pub const DATED_HEAD: &str = "diaba.head/2";
/// Stands before the first link.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One entry as it is linked: `verification`, `opinion` or `audit`, its id, SHA-256 of what it says (hex).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: String,
    pub subject: String,
    pub digest: String,
}

/// Hash of the link that puts `entry` behind `previous`, hex. Parts hold no line feed.
pub fn link(previous: &str, entry: &Entry) -> String {
    sha256_hex(format!("diaba.link/1\n{previous}\n{}\n{}\n{}", entry.kind, entry.subject, entry.digest))
}

/// What is signed of a head in this form, hex. The time counts in whole microseconds from 1970 (UTC).
///
/// # Errors
/// [`Doubt::Form`] when the form is not known.
pub fn head_digest(form: &str, no: i64, hash: &str, at: OffsetDateTime) -> Result<String, Doubt> {
    match form {
        HEAD => Ok(sha256_hex(format!("{no}\n{hash}"))),
        DATED_HEAD => Ok(sha256_hex(format!("{no}\n{hash}\n{}", at.unix_timestamp_nanos().div_euclid(1_000)))),
        other => Err(Doubt::Form(format!("a head of form {other}"))),
    }
}

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub no: i64,
    pub entry: Entry,
    pub previous: String,
    pub hash: String,
    /// What the entry's row says now; none: the row is gone.
    pub digest_now: Option<String>,
}

/// Walks links in order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    pub no: i64,
    pub hash: String,
}

impl Default for Walk {
    fn default() -> Self {
        Self { no: 0, hash: GENESIS.to_owned() }
    }
}

/// Why a link does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    #[error("link {expected} is missing")]
    Missing { expected: i64 },
    #[error("link {no} does not follow link {}", no - 1)]
    Previous { no: i64 },
    #[error("link {no} does not hash to what it says")]
    Hash { no: i64 },
    #[error("link {no}: {kind} {subject} is gone")]
    Gone { no: i64, kind: String, subject: String },
    #[error("link {no}: {kind} {subject} was changed")]
    Changed { no: i64, kind: String, subject: String },
}

impl Walk {
    /// Takes the next link.
    ///
    /// # Errors
    /// [`Break`]: the first thing that does not hold.
    pub fn step(&mut self, l: &Link) -> Result<(), Break> {
        let no = l.no;
        if no != self.no + 1 {
            return Err(Break::Missing { expected: self.no + 1 });
        }
        if l.previous != self.hash {
            return Err(Break::Previous { no });
        }
        if link(&l.previous, &l.entry) != l.hash {
            return Err(Break::Hash { no });
        }
        let (kind, subject) = (l.entry.kind.clone(), l.entry.subject.clone());
        match &l.digest_now {
            None => return Err(Break::Gone { no, kind, subject }),
            Some(now) if *now != l.entry.digest => return Err(Break::Changed { no, kind, subject }),
            Some(_) => {}
        }
        (self.no, self.hash) = (no, l.hash.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(n: i64) -> Vec<Link> {
        let mut previous = GENESIS.to_owned();
        let one = |no: i64| {
            let entry = Entry { kind: "audit".into(), subject: no.to_string(), digest: sha256_hex(no.to_string()) };
            let hash = link(&previous, &entry);
            let l = Link {
                no,
                previous: previous.clone(),
                digest_now: Some(entry.digest.clone()),
                entry,
                hash: hash.clone(),
            };
            previous = hash;
            l
        };
        (1..=n).map(one).collect()
    }

    fn walk(links: &[Link]) -> Result<i64, Break> {
        let mut w = Walk::default();
        links.iter().try_for_each(|l| w.step(l)).map(|()| w.no)
    }

    #[test]
    fn the_first_broken_link_is_named() {
        assert_eq!(walk(&chain(9)), Ok(9));
        let broken = |f: fn(&mut Vec<Link>)| {
            let mut c = chain(9);
            f(&mut c);
            walk(&c).unwrap_err()
        };
        assert_eq!(broken(|c| drop(c.remove(4))), Break::Missing { expected: 5 });
        assert_eq!(broken(|c| c.swap(2, 3)), Break::Missing { expected: 3 });
        assert_eq!(broken(|c| c[3].entry.digest.push('0')), Break::Hash { no: 4 });
        assert_eq!(broken(|c| c[3].previous = GENESIS.into()), Break::Previous { no: 4 });
        let changed = Break::Changed { no: 6, kind: "audit".into(), subject: "6".into() };
        assert_eq!(broken(|c| c[5].digest_now = Some(GENESIS.into())), changed);
        let gone = Break::Gone { no: 6, kind: "audit".into(), subject: "6".into() };
        assert_eq!(broken(|c| c[5].digest_now = None), gone);
        // A link rewritten together with its entry breaks the one behind it.
        let rewritten = broken(|c| {
            c[3].entry.digest = GENESIS.into();
            c[3].digest_now = Some(GENESIS.into());
            c[3].hash = link(&c[3].previous.clone(), &c[3].entry.clone());
        });
        assert_eq!(rewritten, Break::Previous { no: 5 });
    }
}

//! What a run judges by from its planning to its last chunk, whatever is published meanwhile.

use crate::domain::rule::RuleBook;
use crate::domain::verify::{CanonicalError, ENGINE, canonical, sha256_hex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Parcels, their map's names and steps are those of the instant `at`; layers are named by version. A version that is superseded or
/// withdrawn later still judges this run. Cases and what people record are no map: they are seen when a chunk is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunPins {
    /// UTC; every later publication has a later instant.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub engine: String,
    /// SHA-256 of the whole rule book, hex.
    pub rules: String,
    /// Hash of the set of themes.
    pub themes: String,
    /// Published layer versions by cadastral zone (EPSG), ascending.
    pub layers: BTreeMap<i32, Vec<i64>>,
}

/// Why a chunk cannot be judged by what its run was planned with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    #[error("the run was planned by the engine {pinned}, here is {ENGINE}: cancel it and begin it anew")]
    Engine { pinned: String },
    #[error("the run was planned by another rule book ({pinned}, here is {found}): cancel it and begin it anew")]
    Rules { pinned: String, found: String },
    #[error("layer version {id} that the run is pinned to is there no more: cancel it and begin it anew")]
    Layer { id: i64 },
}

impl RunPins {
    /// Ids of the versions of a zone.
    pub fn of_zone(&self, zone: i32) -> &[i64] {
        self.layers.get(&zone).map_or(&[], Vec::as_slice)
    }

    /// This process can judge by these pins: engine, rule book, and all versions of `zone` (`found`, ascending).
    ///
    /// # Errors
    /// The first that differs.
    pub fn hold(&self, rules: &str, zone: i32, found: impl Iterator<Item = i64>) -> Result<(), PinError> {
        if self.engine != ENGINE {
            return Err(PinError::Engine { pinned: self.engine.clone() });
        }
        if self.rules != rules {
            return Err(PinError::Rules { pinned: self.rules.clone(), found: rules.to_owned() });
        }
        let found: Vec<i64> = found.collect();
        match self.of_zone(zone).iter().find(|id| !found.contains(id)) {
            Some(id) => Err(PinError::Layer { id: *id }),
            None => Ok(()),
        }
    }
}

/// Name of a rule book: SHA-256 of its canonical form, hex.
///
/// # Errors
/// A number of it is not finite.
pub fn rule_book_hash(book: &RuleBook) -> Result<String, CanonicalError> {
    Ok(sha256_hex(canonical(book)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_engine_book_or_a_lost_version_is_named() {
        let pins = RunPins {
            at: OffsetDateTime::UNIX_EPOCH,
            engine: ENGINE.into(),
            rules: "book".into(),
            themes: "themes".into(),
            layers: BTreeMap::from([(5899, vec![3, 7])]),
        };
        assert_eq!(pins.hold("book", 5899, [3, 7].into_iter()), Ok(()));
        assert_eq!(pins.hold("book", 5896, [].into_iter()), Ok(()));
        assert_eq!(pins.hold("book", 5899, [3].into_iter()), Err(PinError::Layer { id: 7 }));
        let other = PinError::Rules { pinned: "book".into(), found: "other".into() };
        assert_eq!(pins.hold("other", 5899, [3, 7].into_iter()), Err(other));
        let old = RunPins { engine: "diaba.engine/0".into(), ..pins };
        assert!(matches!(old.hold("book", 5899, [3, 7].into_iter()), Err(PinError::Engine { .. })));
    }
}

//! What was read of maps and is asked for again and again. Each thing is kept under the mark of its row, so that a row which
//! was written anew is read anew, whoever wrote it. Losing it costs time only.

use crate::domain::verify::{Feature, LayerVersion};
use crate::store::layer::Mark;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// Layer version, `fid` and stamp of a row.
pub type FeatureKey = (i64, i64, i64);

/// Something kept, with the memory it is taken to need (bytes).
#[derive(Clone)]
struct Held<T> {
    thing: Arc<T>,
    bytes: u64,
}

#[derive(Clone)]
struct Bytes;

impl<K, T> Weighter<K, Held<T>> for Bytes {
    fn weight(&self, _: &K, held: &Held<T>) -> u64 {
        held.bytes
    }
}

/// Features too large to be read each time, and layer versions with their coverage.
pub struct Maps {
    features: Cache<FeatureKey, Held<Feature>, Bytes>,
    versions: Cache<Mark, Held<LayerVersion>, Bytes>,
}

impl Maps {
    /// Holds about this many bytes; a quarter of it is for layer versions.
    pub fn new(bytes: usize) -> Self {
        let bytes = bytes as u64;
        Self {
            features: Cache::with_weighter(10_000, bytes / 4 * 3, Bytes),
            versions: Cache::with_weighter(1_000, bytes / 4, Bytes),
        }
    }

    pub fn feature(&self, key: FeatureKey) -> Option<Arc<Feature>> {
        self.features.get(&key).map(|held| held.thing)
    }

    /// `stored`: bytes of the geometry as it was read.
    pub fn keep_feature(&self, key: FeatureKey, feature: Arc<Feature>, stored: usize) {
        self.features.insert(key, Held { thing: feature, bytes: in_memory(stored) });
    }

    pub fn version(&self, mark: Mark) -> Option<Arc<LayerVersion>> {
        self.versions.get(&mark).map(|held| held.thing)
    }

    pub fn keep_version(&self, mark: Mark, version: Arc<LayerVersion>, stored: usize) {
        self.versions.insert(mark, Held { thing: version, bytes: in_memory(stored) });
    }
}

/// A geometry lies in memory once as it was read and once as rings with their index; a kilobyte for the rest.
fn in_memory(stored: usize) -> u64 {
    stored as u64 * 5 / 2 + 1024
}

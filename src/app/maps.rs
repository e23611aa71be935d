//! What was read of maps and is asked for again and again. Each thing is kept under the mark of its row, so that a row which
//! was written anew is read anew, whoever wrote it. Losing it costs time only.

use crate::domain::verify::{Feature, LayerVersion};
use crate::store::layer::Mark;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use std::hash::Hash;
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
        Self { features: whole(10_000, bytes / 4 * 3), versions: whole(1_000, bytes / 4) }
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

/// In one shard: of a bound split among several, each takes nothing beyond its part, and a coverage may weigh megabytes.
fn whole<K: Eq + Hash, T: Clone>(items: usize, bytes: u64) -> Cache<K, Held<T>, Bytes> {
    match OptionsBuilder::new().shards(1).estimated_items_capacity(items).weight_capacity(bytes).build() {
        Ok(one) => Cache::with_options(one, Bytes, DefaultHashBuilder::default(), DefaultLifecycle::default()),
        Err(_) => Cache::with_weighter(items, bytes, Bytes),
    }
}

/// A geometry lies in memory once as it was read and once as rings with their index; a kilobyte for the rest.
fn in_memory(stored: usize) -> u64 {
    stored as u64 * 5 / 2 + 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Coverages that fit together are all kept, however large one is beside the bound, on a machine of any number of cores.
    #[test]
    fn a_few_large_things_are_kept_together() {
        let maps = Maps::new(64 << 20);
        let feature =
            Arc::new(Feature { fid: 1, key: None, code: None, label: None, attrs: serde_json::Map::new(), geom: None });
        let keys: Vec<FeatureKey> = (0..10).map(|fid| (1, fid, 1)).collect();
        for key in &keys {
            maps.keep_feature(*key, feature.clone(), 1_600_000); // 4 MB of 48
        }
        assert!(keys.iter().all(|key| maps.feature(*key).is_some()));
    }
}

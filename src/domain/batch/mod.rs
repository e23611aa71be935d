//! Many parcels in one run: which ones, in what pieces, and what is kept of each.

mod filter;
mod kept;
mod pins;
mod seal;
mod tally;
mod words;

pub use filter::{COLUMNS, Column, Compare, Filter, FilterError, Value};
pub use kept::{AskedLayer, ChunkInputs, INPUTS, Keeper, ParcelInputs, RowPin};
pub use pins::{PinError, RunPins, rule_book_hash};
pub use seal::{CHUNK, ChunkName, RUN, chunk_digest, run_root};
pub use tally::{FindingKinds, Kept, QuietSet, QuietSets, keep};

use serde::{Deserialize, Serialize};

/// Which current parcels a run is about; what is given narrows. Nothing given is no selection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Code of a commune of today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// EPSG code of a cadastral zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<i32>,
    /// Parcels that the coverage of this layer version meets, or of another one that was ever in force in its place, as far as strips
    /// along its lines reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer_version: Option<i64>,
    /// CQL2 text over the columns of [`COLUMNS`].
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

impl Selection {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

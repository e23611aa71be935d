//! Geometry that may be measured: coordinates are metres, easting first, in one cadastral zone.
//!
//! The kernel measures and never judges. Everything here is deterministic, and garbage (non-finite numbers, open or
//! crossing rings) is named before any boolean operation sees it.

mod clip;
mod common_area;
mod composition;
mod coverage;
mod gaps;
mod indexed;
mod interval;
mod join;
mod lines;
mod overlay;
mod pieces;
mod ring;
mod shape;
mod span;
mod surveyed;
mod validity;
mod vertices;

#[cfg(test)]
mod exact_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use composition::{Composition, Share, composition, largest_remainder};
pub use coverage::{Cover, coverage};
pub use gaps::narrow_gaps;
pub use indexed::Indexed;
pub use interval::combined_accuracy;
pub use join::join;
pub use overlay::{Measured, Overlap, Relation, TOUCH_M, common_m2, may_matter, overlay, overlay_as_drawn};
pub use pieces::{Piece, has_thin_part};
pub use shape::{Extent, extent, fits_rectangle, frontage, largest_side};
pub use span::Span;
pub use surveyed::Surveyed;
pub use validity::{Flaw, FlawKind, flaws, is_finite, repair};
pub use vertices::{EdgeMatch, VertexMatch, match_vertices};

use geo_types::{Geometry, MultiPolygon};
use serde::{Deserialize, Serialize};

/// EPSG code of a cadastral zone (vùng toạ độ), also the SRID in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(pub i32);

/// A geometry in the metric CRS of `zone`: x = easting, y = northing, metres. Only this type is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric<G> {
    pub zone: Zone,
    pub geom: G,
}

/// A geometry as it came, in a CRS that may not be metric. `gis` turns it into [`Metric`].
#[derive(Debug, Clone, PartialEq)]
pub struct Located<G> {
    pub crs: String,
    pub geom: G,
}

impl<G> Metric<G> {
    pub fn new(zone: Zone, geom: G) -> Self {
        Self { zone, geom }
    }
}

pub type Area = Metric<MultiPolygon<f64>>;
pub type Shape = Metric<Geometry<f64>>;

//! What a layer version covers around each parcel of a chunk. The clip itself is PostGIS's, as for a single parcel; where a
//! box lies wholly inside or outside a coverage, its answer is known without asking.

use super::boxes::meets;
use crate::store::batch::window::VersionRow;
use crate::store::feature::Bounds;
use crate::store::geometry::{from_ewkb, polygons};
use geo::{CoordinatePosition, coordinate_position::CoordPos};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// Nearer than this to an edge, PostGIS is asked (m).
const NEAR_M: f64 = 0.01;

/// The coverage of one version within the chunk's window.
pub struct Coverage {
    /// Box of the whole coverage.
    whole: Option<Bounds>,
    here: MultiPolygon<f64>,
    /// Boxes of its edges.
    edges: Vec<Bounds>,
}

/// What is known of a box without asking.
pub enum Known {
    /// The clip is this.
    Is(MultiPolygon<f64>),
    Ask,
}

impl Coverage {
    pub fn of(row: &VersionRow) -> anyhow::Result<Self> {
        let here = row.current.coverage.as_deref().map(from_ewkb).transpose()?.and_then(polygons);
        let here = here.unwrap_or_else(|| MultiPolygon(vec![]));
        let rings = here.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let edges =
            rings.flat_map(LineString::lines).map(|l| Bounds::from(geo_types::Rect::new(l.start, l.end))).collect();
        let whole = match (row.min_e, row.min_n, row.max_e, row.max_n) {
            (Some(min_e), Some(min_n), Some(max_e), Some(max_n)) => Some(Bounds { min_e, min_n, max_e, max_n }),
            _ => None,
        };
        Ok(Self { whole, here, edges })
    }

    pub fn clip(&self, b: Bounds) -> Known {
        if self.whole.is_some_and(|w| !meets(w.widened(1.0), b)) {
            return Known::Is(MultiPolygon(vec![]));
        }
        let near = b.widened(NEAR_M);
        if self.edges.iter().any(|e| meets(*e, near)) {
            return Known::Ask;
        }
        let middle = Coord { x: (b.min_e + b.max_e) / 2.0, y: (b.min_n + b.max_n) / 2.0 };
        match self.here.coordinate_position(&middle) {
            CoordPos::Inside => Known::Is(all(b)),
            CoordPos::Outside => Known::Is(MultiPolygon(vec![])),
            CoordPos::OnBoundary => Known::Ask,
        }
    }
}

/// What PostGIS gives for a box inside: the box, clockwise from its south-western corner.
fn all(b: Bounds) -> MultiPolygon<f64> {
    let at = |x, y| Coord { x, y };
    let corners =
        [at(b.min_e, b.min_n), at(b.min_e, b.max_n), at(b.max_e, b.max_n), at(b.max_e, b.min_n), at(b.min_e, b.min_n)];
    MultiPolygon(vec![Polygon::new(LineString(corners.to_vec()), vec![])])
}

pub fn read(ewkb: Option<&[u8]>) -> anyhow::Result<MultiPolygon<f64>> {
    Ok(ewkb.map(from_ewkb).transpose()?.and_then(polygons).unwrap_or_else(|| MultiPolygon(vec![])))
}

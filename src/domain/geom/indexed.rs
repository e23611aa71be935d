//! A map geometry with what is worth knowing once, however many parcels are measured against it.

use super::clip::{any_crossing, boxes_meet};
use super::ring::RingIndex;
use super::validity::{is_finite, rings};
use geo_types::{Coord, Geometry, LineString, Polygon, Rect};
use std::ops::Deref;
use std::sync::OnceLock;

/// A geometry and, from its first use on, its index. Equal when the geometries are.
#[derive(Debug, Clone)]
pub struct Indexed {
    geom: Geometry<f64>,
    index: OnceLock<Index>,
}

#[derive(Debug, Clone)]
struct Index {
    finite: bool,
    bbox: Option<Rect<f64>>,
    areas: Vec<AreaIndex>,
}

/// A polygon with its rings' indexes, ready to be cut.
#[derive(Debug, Clone)]
pub(super) struct AreaIndex {
    pub polygon: Polygon<f64>,
    rings: Vec<RingIndex>,
    crossing: OnceLock<bool>,
}

impl AreaIndex {
    pub fn new(polygon: Polygon<f64>) -> Self {
        let rings = rings(&polygon).map(RingIndex::new).collect();
        Self { polygon, rings, crossing: OnceLock::new() }
    }

    pub fn bbox(&self) -> Option<Rect<f64>> {
        self.rings.first()?.bbox()
    }

    /// Do two of its edges cross, anywhere?
    pub fn crosses_itself(&self) -> bool {
        *self.crossing.get_or_init(|| any_crossing(rings(&self.polygon).flat_map(|r| r.lines()).collect()))
    }

    /// Every ring as [`RingIndex::shorten`] gives it, the shell first.
    pub fn shortened(&self, window: &Rect<f64>) -> impl Iterator<Item = Vec<Coord<f64>>> {
        let seen = |(i, (ring, index)): (usize, (&LineString<f64>, &RingIndex))| {
            let near = i == 0 || index.bbox().is_some_and(|b| boxes_meet(&b, window));
            near.then(|| index.shorten(ring, window))
        };
        rings(&self.polygon).zip(&self.rings).enumerate().filter_map(seen)
    }
}

impl Indexed {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let finite = is_finite(&self.geom);
            let mut areas = Vec::new();
            if finite {
                collect(&self.geom, &mut areas);
            }
            let bbox = geo::BoundingRect::bounding_rect(&self.geom).filter(|_| finite);
            Index { finite, bbox, areas }
        })
    }

    /// Every coordinate can be measured.
    pub fn is_finite(&self) -> bool {
        self.index().finite
    }

    /// Its box; none when it is empty or cannot be measured.
    pub fn bbox(&self) -> Option<Rect<f64>> {
        self.index().bbox
    }

    /// Its polygons, those in collections too.
    pub(super) fn areas(&self) -> &[AreaIndex] {
        &self.index().areas
    }
}

fn collect(geom: &Geometry<f64>, out: &mut Vec<AreaIndex>) {
    match geom {
        Geometry::Polygon(p) => out.push(AreaIndex::new(p.clone())),
        Geometry::MultiPolygon(all) => out.extend(all.0.iter().cloned().map(AreaIndex::new)),
        Geometry::Rect(r) => out.push(AreaIndex::new(r.to_polygon())),
        Geometry::Triangle(t) => out.push(AreaIndex::new(t.to_polygon())),
        Geometry::GeometryCollection(all) => all.0.iter().for_each(|g| collect(g, out)),
        _ => {}
    }
}

impl From<Geometry<f64>> for Indexed {
    fn from(geom: Geometry<f64>) -> Self {
        Self { geom, index: OnceLock::new() }
    }
}

impl Deref for Indexed {
    type Target = Geometry<f64>;
    fn deref(&self) -> &Geometry<f64> {
        &self.geom
    }
}

impl PartialEq for Indexed {
    fn eq(&self, other: &Self) -> bool {
        self.geom == other.geom
    }
}

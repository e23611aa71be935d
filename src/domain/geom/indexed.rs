//! A map geometry with what is worth knowing once, however many parcels are measured against it.

use super::clip::{Clipped, any_crossing, boxes_meet, clip};
use super::ring::RingIndex;
use super::validity::{is_finite, rings};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon, Rect};
use std::ops::Deref;
use std::sync::OnceLock;

/// A geometry and, from its first use on, its index. Equal when the geometries are.
#[derive(Debug, Clone)]
pub struct Indexed {
    geom: Geometry<f64>,
    /// Its rings were found not to cross themselves.
    proved: bool,
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
    /// A geometry whose rings do not cross themselves, as is proved of every row that the map store takes: it need not be
    /// looked for again.
    pub fn proved(geom: Geometry<f64>) -> Self {
        Self { geom, proved: true, index: OnceLock::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let finite = is_finite(&self.geom);
            let mut areas = Vec::new();
            if finite {
                collect(&self.geom, &mut areas);
            }
            if self.proved {
                areas.iter_mut().for_each(|a| a.crossing = OnceLock::from(false));
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

    /// Its areas within a box, each polygon by itself, its rings cut at the box: they may run along the box's sides. The same
    /// on every machine.
    pub fn within(&self, window: &Rect<f64>) -> MultiPolygon<f64> {
        let near = self.areas().iter().filter(|a| a.bbox().is_some_and(|b| boxes_meet(&b, window)));
        let cut = near.filter_map(|a| match clip(a, window) {
            Clipped::Outside => None,
            Clipped::Whole => Some(window.to_polygon()),
            Clipped::Part { polygon, .. } => Some(polygon),
        });
        cut.collect()
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
        Self { geom, proved: false, index: OnceLock::new() }
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

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, wkt};

    #[test]
    fn within_a_box_the_area_is_the_true_one() {
        let comb = wkt!(POLYGON((0. 0.,30. 0.,30. 30.,20. 30.,20. 10.,10. 10.,10. 30.,0. 30.,0. 0.)));
        let far = wkt!(POLYGON((100. 100.,101. 100.,101. 101.,100. 100.)));
        let coverage = Indexed::proved(MultiPolygon(vec![comb, far]).into());
        let area = |a: (f64, f64), b: (f64, f64)| coverage.within(&Rect::new(a, b)).unsigned_area();
        assert_eq!(area((5.0, 5.0), (25.0, 25.0)), 400.0 - 150.0);
        assert_eq!(area((1.0, 1.0), (9.0, 9.0)), 64.0, "wholly inside");
        assert_eq!(area((12.0, 12.0), (18.0, 18.0)), 0.0, "between the teeth");
        assert_eq!(coverage.within(&Rect::new((200.0, 0.0), (201.0, 1.0))).0.len(), 0);
    }

    #[test]
    fn what_was_proved_is_not_looked_for() {
        let bow: Geometry<f64> = wkt!(POLYGON((0. 0.,10. 10.,10. 0.,0. 10.,0. 0.))).into();
        assert!(Indexed::from(bow.clone()).areas()[0].crosses_itself());
        assert!(!Indexed::proved(bow).areas()[0].crosses_itself());
    }
}

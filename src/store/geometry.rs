//! Geometry to and from PostGIS as EWKB bytes (`st_asewkb(geom)`, `$1::geometry`).

use geo_types::Geometry;
use geozero::{CoordDimensions, ToGeo, ToWkb, wkb};

/// EWKB of a geometry in `srid`.
pub fn to_ewkb(geom: &Geometry<f64>, srid: i32) -> anyhow::Result<Vec<u8>> {
    geom.to_ewkb(CoordDimensions::xy(), Some(srid)).map_err(|e| anyhow::anyhow!("geometry cannot be written: {e}"))
}

/// A geometry from EWKB (or plain WKB) bytes; Z and M are left out.
pub fn from_ewkb(bytes: &[u8]) -> anyhow::Result<Geometry<f64>> {
    wkb::Ewkb(bytes).to_geo().map_err(|e| anyhow::anyhow!("geometry cannot be read: {e}"))
}

/// The polygons of a geometry, as one multi-polygon; none when it has no area.
pub fn polygons(geom: Geometry<f64>) -> Option<geo_types::MultiPolygon<f64>> {
    match geom {
        Geometry::Polygon(p) => Some(p.into()),
        Geometry::MultiPolygon(m) => Some(m),
        Geometry::Rect(r) => Some(r.to_polygon().into()),
        Geometry::GeometryCollection(c) => {
            let all: Vec<_> = c.0.into_iter().filter_map(polygons).flat_map(|m| m.0).collect();
            (!all.is_empty()).then_some(geo_types::MultiPolygon(all))
        }
        _ => None,
    }
}

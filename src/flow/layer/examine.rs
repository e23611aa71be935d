//! Is a geometry fit to be measured? What can be repaired is, and says so; what cannot is set aside.

use crate::domain::geom::{FlawKind, flaws, is_finite, repair};
use crate::domain::layer::row::Remark;
use crate::domain::theme::Family;
use crate::store::geometry::polygons;
use geo::Area;
use geo_types::{Geometry, MultiPolygon, Polygon};
use serde_json::{Value, json};

/// Areas must be sound: a parcel that is not is set aside, a zone is repaired and says so.
pub(super) fn examined(family: Family, g: Geometry<f64>, remarks: &mut Vec<Remark>) -> Option<Geometry<f64>> {
    let wants_area = matches!(family, Family::Parcel | Family::Commune | Family::Planning);
    let g = if wants_area { closed_line_as_area(g) } else { g };
    let (area, beside) = parted(g);
    let Some(area) = area else {
        return without_area(wants_area, beside, remarks);
    };
    let beside = if matches!(family, Family::Parcel | Family::Commune) { vec![] } else { beside };
    if !beside.iter().all(is_finite) {
        remarks.push(Remark::bad("coordinate_not_finite", Value::Null));
        return None;
    }
    let found = flaws(&area);
    // repeated points are harmless; everything else makes a measurement wrong
    let grave: Vec<_> = found.iter().filter(|f| f.kind != FlawKind::RepeatedPoint).collect();
    let Some(first) = grave.first() else { return Some(together(area, beside)) };
    let detail = json!({"flaw": first.kind.key(), "part": first.part, "ring": first.ring, "e": first.at.map(|p| p.x), "n": first.at.map(|p| p.y)});
    let fatal = matches!(first.kind, FlawKind::Empty | FlawKind::NonFinite);
    if family == Family::Parcel || fatal {
        remarks.push(Remark::bad("ring_invalid", detail));
        return None;
    }
    let mended = MultiPolygon(area.0.iter().flat_map(|p| repair(p).0).collect());
    if mended.unsigned_area() <= 0.0 || flaws(&mended).iter().any(|f| f.kind != FlawKind::RepeatedPoint) {
        remarks.push(Remark::bad("ring_invalid", detail));
        return None;
    }
    remarks.push(Remark::note("ring_repaired", detail));
    Some(together(mended, beside))
}

/// The areas of a geometry, and the lines and points beside them.
fn parted(g: Geometry<f64>) -> (Option<MultiPolygon<f64>>, Vec<Geometry<f64>>) {
    match g {
        Geometry::GeometryCollection(all) => {
            let (mut areas, mut beside) = (vec![], vec![]);
            for (area, rest) in all.0.into_iter().map(parted) {
                areas.extend(area.into_iter().flat_map(|a| a.0));
                beside.extend(rest);
            }
            ((!areas.is_empty()).then_some(MultiPolygon(areas)), beside)
        }
        g @ (Geometry::Polygon(_) | Geometry::MultiPolygon(_) | Geometry::Rect(_)) => (polygons(g), vec![]),
        g => (None, vec![g]),
    }
}

/// A geometry of lines and points only.
fn without_area(wants_area: bool, mut parts: Vec<Geometry<f64>>, remarks: &mut Vec<Remark>) -> Option<Geometry<f64>> {
    let Some(first) = parts.first() else {
        remarks.push(Remark::bad("geometry_empty", Value::Null));
        return None;
    };
    if wants_area {
        remarks.push(Remark::bad("not_an_area", json!({"found": kind_of(first)})));
        return None;
    }
    if !parts.iter().all(is_finite) {
        remarks.push(Remark::bad("coordinate_not_finite", Value::Null));
        return None;
    }
    if parts.len() == 1 { parts.pop() } else { Some(Geometry::GeometryCollection(parts.into_iter().collect())) }
}

/// Areas with what was drawn beside them: a point or line of a row is never left out.
fn together(area: MultiPolygon<f64>, beside: Vec<Geometry<f64>>) -> Geometry<f64> {
    let area = simplest(area);
    if beside.is_empty() { area } else { Geometry::GeometryCollection([area].into_iter().chain(beside).collect()) }
}

/// Drawings (DXF, DGN) hold areas as closed lines.
fn closed_line_as_area(g: Geometry<f64>) -> Geometry<f64> {
    match g {
        Geometry::LineString(l) if l.is_closed() && l.0.len() > 3 => Geometry::Polygon(Polygon::new(l, vec![])),
        g => g,
    }
}

fn simplest(mut m: MultiPolygon<f64>) -> Geometry<f64> {
    if m.0.len() == 1
        && let Some(p) = m.0.pop()
    {
        return Geometry::Polygon(p);
    }
    Geometry::MultiPolygon(m)
}

fn kind_of(g: &Geometry<f64>) -> &'static str {
    match g {
        Geometry::Point(_) | Geometry::MultiPoint(_) => "point",
        Geometry::Line(_) | Geometry::LineString(_) | Geometry::MultiLineString(_) => "line",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wkt::TryFromWkt;

    /// A map that shows a place as an area, a line and a point is taken whole; what must be an area is set aside without one.
    #[test]
    fn lines_and_points_beside_an_area_are_kept() {
        let look = |family, wkt: &str| {
            let mut remarks = vec![];
            let g = examined(family, Geometry::try_from_wkt_str(wkt).unwrap(), &mut remarks);
            (g, remarks.iter().any(|r| r.set_aside))
        };
        let area = "POLYGON((0 0,9 0,9 9,0 9,0 0))";
        let mixed = format!("GEOMETRYCOLLECTION({area},GEOMETRYCOLLECTION(POINT(20 20),LINESTRING(30 0,30 9)))");
        let flat = format!("GEOMETRYCOLLECTION({area},POINT(20 20),LINESTRING(30 0,30 9))");
        for family in [Family::Protection, Family::Encumbrance, Family::Planning] {
            assert_eq!(look(family, &mixed), (Some(Geometry::try_from_wkt_str(&flat).unwrap()), false), "{family:?}");
        }
        assert_eq!(look(Family::Parcel, &mixed), (Some(Geometry::try_from_wkt_str(area).unwrap()), false));
        let thin = "GEOMETRYCOLLECTION(POINT(20 20),LINESTRING(30 0,30 9))";
        assert_eq!(look(Family::Hazard, thin), (Some(Geometry::try_from_wkt_str(thin).unwrap()), false));
        assert_eq!(look(Family::Planning, thin), (None, true));
        assert_eq!(look(Family::Hazard, "GEOMETRYCOLLECTION EMPTY"), (None, true));
    }
}

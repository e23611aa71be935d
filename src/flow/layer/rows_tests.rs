use super::*;
use wkt::TryFromWkt;

fn lies(wkt: &str) -> Lies {
    let square = Rect::new((0.0, 0.0), (10.0, 10.0)).to_polygon();
    let fence = Fence::new("square".into(), MultiPolygon(vec![square])).unwrap();
    fence.lies(&Geometry::try_from_wkt_str(wkt).unwrap())
}

/// What crosses a fence, or holds all of it, is not outside because its corners are.
#[test]
fn sides_count_beside_corners() {
    assert_eq!(lies("POLYGON((1 1, 9 1, 9 9, 1 1))"), Lies::Inside);
    assert_eq!(lies("POLYGON((0 -0.009, 10.009 0, 9 9, 0 -0.009))"), Lies::Inside, "along the fence");
    assert_eq!(lies("LINESTRING(5 5, 5 20)"), Lies::Partly(0.5));
    assert_eq!(lies("LINESTRING(-5 5, 15 5)"), Lies::Partly(0.0));
    assert_eq!(lies("POLYGON((-9 -9, 19 -9, 19 19, -9 19, -9 -9))"), Lies::Partly(0.0));
    assert_eq!(lies("POLYGON((-9 4, 19 4, 19 6, -9 6, -9 4))"), Lies::Partly(0.0));
    assert_eq!(lies("LINESTRING(-5 11, 15 11)"), Lies::Outside);
    assert_eq!(lies("POINT(20 20)"), Lies::Outside);
}

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

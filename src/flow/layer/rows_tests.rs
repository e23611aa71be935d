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

//! Width, depth and frontage: what a split needs to know of a part.

use super::clip::{Clipped, clip, grow};
use super::join::join;
use super::overlay::Measured;
use super::pieces::Piece;
use super::validity::repair;
use geo::{Area, BooleanOps, Buffer, Centroid, Euclidean, Length, MinimumRotatedRect, Rotate};
use geo_types::{Coord, MultiLineString, MultiPolygon, Point, Polygon};

/// Sides of the smallest rectangle around a shape (m), the shorter first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    pub narrow: f64,
    pub long: f64,
}

pub fn extent(parcel: &Measured) -> Option<Extent> {
    let rect = parcel.shape.minimum_rotated_rect()?;
    let mut sides: Vec<f64> = rect.exterior().lines().take(2).map(|l| Euclidean.length(&l)).collect();
    sides.sort_by(f64::total_cmp);
    Some(Extent { narrow: *sides.first()?, long: *sides.last()? })
}

/// Does a rectangle of `w` by `d` metres fit inside, with a side along one of the shape's own sides?
/// Answers within a millimetre in favour of the shape.
pub fn fits_rectangle(parcel: &Measured, w: f64, d: f64) -> bool {
    const SLACK: f64 = 0.001;
    let (w, d) = ((w - SLACK).max(SLACK), (d - SLACK).max(SLACK));
    if w * d > parcel.area {
        return false;
    }
    let Some(centre) = parcel.shape.centroid() else { return false };
    directions(&parcel.shape).iter().any(|deg| {
        let turned = parcel.shape.rotate_around_point(-deg, centre);
        places(&turned, w, d) || places(&turned, d, w)
    })
}

/// The longest side `w` up to `most` for which `w` by `other` still fits (m, to a centimetre, rounded down).
pub fn largest_side(parcel: &Measured, other: f64, most: f64) -> f64 {
    if fits_rectangle(parcel, most, other) {
        return most;
    }
    let (mut fits, mut fails) = (0.0, most);
    while fails - fits > 0.005 {
        let middle = f64::midpoint(fits, fails);
        if fits_rectangle(parcel, middle, other) { fits = middle } else { fails = middle }
    }
    (fits * 100.0 + 1e-6).round() / 100.0
}

/// Directions of the shape's sides in degrees within [0, 90), each once, longest sides first, at most twelve.
fn directions(shape: &MultiPolygon<f64>) -> Vec<f64> {
    let mut sides: Vec<(f64, f64)> = shape
        .0
        .iter()
        .flat_map(|p| p.exterior().lines())
        .map(|l| (Euclidean.length(&l), l.dy().atan2(l.dx()).to_degrees().rem_euclid(90.0)))
        .collect();
    sides.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.total_cmp(&b.1)));
    let mut out: Vec<f64> = Vec::new();
    for (_, deg) in sides {
        if out.iter().all(|o| (o - deg).abs() > 0.1) && out.len() < 12 {
            out.push(deg);
        }
    }
    out
}

/// Where the lower left corner of an upright rectangle may lie: the shape without what each side sweeps when the
/// rectangle slides along it.
fn places(shape: &MultiPolygon<f64>, w: f64, d: f64) -> bool {
    let swept = shape
        .0
        .iter()
        .flat_map(super::validity::rings)
        .flat_map(|r| r.lines().collect::<Vec<_>>())
        .map(|l| sweep(l.start, l.end, w, d));
    shape.difference(&join(swept)).unsigned_area() > 1e-9
}

fn sweep(a: Coord<f64>, b: Coord<f64>, w: f64, d: f64) -> Polygon<f64> {
    use geo::ConvexHull;
    let corners = |c: Coord<f64>| {
        [c, Coord { x: c.x - w, y: c.y }, Coord { x: c.x, y: c.y - d }, Coord { x: c.x - w, y: c.y - d }]
    };
    let all: Vec<Point<f64>> = corners(a).into_iter().chain(corners(b)).map(Point).collect();
    geo_types::MultiPoint(all).convex_hull()
}

/// Length (m) of the parcel's outline that lies within `reach` metres of the ways, and that part of the outline.
/// Ways without a width count from their line.
pub fn frontage(parcel: &Measured, ways: &[Piece<'_>], reach: f64) -> (f64, MultiLineString<f64>) {
    let window = grow(&parcel.bbox, reach * 2.0 + 1.0);
    let mut near: Vec<MultiPolygon<f64>> = Vec::new();
    for way in ways.iter().filter(|w| w.geom.is_finite()) {
        let found = way.near(&window);
        near.extend(found.polygons.iter().filter_map(|p| match clip(p, &window) {
            Clipped::Outside => None,
            Clipped::Whole => Some(MultiPolygon(vec![window.to_polygon()])),
            // Cutting leaves seams along the window's sides, which only a repaired ring may be widened with.
            Clipped::Part { polygon, .. } => Some(repair(&polygon).buffer(reach)),
        }));
        near.push(MultiLineString(found.lines).buffer(reach));
    }
    let outline = MultiLineString(parcel.shape.0.iter().map(|p| p.exterior().clone()).collect());
    let along = join(near.into_iter().flatten()).clip(&outline, false);
    (Euclidean.length(&along), along)
}

//! How sure an overlap is, given that neither map is exact.

use super::clip::{boxes_meet, grow, meets};
use super::common_area::common_area;
use super::overlay::Measured;
use super::pieces::runs;
use crate::domain::verify::AreaInterval;
use geo::orient::{Direction, Orient};
use geo::{Area, BooleanOps, BoundingRect, Buffer, Distance, Euclidean};
use geo_types::{Line, LineString, MultiLineString, MultiPolygon};

/// Round joins are drawn with steps of 0.2 rad; this makes the drawn band contain the true one: 1 / cos(0.1).
pub(super) const ROUND: f64 = 1.005_021;

/// How far (m) boundaries of two maps that should coincide can lie off each other, each within the accuracy of its map: accuracies
/// are limits, so they add up (decision 22).
pub fn combined_accuracy(a: f64, b: f64) -> f64 {
    a + b
}

/// Smallest and largest area that the overlap can have when the boundaries move against each other by up to `sigma`.
///
/// `zone` is the union of the zones, cut at a window of more than 2 sigma around the parcel. Every point of the parcel within `sigma` of the zone's boundary may be in or out; no other may. So for any
/// movement of the boundary within its accuracy the true area lies in the interval.
pub(super) fn interval(parcel: &Measured, zone: &MultiPolygon<f64>, nominal: f64, sigma: f64) -> AreaInterval {
    let exact = AreaInterval { low: nominal, nominal, high: nominal };
    if sigma <= 0.0 {
        return exact;
    }
    let boundary = near_boundary(zone, parcel, sigma);
    // A boundary that is nowhere near the parcel's own lies beside it, or deep within it: then both sides have area.
    let deep = nominal > 0.0 && nominal < parcel.area;
    if boundary.is_empty() || (!deep && !within(&boundary, parcel, sigma * ROUND)) {
        return exact;
    }
    let band = MultiLineString(boundary).buffer(sigma * ROUND);
    if !band.bounding_rect().is_some_and(|b| boxes_meet(&b, &parcel.bbox)) {
        return exact;
    }
    let open = parcel.shape.intersection(&band);
    let inside = common_area(&open.orient(Direction::Default), &zone.0);
    let outside = (open.unsigned_area() - inside).max(0.0);
    AreaInterval { low: (nominal - inside).max(0.0), nominal, high: (nominal + outside).min(parcel.area).max(nominal) }
}

/// Runs of the zone's boundary that come within `sigma` of the parcel's box. The window's own sides lie farther out, so
/// they are never taken for a boundary.
fn near_boundary(zone: &MultiPolygon<f64>, parcel: &Measured, sigma: f64) -> Vec<LineString<f64>> {
    let reach = grow(&parcel.bbox, sigma * ROUND);
    zone.0.iter().flat_map(super::validity::rings).flat_map(|r| runs(r, &reach)).collect()
}

/// Does one of the lines come within `reach` of the parcel's outline?
fn within(lines: &[LineString<f64>], parcel: &Measured, reach: f64) -> bool {
    let outline = || parcel.shape.0.iter().flat_map(super::validity::rings).flat_map(|r| r.lines());
    let box_of = |l: &Line<f64>| grow(&l.bounding_rect(), reach);
    lines.iter().flat_map(|l| l.lines()).any(|a| {
        let near = box_of(&a);
        outline().any(|b| meets(&b, &near) && Euclidean.distance(&a, &b) <= reach)
    })
}

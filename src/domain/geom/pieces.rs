//! One map feature as measurable pieces: collections are taken apart, lines and points get their width.

use super::clip::{boxes_meet, grow, meets};
use super::indexed::{AreaIndex, Indexed};
use geo::Buffer;
use geo_types::{Geometry, LineString, MultiLineString, Point, Rect};
use std::borrow::Cow;

/// A feature to be measured against a parcel.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    pub fid: i64,
    pub geom: &'a Indexed,
    /// Lines and points are widened by this (m) before they are measured; without it a line is measured by length.
    pub half_width: Option<f64>,
}

/// What a feature has near a window.
#[derive(Debug, Default)]
pub(super) struct Near<'a> {
    pub polygons: Vec<Cow<'a, AreaIndex>>,
    /// Lines without a width.
    pub lines: Vec<LineString<f64>>,
    /// Points without a width.
    pub points: Vec<Point<f64>>,
}

/// Is there a line or point in it, however deep in a collection?
pub fn has_thin_part(geom: &Geometry<f64>) -> bool {
    match geom {
        Geometry::GeometryCollection(all) => all.0.iter().any(has_thin_part),
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => false,
        _ => true,
    }
}

impl<'a> Piece<'a> {
    /// False: it has nothing in the window.
    pub(super) fn may_be_near(&self, window: &Rect<f64>) -> bool {
        let reach = grow(window, self.half_width.unwrap_or(0.0).max(0.0));
        self.geom.bbox().is_some_and(|b| boxes_meet(&b, &reach))
    }

    pub(super) fn near(&self, window: &Rect<f64>) -> Near<'a> {
        let mut near = Near::default();
        let here = |a: &&AreaIndex| a.bbox().is_some_and(|b| boxes_meet(&b, window));
        near.polygons.extend(self.geom.areas().iter().filter(here).map(Cow::Borrowed));
        collect(self.geom, window, self.half_width.filter(|w| *w > 0.0), &mut near);
        near
    }
}

/// What is not an area: lines and points.
fn collect(geom: &Geometry<f64>, window: &Rect<f64>, width: Option<f64>, near: &mut Near<'_>) {
    let reach = grow(window, width.unwrap_or(0.0));
    match geom {
        Geometry::GeometryCollection(all) => all.0.iter().for_each(|g| collect(g, window, width, near)),
        Geometry::Line(l) => line(&LineString(vec![l.start, l.end]), &reach, width, near),
        Geometry::LineString(l) => line(l, &reach, width, near),
        Geometry::MultiLineString(all) => all.0.iter().for_each(|l| line(l, &reach, width, near)),
        Geometry::Point(p) => point(p, &reach, width, near),
        Geometry::MultiPoint(all) => all.0.iter().for_each(|p| point(p, &reach, width, near)),
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {}
    }
}

fn point(p: &Point<f64>, reach: &Rect<f64>, width: Option<f64>, near: &mut Near<'_>) {
    match width {
        _ if !boxes_meet(&Rect::new(p.0, p.0), reach) => {}
        Some(w) => near.polygons.extend(p.buffer(w).0.into_iter().map(AreaIndex::new).map(Cow::Owned)),
        None => near.points.push(*p),
    }
}

/// Keeps only the runs of a line that come near; a run's ends lie outside, so its round caps do not show.
fn line(l: &LineString<f64>, reach: &Rect<f64>, width: Option<f64>, near: &mut Near<'_>) {
    let runs = runs(l, reach);
    match width {
        _ if runs.is_empty() => {}
        Some(w) => {
            near.polygons.extend(MultiLineString(runs).buffer(w).0.into_iter().map(AreaIndex::new).map(Cow::Owned))
        }
        None => near.lines.extend(runs),
    }
}

pub(super) fn runs(l: &LineString<f64>, reach: &Rect<f64>) -> Vec<LineString<f64>> {
    let mut runs: Vec<LineString<f64>> = Vec::new();
    let mut open = false;
    for edge in l.lines() {
        let takes = edge.start != edge.end && meets(&edge, reach);
        match runs.last_mut() {
            Some(run) if takes && open => run.0.push(edge.end),
            _ if takes => runs.push(LineString(vec![edge.start, edge.end])),
            _ => {}
        }
        open = takes || (open && edge.start == edge.end);
    }
    runs
}

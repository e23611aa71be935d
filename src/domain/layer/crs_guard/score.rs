//! What speaks for a reading: the commune it lies in, the corners of the cadastral map it meets, the centimetre grid it sits on.

use super::Candidate;
use geo::{BoundingRect, Contains, Distance, Euclidean};
use geo_types::{MultiPolygon, Point};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// A corner of the map this near is the same corner (m): below the 0.5 m by which a wrong datum operation moves it at least.
pub const SAME_CORNER_M: f64 = 0.15;
const GRID_M: f64 = 0.01;
/// Going from WGS 84 and back in two dimensions leaves up to 0.9 mm.
const GRID_REACH_M: f64 = 0.001;
/// Fewer points may sit on a grid by chance (one in 25 does).
const GRID_POINTS: usize = 8;

/// Do these coordinates (m) sit on the centimetre grid, as typed and surveyed ones do in their own CRS and in no other?
pub fn on_centimetres(points: &[(f64, f64)]) -> bool {
    let off = |v: f64| (v - (v / GRID_M).round() * GRID_M).abs();
    let on = points.iter().filter(|p| off(p.0) <= GRID_REACH_M && off(p.1) <= GRID_REACH_M).count() as f64;
    // Of real parcels about half of the corners were typed; the others were cut by the computer.
    let needed = if points.len() < 30 { 0.6 } else { 0.4 };
    points.len() >= GRID_POINTS && on >= needed * points.len() as f64
}

/// Share of the points (0 to 1) that are inside `area` or at most `margin` metres beside it.
pub fn share_inside(area: &MultiPolygon<f64>, points: &[Option<(f64, f64)>], margin: f64) -> f64 {
    let Some(b) = area.bounding_rect().filter(|_| !points.is_empty()) else { return 0.0 };
    let inside = |&(x, y): &(f64, f64)| {
        let near =
            x >= b.min().x - margin && x <= b.max().x + margin && y >= b.min().y - margin && y <= b.max().y + margin;
        let p = Point::new(x, y);
        near && (area.contains(&p) || Euclidean.distance(&p, area) <= margin)
    };
    points.iter().flatten().filter(|p| inside(p)).count() as f64 / points.len() as f64
}

/// How well a reading meets the corners of the map that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MapAgreement {
    /// Share of the sample within [`SAME_CORNER_M`] of a corner, 0 to 1.
    pub share: f64,
    /// Middle distance to those corners (m); none without any.
    pub residual_m: Option<f64>,
}

/// Corners of the current cadastral map, metres of the zone.
#[derive(Debug, Default)]
pub struct Corners(HashMap<(i64, i64), Vec<(f64, f64)>>);

impl Corners {
    pub fn new(points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut cells: HashMap<_, Vec<_>> = HashMap::new();
        for p in points {
            cells.entry(cell(p)).or_default().push(p);
        }
        Self(cells)
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Distance to the nearest corner, and where that is.
    fn nearest(&self, p: (f64, f64)) -> Option<(f64, (f64, f64))> {
        let (x, y) = cell(p);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        let d = |q: &(f64, f64)| ((q.0 - p.0).hypot(q.1 - p.1), *q);
        around.filter_map(|c| self.0.get(&c)).flatten().map(d).min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// How many different corners the vertices of a reading meet.
    pub(super) fn met(&self, c: &Candidate) -> usize {
        let place = |p: (f64, f64)| ((p.0 * 100.0).round() as i64, (p.1 * 100.0).round() as i64);
        let all = c.points.iter().chain(&c.more).flatten();
        let met: BTreeSet<_> =
            all.filter_map(|p| self.nearest(*p)).filter(|(d, _)| *d <= SAME_CORNER_M).map(|(_, q)| place(q)).collect();
        met.len()
    }

    /// None where there is no map.
    pub fn agreement(&self, points: &[Option<(f64, f64)>]) -> Option<MapAgreement> {
        if self.is_empty() || points.is_empty() {
            return None;
        }
        let mut met: Vec<f64> = points
            .iter()
            .flatten()
            .filter_map(|p| self.nearest(*p))
            .map(|n| n.0)
            .filter(|d| *d <= SAME_CORNER_M)
            .collect();
        met.sort_by(f64::total_cmp);
        let residual_m = met.get(met.len() / 2).copied();
        Some(MapAgreement { share: met.len() as f64 / points.len() as f64, residual_m })
    }
}

/// Cells of a metre: wider than the reach.
fn cell(p: (f64, f64)) -> (i64, i64) {
    (p.0.floor() as i64, p.1.floor() as i64)
}

/// Pairs of points that have a place in both.
fn pairs<'a>(a: &'a Candidate, b: &'a Candidate) -> impl Iterator<Item = (f64, f64)> + 'a {
    a.points.iter().zip(&b.points).filter_map(|(a, b)| a.zip(*b)).map(|(a, b)| (b.0 - a.0, b.1 - a.1))
}

/// Largest distance between the same points under two readings (m); infinite where only one has a place.
pub fn apart(a: &Candidate, b: &Candidate) -> f64 {
    if a.points.iter().zip(&b.points).any(|(a, b)| a.is_some() != b.is_some()) {
        return f64::INFINITY;
    }
    pairs(a, b).map(|(dx, dy)| dx.hypot(dy)).fold(0.0, f64::max)
}

/// Mean of what must be added to the points of `a` to get those of `b` (m).
pub fn mean_offset(a: &Candidate, b: &Candidate) -> Option<(f64, f64)> {
    mean(pairs(a, b))
}

pub fn mean(points: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    let (n, x, y) = points.fold((0.0, 0.0, 0.0), |s, p| (s.0 + 1.0, s.1 + p.0, s.2 + p.1));
    (n > 0.0).then(|| (x / n, y / n))
}

//! A certificate's vertex table against the map: best start and direction, residuals, edges.

use geo::{Distance, Euclidean, HausdorffDistance};
use geo_types::{Coord, LineString, MultiPolygon, Point};

/// Lengths of one side on paper (printed or between its vertices) and on the map (m).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EdgeMatch {
    pub paper: f64,
    pub map: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct VertexMatch {
    /// The table names its columns the other way round (easting under X): it fits only when swapped.
    pub swapped: bool,
    /// Per table vertex: the map vertex it was matched with and the distance (m).
    pub pairs: Vec<(Coord<f64>, f64)>,
    /// Per table edge; empty when the numbers of vertices differ.
    pub edges: Vec<EdgeMatch>,
    /// Number of map vertices.
    pub map_count: usize,
    /// Index of the table vertex with the largest residual.
    pub worst: usize,
    pub largest: f64,
    /// Mean offset table minus map (m): easting, northing.
    pub shift: Coord<f64>,
    /// Largest residual after the mean offset was taken away (m).
    pub largest_unshifted: f64,
    /// Hausdorff distance between the vertices of both outlines (m).
    pub hausdorff: f64,
}

/// Matches `table` (easting, northing) with the shell of the part it fits best. `printed` are edge lengths as printed,
/// from vertex i to i + 1, when there are any. None when there is nothing to match.
pub fn match_vertices(table: &[Coord<f64>], printed: &[f64], map: &MultiPolygon<f64>) -> Option<VertexMatch> {
    let mut table = table.to_vec();
    if table.len() > 1 && table.first() == table.last() {
        table.pop();
    }
    if table.len() < 3 || table.iter().any(|c| !(c.x.is_finite() && c.y.is_finite())) {
        return None;
    }
    let straight = best_part(&table, printed, map)?;
    let turned: Vec<Coord<f64>> = table.iter().map(|c| Coord { x: c.y, y: c.x }).collect();
    let other = best_part(&turned, printed, map)?;
    // Northings and eastings of Viet Nam are hundreds of kilometres apart: only a swap explains such a gain.
    let swapped = straight.largest > 10_000.0 && other.largest < straight.largest / 100.0;
    Some(if swapped { VertexMatch { swapped, ..other } } else { straight })
}

fn best_part(table: &[Coord<f64>], printed: &[f64], map: &MultiPolygon<f64>) -> Option<VertexMatch> {
    map.0
        .iter()
        .map(|p| ring_points(p.exterior()))
        .filter(|r| r.len() >= 3)
        .map(|r| match_ring(table, printed, &r))
        .min_by(|a, b| a.largest.total_cmp(&b.largest))
}

fn ring_points(ring: &LineString<f64>) -> Vec<Coord<f64>> {
    let mut points = ring.0.clone();
    points.dedup();
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points
}

fn match_ring(table: &[Coord<f64>], printed: &[f64], ring: &[Coord<f64>]) -> VertexMatch {
    let targets = if table.len() == ring.len() { cyclic(table, ring) } else { nearest(table, ring) };
    let pairs: Vec<(Coord<f64>, f64)> = table.iter().zip(&targets).map(|(t, m)| (*m, gap(*t, *m))).collect();
    let n = table.len() as f64;
    let sum = table.iter().zip(&targets).fold(Coord { x: 0.0, y: 0.0 }, |s, (t, m)| s + (*t - *m));
    let shift = Coord { x: sum.x / n, y: sum.y / n };
    let worst = (0..pairs.len()).max_by(|a, b| pairs[*a].1.total_cmp(&pairs[*b].1).then(b.cmp(a))).unwrap_or(0);
    VertexMatch {
        swapped: false,
        edges: if table.len() == ring.len() { edges(table, printed, &targets) } else { vec![] },
        map_count: ring.len(),
        worst,
        largest: pairs[worst].1,
        shift,
        largest_unshifted: table.iter().zip(&targets).map(|(t, m)| gap(*t - shift, *m)).fold(0.0, f64::max),
        hausdorff: LineString(table.to_vec()).hausdorff_distance(&LineString(ring.to_vec())),
        pairs,
    }
}

/// The start and direction with the smallest sum of squares; ties go to the earliest.
fn cyclic(table: &[Coord<f64>], ring: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let n = ring.len();
    let at = |start: usize, back: bool, i: usize| ring[if back { start + n - i } else { start + i } % n];
    let cost = |(start, back): (usize, bool)| -> f64 {
        table.iter().enumerate().map(|(i, t)| gap(*t, at(start, back, i)).powi(2)).sum()
    };
    let tries = (0..n).flat_map(|s| [(s, false), (s, true)]);
    let (start, back) = tries.min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or((0, false));
    (0..n).map(|i| at(start, back, i)).collect()
}

fn nearest(table: &[Coord<f64>], ring: &[Coord<f64>]) -> Vec<Coord<f64>> {
    table.iter().map(|t| *ring.iter().min_by(|a, b| gap(*t, **a).total_cmp(&gap(*t, **b))).unwrap_or(t)).collect()
}

fn edges(table: &[Coord<f64>], printed: &[f64], targets: &[Coord<f64>]) -> Vec<EdgeMatch> {
    let n = table.len();
    (0..n)
        .map(|i| EdgeMatch {
            paper: printed.get(i).copied().unwrap_or_else(|| gap(table[i], table[(i + 1) % n])),
            map: gap(targets[i], targets[(i + 1) % n]),
        })
        .collect()
}

fn gap(a: Coord<f64>, b: Coord<f64>) -> f64 {
    Euclidean.distance(Point(a), Point(b))
}

//! Vertices in the order in which a Vietnamese vertex table lists them.

use super::super::RingData;
use crate::domain::verify::Message;
use crate::domain::verify::text::{Lang, message};
use geo::{Euclidean, Length, Winding};
use geo_types::{Coord, Line, LineString, MultiPolygon};

/// One ring of the parcel, without the repeated last vertex, clockwise from its north-western vertex.
#[derive(Debug, Clone, PartialEq)]
pub struct Ring {
    /// Part of the parcel, from 1.
    pub part: usize,
    pub hole: bool,
    /// Number of its first vertex; numbers run on through all rings.
    pub first: usize,
    pub points: Vec<Coord<f64>>,
}

impl Ring {
    /// Edges in order: each with the next vertex, the last back to the first (m).
    pub fn edges(&self) -> impl Iterator<Item = Line<f64>> + '_ {
        let n = self.points.len();
        (0..n).map(move |i| Line::new(self.points[i], self.points[(i + 1) % n]))
    }
}

pub fn rings(parcel: &MultiPolygon<f64>) -> Vec<Ring> {
    let mut out: Vec<Ring> = Vec::new();
    for (i, polygon) in parcel.0.iter().enumerate() {
        let all = std::iter::once((false, polygon.exterior())).chain(polygon.interiors().iter().map(|r| (true, r)));
        for (hole, line) in all {
            let points = points(line);
            if points.len() < 3 {
                continue;
            }
            let first = out.last().map_or(1, |r| r.first + r.points.len());
            out.push(Ring { part: i + 1, hole, first, points });
        }
    }
    out
}

fn points(line: &LineString<f64>) -> Vec<Coord<f64>> {
    let mut line = line.clone();
    line.make_cw_winding();
    let mut points = line.0;
    points.pop();
    points.dedup();
    // The vertex farthest to the north-west; the earlier of two equal ones.
    let score = |c: &Coord<f64>| c.y - c.x;
    let start = (0..points.len()).rev().max_by(|a, b| score(&points[*a]).total_cmp(&score(&points[*b])));
    points.rotate_left(start.unwrap_or(0));
    points
}

/// Rows of the vertex table: number, X (northing), Y (easting), edge to the next; metres with two decimals.
pub fn vertex_tables(rings: &[Ring], lang: Lang) -> Vec<RingData> {
    let two = |v: f64| centimetres(lang, v);
    let one = |r: &Ring| {
        let key = if r.hole { "page-ring-hole" } else { "page-ring-outer" };
        let edges = r.edges().zip(r.first..);
        let rows = edges.map(|(e, no)| [no.to_string(), two(e.start.y), two(e.start.x), two(Euclidean.length(&e))]);
        RingData { title: message(lang, &Message::new(key).with("part", r.part as f64)), rows: rows.collect() }
    };
    rings.iter().map(one).collect()
}

/// Metres with two decimals, as vertex tables have them.
pub(super) fn centimetres(lang: Lang, v: f64) -> String {
    match lang {
        Lang::Vi => format!("{v:.2}").replace('.', ","),
        Lang::En => format!("{v:.2}"),
    }
}

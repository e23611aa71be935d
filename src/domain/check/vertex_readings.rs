//! A vertex table that does not fit the map as it is written: read in every way that people mix up, and measured against the map.
//! What fits is told, with its residual; nothing is transformed.

use crate::domain::geom::match_vertices;
use crate::domain::layer::crs_guard::{Candidate, CandidateKind};
use crate::domain::verify::Message;
use geo_types::{Coord, MultiPolygon};

/// A reading explains a table only when it leaves this part of the difference at most.
const LEAVES: f64 = 0.1;
/// Readings shown beside the best.
const MORE: usize = 2;

/// The table under one reading that fits.
pub(super) struct Explained<'a> {
    pub candidate: &'a Candidate,
    /// Largest distance of a vertex (m).
    pub residual: f64,
}

/// Readings that bring every vertex within `allowed` metres of the map, where the table as written is `as_written` metres off; the
/// nearest first, among equals the likelier.
pub(super) fn explain<'a>(
    readings: &'a [Candidate],
    printed: &[f64],
    map: &MultiPolygon<f64>,
    allowed: f64,
    as_written: f64,
) -> Vec<Explained<'a>> {
    let most = allowed.min(as_written * LEAVES);
    let mut out: Vec<Explained<'_>> = readings.iter().filter_map(|c| measured(c, printed, map)).collect();
    out.retain(|e| e.residual <= most);
    // To the centimetre, so that the likelier stays first.
    out.sort_by_key(|e| (e.residual * 100.0).round() as i64);
    out
}

fn measured<'a>(candidate: &'a Candidate, printed: &[f64], map: &MultiPolygon<f64>) -> Option<Explained<'a>> {
    let table: Option<Vec<Coord<f64>>> = candidate.points.iter().map(|p| p.map(Into::into)).collect();
    let found = match_vertices(&table?, printed, map).filter(|m| !m.swapped)?;
    Some(Explained { candidate, residual: found.largest })
}

/// One line per reading that fits.
pub(super) fn lines(explained: &[Explained<'_>]) -> impl Iterator<Item = Message> {
    explained.iter().take(1 + MORE).map(|e| {
        Message::new(key(e.candidate.kind))
            .with("definition", e.candidate.definition.clone())
            .with("residual", e.residual)
    })
}

fn key(kind: CandidateKind) -> &'static str {
    match kind {
        CandidateKind::Declared | CandidateKind::Zone => "reading-zone",
        CandidateKind::Utm => "reading-utm",
        CandidateKind::Wgs84Degrees => "reading-wgs84",
        CandidateKind::Vn2000Degrees => "reading-vn2000",
        CandidateKind::Swapped => "reading-swapped",
        CandidateKind::WrongScale => "reading-scale",
        CandidateKind::NoShift => "reading-no-shift",
        CandidateKind::OtherOperation => "reading-operation",
        CandidateKind::Separator => "reading-separator",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Rect, coord};

    fn map() -> MultiPolygon<f64> {
        MultiPolygon(vec![Rect::new(coord! {x: 0.0, y: 0.0}, coord! {x: 20.0, y: 15.0}).to_polygon()])
    }

    fn moved(name: &str, kind: CandidateKind, by: f64) -> Candidate {
        let corners = [(0.0, 0.0), (20.0, 0.0), (20.0, 15.0), (0.0, 15.0)];
        let points = corners.iter().map(|p| Some((p.0 + by, p.1))).collect();
        Candidate { definition: name.into(), kind, points, more: vec![], on_grid: false }
    }

    #[test]
    fn the_reading_that_fits_is_named_with_its_residual() {
        let all = [
            moved("a", CandidateKind::Zone, 26_000.0),
            moved("b", CandidateKind::NoShift, 0.031),
            moved("c", CandidateKind::Utm, 0.03),
        ];
        let found = explain(&all, &[], &map(), 0.08, 225.0);
        assert_eq!(found.iter().map(|e| e.candidate.definition.as_str()).collect::<Vec<_>>(), ["b", "c"]);
        assert!((found[0].residual - 0.031).abs() < 1e-9);
        assert_eq!(lines(&found).count(), 2);
    }

    #[test]
    fn a_little_better_explains_nothing_and_a_place_that_is_none_fits_nowhere() {
        let mut lost = moved("d", CandidateKind::Utm, 0.0);
        lost.points[2] = None;
        let all = [moved("a", CandidateKind::OtherOperation, 0.07), lost];
        assert!(explain(&all, &[], &map(), 0.08, 0.3).is_empty());
    }
}

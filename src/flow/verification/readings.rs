//! A certificate's vertex table under other readings, for `domain::check` to measure against the map.

use crate::domain::check::reads_otherwise;
use crate::domain::layer::crs_guard::{Candidate, CandidateKind};
use crate::domain::paper::Paper;
use crate::domain::verify::{PaperFacts, ParcelFacts, TableReadings};
use crate::flow::layer::zones_over;
use crate::flow::{Error, Result};
use crate::gis::crs::{Definition, Sample, candidates};
use sqlx::PgConnection;

/// Factors that undo a thousands mark read as a decimal mark, and a decimal mark left out.
const SEPARATORS: [f64; 5] = [1_000.0, 0.01, 0.001, 0.1, 1_000_000.0];

/// Nothing is computed for a table that fits as it is written.
pub(in crate::flow) async fn readings(
    conn: &mut PgConnection,
    parcel: Option<&ParcelFacts>,
    papers: &[PaperFacts],
) -> Result<Vec<TableReadings>> {
    let Some((parcel, map)) = parcel.and_then(|p| Some((p, &p.boundary.as_ref()?.geom))) else { return Ok(vec![]) };
    let tables: Vec<_> = papers
        .iter()
        .filter_map(|p| match &p.paper {
            // Papers write X for northing.
            Paper::Certificate(c) if reads_otherwise(c, map) => {
                Some((p.id, c.vertices.iter().map(|v| (v.y, v.x)).collect::<Vec<_>>()))
            }
            _ => None,
        })
        .collect();
    if tables.is_empty() {
        return Ok(vec![]);
    }
    let book = zones_over(conn).await?;
    let broken = |e: crate::gis::crs::CrsError| Error::Broken(e.into());
    let zone = book.need(parcel.zone.0).map_err(broken)?;
    let own = Definition::from_epsg(zone.srid);
    let read = |(paper, points): (_, Vec<(f64, f64)>)| {
        let table = Sample { points, more: vec![] };
        let mut all = candidates(&book, zone, &own, &table).map_err(broken)?;
        // As it is written, the table does not fit.
        all.remove(0);
        all.extend(SEPARATORS.map(|by| scaled(&own, &table.points, by)));
        Ok(TableReadings { paper, candidates: all })
    };
    tables.into_iter().map(read).collect()
}

fn scaled(own: &Definition, table: &[(f64, f64)], by: f64) -> Candidate {
    let points = table.iter().map(|p| Some((p.0 * by, p.1 * by))).collect();
    Candidate {
        definition: format!("{own} x {by}"),
        kind: CandidateKind::Separator,
        points,
        more: vec![],
        on_grid: false,
    }
}

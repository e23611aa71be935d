//! The definition that was settled by the beginning of a file, held against every stretch of the rest.

use super::locate::{Guard, Placing, corners, ranked};
use crate::domain::layer::crs_guard::{
    Corners, Judgement, SAME_CORNER_M, Spread, Stretch, judge, means_another, on_centimetres, share_inside,
};
use crate::domain::problem::FieldProblem;
use crate::flow::Result;
use crate::gis::crs::{Sample, Transformer, candidates};
use crate::store::geometry::from_ewkb;
use crate::store::reference::corners_near;
use geo::CoordsIter;
use sqlx::PgConnection;

/// Stretches that are looked at under every reading; each costs as much as the beginning of a file.
const MOST_JUDGED: usize = 12;
/// Share of the corners that a stretch must meet where there is a map, to be above suspicion.
const MEETS: f64 = 0.3;

/// Rows that were meant otherwise than declared, and what would fit them. Where that is the whole file, it is not mixed.
pub async fn mixed(
    conn: &mut PgConnection,
    p: &Placing<'_>,
    guard: &Guard,
    t: &Transformer,
    all: &Spread,
) -> Result<Vec<FieldProblem>> {
    let all = all.stretches();
    let suspects = suspects(conn, p, guard, t, &all).await?;
    let runs = runs(&suspects);
    // of many suspects some, spread over all of them
    let step = suspects.len().div_ceil(MOST_JUDGED).max(1);
    let mut problems = Vec::new();
    for i in suspects.iter().copied().step_by(step) {
        let run = runs.iter().find(|r| r.0 <= i && i <= r.1).copied().unwrap_or((i, i));
        let rows = (all[run.0].first_row, all[run.1].last_row);
        if run == (0, all.len() - 1) {
            break;
        }
        let judgement = judged(conn, p, guard, &all[i]).await?;
        if means_another(&judgement) && !problems.iter().any(|(r, _)| *r == rows) {
            problems.push((rows, problem(guard, rows, &judgement)));
        }
    }
    Ok(problems.into_iter().map(|(_, p)| p).collect())
}

/// Stretches that do not lie where the beginning lies, or do not meet the map or the grid as it does; ascending.
async fn suspects(
    conn: &mut PgConnection,
    p: &Placing<'_>,
    guard: &Guard,
    t: &Transformer,
    all: &[Stretch],
) -> Result<Vec<usize>> {
    let place = |s: &Stretch| s.points.iter().map(|p| t.point(p.0, p.1).ok()).collect::<Vec<_>>();
    let placed: Vec<Vec<Option<(f64, f64)>>> = all.iter().map(place).collect();
    let everywhere: Vec<(f64, f64)> = placed.iter().flatten().flatten().copied().collect();
    let mut found = Vec::new();
    for ewkb in corners_near(conn, p.zone.srid, &everywhere, SAME_CORNER_M).await? {
        found.extend(from_ewkb(&ewkb)?.coords_iter().map(|c| (c.x, c.y)));
    }
    let map = Corners::new(found);
    let doubtful = |i: &usize| {
        let (stretch, here) = (&all[*i], &placed[*i]);
        let beside = share_inside(&guard.area, here, guard.how.margin_m) < guard.how.min_share;
        let off_map = map.agreement(here).is_some_and(|m| m.share < MEETS);
        let off_grid = guard.on_grid && !on_centimetres(&stretch.points);
        beside || off_map || off_grid
    };
    Ok((0..all.len()).filter(doubtful).collect())
}

async fn judged(conn: &mut PgConnection, p: &Placing<'_>, guard: &Guard, s: &Stretch) -> Result<Judgement> {
    let sample = Sample { points: s.points.clone(), more: vec![] };
    let list = candidates(p.book, p.zone, &guard.definition, &sample).map_err(super::locate::broken)?;
    let corners = corners(conn, p.zone.srid, &guard.area, &list, guard.how).await?;
    Ok(judge(&guard.area, &corners, &list, guard.how))
}

/// Neighbouring suspects as one: first and last.
fn runs(suspects: &[usize]) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for i in suspects.iter().copied() {
        match out.last_mut() {
            Some(run) if run.1 + 1 == i => run.1 = i,
            _ => out.push((i, i)),
        }
    }
    out
}

fn problem(guard: &Guard, rows: (u64, u64), j: &Judgement) -> FieldProblem {
    let (share, fits) = match j {
        Judgement::Refused { share_inside, candidates, .. } | Judgement::Ambiguous { share_inside, candidates, .. } => {
            (*share_inside, candidates.iter().take(5).map(ranked).collect::<Vec<_>>())
        }
        _ => (0.0, vec![]),
    };
    let found = format!("rows {}-{}: {}: {:.0} % in {}", rows.0, rows.1, guard.definition, share * 100.0, guard.name);
    let allowed = format!("one definition for all rows; these rows fit {}; or crs with crs_reason", fits.join(", "));
    FieldProblem::new("crs", "crs-mixed", found, allowed)
}

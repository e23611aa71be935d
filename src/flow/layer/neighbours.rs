//! Overlaps and cracks between the parcels of one version: a sweep from west to east that keeps only what can still touch.

use crate::domain::layer::topology::{CRACK_M, Conflict, Drawn, conflict};
use crate::store::feature::{lay_out, sweep};
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::layer::{IssueRow, add_issues};
use rayon::prelude::*;
use serde_json::json;
use sqlx::PgConnection;

struct Placed {
    fid: i64,
    key: Option<String>,
    drawn: Drawn,
}

/// Parcels compared at one go.
const STEP: usize = 2_000;

/// Writes a remark for every pair that conflicts; gives the number of the next issue.
pub async fn examine(
    conn: &mut PgConnection,
    zone: i32,
    version: i64,
    least_overlap: f64,
    mut next_no: i32,
) -> crate::flow::Result<i32> {
    let mut active: Vec<Placed> = Vec::new();
    let mut after = 0;
    lay_out(conn, zone, version).await?;
    loop {
        let rows = sweep(conn, after, STEP as i64).await?;
        let Some(last) = rows.last() else { return Ok(next_no) };
        after = last.place;
        let fresh: Vec<Placed> = rows
            .into_iter()
            .filter_map(|r| {
                let shape = polygons(from_ewkb(&r.ewkb).ok()?)?;
                Some(Placed { fid: r.fid, key: r.key, drawn: Drawn::new(shape)? })
            })
            .collect();
        let from = fresh.first().map_or(f64::MIN, |p| p.drawn.bbox.min().x);
        active.retain(|p| p.drawn.bbox.max().x + CRACK_M >= from);
        let first_new = active.len();
        active.extend(fresh);
        let found = tokio::task::block_in_place(|| compare(&active, first_new, least_overlap));
        add_issues(conn, version, zone, next_no, &found).await?;
        next_no += found.len() as i32;
    }
}

fn compare(active: &[Placed], first_new: usize, least_overlap: f64) -> Vec<IssueRow> {
    (first_new..active.len())
        .into_par_iter()
        .flat_map_iter(|i| {
            let a = &active[i];
            active[..i].iter().filter_map(move |b| {
                let reaches = b.drawn.bbox.max().x + CRACK_M >= a.drawn.bbox.min().x;
                let c = if reaches { conflict(&a.drawn, &b.drawn, least_overlap) } else { None }?;
                Some(remark(a, b, &c))
            })
        })
        .collect()
}

fn remark(a: &Placed, b: &Placed, c: &Conflict) -> IssueRow {
    let (code, at, detail) = match c {
        Conflict::Overlap { area, at } => (
            "overlap",
            at,
            json!({"with_row": b.fid, "with": b.key, "key": a.key, "area_m2": (area * 1000.0).round() / 1000.0}),
        ),
        Conflict::Gap { width, at } => (
            "gap",
            at,
            json!({"with_row": b.fid, "with": b.key, "key": a.key, "width_m": (width * 1000.0).round() / 1000.0}),
        ),
    };
    IssueRow { row_no: a.fid, set_aside: false, code: code.into(), detail, e: Some(at.x()), n: Some(at.y()), raw: None }
}

//! Overlaps and cracks between the parcels of one version: a sweep from west to east that keeps only what can still touch.

use crate::domain::layer::topology::{CRACK_M, Conflict, Drawn, conflict};
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::layer_issue::{self, IssueRow};
use crate::store::stage::{Stage, lay_out, sweep};
use geo::Rect;
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use serde_json::json;
use sqlx::PgConnection;

struct Placed {
    fid: i64,
    key: Option<String>,
    drawn: Drawn,
}

/// Writes a remark for every pair that conflicts; gives the number of the next issue. Needs a transaction.
pub async fn examine(
    conn: &mut PgConnection,
    stage: Stage,
    least_overlap: f64,
    mut next_no: i32,
) -> crate::flow::Result<i32> {
    let mut active: Vec<Placed> = Vec::new();
    lay_out(conn, stage).await?;
    loop {
        let rows = sweep(conn).await?;
        if rows.is_empty() {
            return Ok(next_no);
        }
        let found = tokio::task::block_in_place(|| {
            let fresh: Vec<Placed> = rows
                .into_par_iter()
                .filter_map(|r| {
                    let shape = polygons(from_ewkb(&r.ewkb).ok()?)?;
                    Some(Placed { fid: r.fid, key: r.key, drawn: Drawn::new(shape)? })
                })
                .collect();
            let from = fresh.first().map_or(f64::MIN, |p| p.drawn.bbox.min().x);
            active.retain(|p| p.drawn.bbox.max().x + CRACK_M >= from);
            let first_new = active.len();
            active.extend(fresh);
            compare(&active, first_new, least_overlap)
        });
        layer_issue::add(conn, stage.version, stage.zone, next_no, &found).await?;
        next_no += found.len() as i32;
    }
}

fn corners(r: &Rect<f64>, by: f64) -> ([f64; 2], [f64; 2]) {
    ([r.min().x - by, r.min().y - by], [r.max().x + by, r.max().y + by])
}

/// Each new parcel against all that came before it and lie near, in their order.
fn compare(active: &[Placed], first_new: usize, least_overlap: f64) -> Vec<IssueRow> {
    let boxed = |(i, p): (usize, &Placed)| {
        let (low, high) = corners(&p.drawn.bbox, 0.0);
        GeomWithData::new(Rectangle::from_corners(low, high), i)
    };
    let near = RTree::bulk_load(active.iter().enumerate().map(boxed).collect());
    (first_new..active.len())
        .into_par_iter()
        .flat_map_iter(|i| {
            let a = &active[i];
            let (low, high) = corners(&a.drawn.bbox, CRACK_M);
            let around = near.locate_in_envelope_intersecting(AABB::from_corners(low, high));
            let mut before: Vec<usize> = around.map(|o| o.data).filter(|o| *o < i).collect();
            before.sort_unstable();
            before.into_iter().filter_map(move |b| {
                let b = &active[b];
                Some(remark(a, b, &conflict(&a.drawn, &b.drawn, least_overlap)?))
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
    let (e, n) = (Some(at.x()), Some(at.y()));
    IssueRow { row_no: a.fid, set_aside: false, code: code.into(), detail, e, n, extent: None, raw: None }
}

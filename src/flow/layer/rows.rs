//! Raw rows into rows of a layer: text decoded, geometry placed and examined, faults named. Pure work for all cores.

use super::examine::examined;
use super::locate::first_point;
use crate::domain::layer::crs_guard::Spread;
use crate::domain::layer::filter::Filter;
use crate::domain::layer::row::{Cell, MOST_HALF_WIDTH_M, Reading, Remark, Row, row_hash};
use crate::domain::text::charset::Encoding;
use crate::domain::theme::Family;
use crate::gis::crs::Transformer;
use crate::gis::reader::{RawFeature, RawValue};
use crate::store::geometry::{from_ewkb, to_ewkb};
use crate::store::layer_issue::IssueRow;
use crate::store::stage::NewFeature;
use geo::{BoundingRect, CoordsIter, Distance, Euclidean, Intersects, MonotonicPolygons, Rect};
use geo_types::{Geometry, MultiPolygon, Point};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Said of a row that lies wholly beyond what its map is claimed to cover.
pub const OUTSIDE_COVERAGE: &str = "outside_coverage";

/// Everything a row is read with.
pub struct RowContext<'a> {
    pub reading: Reading<'a>,
    pub filter: &'a Filter,
    pub encodings: &'a [Encoding],
    pub transformer: &'a Transformer,
    /// EPSG code the transformer leads to.
    pub zone: i32,
    /// The commune that rows must lie in.
    pub fence: Option<&'a Fence>,
    /// The area that somebody wrote down as covered: what lies beyond it is told.
    pub claimed: Option<&'a Fence>,
}

/// An area that rows are held against.
pub struct Fence {
    pub name: String,
    bbox: Rect<f64>,
    inside: MonotonicPolygons<f64>,
    area: MultiPolygon<f64>,
}

/// How a row lies to a fence.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Lies {
    Inside,
    /// With this share of its vertices inside; none of a line that crosses, or an area that holds it all.
    Partly(f64),
    Outside,
}

/// Coordinates of maps are written to the centimetre.
const GRID_M: f64 = 0.01;

impl Fence {
    pub fn new(name: String, area: MultiPolygon<f64>) -> Option<Self> {
        Some(Self { name, bbox: area.bounding_rect()?, inside: MonotonicPolygons::from(area.clone()), area })
    }

    fn lies(&self, g: &Geometry<f64>) -> Lies {
        match self.share(g, 0.0) {
            1.0 => Lies::Inside,
            // its sides may cross the fence between vertices that lie outside
            0.0 if !self.area.intersects(g) => Lies::Outside,
            // what runs along the fence is not beyond it
            _ => match self.share(g, GRID_M) {
                1.0 => Lies::Inside,
                share => Lies::Partly(share),
            },
        }
    }

    /// Share of the vertices that lie inside, or no farther than `beyond` (m) outside.
    fn share(&self, g: &Geometry<f64>, beyond: f64) -> f64 {
        let (mut all, mut inside) = (0usize, 0usize);
        for c in g.coords_iter() {
            all += 1;
            let near = c.x >= self.bbox.min().x
                && c.x <= self.bbox.max().x
                && c.y >= self.bbox.min().y
                && c.y <= self.bbox.max().y;
            let within = near && self.inside.intersects(&c);
            inside += usize::from(within || beyond > 0.0 && Euclidean.distance(&Point(c), &self.area) <= beyond);
        }
        inside as f64 / all.max(1) as f64
    }
}

/// Rows that go on, and what was said about any row.
#[derive(Default)]
pub struct Batch {
    pub good: Vec<NewFeature>,
    pub issues: Vec<IssueRow>,
    pub set_aside: i64,
    /// Rows that were not asked for.
    pub passed_over: i64,
    /// Easting and northing bounds of the good rows.
    pub bounds: Option<Rect<f64>>,
    /// Largest half width of a good row (m).
    pub reach_m: f64,
    /// Rows of the file, and the number of the last one.
    pub rows: i64,
    pub last_row: u64,
}

pub fn process(cx: &RowContext<'_>, raw: Vec<RawFeature>) -> Batch {
    let (rows, last_row) = (raw.len() as i64, raw.last().map_or(0, |f| f.row_no));
    let done: Vec<Option<Outcome>> = raw.into_par_iter().map(|f| one(cx, &f)).collect();
    let mut out = Batch { rows, last_row, ..Batch::default() };
    for outcome in done {
        let Some(Outcome { good, issues, place, half_width }) = outcome else {
            out.passed_over += 1;
            continue;
        };
        if good.is_some() {
            out.bounds = join(out.bounds, place);
            out.reach_m = out.reach_m.max(half_width);
        } else {
            out.set_aside += 1;
        }
        out.good.extend(good);
        out.issues.extend(issues);
    }
    out
}

pub fn join(a: Option<Rect<f64>>, b: Option<Rect<f64>>) -> Option<Rect<f64>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Rect::new(
            (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
            (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
        )),
        (a, b) => a.or(b),
    }
}

/// A row that goes on (or not), what was said about it, and its box.
struct Outcome {
    good: Option<NewFeature>,
    issues: Vec<IssueRow>,
    place: Option<Rect<f64>>,
    /// m; 0 for what takes no ground beside it.
    half_width: f64,
}

/// Takes points of the rows that were asked for, as they stand in the file.
pub fn look(cx: &RowContext<'_>, raw: &[RawFeature], spread: &mut Spread) {
    for f in raw {
        spread.reaches(f.row_no);
        if spread.wants(f.row_no)
            && let Some(at) = first_point(f)
            && cx.filter.takes(&decode(cx, f))
        {
            spread.add(f.row_no, at);
        }
    }
}

/// None: a row that was not asked for.
fn one(cx: &RowContext<'_>, f: &RawFeature) -> Option<Outcome> {
    let cells = decode(cx, f);
    if !cx.filter.takes(&cells) {
        return None;
    }
    let (row, mut remarks) = cx.reading.read(&cells);
    if let Some(p) = &f.problem {
        remarks.push(Remark::bad("row_unreadable", json!({"reader": p.code, "message": p.message})));
    }
    if f.flags.had_z() {
        remarks.push(Remark::note("height_dropped", Value::Null));
    }
    if f.flags.has(crate::gis::reader::Flags::CURVE) {
        remarks.push(Remark::note("curve_made_straight", Value::Null));
    }
    let placed = if f.problem.is_some() { None } else { placed(cx, f, &mut remarks) };
    let place = placed.as_ref().and_then(extent);
    let geom = placed.and_then(|g| sound(cx, g, &mut remarks));
    let bad = remarks.iter().any(|r| r.set_aside);
    let half_width = cx.reading.theme.half_width(&row.attrs).unwrap_or(0.0);
    let hole = place.filter(|_| bad && half_width <= MOST_HALF_WIDTH_M).and_then(|r| hole(cx.zone, r, half_width));
    let said = Said { row_no: f.row_no, place, hole, raw: bad.then(|| raw_json(cx, &cells, f)) };
    let issues = remarks.into_iter().map(|r| said.issue(r)).collect();
    let good = if bad { None } else { store_row(cx, f, &row, geom) };
    Some(Outcome { good, issues, place, half_width })
}

/// The box of all coordinates, where they are coordinates of this world.
fn extent(g: &Geometry<f64>) -> Option<Rect<f64>> {
    const WORLD_M: f64 = 2e7;
    let known = g.coords_iter().all(|c| c.x.abs() <= WORLD_M && c.y.abs() <= WORLD_M);
    if known { g.bounding_rect() } else { None }
}

/// Where a row that was set aside may lie: its box and what it takes beside it, a centimetre at least.
fn hole(zone: i32, r: Rect<f64>, half_width: f64) -> Option<Vec<u8>> {
    let by = half_width.max(0.01);
    let r = Rect::new((r.min().x - by, r.min().y - by), (r.max().x + by, r.max().y + by));
    to_ewkb(&Geometry::Polygon(r.to_polygon()), zone).ok()
}

/// What all remarks on a row have in common.
struct Said {
    row_no: u64,
    place: Option<Rect<f64>>,
    hole: Option<Vec<u8>>,
    raw: Option<Value>,
}

impl Said {
    fn issue(&self, r: Remark) -> IssueRow {
        let at = self.place.map(|r| (r.center().x, r.center().y));
        let extent = self.hole.clone().filter(|_| r.set_aside);
        IssueRow { extent, ..issue(self.row_no, r, at, self.raw.clone()) }
    }
}

fn issue(row_no: u64, mut r: Remark, at: Option<(f64, f64)>, raw: Option<Value>) -> IssueRow {
    let own = |k: &str| r.detail.get(k).and_then(Value::as_f64);
    let at = own("e").zip(own("n")).or(at);
    if let Some(o) = r.detail.as_object_mut() {
        o.remove("e");
        o.remove("n");
    }
    IssueRow {
        row_no: row_no as i64,
        set_aside: r.set_aside,
        code: r.code.into(),
        detail: r.detail,
        e: at.map(|a| a.0),
        n: at.map(|a| a.1),
        extent: None,
        raw,
    }
}

/// A bad row is kept as it came, as far as it could be read, without the columns that name people (they stay in the kept
/// upload only); its geometry as hex WKB up to a size.
fn raw_json(cx: &RowContext<'_>, cells: &[Cell], f: &RawFeature) -> Value {
    let dropped = &cx.reading.mapping.dropped;
    let all = cx.reading.columns.iter().zip(cells);
    let fields: BTreeMap<&str, Value> =
        all.filter(|(name, _)| !dropped.contains(name)).map(|(name, cell)| (name.as_str(), cell.json())).collect();
    let wkb = f.wkb.as_ref().filter(|w| w.len() <= 65_536).map(hex::encode);
    json!({"fields": fields, "wkb": wkb, "wkb_bytes": f.wkb.as_ref().map(Vec::len)})
}

fn decode(cx: &RowContext<'_>, f: &RawFeature) -> Vec<Cell> {
    let text =
        |i: usize, b: &[u8]| cx.encodings.get(i).copied().unwrap_or(Encoding::UTF8).decode(b).text.replace('\0', "");
    let cell = |(i, v): (usize, &RawValue)| match v {
        RawValue::Null => Cell::Null,
        RawValue::Int(n) => Cell::Int(*n),
        RawValue::Real(r) => Cell::Real(*r),
        RawValue::Text(b) => Cell::Text(text(i, b)),
    };
    f.values.iter().enumerate().map(cell).collect()
}

/// The geometry in the zone, as it was drawn.
fn placed(cx: &RowContext<'_>, f: &RawFeature, remarks: &mut Vec<Remark>) -> Option<Geometry<f64>> {
    let family = cx.reading.theme.family;
    let Some(wkb) = &f.wkb else {
        match family {
            Family::Encumbrance | Family::Register => {}
            Family::Parcel => remarks.push(Remark::note("geometry_missing", Value::Null)),
            _ => remarks.push(Remark::bad("geometry_missing", Value::Null)),
        }
        return None;
    };
    match from_ewkb(wkb).map_err(|e| e.to_string()).and_then(|g| cx.transformer.geometry(g).map_err(|e| e.to_string()))
    {
        Ok(g) if g.coords_iter().next().is_some() => return Some(g),
        Ok(_) => remarks.push(Remark::bad("geometry_empty", Value::Null)),
        Err(why) => remarks.push(Remark::bad("geometry_unreadable", json!({"why": why}))),
    }
    None
}

/// The geometry as it can be measured.
fn sound(cx: &RowContext<'_>, g: Geometry<f64>, remarks: &mut Vec<Remark>) -> Option<Geometry<f64>> {
    let family = cx.reading.theme.family;
    let g = examined(family, g, remarks)?;
    let percent = |share: f64| (share * 100.0).round();
    if let Some(fence) = cx.fence {
        match fence.lies(&g) {
            Lies::Outside => remarks.push(Remark::bad("outside_commune", json!({"commune": fence.name}))),
            Lies::Partly(share) if family == Family::Parcel => remarks.push(Remark::note(
                "partly_outside_commune",
                json!({"commune": fence.name, "vertices_inside_percent": percent(share)}),
            )),
            Lies::Partly(_) | Lies::Inside => {}
        }
    }
    // what is drawn holds wherever it lies; beyond what is claimed, the map is only not complete
    match cx.claimed.map(|claimed| claimed.lies(&g)) {
        Some(Lies::Outside) => remarks.push(Remark::note(OUTSIDE_COVERAGE, Value::Null)),
        Some(Lies::Partly(share)) => {
            remarks.push(Remark::note("partly_outside_coverage", json!({"vertices_inside_percent": percent(share)})));
        }
        Some(Lies::Inside) | None => {}
    }
    Some(g)
}

fn store_row(cx: &RowContext<'_>, f: &RawFeature, row: &Row, geom: Option<Geometry<f64>>) -> Option<NewFeature> {
    let attrs: BTreeMap<&String, &Value> = row.attrs.iter().collect();
    let attrs = serde_json::to_string(&attrs).ok()?;
    let ewkb = match geom {
        Some(g) => Some(to_ewkb(&g, cx.zone).ok()?),
        None => None,
    };
    let row_hash = row_hash(row, &attrs, ewkb.as_deref());
    Some(NewFeature {
        fid: f.row_no as i64,
        key: row.key.clone(),
        code: row.code.clone(),
        label: row.label.clone(),
        attrs,
        ewkb,
        row_hash,
    })
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;

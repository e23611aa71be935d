//! A parcel against many map features of one code: union first, then measured.

use super::clip::{Clipped, boxes_meet, clip, grow};
use super::common_area::common_area;
use super::indexed::Indexed;
use super::interval::interval;
use super::join::join;
use super::lines::Taken;
use super::pieces::Piece;
use super::validity::{Flaw, flaws, repair};
use crate::domain::verify::AreaInterval;
use geo::orient::{Direction, Orient};
use geo::{Area, BooleanOps, BoundingRect, Contains, Distance, Euclidean, Length};
use geo_types::{Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon, Rect};
use std::borrow::Cow;
use std::slice;

/// Boundaries closer than this (m) touch: a millimetre is below every map's grid.
pub const TOUCH_M: f64 = 0.001;
/// Areas below this (m²) are the rounding of the boolean operation.
const NOTHING_M2: f64 = 1e-6;

/// A parcel that was found fit to be measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    pub shape: MultiPolygon<f64>,
    pub bbox: Rect<f64>,
    /// m².
    pub area: f64,
    /// m, holes included.
    pub perimeter: f64,
}

impl Measured {
    /// Refuses a shape with fatal flaws, naming all flaws.
    pub fn new(shape: &MultiPolygon<f64>) -> Result<Self, Vec<Flaw>> {
        let found = flaws(shape);
        if found.iter().any(|f| f.kind.fatal()) {
            return Err(found);
        }
        let Some(bbox) = shape.bounding_rect() else { return Err(found) };
        let perimeter = shape.0.iter().flat_map(super::validity::rings).map(|r| Euclidean.length(r)).sum();
        let shape = shape.orient(Direction::Default);
        let area = shape.unsigned_area();
        Ok(Self { shape, bbox, area, perimeter })
    }

    /// Area that two measured shapes have in common (m²).
    pub fn common_with(&self, other: &Measured) -> f64 {
        if boxes_meet(&self.bbox, &other.bbox) { common_area(&self.shape, &other.shape.0) } else { 0.0 }
    }
}

/// How a parcel and a zone lie to each other. Ordered by nearness.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Relation {
    Apart,
    /// No common area; metres between them, within the search distance.
    Near(f64),
    Touch,
    Overlap,
}

/// Result of one overlay.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    pub relation: Relation,
    /// Parcel within the union of the pieces.
    pub shape: MultiPolygon<f64>,
    /// Nominal, smallest and largest area (m²).
    pub area: AreaInterval,
    /// Parts of lines without a width that run inside the parcel, and their length (m).
    pub lines: MultiLineString<f64>,
    pub length: f64,
    /// Features that share area or length with the parcel, ascending.
    pub fids: Vec<i64>,
    /// Features whose ring crosses itself here; measured after repair (odd parity is inside).
    pub crossing: Vec<i64>,
    /// Features that could not be measured: a coordinate is not a number.
    pub broken: Vec<i64>,
    /// Features with a point without a width on the parcel, or within `sigma` of it: nobody can tell what ground they take.
    pub points: Vec<i64>,
    /// Those of them with a point that is on the parcel wherever its boundary lies within `sigma`.
    pub deep: Vec<i64>,
}

impl Overlap {
    /// Share of the parcel in percent.
    pub fn share(&self, parcel: &Measured) -> f64 {
        100.0 * self.area.nominal / parcel.area
    }
}

/// Area (m²) that `parcel` and an area feature have in common; nothing else of [`overlay`]. Zero where it cannot be measured.
pub fn common_m2(parcel: &Measured, zone: &Indexed) -> f64 {
    let window = parcel.bbox;
    let mut sum = 0.0;
    for area in zone.areas().iter().filter(|a| a.bbox().is_some_and(|b| boxes_meet(&b, &window))) {
        sum += match clip(area, &window) {
            Clipped::Outside => 0.0,
            Clipped::Whole => parcel.area,
            Clipped::Part { polygon, .. } if area.crosses_itself() => common_area(&parcel.shape, &repair(&polygon).0),
            Clipped::Part { polygon, .. } => common_area(&parcel.shape, [&polygon]),
        };
    }
    sum.clamp(0.0, parcel.area)
}

struct Local {
    fid: i64,
    polygon: Polygon<f64>,
    /// Two edges cross here.
    crossing: bool,
    /// Two edges cross somewhere: parity decides what is inside, not winding.
    tangled: bool,
    whole: bool,
}

impl Local {
    /// What is inside, as polygons whose rings do not cross themselves.
    fn simple(&self) -> Cow<'_, [Polygon<f64>]> {
        if self.tangled { Cow::Owned(repair(&self.polygon).0) } else { Cow::Borrowed(slice::from_ref(&self.polygon)) }
    }
}

/// Where the pieces lie that [`overlay`] looks at.
fn window_of(parcel: &Measured, sigma: f64) -> Rect<f64> {
    grow(&parcel.bbox, sigma * 3.0 + 0.5)
}

/// May the piece be anything to the parcel? If not, [`overlay`] says the same with it and without it.
pub fn may_matter(parcel: &Measured, piece: &Piece<'_>, sigma: f64) -> bool {
    piece.may_be_near(&window_of(parcel, sigma.max(0.0))) || !piece.geom.is_finite()
}

/// Measures `parcel` against the union of `pieces`. `sigma` (m): combined positional accuracy of both maps, also the
/// distance up to which "near" is told.
pub fn overlay(parcel: &Measured, pieces: &[Piece<'_>], sigma: f64) -> Overlap {
    measure(parcel, pieces, sigma, true)
}

/// As [`overlay`] without the shape, and with its area as it is drawn only.
pub fn overlay_as_drawn(parcel: &Measured, pieces: &[Piece<'_>], sigma: f64) -> Overlap {
    measure(parcel, pieces, sigma, false)
}

fn measure(parcel: &Measured, pieces: &[Piece<'_>], sigma: f64, whole: bool) -> Overlap {
    let sigma = sigma.max(0.0);
    let window = window_of(parcel, sigma);
    let mut out = nothing();
    let mut local = Vec::new();
    let mut lines = Vec::new();
    for piece in pieces {
        if !piece.geom.is_finite() {
            out.broken.push(piece.fid);
            continue;
        }
        let near = piece.near(&window);
        for area in near.polygons {
            let (polygon, crossing, whole) = match clip(&area, &window) {
                Clipped::Outside => continue,
                Clipped::Whole => (window.to_polygon(), false, true),
                Clipped::Part { polygon, crossing } => (polygon, crossing, false),
            };
            let tangled = !whole && area.crosses_itself();
            local.push(Local { fid: piece.fid, polygon, crossing, tangled, whole });
        }
        lines.extend(near.lines.into_iter().map(|l| (piece.fid, l)));
        let on = |p: &Point<f64>| distance(parcel, &Geometry::Point(*p)) <= sigma.max(TOUCH_M);
        if near.points.iter().any(on) {
            out.points.push(piece.fid);
        }
        if near.points.iter().any(|p| deep(parcel, p, sigma)) {
            out.deep.push(piece.fid);
        }
    }
    out.crossing = local.iter().filter(|l| l.crossing).map(|l| l.fid).collect();
    measure_lines(parcel, &lines, &mut out);
    measure_areas(parcel, &local, sigma, &window, whole, &mut out);
    for list in [&mut out.fids, &mut out.crossing, &mut out.broken, &mut out.points, &mut out.deep] {
        list.sort_unstable();
        list.dedup();
    }
    if out.relation == Relation::Apart {
        out.relation = nearness(parcel, &local, &lines, sigma);
    }
    out
}

/// Inside, and farther than `sigma` from every side.
fn deep(parcel: &Measured, p: &Point<f64>, sigma: f64) -> bool {
    let outline = || parcel.shape.0.iter().flat_map(super::validity::rings);
    parcel.shape.contains(p) && outline().all(|r| Euclidean.distance(p, r) > sigma)
}

fn nothing() -> Overlap {
    Overlap {
        relation: Relation::Apart,
        shape: MultiPolygon(vec![]),
        area: AreaInterval { low: 0.0, nominal: 0.0, high: 0.0 },
        lines: MultiLineString(vec![]),
        length: 0.0,
        fids: vec![],
        crossing: vec![],
        broken: vec![],
        points: vec![],
        deep: vec![],
    }
}

fn measure_lines(parcel: &Measured, lines: &[(i64, LineString<f64>)], out: &mut Overlap) {
    let mut taken = Taken::default();
    for (fid, line) in lines {
        let inside = parcel.shape.clip(&MultiLineString(vec![line.clone()]), false);
        if Euclidean.length(&inside) > TOUCH_M {
            let new = taken.add(inside);
            out.length += Euclidean.length(&new);
            out.lines.0.extend(new.0);
            out.fids.push(*fid);
            out.relation = Relation::Overlap;
        }
    }
}

fn measure_areas(parcel: &Measured, local: &[Local], sigma: f64, window: &Rect<f64>, shape: bool, out: &mut Overlap) {
    if local.is_empty() {
        return;
    }
    let whole = local.iter().any(|l| l.whole);
    let zone = if whole { MultiPolygon(vec![window.to_polygon()]) } else { union(local) };
    let nominal = if whole { parcel.area } else { common_area(&parcel.shape, &zone.0).clamp(0.0, parcel.area) };
    let nominal = if nominal > NOTHING_M2 { nominal } else { 0.0 };
    if nominal > 0.0 {
        out.relation = Relation::Overlap;
        out.fids.extend(hitting(parcel, local));
        out.shape = if !shape {
            MultiPolygon(vec![])
        } else if whole || parcel.area - nominal <= NOTHING_M2 {
            parcel.shape.clone()
        } else {
            parcel.shape.intersection(&zone)
        };
    }
    out.area = interval(parcel, &zone, nominal, if shape { sigma } else { 0.0 });
}

fn hitting(parcel: &Measured, local: &[Local]) -> Vec<i64> {
    let hits = |l: &&Local| local.len() == 1 || l.whole || common_area(&parcel.shape, l.simple().as_ref()) > NOTHING_M2;
    local.iter().filter(hits).map(|l| l.fid).collect()
}

/// Union of the cut polygons. Each is first made simple by itself, so that neither a crossing ring nor the same polygon
/// twice can take area away or count it double.
fn union(local: &[Local]) -> MultiPolygon<f64> {
    let simple = local.iter().flat_map(|l| l.simple().into_owned());
    if local.len() == 1 { simple.collect() } else { join(simple) }
}

fn nearness(parcel: &Measured, local: &[Local], lines: &[(i64, LineString<f64>)], sigma: f64) -> Relation {
    let reach = grow(&parcel.bbox, sigma.max(TOUCH_M));
    let areas = local.iter().filter(|l| l.polygon.bounding_rect().is_some_and(|b| boxes_meet(&b, &reach)));
    let to_area = areas.map(|l| distance(parcel, &Geometry::Polygon(l.polygon.clone())));
    let to_line = lines.iter().map(|(_, l)| distance(parcel, &Geometry::LineString(l.clone())));
    let nearest = to_area.chain(to_line).fold(f64::INFINITY, f64::min);
    match nearest {
        d if d <= TOUCH_M => Relation::Touch,
        d if d <= sigma => Relation::Near(d),
        _ => Relation::Apart,
    }
}

fn distance(parcel: &Measured, to: &Geometry<f64>) -> f64 {
    Euclidean.distance(&Geometry::MultiPolygon(parcel.shape.clone()), to)
}

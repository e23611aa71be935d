//! Running pipelines. A `Proj` cannot leave its thread, so each thread keeps its own; a [`Transformer`] is only text and may go anywhere.

use super::{Base, CrsError, Definition, Operation, ZoneBook, ZoneDef, ZoneKind};
use geo::{CoordsIter, MapCoordsInPlace};
use geo_types::Geometry;
use proj::Proj;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

const FROM_DEG: &str = "+step +proj=unitconvert +xy_in=deg +xy_out=rad";
const TO_DEG: &str = "+step +proj=unitconvert +xy_in=rad +xy_out=deg";

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    pipeline: String,
    inverse: bool,
}

/// A fixed chain of pipelines from one reading of coordinates to another. Exact to below a millimetre; immutable, `Send + Sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transformer {
    swap: bool,
    /// What comes in (after swapping) is longitude, latitude.
    degrees: bool,
    steps: Vec<Step>,
}

impl Transformer {
    /// From `source` to the metres of `zone`.
    pub fn to_zone(book: &ZoneBook, source: &Definition, zone: &ZoneDef) -> Result<Self, CrsError> {
        let (swap, degrees) = (source.swapped, source.is_degrees());
        let op = source.operation;
        let national = op == Operation::National;
        if national && source.base == Base::Zone(zone.srid) {
            return Ok(Self { swap, degrees, steps: Vec::new() });
        }
        let geographic = vn2000_to_geographic(book, source.base)?;
        let steps = match (geographic, vn2000_tm(zone)) {
            // Within VN-2000 there is no datum to cross.
            (Some(from), Some(to)) if national => vec![forward(format!("+proj=pipeline {from} {to}"))],
            // On WGS 84, and brought there by other numbers than the nation's: back by the same.
            (None, Some(to)) if !national => {
                let mut steps = to_wgs84(book, source)?;
                steps.push(forward(format!("+proj=pipeline {FROM_DEG} {} {to}", helmert(op, true))));
                steps
            }
            _ => {
                let mut steps = to_wgs84(book, source)?;
                steps.push(forward(zone.from_wgs84.clone()));
                steps
            }
        };
        Ok(Self { swap, degrees, steps })
    }

    /// From `source` to WGS 84 longitude, latitude in degrees.
    pub fn to_wgs84(book: &ZoneBook, source: &Definition) -> Result<Self, CrsError> {
        Ok(Self { swap: source.swapped, degrees: source.is_degrees(), steps: to_wgs84(book, source)? })
    }

    /// From WGS 84 longitude, latitude in degrees to the metres of `zone`.
    pub fn zone_from_wgs84(zone: &ZoneDef) -> Self {
        Self { swap: false, degrees: true, steps: vec![forward(zone.from_wgs84.clone())] }
    }

    /// From the metres of `zone` to WGS 84 longitude, latitude in degrees.
    pub fn zone_to_wgs84(zone: &ZoneDef) -> Self {
        Self { swap: false, degrees: false, steps: vec![Step { pipeline: zone.from_wgs84.clone(), inverse: true }] }
    }

    /// True when coordinates stay what they are, bit by bit.
    pub fn is_identity(&self) -> bool {
        !self.swap && self.steps.is_empty()
    }

    /// Transforms all points in place, or none: the first that has no place is the error.
    pub fn points(&self, points: &mut [(f64, f64)]) -> Result<(), CrsError> {
        if self.swap {
            points.iter_mut().for_each(|p| *p = (p.1, p.0));
        }
        if self.steps.is_empty() {
            return Ok(());
        }
        let before = points.to_vec();
        let bad = |p: &(f64, f64)| CrsError::OutOfDomain { x: p.0, y: p.1 };
        if let Some(p) = before.iter().find(|p| !self.may_enter(**p)) {
            return Err(bad(p));
        }
        for s in &self.steps {
            let p = engine(&s.pipeline)?;
            if p.project_array(points, s.inverse).is_err() {
                // PROJ does not say which one: ask again, one by one.
                let lost = before.iter().find(|b| self.run(**b).is_err()).or(before.first());
                return Err(lost.map_or(CrsError::OutOfDomain { x: f64::NAN, y: f64::NAN }, bad));
            }
        }
        match points.iter().position(|p| !p.0.is_finite() || !p.1.is_finite()) {
            Some(i) => Err(bad(&before[i])),
            None => Ok(()),
        }
    }

    /// One point.
    pub fn point(&self, x: f64, y: f64) -> Result<(f64, f64), CrsError> {
        self.run(if self.swap { (y, x) } else { (x, y) })
    }

    /// `point` is already in x, y order.
    fn run(&self, point: (f64, f64)) -> Result<(f64, f64), CrsError> {
        let lost = || CrsError::OutOfDomain { x: point.0, y: point.1 };
        if !self.may_enter(point) {
            return Err(lost());
        }
        let mut p = point;
        for s in &self.steps {
            p = engine(&s.pipeline)?.project(p, s.inverse).map_err(|_| lost())?;
        }
        if p.0.is_finite() && p.1.is_finite() { Ok(p) } else { Err(lost()) }
    }

    fn may_enter(&self, (x, y): (f64, f64)) -> bool {
        x.is_finite() && y.is_finite() && (!self.degrees || (x.abs() <= 180.0 && y.abs() <= 90.0))
    }

    /// Every vertex of `g`; edges stay straight between them. A rectangle or triangle becomes a polygon.
    pub fn geometry(&self, g: Geometry<f64>) -> Result<Geometry<f64>, CrsError> {
        if self.is_identity() {
            return Ok(g);
        }
        let mut g = match g {
            Geometry::Rect(r) => r.to_polygon().into(),
            Geometry::Triangle(t) => t.to_polygon().into(),
            g => g,
        };
        let mut points: Vec<(f64, f64)> = g.coords_iter().map(|c| (c.x, c.y)).collect();
        self.points(&mut points)?;
        // `coords_iter` and `map_coords` walk in the same order.
        let moved = RefCell::new(points.into_iter());
        let next = &moved;
        g.map_coords_in_place(|c| next.borrow_mut().next().map_or(c, Into::into));
        Ok(g)
    }
}

fn forward(pipeline: String) -> Step {
    Step { pipeline, inverse: false }
}

fn tm(central_meridian: f64, k0: f64) -> String {
    format!("+proj=tmerc +lat_0=0 +lon_0={central_meridian} +k={k0} +x_0=500000 +y_0=0 +ellps=WGS84")
}

fn utm_meridian(zone: u8) -> f64 {
    f64::from(zone) * 6.0 - 183.0
}

/// Steps from `base` to VN-2000 longitude, latitude in radians; `None` when it is not on that datum.
fn vn2000_to_geographic(book: &ZoneBook, base: Base) -> Result<Option<String>, CrsError> {
    let inverse = |cm, k0| Some(format!("+step +inv {}", tm(cm, k0)));
    Ok(match base {
        Base::Zone(n) => {
            let z = book.need(n)?;
            match (z.kind, z.central_meridian) {
                (ZoneKind::Vn2000Tm3, Some(cm)) => inverse(cm, 0.9999),
                _ => None,
            }
        }
        Base::Vn2000 => Some(FROM_DEG.to_owned()),
        Base::UtmVn2000(z) => inverse(utm_meridian(z), 0.9996),
        Base::Tm { central_meridian, k0, shift: true } => inverse(central_meridian, k0),
        Base::Wgs84 | Base::UtmWgs84(_) | Base::Tm { shift: false, .. } => None,
    })
}

/// The last step into a VN-2000 zone, from radians.
fn vn2000_tm(zone: &ZoneDef) -> Option<String> {
    match (zone.kind, zone.central_meridian) {
        (ZoneKind::Vn2000Tm3, Some(cm)) => Some(format!("+step {}", tm(cm, 0.9999))),
        _ => None,
    }
}

fn to_wgs84(book: &ZoneBook, source: &Definition) -> Result<Vec<Step>, CrsError> {
    let op = source.operation;
    Ok(match source.base {
        Base::Wgs84 => Vec::new(),
        // The zone's own pinned pipeline, run backwards.
        Base::Zone(n) if op == Operation::National || vn2000_to_geographic(book, source.base)?.is_none() => {
            vec![Step { pipeline: book.need(n)?.from_wgs84.clone(), inverse: true }]
        }
        Base::UtmWgs84(z) => vec![from_tm(utm_meridian(z), 0.9996)],
        Base::Tm { central_meridian, k0, shift: false } => vec![from_tm(central_meridian, k0)],
        Base::Zone(_) | Base::Vn2000 | Base::UtmVn2000(_) | Base::Tm { shift: true, .. } => {
            match vn2000_to_geographic(book, source.base)? {
                Some(s) => vec![forward(format!("+proj=pipeline {s} {} {TO_DEG}", helmert(op, false)))],
                None => Vec::new(),
            }
        }
    })
}

/// VN-2000 geographic (radians) -> WGS 84 (radians), or back; heights are left alone.
fn helmert(op: Operation, back: bool) -> String {
    let numbers = match op {
        Operation::National => {
            "+x=-191.90441429 +y=-39.30318279 +z=-111.45032835 +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 \
            +s=0.252906278 +convention=coordinate_frame"
        }
        Operation::Flipped => {
            "+x=-191.90441429 +y=-39.30318279 +z=-111.45032835 +rx=0.00928836 +ry=-0.01975479 +rz=0.00427372 \
            +s=0.252906278 +convention=coordinate_frame"
        }
        Operation::Epsg5194 => {
            "+x=-192.873 +y=-39.382 +z=-111.202 +rx=0.00205 +ry=0.0005 +rz=-0.00335 +s=0.0188 \
            +convention=coordinate_frame"
        }
    };
    let inv = if back { "+inv " } else { "" };
    format!(
        "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 +step {inv}+proj=helmert {numbers} \
         +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3"
    )
}

fn from_tm(central_meridian: f64, k0: f64) -> Step {
    forward(format!("+proj=pipeline +step +inv {} {TO_DEG}", tm(central_meridian, k0)))
}

thread_local! {
    static ENGINES: RefCell<HashMap<String, Rc<Proj>>> = RefCell::default();
}

/// The calling thread's own instance for `pipeline`.
fn engine(pipeline: &str) -> Result<Rc<Proj>, CrsError> {
    ENGINES.with_borrow_mut(|all| {
        if let Some(p) = all.get(pipeline) {
            return Ok(p.clone());
        }
        let p =
            Proj::new(pipeline).map_err(|e| CrsError::BadPipeline { what: pipeline.to_owned(), why: e.to_string() })?;
        let p = Rc::new(p);
        all.insert(pipeline.to_owned(), p.clone());
        Ok(p)
    })
}

#[cfg(test)]
mod tests;

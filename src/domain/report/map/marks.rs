//! Findings on the map: hatched, outlined, numbered.

use super::super::Tone;
use super::frame::Frame;
use super::place::{Placer, boxed};
use super::svg::{Face, Svg, area_path, line_path, n};
use crate::domain::verify::Shape;
use geo::{Area, BoundingRect, Contains, Euclidean, InteriorPoint, Length};
use geo_types::{Coord, Geometry, MultiPolygon, Point, Polygon};
use std::fmt::Write;

/// One finding with its evidence.
pub(super) struct Mark<'a> {
    pub no: usize,
    pub tone: Tone,
    pub shapes: Vec<&'a Shape>,
}

/// Dark enough for print; taken in turn, so that findings beside each other differ in colour and in slant.
const COLOURS: [&str; 7] = ["#b3261e", "#1f4e9e", "#7a3e00", "#5e2a84", "#00695c", "#a3166a", "#3d5a00"];
const GREY: &str = "#555555";
/// Distance of hatch lines (mm): wider where much is hatched.
const GAP_MM: f64 = 1.7;
const WIDE_GAP_MM: f64 = 3.4;
const MANY: usize = 8;
const RADIUS_MM: f64 = 2.3;

impl Mark<'_> {
    pub fn colour(&self) -> &'static str {
        if self.tone == Tone::Hit { COLOURS[self.no % COLOURS.len()] } else { GREY }
    }

    fn areas(&self) -> MultiPolygon<f64> {
        let mut all = Vec::new();
        for shape in &self.shapes {
            match shape.to_geometry() {
                Geometry::Polygon(p) => all.push(p),
                Geometry::MultiPolygon(m) => all.extend(m.0),
                _ => {}
            }
        }
        all.retain(|p: &Polygon<f64>| p.exterior().0.len() > 3);
        MultiPolygon(all)
    }

    /// Where the number may stand, the best first (zone metres).
    fn anchors(&self, frame: &Frame) -> Vec<Coord<f64>> {
        let mut areas = self.areas().0;
        areas.sort_by(|a, b| b.unsigned_area().total_cmp(&a.unsigned_area()));
        let mut out: Vec<Coord<f64>> = areas.iter().take(3).filter_map(|p| Some(p.interior_point()?.0)).collect();
        out.extend(areas.iter().take(2).flat_map(|p| lattice(p, frame)));
        for shape in &self.shapes {
            match shape.to_geometry() {
                Geometry::Point(p) => out.push(p.0),
                Geometry::MultiPoint(m) => out.extend(m.0.iter().map(|p| p.0)),
                Geometry::LineString(l) => out.extend(middle(&l)),
                Geometry::MultiLineString(m) => out.extend(m.0.iter().filter_map(middle)),
                _ => {}
            }
        }
        out
    }
}

fn middle(l: &geo_types::LineString<f64>) -> Option<Coord<f64>> {
    let longest = l.lines().max_by(|a, b| Euclidean.length(a).total_cmp(&Euclidean.length(b)))?;
    Some(longest.start + longest.delta() * 0.5)
}

/// Points within an area, one number apart from each other.
fn lattice(p: &Polygon<f64>, frame: &Frame) -> Vec<Coord<f64>> {
    let Some(b) = p.bounding_rect() else { return vec![] };
    let step = frame.metres(RADIUS_MM * 2.3);
    let count = |side: f64| ((side / step) as usize).min(40);
    let (nx, ny) = (count(b.width()), count(b.height()));
    let at = |i: usize, j: usize| Coord {
        x: b.min().x + (i as f64 + 0.5) * b.width() / (nx + 1) as f64,
        y: b.max().y - (j as f64 + 0.5) * b.height() / (ny + 1) as f64,
    };
    let all = (0..=ny).flat_map(|j| (0..=nx).map(move |i| (i, j)));
    all.map(|(i, j)| at(i, j)).filter(|c| p.contains(&Point(*c))).collect()
}

pub(super) fn hatch(marks: &[Mark<'_>], frame: &Frame, svg: &mut Svg) {
    let gap = if marks.len() > MANY { WIDE_GAP_MM } else { GAP_MM };
    for (i, mark) in marks.iter().enumerate() {
        let areas = mark.areas();
        let Some(b) = areas.bounding_rect() else { continue };
        let id = format!("mark-{}", mark.no);
        svg.clip(&id, &area_path(&areas, frame));
        let (low, high) = (frame.paper(b.min()), frame.paper(b.max()));
        let around = boxed((low + high) / 2.0, (high.x - low.x).abs(), (low.y - high.y).abs());
        let turns: &[f64] = if mark.tone == Tone::Hit { &[20.0 + 49.0 * i as f64] } else { &[0.0, 90.0] };
        let lines: String = turns.iter().map(|t| slanted(around, t % 180.0, gap)).collect();
        let look = format!(
            r#"fill="none" stroke="{}" stroke-width="0.16" stroke-opacity="0.75" clip-path="url(#{id})""#,
            mark.colour()
        );
        svg.path(&lines, &look);
    }
}

/// Parallel lines over a box, turned by `turn` degrees.
fn slanted(b: geo_types::Rect<f64>, turn: f64, gap: f64) -> String {
    let (s, c) = turn.to_radians().sin_cos();
    let centre = b.center();
    let reach = b.width().hypot(b.height()) / 2.0 + gap;
    let count = (reach / gap).ceil() as i64;
    let mut out = String::new();
    for i in -count..=count {
        let off = i as f64 * gap;
        let (x, y) = (centre.x - s * off, centre.y + c * off);
        // Writing to a string does not fail.
        let _ = write!(out, "M{} {}L{} {}", n(x - c * reach), n(y - s * reach), n(x + c * reach), n(y + s * reach));
    }
    out
}

pub(super) fn outline(marks: &[Mark<'_>], frame: &Frame, svg: &mut Svg) {
    for mark in marks {
        let colour = mark.colour();
        svg.path(&area_path(&mark.areas(), frame), &format!(r#"fill="none" stroke="{colour}" stroke-width="0.3""#));
        for shape in &mark.shapes {
            match shape.to_geometry() {
                Geometry::LineString(l) => stroke(&l, colour, frame, svg),
                Geometry::MultiLineString(m) => m.0.iter().for_each(|l| stroke(l, colour, frame, svg)),
                Geometry::Point(p) => spot(p, colour, frame, svg),
                Geometry::MultiPoint(m) => m.0.iter().for_each(|p| spot(*p, colour, frame, svg)),
                _ => {}
            }
        }
    }
}

fn stroke(l: &geo_types::LineString<f64>, colour: &str, frame: &Frame, svg: &mut Svg) {
    svg.path(
        &line_path(l, frame),
        &format!(r#"fill="none" stroke="{colour}" stroke-width="0.8" stroke-opacity="0.8""#),
    );
}

fn spot(p: Point<f64>, colour: &str, frame: &Frame, svg: &mut Svg) {
    let c = frame.paper(p.0);
    let d = format!("M{} {}l1.8 1.8M{} {}l-1.8 1.8", n(c.x - 0.9), n(c.y - 0.9), n(c.x + 0.9), n(c.y - 0.9));
    svg.path(&d, &format!(r#"fill="none" stroke="{colour}" stroke-width="0.3""#));
}

/// Every number: within its area where there is room, otherwise beside the parcel with a line to it.
pub(super) fn numbers(marks: &[Mark<'_>], frame: &Frame, placer: &mut Placer, svg: &mut Svg) {
    let side = RADIUS_MM * 2.0 + 0.3;
    // Smaller areas choose first: they have fewer places.
    let mut order: Vec<&Mark> = marks.iter().collect();
    order.sort_by(|a, b| a.areas().unsigned_area().total_cmp(&b.areas().unsigned_area()).then(a.no.cmp(&b.no)));
    let mut outside = Vec::new();
    for mark in order {
        let anchors = mark.anchors(frame);
        let large = mark.areas().bounding_rect().is_some_and(|b| frame.mm(b.width().min(b.height())) > side);
        let found = anchors.iter().map(|a| frame.paper(*a)).find(|a| large && placer.fits(*a, side, side));
        match (found, anchors.first()) {
            (Some(at), _) => disc(mark, at, svg),
            (None, Some(to)) => outside.push((mark, frame.paper(*to))),
            (None, None) => {}
        }
    }
    outside.sort_by_key(|(m, _)| m.no);
    for (mark, to) in outside {
        let at = beside(to, side, placer);
        let line = format!("M{} {}L{} {}", n(at.x), n(at.y), n(to.x), n(to.y));
        svg.path(&line, &format!(r#"fill="none" stroke="{}" stroke-width="0.2""#, mark.colour()));
        svg.circle(to, 0.45, &format!(r#"fill="{}""#, mark.colour()));
        disc(mark, at, svg);
    }
}

/// The free place nearest to a point, at least a few millimetres away.
fn beside(to: Coord<f64>, side: f64, placer: &mut Placer) -> Coord<f64> {
    for ring in 2..40 {
        let r = f64::from(ring) * side;
        let count = (ring * 6).min(48);
        for k in 0..count {
            let (s, c) = (f64::from(k) / f64::from(count) * std::f64::consts::TAU + 0.6).sin_cos();
            let at = Coord { x: to.x + r * c, y: to.y + r * s };
            if placer.fits(at, side, side) {
                return at;
            }
        }
    }
    // No room at all: numbers may then cover each other, but none is left out.
    placer.frame().center()
}

fn disc(mark: &Mark<'_>, at: Coord<f64>, svg: &mut Svg) {
    let colour = mark.colour();
    svg.circle(at, RADIUS_MM, &format!(r#"fill="white" stroke="{colour}" stroke-width="0.35""#));
    let face = Face { colour, style: r#"font-weight="bold""#, rim: false, ..Face::plain(2.9) };
    svg.text(at, &mark.no.to_string(), face);
}

//! What lies around the parcel.

use super::frame::Frame;
use super::place::Placer;
use super::svg::{Face, Svg, area_path, line_path, text_width};
use geo::{Area, BooleanOps, BoundingRect, Euclidean, InteriorPoint, Intersects, Length, Simplify};
use geo_types::{Coord, Geometry, Line, LineString, MultiLineString, MultiPolygon};

/// Neighbours and roads, from the very layer versions the verification rests on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Around {
    pub neighbours: Vec<Neighbour>,
    pub roads: Vec<Road>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    pub number: String,
    pub boundary: MultiPolygon<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Road {
    pub name: Option<String>,
    /// Lines or areas; anything else is not drawn.
    pub shape: Geometry<f64>,
}

/// Lines are drawn to this (mm on paper): finer than a pen.
pub(super) const FINE_MM: f64 = 0.06;

/// Draws roads under neighbours; true when anything lost vertices that could be seen in a table.
pub(super) fn draw(around: &Around, parcel: &MultiPolygon<f64>, frame: &Frame, svg: &mut Svg) -> bool {
    let fine = frame.metres(FINE_MM);
    for road in &around.roads {
        match &road.shape {
            Geometry::Polygon(p) => road_area(&MultiPolygon(vec![p.clone()]), fine, frame, svg),
            Geometry::MultiPolygon(m) => road_area(m, fine, frame, svg),
            Geometry::LineString(l) => road_line(&MultiLineString(vec![l.clone()]), fine, frame, svg),
            Geometry::MultiLineString(m) => road_line(m, fine, frame, svg),
            _ => {}
        }
    }
    let mut lost = false;
    for neighbour in near(around, parcel, frame) {
        let drawn = neighbour.boundary.simplify(fine);
        lost |= drawn != neighbour.boundary;
        svg.path(&area_path(&drawn, frame), r##"fill="none" stroke="#7a7a7a" stroke-width="0.18""##);
    }
    lost
}

/// Neighbours within the frame, without the parcel itself.
fn near<'a>(around: &'a Around, parcel: &'a MultiPolygon<f64>, frame: &Frame) -> impl Iterator<Item = &'a Neighbour> {
    let ground = frame.ground();
    around
        .neighbours
        .iter()
        .filter(move |n| n.boundary.bounding_rect().is_some_and(|b| b.intersects(&ground)) && n.boundary != *parcel)
}

fn road_area(area: &MultiPolygon<f64>, fine: f64, frame: &Frame, svg: &mut Svg) {
    let d = area_path(&area.simplify(fine), frame);
    svg.path(&d, r##"fill="#f1ede2" fill-rule="evenodd" stroke="#b9ae93" stroke-width="0.15""##);
}

fn road_line(lines: &MultiLineString<f64>, fine: f64, frame: &Frame, svg: &mut Svg) {
    let d: String = lines.0.iter().map(|l| line_path(&l.simplify(fine), frame)).collect();
    svg.path(&d, r##"fill="none" stroke="#b9ae93" stroke-width="0.9""##);
    svg.path(&d, r##"fill="none" stroke="#f8f5ec" stroke-width="0.6""##);
}

/// Names of roads, then numbers of neighbours, where there is room.
pub(super) fn names(around: &Around, parcel: &MultiPolygon<f64>, frame: &Frame, placer: &mut Placer, svg: &mut Svg) {
    const ROAD: f64 = 3.0;
    const NUMBER: f64 = 2.7;
    let window = frame.window();
    for road in &around.roads {
        let Some(name) = road.name.as_deref().map(short).filter(|n| !n.is_empty()) else { continue };
        let w = text_width(&name, ROAD);
        let spot = spots(&road.shape, &window, frame, w)
            .into_iter()
            .find(|(at, turn)| placer.fits_turned(*at, w, ROAD, *turn));
        if let Some((at, turn)) = spot {
            let face = Face { colour: "#5b4a1f", style: r#"font-style="italic""#, turn, ..Face::plain(ROAD) };
            svg.text(at, &name, face);
        }
    }
    for neighbour in near(around, parcel, frame) {
        let seen = neighbour.boundary.intersection(&window);
        let wide = seen.bounding_rect().is_some_and(|b| frame.mm(b.width()) > text_width(&neighbour.number, NUMBER));
        let number = short(&neighbour.number);
        let at = seen.interior_point().filter(|_| wide && !number.is_empty()).map(|p| frame.paper(p.0));
        if let Some(at) = at.filter(|at| placer.fits(*at, text_width(&number, NUMBER), NUMBER)) {
            svg.text(at, &number, Face { colour: "#555", ..Face::plain(NUMBER) });
        }
    }
}

/// Names on a map are short.
fn short(name: &str) -> String {
    const MOST: usize = 40;
    let name = name.trim();
    match name.chars().count() > MOST {
        true => name.chars().take(MOST - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

/// Places along a road where its name may stand (on paper, with its turn), the best first.
fn spots(shape: &Geometry<f64>, window: &MultiPolygon<f64>, frame: &Frame, wide: f64) -> Vec<(Coord<f64>, f64)> {
    match shape {
        Geometry::LineString(l) => along(&window.clip(&MultiLineString(vec![l.clone()]), false), frame, wide),
        Geometry::MultiLineString(m) => along(&window.clip(m, false), frame, wide),
        Geometry::Polygon(p) => within(&MultiPolygon(vec![p.clone()]).intersection(window), frame),
        Geometry::MultiPolygon(m) => within(&m.intersection(window), frame),
        _ => vec![],
    }
}

fn along(lines: &MultiLineString<f64>, frame: &Frame, wide: f64) -> Vec<(Coord<f64>, f64)> {
    let mut all: Vec<Line<f64>> = lines.0.iter().flat_map(LineString::lines).collect();
    all.retain(|l| frame.mm(Euclidean.length(l)) >= wide.min(12.0));
    all.sort_by(|a, b| Euclidean.length(b).total_cmp(&Euclidean.length(a)));
    let at = |l: &Line<f64>, t: f64| frame.paper(l.start + l.delta() * t);
    all.iter().take(6).flat_map(|l| [0.5, 0.3, 0.7].map(|t| (at(l, t), turn(l)))).collect()
}

/// In the middle of an area, along its longest side.
fn within(area: &MultiPolygon<f64>, frame: &Frame) -> Vec<(Coord<f64>, f64)> {
    let mut parts: Vec<_> = area.0.iter().collect();
    parts.sort_by(|a, b| b.unsigned_area().total_cmp(&a.unsigned_area()));
    let one = |p: &geo_types::Polygon<f64>| {
        let longest = p.exterior().lines().max_by(|a, b| Euclidean.length(a).total_cmp(&Euclidean.length(b)))?;
        let turn = turn(&longest);
        let mid = longest.start + longest.delta() * 0.5;
        // Across the longest side, to the middle of what lies behind it.
        let across = Coord { x: -longest.delta().y, y: longest.delta().x } / Euclidean.length(&longest).max(1e-9);
        let reach = frame.metres(400.0);
        let ray = MultiLineString(vec![LineString(vec![mid - across * reach, mid + across * reach])]);
        let cut = MultiPolygon(vec![p.clone()]).clip(&ray, false);
        let chords = cut.0.iter().filter_map(|l| Some((*l.0.first()?, *l.0.last()?)));
        let middle = chords
            .map(|(a, b)| ((a + b) / 2.0, (a - mid).x.hypot((a - mid).y).min((b - mid).x.hypot((b - mid).y))))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(m, _)| m);
        Some((frame.paper(middle.or_else(|| p.interior_point().map(|p| p.0))?), turn))
    };
    parts.into_iter().take(4).filter_map(one).collect()
}

/// Clockwise turn on paper that lets a text run along a line and be read from below.
pub(super) fn turn(l: &Line<f64>) -> f64 {
    let d = l.delta();
    let turn = (-d.y).atan2(d.x).to_degrees();
    match turn {
        t if t > 90.0 => t - 180.0,
        t if t <= -90.0 => t + 180.0,
        t => t,
    }
}

//! The drawn map: parcel, neighbours, roads, every finding that has a place, hatched and numbered as in the tables.
//!
//! All lengths on paper are millimetres; the SVG's user unit is one. Coordinates are zone metres, easting first.

mod around;
mod dress;
mod frame;
mod labels;
mod marks;
mod place;
mod rings;
mod svg;
#[cfg(test)]
mod tests;

pub use around::{Around, Neighbour, Road};
pub use rings::{Ring, rings, vertex_tables};

use super::Tone;
use crate::domain::verify::text::{Lang, quantity, word};
use crate::domain::verify::{EvidenceRecord, Quantity, Record, Shape, Verdict};
use frame::Frame;
use geo_types::{Geometry, MultiPolygon, Rect};
use marks::Mark;
use place::Placer;
use svg::Svg;

/// Width of the map on the page, with the border for coordinates (mm).
pub const WIDTH_MM: f64 = 174.0;
pub const HEIGHT_MM: f64 = 172.0;

#[derive(Debug, Clone)]
pub struct MapSheet {
    pub svg: String,
    /// Denominator of the scale.
    pub scale: u64,
    pub width_mm: f64,
    pub height_mm: f64,
    /// (number of the finding, colour) of everything that is marked, in order of number.
    pub legend: Vec<(usize, String)>,
    /// The parcel's rings, as the vertex table lists them and the map numbers them.
    pub rings: Vec<Ring>,
    /// Lines were drawn with fewer vertices than they have.
    pub simplified: bool,
}

/// The ground a map of this boundary shows (zone metres); none when there is no area.
pub fn window(boundary: &Shape) -> Option<Rect<f64>> {
    Some(Frame::around(&polygons(boundary)?)?.ground())
}

/// What is to be drawn.
struct Plan<'a> {
    parcel: MultiPolygon<f64>,
    /// Land use, number, area: as a cadastral map writes them into a parcel.
    title: Vec<String>,
    marks: Vec<Mark<'a>>,
    around: Option<&'a Around>,
    lang: Lang,
}

/// The map of a record; none when its parcel has no boundary.
pub(super) fn of_record(record: &Record, lang: Lang, around: Option<&Around>) -> Option<MapSheet> {
    let parcel = record.parcel.as_ref()?;
    let boundary = polygons(parcel.boundary.as_ref()?)?;
    let area = record.findings.iter().find(|f| f.check == "parcel.boundary").and_then(|f| f.measured);
    let title = std::iter::once(parcel.number.clone())
        .chain(area.map(|q| quantity(lang, &Quantity::new((q.value * 10.0).round() / 10.0, q.unit))))
        .collect();
    let marked = record.findings.iter().enumerate().filter(|(_, f)| is_marked(f.verdict) && !f.evidence.is_empty());
    let marks = marked.map(|(i, f)| mark(i + 1, Tone::of(f.verdict), &f.evidence)).collect();
    draw(&Plan { parcel: boundary, title, marks, around, lang })
}

/// What was found clear is not marked: its place is the whole parcel.
fn is_marked(v: Verdict) -> bool {
    !matches!(v, Verdict::Clear | Verdict::NotApplicable)
}

fn mark(no: usize, tone: Tone, evidence: &[EvidenceRecord]) -> Mark<'_> {
    Mark { no, tone, shapes: evidence.iter().map(|e| &e.geometry).collect() }
}

fn polygons(shape: &Shape) -> Option<MultiPolygon<f64>> {
    let all = match shape.to_geometry() {
        Geometry::Polygon(p) => MultiPolygon(vec![p]),
        Geometry::MultiPolygon(m) => m,
        _ => return None,
    };
    all.0.iter().any(|p| p.exterior().0.len() > 3).then_some(all)
}

fn draw(plan: &Plan<'_>) -> Option<MapSheet> {
    let frame = Frame::around(&plan.parcel)?;
    let rings = rings(&plan.parcel);
    let mut svg = Svg::new(WIDTH_MM, HEIGHT_MM);
    let mut placer = Placer::new(frame.inner());
    let corner = dress::reserve(&frame, &mut placer);
    svg.clip("frame", &svg::rect_path(frame.inner()));
    let mut simplified = false;
    svg.group(r##"clip-path="url(#frame)""##, |svg| {
        if let Some(around) = plan.around {
            simplified |= around::draw(around, &plan.parcel, &frame, svg);
        }
        marks::hatch(&plan.marks, &frame, svg);
        simplified |= labels::boundary(&plan.parcel, &frame, svg);
        marks::outline(&plan.marks, &frame, svg);
        dress::crosses(&frame, svg);
        marks::numbers(&plan.marks, &frame, &mut placer, svg);
        labels::vertices(&rings, &frame, &mut placer, svg);
        labels::title(&plan.parcel, &plan.title, &frame, &mut placer, svg);
        labels::edges(&rings, plan.lang, &frame, &mut placer, svg);
        if let Some(around) = plan.around {
            around::names(around, &plan.parcel, &frame, &mut placer, svg);
        }
    });
    dress::border(&frame, &mut svg);
    dress::corner(&frame, corner, &word(plan.lang, "page-north"), &mut svg);
    Some(MapSheet {
        scale: frame.scale,
        width_mm: WIDTH_MM,
        height_mm: HEIGHT_MM,
        legend: plan.marks.iter().map(|m| (m.no, m.colour().to_owned())).collect(),
        rings,
        simplified,
        svg: svg.finish(),
    })
}

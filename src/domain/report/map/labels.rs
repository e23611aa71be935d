//! The parcel itself: boundary, vertices, edges, title.

use super::around::{FINE_MM, turn};
use super::frame::Frame;
use super::place::Placer;
use super::rings::{Ring, centimetres};
use super::svg::{Face, Svg, area_path, text_width};
use crate::domain::verify::text::Lang;
use geo::{Contains, Euclidean, InteriorPoint, Length, Simplify};
use geo_types::{Coord, MultiPolygon, Point};

/// Draws the boundary; true when it lost vertices at this scale.
pub(super) fn boundary(parcel: &MultiPolygon<f64>, frame: &Frame, svg: &mut Svg) -> bool {
    let drawn = parcel.simplify(frame.metres(FINE_MM));
    svg.path(&area_path(&drawn, frame), r##"fill="none" stroke="#000" stroke-width="0.55" stroke-linejoin="round""##);
    drawn != *parcel
}

/// Dots at vertices and as many of their numbers as find room, outside of the parcel; the first of each ring comes first.
pub(super) fn vertices(rings: &[Ring], frame: &Frame, placer: &mut Placer, svg: &mut Svg) {
    const SIZE: f64 = 2.2;
    for ring in rings {
        let n = ring.points.len();
        let mut last: Option<Coord<f64>> = None;
        for (i, p) in ring.points.iter().enumerate() {
            let at = frame.paper(*p);
            if last.is_some_and(|l: Coord<f64>| (l.x - at.x).hypot(l.y - at.y) < 1.4) {
                continue;
            }
            last = Some(at);
            svg.circle(at, 0.4, r##"fill="white" stroke="#000" stroke-width="0.2""##);
            let text = (ring.first + i).to_string();
            let out = outward(ring.points[(i + n - 1) % n], *p, ring.points[(i + 1) % n], ring.hole);
            let w = text_width(&text, SIZE);
            let spot = Coord { x: at.x + out.x * (1.0 + w / 2.0), y: at.y - out.y * 2.0 };
            if placer.fits(spot, w + 0.4, SIZE) {
                svg.text(spot, &text, Face::plain(SIZE));
            }
        }
    }
}

/// Unit direction away from the parcel at a vertex of a clockwise ring (north up).
fn outward(before: Coord<f64>, at: Coord<f64>, after: Coord<f64>, hole: bool) -> Coord<f64> {
    let left = |a: Coord<f64>, b: Coord<f64>| {
        let d = b - a;
        Coord { x: -d.y, y: d.x } / d.x.hypot(d.y).max(1e-9)
    };
    let sum = left(before, at) + left(at, after);
    let length = sum.x.hypot(sum.y);
    let unit = if length > 1e-6 { sum / length } else { left(before, at) };
    if hole { unit * -1.0 } else { unit }
}

/// Lengths along edges that are long enough to carry them, inside of the parcel.
pub(super) fn edges(rings: &[Ring], lang: Lang, frame: &Frame, placer: &mut Placer, svg: &mut Svg) {
    const SIZE: f64 = 2.2;
    for ring in rings {
        for edge in ring.edges() {
            let length = Euclidean.length(&edge);
            let text = centimetres(lang, length);
            let w = text_width(&text, SIZE);
            if frame.mm(length) < w + 5.0 {
                continue;
            }
            let d = edge.delta() / length;
            let inward = if ring.hole { Coord { x: -d.y, y: d.x } } else { Coord { x: d.y, y: -d.x } };
            let at = frame.paper(edge.start + edge.delta() * 0.5 + inward * frame.metres(1.9));
            if placer.fits_turned(at, w, SIZE, turn(&edge)) {
                svg.text(at, &text, Face { turn: turn(&edge), colour: "#333", ..Face::plain(SIZE) });
            }
        }
    }
}

/// Number and area in the middle of the parcel, as a cadastral map writes them.
pub(super) fn title(parcel: &MultiPolygon<f64>, lines: &[String], frame: &Frame, placer: &mut Placer, svg: &mut Svg) {
    const SIZE: f64 = 3.6;
    let Some(centre) = parcel.interior_point() else { return };
    let w = lines.iter().map(|l| text_width(l, SIZE)).fold(0.0, f64::max);
    let h = SIZE * 1.15 * lines.len() as f64;
    let step = frame.metres(4.0);
    let offsets = (0..9i32).flat_map(|r| (-r..=r).flat_map(move |i| [(i, r), (i, -r), (r, i), (-r, i)]));
    let spots = offsets.map(|(i, j)| centre.0 + Coord { x: f64::from(i) * step, y: f64::from(j) * step });
    let spot = spots.filter(|c| parcel.contains(&Point(*c))).map(|c| frame.paper(c)).find(|c| placer.fits(*c, w, h));
    let Some(at) = spot else { return };
    for (i, line) in lines.iter().enumerate() {
        let y = at.y + (i as f64 - (lines.len() as f64 - 1.0) / 2.0) * SIZE * 1.1;
        let style = if i == 0 { r#"font-weight="bold""# } else { "" };
        svg.text(Coord { x: at.x, y }, line, Face { style, ..Face::plain(SIZE) });
    }
}

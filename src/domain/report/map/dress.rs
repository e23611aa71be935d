//! Border, coordinates, scale bar, north arrow.

use super::frame::{BORDER_MM, Frame, round_up};
use super::place::{Placer, boxed};
use super::svg::{Face, Svg, n, rect_path, text_width};
use super::{HEIGHT_MM, WIDTH_MM};
use geo_types::{Coord, Rect};

/// Grid lines are at least this far apart (mm).
const GRID_MM: f64 = 28.0;

/// Keeps the corners of the north arrow and of the scale bar free; gives the two boxes.
pub(super) fn reserve(frame: &Frame, placer: &mut Placer) -> [Rect<f64>; 2] {
    let inner = frame.inner();
    let arrow = boxed(Coord { x: inner.max().x - 8.0, y: inner.min().y + 12.0 }, 12.0, 20.0);
    let wide = frame.mm(bar_metres(frame)) + 22.0;
    let bar = boxed(Coord { x: inner.min().x + wide / 2.0 + 1.0, y: inner.max().y - 6.0 }, wide, 10.0);
    placer.take(arrow);
    placer.take(bar);
    [arrow, bar]
}

/// Length of the scale bar (m): round, some 40 to 60 mm.
fn bar_metres(frame: &Frame) -> f64 {
    round_up(frame.metres(40.0) * 0.75)
}

fn grid(frame: &Frame) -> (Vec<f64>, Vec<f64>) {
    let step = round_up(frame.metres(GRID_MM));
    let ground = frame.ground();
    let lines = |low: f64, high: f64| {
        let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
        (first..=last).map(|i| i as f64 * step).collect::<Vec<f64>>()
    };
    (lines(ground.min().x, ground.max().x), lines(ground.min().y, ground.max().y))
}

/// Crosses where grid lines meet.
pub(super) fn crosses(frame: &Frame, svg: &mut Svg) {
    let (eastings, northings) = grid(frame);
    let all = eastings.iter().flat_map(|e| northings.iter().map(move |n| frame.paper(Coord { x: *e, y: *n })));
    let d: String = all.map(|c| format!("M{} {}h4M{} {}v4", n(c.x - 2.0), n(c.y), n(c.x), n(c.y - 2.0))).collect();
    svg.path(&d, r##"fill="none" stroke="#2a5d84" stroke-width="0.15""##);
}

/// Neat line, outer line, ticks with their coordinates: Y (easting) above and below, X (northing) at the sides.
pub(super) fn border(frame: &Frame, svg: &mut Svg) {
    let inner = frame.inner();
    svg.path(&rect_path(inner), r##"fill="none" stroke="#000" stroke-width="0.25""##);
    let outer = Rect::new(Coord { x: 0.3, y: 0.3 }, Coord { x: WIDTH_MM - 0.3, y: HEIGHT_MM - 0.3 });
    svg.path(&rect_path(outer), r##"fill="none" stroke="#000" stroke-width="0.6""##);
    let face = Face { colour: "#2a5d84", rim: false, ..Face::plain(2.5) };
    let (eastings, northings) = grid(frame);
    let mut ticks = String::new();
    for e in eastings {
        let x = frame.paper(Coord { x: e, y: 0.0 }).x;
        ticks += &format!("M{} {}v2M{} {}v-2", n(x), n(inner.min().y), n(x), n(inner.max().y));
        for y in [BORDER_MM / 2.0 + 0.15, HEIGHT_MM - BORDER_MM / 2.0 - 0.15] {
            svg.text(Coord { x: within(x, WIDTH_MM), y }, &format!("Y {e:.0}"), face);
        }
    }
    for north in northings {
        let y = frame.paper(Coord { x: 0.0, y: north }).y;
        ticks += &format!("M{} {}h2M{} {}h-2", n(inner.min().x), n(y), n(inner.max().x), n(y));
        for x in [BORDER_MM / 2.0 + 0.15, WIDTH_MM - BORDER_MM / 2.0 - 0.15] {
            let at = Coord { x, y: within(y, HEIGHT_MM) };
            svg.text(at, &format!("X {north:.0}"), Face { turn: -90.0, ..face });
        }
    }
    svg.path(&ticks, r##"fill="none" stroke="#2a5d84" stroke-width="0.2""##);
}

/// A label near a corner is kept off it.
fn within(at: f64, side: f64) -> f64 {
    at.clamp(BORDER_MM + 8.0, side - BORDER_MM - 8.0)
}

/// North arrow and scale bar in their corners.
pub(super) fn corner(frame: &Frame, [arrow, bar]: [Rect<f64>; 2], north: &str, svg: &mut Svg) {
    let look = r##"fill="white" fill-opacity="0.85" stroke="none""##;
    svg.path(&rect_path(arrow), look);
    svg.path(&rect_path(bar), look);
    let (x, top) = (arrow.center().x, arrow.min().y + 5.0);
    svg.path(&format!("M{} {}l3 13l-3 -2.6z", n(x), n(top)), r##"fill="#000""##);
    svg.path(&format!("M{} {}l-3 13l3 -2.6z", n(x), n(top)), r##"fill="white" stroke="#000" stroke-width="0.25""##);
    let bold = Face { style: r#"font-weight="bold""#, rim: false, ..Face::plain(4.0) };
    svg.text(Coord { x, y: arrow.min().y + 2.6 }, north, bold);
    scale_bar(frame, bar, svg);
}

fn scale_bar(frame: &Frame, bar: Rect<f64>, svg: &mut Svg) {
    let metres = bar_metres(frame);
    let (parts, long) = (4u32, frame.mm(metres));
    let (left, top) = (bar.min().x + 8.0, bar.min().y + 5.4);
    let face = Face { rim: false, ..Face::plain(2.5) };
    for i in 0..parts {
        let fill = if i % 2 == 0 { "#000" } else { "white" };
        let (w, x) = (long / f64::from(parts), left + long * f64::from(i) / f64::from(parts));
        let path = format!("M{} {}h{}v1.6h-{}z", n(x), n(top), n(w), n(w));
        svg.path(&path, &format!(r##"fill="{fill}" stroke="#000" stroke-width="0.2""##));
    }
    for i in [0, 2, 4] {
        let value = metres * f64::from(i) / f64::from(parts);
        let text = if i == 4 { format!("{value} m") } else { value.to_string() };
        svg.text(Coord { x: left + long * f64::from(i) / f64::from(parts), y: top - 2.2 }, &text, face);
    }
    let scale = format!("1:{}", frame.scale);
    let at = Coord { x: left + long + text_width(&scale, 2.5) / 2.0 + 2.0, y: top + 0.8 };
    svg.text(at, &scale, face);
}

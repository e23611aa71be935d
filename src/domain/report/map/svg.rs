//! Writing SVG.

use super::frame::Frame;
use geo_types::{Coord, LineString, MultiPolygon, Rect};
use std::fmt::Write;

const FONT: &str = "Libertinus Serif";

/// A picture whose unit is a millimetre.
pub(super) struct Svg {
    out: String,
}

/// How a text stands at its point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Face<'a> {
    /// Height of the letters' body (mm).
    pub size: f64,
    pub colour: &'a str,
    pub style: &'a str,
    /// Clockwise, degrees.
    pub turn: f64,
    /// A white rim keeps letters legible over lines.
    pub rim: bool,
}

impl Face<'_> {
    pub const fn plain(size: f64) -> Face<'static> {
        Face { size, colour: "#111", style: "", turn: 0.0, rim: true }
    }
}

/// About how wide a text is (mm).
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.52
}

impl Svg {
    pub fn new(width: f64, height: f64) -> Self {
        let mut svg = Self { out: String::new() };
        svg.add(&format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}" font-family="{FONT}"><rect width="{width}" height="{height}" fill="white"/>"##
        ));
        svg
    }

    fn add(&mut self, part: &str) {
        self.out.push_str(part);
        self.out.push('\n');
    }

    pub fn finish(mut self) -> String {
        self.add("</svg>");
        self.out
    }

    pub fn clip(&mut self, id: &str, path: &str) {
        self.add(&format!(r#"<clipPath id="{id}"><path d="{path}" clip-rule="evenodd"/></clipPath>"#));
    }

    pub fn group(&mut self, attributes: &str, inside: impl FnOnce(&mut Self)) {
        self.add(&format!("<g {attributes}>"));
        inside(self);
        self.add("</g>");
    }

    /// A path; `look` holds its other attributes.
    pub fn path(&mut self, d: &str, look: &str) {
        if !d.is_empty() {
            self.add(&format!(r#"<path d="{d}" {look}/>"#));
        }
    }

    /// Text whose middle stands at `at`.
    pub fn text(&mut self, at: Coord<f64>, text: &str, face: Face<'_>) {
        let Face { size, colour, style, turn, rim } = face;
        // Letters stand on their line: their middle is about a third of the body above it.
        let turned = match turn == 0.0 {
            true => String::new(),
            false => format!(r#" transform="rotate({} {} {})""#, n(turn), n(at.x), n(at.y)),
        };
        let rim =
            if rim { r#" stroke="white" stroke-width="0.7" stroke-linejoin="round" paint-order="stroke""# } else { "" };
        self.add(&format!(
            r#"<text x="{}" y="{}" font-size="{}" text-anchor="middle" fill="{colour}"{rim}{turned} {style}>{}</text>"#,
            n(at.x),
            n(at.y + size * 0.33),
            n(size),
            escaped(text)
        ));
    }

    pub fn circle(&mut self, at: Coord<f64>, r: f64, look: &str) {
        self.add(&format!(r#"<circle cx="{}" cy="{}" r="{}" {look}/>"#, n(at.x), n(at.y), n(r)));
    }
}

/// At most two decimals: a hundredth of a millimetre on paper.
pub(super) fn n(v: f64) -> String {
    let r = (v * 100.0).round() / 100.0;
    (r + 0.0).to_string()
}

/// Markup characters become entities; what XML cannot hold becomes a replacement character.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

pub(super) fn rect_path(r: Rect<f64>) -> String {
    let (a, b) = (r.min(), r.max());
    format!("M{} {}H{}V{}H{}Z", n(a.x), n(a.y), n(b.x), n(b.y), n(a.x))
}

pub(super) fn line_path(line: &LineString<f64>, frame: &Frame) -> String {
    let mut out = String::new();
    for (i, c) in line.0.iter().enumerate() {
        let p = frame.paper(*c);
        // Writing to a string does not fail.
        let _ = write!(out, "{}{} {}", if i == 0 { "M" } else { "L" }, n(p.x), n(p.y));
    }
    out
}

pub(super) fn area_path(area: &MultiPolygon<f64>, frame: &Frame) -> String {
    let rings = area.0.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings.filter(|r| r.0.len() > 3).map(|r| line_path(r, frame) + "Z").collect()
}

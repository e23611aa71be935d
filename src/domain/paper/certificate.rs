//! The land-use certificate (GCN): its serial, and the boundary it prints.
//!
//! Forms: old (TT 23/2014 and before) with 6 digits, new (TT 10/2024, from 1 January 2025) with 8 digits.

use super::{Certificate, Vertex};
use geo::{Area as _, LineString, Polygon};
use time::Date;
use time::macros::date;

/// First day of the new form (TT 10/2024/TT-BTNMT).
pub const NEW_FORM_FROM: Date = date!(2025 - 01 - 01);
/// Where a northing in Viet Nam can lie (m).
pub const NORTHING: std::ops::RangeInclusive<f64> = 900_000.0..=2_600_000.0;
/// Where an easting of a TM-3 zone can lie (m).
pub const EASTING: std::ops::RangeInclusive<f64> = 350_000.0..=650_000.0;
/// Degrees of Viet Nam's land and coast.
pub const LATITUDE: std::ops::RangeInclusive<f64> = 8.0..=24.0;
pub const LONGITUDE: std::ops::RangeInclusive<f64> = 102.0..=110.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SerialForm {
    /// One or two letters and six digits.
    Old,
    /// Two letters and eight digits.
    New,
}

/// A serial in one spelling: `CK 123456`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serial {
    pub text: String,
    pub form: SerialForm,
}

/// Reads a serial: capitals, one blank between letters and digits; blanks, dots and hyphens are passed over, and letters
/// that a reader of scans takes for digits (`O`, `I`) are put right behind the letters. `Đ` stays `Đ`.
pub fn parse_serial(text: &str) -> Option<Serial> {
    let packed: Vec<char> =
        text.to_uppercase().chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
    // From the longest head down: `CO 123456` is two letters, `C O12345` one.
    [2, 1].into_iter().find_map(|head| {
        let (letters, digits) = packed.split_at_checked(head)?;
        let form = match (head, digits.len()) {
            (1 | 2, 6) => SerialForm::Old,
            (2, 8) => SerialForm::New,
            _ => return None,
        };
        let digits: String = digits.iter().map(|c| digit(*c)).collect::<Option<_>>()?;
        let letters_fit = letters.iter().all(|c| c.is_ascii_uppercase() || (*c == 'Đ' && form == SerialForm::Old));
        letters_fit.then(|| Serial { text: format!("{} {digits}", letters.iter().collect::<String>()), form })
    })
}

fn digit(c: char) -> Option<char> {
    match c {
        'O' => Some('0'),
        'I' => Some('1'),
        _ => c.is_ascii_digit().then_some(c),
    }
}

/// Whether a serial's form was in use on the day of issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SerialDating {
    Fits,
    /// New form, dated before it was introduced.
    NewFormTooEarly,
    /// Old form, dated after the new one was introduced.
    OldFormTooLate,
}

/// Judges a serial's form by the day of issue.
pub fn serial_dating(form: SerialForm, issued_on: Date) -> SerialDating {
    match (form, issued_on < NEW_FORM_FROM) {
        (SerialForm::New, true) => SerialDating::NewFormTooEarly,
        (SerialForm::Old, false) => SerialDating::OldFormTooLate,
        _ => SerialDating::Fits,
    }
}

/// Whether vertices lie where coordinates of Viet Nam can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VertexPlace {
    Fits,
    /// X holds an easting and Y a northing.
    Swapped,
    Elsewhere,
}

/// Judges one vertex by the size of its numbers.
pub fn vertex_place(vertex: &Vertex) -> VertexPlace {
    let fits = |northing: f64, easting: f64| NORTHING.contains(&northing) && EASTING.contains(&easting);
    if fits(vertex.x, vertex.y) {
        VertexPlace::Fits
    } else if fits(vertex.y, vertex.x) {
        VertexPlace::Swapped
    } else {
        VertexPlace::Elsewhere
    }
}

/// A printed edge beside the distance of its vertices (m).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EdgeDifference {
    /// Number of the vertex it starts from, from 0.
    pub from: usize,
    pub printed: f64,
    pub computed: f64,
}

impl EdgeDifference {
    /// Printed less computed (m).
    pub fn difference(&self) -> f64 {
        self.printed - self.computed
    }
}

impl Certificate {
    /// The serial in one spelling, when it has the shape of one.
    pub fn serial(&self) -> Option<Serial> {
        self.serial.as_deref().and_then(parse_serial)
    }

    /// Vertices without a repeated first one at the end.
    pub fn open_vertices(&self) -> &[Vertex] {
        match self.vertices.as_slice() {
            [first, inner @ .., last] if !inner.is_empty() && first == last => {
                &self.vertices[..self.vertices.len() - 1]
            }
            all => all,
        }
    }

    /// The printed boundary in zone metres, x = easting, y = northing; none with fewer than three vertices.
    pub fn ring(&self) -> Option<Polygon<f64>> {
        let vertices = self.open_vertices();
        let line: LineString<f64> = vertices.iter().map(|v| (v.y, v.x)).collect();
        (vertices.len() >= 3).then(|| Polygon::new(line, Vec::new()))
    }

    /// Area of the printed boundary (m²). Measured from the first vertex, so that large coordinates cost no digits.
    pub fn ring_area_m2(&self) -> Option<f64> {
        let first = self.vertices.first()?;
        let near: LineString<f64> = self.open_vertices().iter().map(|v| (v.y - first.y, v.x - first.x)).collect();
        (near.0.len() >= 3).then(|| Polygon::new(near, Vec::new()).unsigned_area())
    }

    /// Length of each edge of the printed boundary, from vertex i to i + 1, the last one closing (m).
    pub fn edge_lengths_m(&self) -> Vec<f64> {
        let vertices = self.open_vertices();
        if vertices.len() < 3 {
            return Vec::new();
        }
        let next = vertices.iter().cycle().skip(1);
        vertices.iter().zip(next).map(|(a, b)| (a.x - b.x).hypot(a.y - b.y)).collect()
    }

    /// Printed edges beside computed ones, as far as both are there.
    pub fn edge_differences(&self) -> Vec<EdgeDifference> {
        let computed = self.edge_lengths_m();
        let both = self.edges_m.iter().zip(computed).enumerate();
        both.map(|(from, (printed, computed))| EdgeDifference { from, printed: *printed, computed }).collect()
    }

    /// Sum of the areas of the purposes (m²), when every one tells its own.
    pub fn purposes_area_m2(&self) -> Option<f64> {
        let areas: Option<Vec<f64>> = self.purposes.iter().map(|p| p.area_m2).collect();
        areas.filter(|a| !a.is_empty()).map(|a| a.iter().sum())
    }
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;

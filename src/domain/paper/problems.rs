//! Values that cannot be true. A paper with such a value is refused.

use super::cccd;
use super::certificate::{EASTING, LATITUDE, LONGITUDE, NORTHING, VertexPlace, parse_serial, vertex_place};
use super::*;
use crate::domain::problem::FieldProblem;
use crate::domain::verify::ParcelRef;
use time::Date;
use time::macros::date;

/// No paper of a case is older.
const FIRST_DAY: Date = date!(1800 - 01 - 01);
/// Larger than any parcel: a hundred square kilometres (m²).
const LARGEST_AREA: f64 = 1e8;
const LONGEST_EDGE: f64 = 100_000.0;
const FIRST_BIRTH_YEAR: i32 = 1850;

impl Paper {
    /// What cannot be true on the day `as_of`: shapes of numbers, days to come, areas that are none, swapped coordinates.
    pub fn problems(&self, as_of: Date) -> Vec<FieldProblem> {
        let mut found = Problems { as_of, list: Vec::new() };
        match self {
            Self::Certificate(p) => certificate(&mut found, p),
            Self::IdentityCard(p) => identity_card(&mut found, p),
            Self::PowerOfAttorney(p) => {
                found.holder("principal", p.principal.as_ref());
                found.holder("agent", p.agent.as_ref());
                found.past("signed_on", p.signed_on);
                found.after("valid_until", p.valid_until, p.signed_on);
            }
            Self::MarriageCertificate(p) => {
                found.holder("husband", p.husband.as_ref());
                found.holder("wife", p.wife.as_ref());
                found.past("registered_on", p.registered_on);
            }
            Self::TaxNotice(p) => {
                found.past("issued_on", p.issued_on);
                found.after("due_on", p.due_on, p.issued_on);
                found.past("paid_on", p.paid_on);
                if let Some(amount) = p.amount_vnd.filter(|a| *a < 0) {
                    found.add("amount_vnd", "negative", amount, ">= 0");
                }
                found.holder("payer", p.payer.as_ref());
                found.parcel(p.parcel.as_ref());
            }
            Self::PlanningExtract(p) => {
                found.past("issued_on", p.issued_on);
                found.parcel(p.parcel.as_ref());
                found.purposes("zones", &p.zones);
            }
            Self::Other(p) => found.past("issued_on", p.issued_on),
        }
        found.list
    }
}

fn certificate(found: &mut Problems, p: &Certificate) {
    if let Some(serial) = p.serial.as_deref().filter(|s| parse_serial(s).is_none()) {
        found.add("serial", "serial-format", serial, "^[A-ZĐ]{1,2} [0-9]{6}$ | ^[A-Z]{2} [0-9]{8}$");
    }
    found.past("issued_on", p.issued_on);
    for (i, holder) in p.holders.iter().enumerate() {
        found.holder(&format!("holders[{i}]"), Some(holder));
    }
    found.parcel(p.parcel.as_ref());
    found.area("area_m2", p.area_m2);
    found.purposes("purposes", &p.purposes);
    vertices(found, p);
    for (i, edge) in p.edges_m.iter().enumerate().filter(|(_, e)| !(**e > 0.0 && **e <= LONGEST_EDGE)) {
        found.add(&format!("edges_m[{i}]"), "length-range", edge, format!("> 0 and <= {LONGEST_EDGE} (m)"));
    }
    for (i, note) in p.changes.iter().enumerate() {
        found.past(&format!("changes[{i}].on"), note.on);
    }
}

fn vertices(found: &mut Problems, p: &Certificate) {
    let open = p.open_vertices().len();
    if open > 0 && open < 3 {
        found.add("vertices", "too-few-vertices", open, ">= 3");
    }
    if open >= 3 && !p.edges_m.is_empty() && p.edges_m.len() != open {
        found.add("edges_m", "edge-count", p.edges_m.len(), open);
    }
    let ranges = format!("x {}..{}, y {}..{} (m)", NORTHING.start(), NORTHING.end(), EASTING.start(), EASTING.end());
    if !p.vertices.is_empty() && p.vertices.iter().all(|v| vertex_place(v) == VertexPlace::Swapped) {
        let first = p.vertices[0];
        found.add("vertices", "vertices-swapped", format!("x {}, y {}", first.x, first.y), ranges);
        return;
    }
    if let (Some(first), Some(code)) = (p.vertices.first(), misread(&p.vertices)) {
        found.add("vertices", code, format!("x {}, y {}", first.x, first.y), ranges);
        return;
    }
    for (i, v) in p.vertices.iter().enumerate().filter(|(_, v)| vertex_place(v) != VertexPlace::Fits) {
        found.add(&format!("vertices[{i}]"), "vertex-range", format!("x {}, y {}", v.x, v.y), &ranges);
    }
}

/// What the numbers of a whole table say of how they were typed: degrees, or marks between digits misread.
fn misread(table: &[Vertex]) -> Option<&'static str> {
    let place = |by: f64| table.iter().all(|v| vertex_place(&Vertex { x: v.x * by, y: v.y * by }) == VertexPlace::Fits);
    let degrees = |v: &Vertex| {
        let (low, high) = (v.x.min(v.y), v.x.max(v.y));
        LATITUDE.contains(&low) && LONGITUDE.contains(&high)
    };
    match () {
        () if table.iter().all(degrees) => Some("vertices-degrees"),
        () if !place(1.0) && [1_000.0, 0.1, 0.01, 0.001, 1_000_000.0].into_iter().any(place) => {
            Some("vertices-separator")
        }
        () => None,
    }
}

fn identity_card(found: &mut Problems, p: &IdentityCard) {
    found.id_number("number", p.number.as_deref());
    if let Some(old) = p.old_number.as_deref() {
        match cccd::parse_number(old, "old_number") {
            Ok(cccd::IdNumber::Cmnd(_)) => {}
            _ => found.add("old_number", "id-number-format", old, "^[0-9]{9}$"),
        }
    }
    found.past("birth_date", p.birth_date);
    found.past("issued_on", p.issued_on);
    found.after("issued_on", p.issued_on, p.birth_date);
    let Some(text) = p.qr_text.as_deref() else { return };
    match cccd::parse_qr(text, "qr_text") {
        Err(problem) => found.list.push(problem),
        Ok(qr) => {
            let number = p.number.as_deref().and_then(|n| cccd::parse_number(n, "number").ok());
            if let Some(cccd::IdNumber::Cccd(card)) = number
                && card.number != qr.number
            {
                found.add("number", "qr-differs", card.number, qr.number);
            }
        }
    }
}

struct Problems {
    as_of: Date,
    list: Vec<FieldProblem>,
}

impl Problems {
    fn add(&mut self, field: &str, code: &str, found: impl std::fmt::Display, allowed: impl std::fmt::Display) {
        self.list.push(FieldProblem::new(field, code, found, allowed));
    }

    fn past(&mut self, field: &str, day: Option<Date>) {
        let Some(day) = day else { return };
        if day > self.as_of {
            self.add(field, "date-in-future", day, format!("<= {}", self.as_of));
        } else if day < FIRST_DAY {
            self.add(field, "date-too-early", day, format!(">= {FIRST_DAY}"));
        }
    }

    fn after(&mut self, field: &str, day: Option<Date>, start: Option<Date>) {
        if let (Some(day), Some(start)) = (day, start)
            && day < start
        {
            self.add(field, "date-order", day, format!(">= {start}"));
        }
    }

    fn area(&mut self, field: &str, area: Option<f64>) {
        if let Some(area) = area.filter(|a| !(*a > 0.0 && *a <= LARGEST_AREA)) {
            self.add(field, "area-range", area, format!("> 0 and <= {LARGEST_AREA} (m²)"));
        }
    }

    fn id_number(&mut self, field: &str, number: Option<&str>) {
        if let Some(number) = number {
            self.list.extend(cccd::parse_number(number, field).err());
        }
    }

    fn holder(&mut self, field: &str, holder: Option<&Holder>) {
        let Some(holder) = holder else { return };
        self.id_number(&format!("{field}.id_number"), holder.id_number.as_deref());
        let this_year = self.as_of.year();
        if let Some(year) = holder.birth_year.filter(|y| !(FIRST_BIRTH_YEAR..=this_year).contains(y)) {
            self.add(&format!("{field}.birth_year"), "year-range", year, format!("{FIRST_BIRTH_YEAR}..{this_year}"));
        }
    }

    fn parcel(&mut self, parcel: Option<&ParcelRef>) {
        if let Some(Err(problems)) = parcel.map(crate::domain::parcel::check) {
            self.list.extend(problems.into_iter().map(|p| FieldProblem { field: format!("parcel.{}", p.field), ..p }));
        }
    }

    fn purposes(&mut self, field: &str, purposes: &[Purpose]) {
        for (i, purpose) in purposes.iter().enumerate() {
            if purpose.code.trim().is_empty() {
                self.add(&format!("{field}[{i}].code"), "empty", &purpose.code, "ODT, CLN, LUC ...");
            }
            self.area(&format!("{field}[{i}].area_m2"), purpose.area_m2);
        }
    }
}

#[cfg(test)]
#[path = "problems_tests.rs"]
mod tests;

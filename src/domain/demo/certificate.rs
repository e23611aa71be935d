//! Papers for a parcel as an honest office would have written them.

use super::chance::Chance;
use super::names::{Person, names};
use super::parcel::Parcel;
use crate::domain::paper::{Certificate, Holder, Purpose, Term, Vertex};
use crate::domain::verify::ParcelRef;
use geo_types::Coord;
use time::Date;
use time::macros::date;

/// Tables longer than this were not printed.
const LONGEST_TABLE: usize = 40;

pub(crate) fn tenth(v: f64) -> f64 {
    (v * 10.0).round() / 10.0
}
pub(crate) fn cent(v: f64) -> f64 {
    (v * 100.0).round() / 100.0
}

/// A certificate that agrees with the map.
pub(crate) fn certificate(p: &Parcel, holders: &[&Person], issued_on: Date, chance: &mut Chance) -> Certificate {
    let vertices = if p.geom.0.len() == 1 { table(&p.geom.0[0].exterior().0) } else { Vec::new() };
    let area = tenth(if vertices.is_empty() { p.area } else { shoelace(&vertices) });
    Certificate {
        serial: p.serial.clone(),
        book_number: Some(format!("CS {:05}", chance.int(1, 99_999))),
        issued_on: Some(issued_on),
        issued_by: Some("Sở Tài nguyên và Môi trường Demo".to_owned()),
        holders: holders.iter().map(|h| Holder { ..h.holder() }).collect(),
        joint: Some(holders.len() > 1),
        parcel: Some(ParcelRef {
            commune_code: Some(p.commune().to_owned()),
            commune_name: Some(names().commune.old[p.old].name.clone()),
            sheet: p.written().0.to_string(),
            number: p.written().1.to_string(),
        }),
        address: Some(p.address.clone()),
        area_m2: Some(area),
        purposes: purposes(&p.land_use, area),
        origin: Some("Công nhận QSDĐ như giao đất có thu tiền sử dụng đất".to_owned()),
        edges_m: edges(&vertices),
        vertices,
        changes: Vec::new(),
        qr_text: None,
    }
}

/// Clockwise from the north-west, X = northing, Y = easting, to the centimetre.
fn table(ring: &[Coord<f64>]) -> Vec<Vertex> {
    let mut open: Vec<Vertex> =
        ring[..ring.len() - 1].iter().rev().map(|c| Vertex { x: cent(c.y), y: cent(c.x) }).collect();
    open.dedup();
    if open.len() > LONGEST_TABLE {
        return Vec::new();
    }
    let first = (0..open.len()).max_by(|a, b| (open[*a].x - open[*a].y).total_cmp(&(open[*b].x - open[*b].y)));
    open.rotate_left(first.unwrap_or_default());
    open
}

pub(crate) fn edges(vertices: &[Vertex]) -> Vec<f64> {
    let next = vertices.iter().cycle().skip(1);
    let length = |(a, b): (&Vertex, &Vertex)| cent(((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).sqrt());
    vertices.iter().zip(next).map(length).collect()
}

pub(crate) fn shoelace(vertices: &[Vertex]) -> f64 {
    let Some(o) = vertices.first() else { return 0.0 };
    let next = vertices.iter().cycle().skip(1);
    let twice: f64 =
        vertices.iter().zip(next).map(|(a, b)| (a.y - o.y) * (b.x - o.x) - (b.y - o.y) * (a.x - o.x)).sum();
    twice.abs() / 2.0
}

/// One purpose per code; of combined codes the dwelling takes six tenths.
pub(crate) fn purposes(land_use: &str, area: f64) -> Vec<Purpose> {
    let codes: Vec<&str> = land_use.split('+').collect();
    let first = if codes.len() == 1 { area } else { tenth(area * 0.6) };
    let part = |(i, code): (usize, &&str)| Purpose {
        code: (*code).to_owned(),
        area_m2: Some(if i == 0 { first } else { tenth(area - first) }),
        term: Some(term(code)),
    };
    codes.iter().enumerate().map(part).collect()
}

fn term(code: &str) -> Term {
    match code {
        "CLN" | "BHK" | "NHK" | "LUC" | "RSX" | "RPH" => Term::Until(date!(2063 - 10 - 15)),
        "TMD" => Term::Until(date!(2055 - 12 - 31)),
        _ => Term::LongTerm,
    }
}

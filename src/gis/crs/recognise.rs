//! What a file says about its CRS, as a [`Definition`]. Parameters count, not names: a Vietnamese .prj is often home-made.

use super::{Base, CrsError, Definition, ZoneBook, ZoneKind};
use crate::gis::reader::SrsInfo;

#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    pub definition: Definition,
    /// Remarks for the import report, stable codes: `datum_not_vn2000`, `towgs84_ignored`.
    pub notes: Vec<&'static str>,
}

const SECOND: f64 = 1.0 / 3600.0;

/// The definition the file declares. An `Err` means: ask the person, never guess.
pub fn recognise(srs: &SrsInfo, book: &ZoneBook) -> Result<Recognised, CrsError> {
    let mut notes = Vec::new();
    if srs.towgs84.is_some() {
        notes.push("towgs84_ignored");
    }
    let definition = by_code(srs, book)
        .or_else(|| by_degrees(srs))
        .or_else(|| by_parameters(srs, book, &mut notes))
        .ok_or_else(|| CrsError::Unknown(if srs.name.is_empty() { srs.wkt.clone() } else { srs.name.clone() }))?;
    Ok(Recognised { definition, notes })
}

fn by_code(srs: &SrsInfo, book: &ZoneBook) -> Option<Definition> {
    if srs.authority.as_deref() == Some("OGC") && srs.code.as_deref() == Some("CRS84") {
        return Some(Definition::new(Base::Wgs84));
    }
    let code = srs.code.as_ref().filter(|_| srs.authority.as_deref() == Some("EPSG"))?.parse().ok()?;
    let d = Definition::from_epsg(code);
    match d.base {
        Base::Zone(n) => book.get(n).map(|_| d),
        _ => Some(d),
    }
}

fn by_degrees(srs: &SrsInfo) -> Option<Definition> {
    if !srs.is_geographic {
        return None;
    }
    match datum(srs) {
        Datum::Vn2000 => Some(Definition::new(Base::Vn2000)),
        Datum::Wgs84 => Some(Definition::new(Base::Wgs84)),
        Datum::Other => None,
    }
}

fn by_parameters(srs: &SrsInfo, book: &ZoneBook, notes: &mut Vec<&'static str>) -> Option<Definition> {
    let mercator = srs.projection.as_deref().is_some_and(|p| p.eq_ignore_ascii_case("transverse_mercator"));
    let near = |v: Option<f64>, want: f64, by: f64| v.is_some_and(|v| (v - want).abs() <= by);
    let plain = near(srs.latitude_of_origin, 0.0, 1e-9)
        && near(srs.false_easting, 500_000.0, 1e-3)
        && near(srs.false_northing, 0.0, 1e-3)
        && (srs.linear_unit - 1.0).abs() < 1e-9;
    if !mercator || !plain {
        return None;
    }
    let (central_meridian, k0) = (srs.central_meridian?, srs.k0?);
    let datum = datum(srs);
    if near(Some(k0), 0.9999, 1e-9) {
        // Nobody but Viet Nam uses 0.9999 with these meridians: a foreign datum name is a slip of whoever wrote the file.
        // The guard on the data's place has the last word.
        let zone = book
            .iter()
            .find(|z| z.kind == ZoneKind::Vn2000Tm3 && near(z.central_meridian, central_meridian, SECOND))?;
        if datum != Datum::Vn2000 {
            notes.push("datum_not_vn2000");
        }
        return Some(Definition::new(Base::Zone(zone.srid)));
    }
    let utm = [48u8, 49].into_iter().find(|z| (central_meridian - (f64::from(*z) * 6.0 - 183.0)).abs() <= SECOND);
    match (utm.filter(|_| near(Some(k0), 0.9996, 1e-9)), datum) {
        (Some(z), Datum::Vn2000) => Some(Definition::new(Base::UtmVn2000(z))),
        (Some(z), Datum::Wgs84) => Some(Definition::new(Base::UtmWgs84(z))),
        (None, Datum::Vn2000) => Some(Definition::new(Base::Tm { central_meridian, k0, shift: true })),
        _ => None,
    }
}

#[derive(PartialEq)]
enum Datum {
    Vn2000,
    Wgs84,
    Other,
}

fn datum(srs: &SrsInfo) -> Datum {
    let flat = |s: &str| s.to_ascii_lowercase().replace(['_', '-', ' ', '/'], "");
    let d = flat(srs.datum.as_deref().unwrap_or_default());
    if ["vn2000", "vietnam2000"].iter().any(|n| d.contains(n) || flat(&srs.name).contains(n)) {
        Datum::Vn2000
    } else if ["wgs84", "wgs1984", "worldgeodeticsystem1984"].iter().any(|n| d.contains(n)) {
        Datum::Wgs84
    } else {
        Datum::Other
    }
}

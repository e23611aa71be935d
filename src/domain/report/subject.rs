//! Who and what the report is about.

use super::Beside;
use crate::domain::verify::text::{Lang, date, message, quantity, word};
use crate::domain::verify::{Message, Record};

/// Check whose measured value is the area of the parcel on the map.
const AREA_CHECK: &str = "parcel.boundary";

/// Label and value of each line.
pub(super) fn rows(record: &Record, lang: Lang, beside: &Beside<'_>) -> Vec<(String, String)> {
    let unknown = || word(lang, "page-unknown");
    let parcel = record.parcel.as_ref();
    let commune = parcel.map(|p| match &beside.commune {
        Some(name) => format!("{name} ({})", p.commune_code),
        None => p.commune_code.clone(),
    });
    let area = record.findings.iter().find(|f| f.check == AREA_CHECK).and_then(|f| f.measured);
    let zone = parcel.and_then(|p| p.zone).map(|z| match &beside.zone {
        Some(name) => format!("{name}, EPSG:{z}"),
        None => format!("EPSG:{z}"),
    });
    let procedure = Message::new("procedure-name").with("procedure", record.case.procedure.as_str());
    let wish = &record.case.wish;
    let parts = wish.split_parts.map(|n| n.to_string());
    let parts = parts.or_else(|| (!wish.split_wkt.is_empty()).then(|| wish.split_wkt.len().to_string()));
    let rows = [
        ("page-case", Some(record.case.number.clone())),
        ("page-procedure", Some(message(lang, &procedure))),
        ("page-as-of", Some(date(lang, record.as_of))),
        ("page-wish-use", wish.target_use.clone()),
        ("page-wish-parts", parts),
        ("page-parcel", Some(parcel.map_or_else(unknown, |p| p.number.clone()))),
        ("page-sheet", Some(parcel.map_or_else(unknown, |p| p.sheet.clone()))),
        ("page-commune", Some(commune.unwrap_or_else(unknown))),
        ("page-area", Some(area.map_or_else(unknown, |q| quantity(lang, &q)))),
        ("page-zone", Some(zone.unwrap_or_else(unknown))),
    ];
    rows.into_iter().filter_map(|(key, value)| Some((word(lang, key), value?))).collect()
}

//! Rows that an import set aside: what may lie on the parcel and is in no map.

use super::land::Ground;
use crate::domain::geom::{Cover, coverage};
use crate::domain::verify::{LayerFacts, Message};

/// What is lost of the layers that answered and may lie here: rows set aside on this very ground, and rows that may lie anywhere
/// unless the layers without such rows cover the parcel by themselves.
pub(super) fn rows(ground: &Ground<'_>, answered: &[&LayerFacts], covered: bool) -> Vec<Message> {
    let here = |l: &&&LayerFacts| coverage(&ground.measured, [&l.set_aside]) != Cover::Outside;
    let said = |l: &&LayerFacts, key: &'static str, rows: i64| {
        let m = Message::new(key).with("layer", l.pin.layer.as_str()).with("number", f64::from(l.pin.number));
        m.with("count", rows as f64)
    };
    let mut out = Vec::new();
    if !covered {
        out.extend(answered.iter().filter(here).map(|l| said(l, "theme-rows-aside", l.pin.rows_bad)));
    }
    let whole = answered.iter().filter(|l| l.pin.rows_unplaced == 0).map(|l| &l.coverage);
    if coverage(&ground.measured, whole) != Cover::Contains {
        let lost = answered.iter().filter(|l| l.pin.rows_unplaced > 0);
        out.extend(lost.map(|l| said(l, "theme-rows-lost", l.pin.rows_unplaced)));
    }
    out
}

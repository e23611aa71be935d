//! Which encoding the text of a file is in, column by column.

use crate::domain::text::charset::{Charset, Encoding};
use crate::domain::text::detect::{Detection, detect, forced, settle};
use crate::flow::{Error, Result};
use crate::gis::reader::{RawFeature, RawValue};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Each text column's encoding; a column that fits several equally well is refused until a person chooses. The report shows
/// some values as they now read, but none of the `dropped` columns: those name people.
pub fn encodings(
    force: Option<Charset>,
    columns: &[String],
    dropped: &[String],
    sample: &[RawFeature],
) -> Result<(Vec<Encoding>, Value)> {
    let shown = |i: usize| !dropped.contains(&columns[i]);
    let values = |i: usize| {
        sample.iter().filter_map(move |r| match r.values.get(i) {
            Some(RawValue::Text(b)) => Some(b.as_slice()),
            _ => None,
        })
    };
    let mut found: Vec<Detection> = (0..columns.len()).map(|i| detect(values(i))).collect();
    settle(&mut found);
    let mut out = Vec::new();
    let mut report = BTreeMap::new();
    for (i, d) in found.iter().enumerate() {
        let chosen = match force {
            Some(c) => forced(c, values(i)),
            None => d.encoding().ok_or_else(|| {
                let rivals: Vec<String> = d.scores.iter().take(3).map(|s| s.encoding.to_string()).collect();
                let found = format!(
                    "column {}: fits {} alike, e.g. {}",
                    columns[i],
                    rivals.join(" and "),
                    if shown(i) { d.sample_decoded.join(" | ") } else { "(left out)".into() }
                );
                Error::refused("charset", "charset-ambiguous", found, Charset::ALL.map(|c| c.name()).join(", "))
            })?,
        };
        out.push(chosen);
        if chosen.charset != Charset::Ascii && values(i).next().is_some() {
            let odd = values(i).filter(|v| shown(i) && v.iter().any(|b| *b > 127));
            let reads: Vec<String> = odd.take(3).map(|v| chosen.decode(v).text).collect();
            report.insert(
                columns[i].clone(),
                json!({"encoding": chosen.to_string(), "forced": force.is_some(), "confidence": (d.confidence * 1000.0).round() / 1000.0, "reads": reads, "values_with_lost_letters": d.lost_values}),
            );
        }
    }
    Ok((out, json!(report)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_shows_how_a_column_reads_but_never_a_dropped_one() {
        let text = |t: &str| RawValue::Text(Charset::Tcvn3.encode(t).unwrap());
        let rows: Vec<RawFeature> = ["Phạm Văn Kịch", "Huỳnh Đức Diễn", "Vũ Kim Thí"]
            .iter()
            .map(|name| RawFeature { values: vec![text("Phường Hải Vân"), text(name)], ..RawFeature::default() })
            .collect();
        let columns = ["DiaChi".to_owned(), "TenChu".to_owned()];
        let (found, report) = encodings(None, &columns, &columns[1..], &rows).unwrap();
        assert_eq!(found[1].charset, Charset::Tcvn3);
        assert_eq!(report["DiaChi"]["reads"][0], "Phường Hải Vân");
        assert_eq!(report["TenChu"]["reads"], json!([]));
    }
}

//! Land-use purposes as papers, registers and zones write them: split, legacy codes mapped, groups known.

use std::collections::BTreeSet;

/// Codes that left the list and what stands for them today (TT 08/2024/TT-BTNMT, names from its Annex II; letters of
/// papers before 2004 from ND 49/2026 Article 20).
const LEGACY: &[(&str, &str)] = &[
    ("BHK", "HNK"),
    ("NHK", "HNK"),
    ("LUN", "LUK"),
    ("LNK", "CLN"),
    ("LNQ", "CLN"),
    ("LNC", "CLN"),
    ("TSL", "NTS"),
    ("TSN", "NTS"),
    ("DDT", "DDD"),
    ("DDL", "DDD"),
    ("TTN", "TON"),
    ("T", "OTC"),
    ("THỔ CƯ", "OTC"),
    ("2L", "LUC"),
    ("1L", "LUK"),
];

/// Code and the group it belongs to (TT 08/2024/TT-BTNMT Annex II), as far as checks need it.
const PARENT: &[(&str, &str)] = &[
    ("LUC", "LUA"),
    ("LUK", "LUA"),
    ("LUA", "CHN"),
    ("HNK", "CHN"),
    ("CHN", "NNP"),
    ("CLN", "NNP"),
    ("RSN", "RSX"),
    ("RDD", "LNP"),
    ("RPH", "LNP"),
    ("RSX", "LNP"),
    ("LNP", "NNP"),
    ("NTS", "NNP"),
    ("CNT", "NNP"),
    ("LMU", "NNP"),
    ("NKH", "NNP"),
    ("ONT", "OTC"),
    ("ODT", "OTC"),
    ("OTC", "PNN"),
    ("CQP", "CQA"),
    ("CAN", "CQA"),
    ("SKK", "SCC"),
    ("SKN", "SCC"),
    ("SCT", "SCC"),
    ("SCC", "CSK"),
    ("TMD", "CSK"),
    ("SKC", "CSK"),
    ("SKS", "CSK"),
    ("MNC", "TVC"),
    ("SON", "TVC"),
];

/// The codes in a purpose as written: `ODT+CLN`, `ont; bhk`. Legacy codes come back as today's.
pub(super) fn codes<S: AsRef<str>>(written: &[S]) -> BTreeSet<String> {
    let parts = written.iter().flat_map(|w| w.as_ref().split(['+', ',', ';', '/']));
    parts.map(|p| p.trim().to_uppercase()).filter(|p| !p.is_empty()).map(|p| today(&p)).collect()
}

fn today(code: &str) -> String {
    LEGACY.iter().find(|(old, _)| *old == code).map_or_else(|| code.to_owned(), |(_, new)| (*new).to_owned())
}

/// A code and the groups above it, nearest first.
pub(super) fn lineage(code: &str) -> Vec<String> {
    let mut line = vec![code.to_owned()];
    while let Some((_, up)) = PARENT.iter().find(|(c, _)| line.last().is_some_and(|l| l == c)) {
        line.push((*up).to_owned());
    }
    line
}

/// Same use: equal, or one is the group of the other (`T` on an old paper and `ODT` on the map).
pub(super) fn same(a: &str, b: &str) -> bool {
    lineage(a).iter().any(|x| x == b) || lineage(b).iter().any(|x| x == a)
}

/// Does a zone that permits `permits` take `code`?
pub(super) fn fits(permits: &[String], code: &str) -> bool {
    let up = lineage(code);
    permits.iter().any(|p| up.contains(&today(&p.trim().to_uppercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_and_maps() {
        let got: Vec<String> = codes(&["odt+BHK", " TSL ; ODT "]).into_iter().collect();
        assert_eq!(got, ["HNK", "NTS", "ODT"]);
        assert!(codes::<&str>(&[]).is_empty());
    }

    #[test]
    fn knows_groups() {
        assert!(same("OTC", "ODT") && same("LUC", "LUA") && !same("ODT", "ONT") && !same("CLN", "HNK"));
        assert!(fits(&["OTC".into()], "ONT") && fits(&["bhk".into()], "HNK") && !fits(&["ONT".into()], "ODT"));
    }
}

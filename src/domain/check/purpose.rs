//! Land-use purposes as checks compare them: sets of today's codes, and whether two mean the same use.

use crate::domain::paper::land_use::{info, is_a, parse};
use std::collections::BTreeSet;

/// The codes in purposes as written: `ODT+CLN`, `ont; bhk`. Legacy codes come back as today's.
pub(super) fn codes<S: AsRef<str>>(written: &[S]) -> BTreeSet<String> {
    written.iter().flat_map(|w| parse(w.as_ref())).map(|u| u.code).collect()
}

/// A code and the groups above it, nearest first.
pub(super) fn lineage(code: &str) -> Vec<String> {
    let up = |c: &String| info(c).and_then(|i| i.parent.clone());
    std::iter::successors(Some(code.to_owned()), up).collect()
}

/// Same use: equal, or one is the group of the other (`T` on an old paper and `ODT` on the map).
pub(super) fn same(a: &str, b: &str) -> bool {
    is_a(a, b) || is_a(b, a)
}

/// Does a zone that permits `permits` take `code`?
pub(super) fn fits(permits: &[String], code: &str) -> bool {
    permits.iter().any(|p| is_a(code, p))
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

//! Land-use codes (mã loại đất): the list in force, the codes before it, and how papers and layers combine them.
//!
//! Source: `data/land_use.toml` (TT 08/2024/TT-BTNMT; hierarchy and most legacy mappings unverified).

use crate::domain::rule::Standing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Separators between codes of one value, as seen on layers.
pub const SEPARATORS: &str = "+,;/";

/// One code read from a paper or a layer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LandUse {
    /// As written.
    pub raw: String,
    /// Today's code; for a legacy code without one, and for an unknown one, the written code in capitals.
    pub code: String,
    /// Written with a code that is no longer in force.
    pub legacy: bool,
    /// In the list, or in the list of legacy codes.
    pub known: bool,
}

/// What the list says about a code.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CodeInfo {
    pub code: String,
    #[serde(default)]
    pub parent: Option<String>,
    /// Legacy codes only: today's code; none when a person must decide.
    #[serde(default)]
    pub to: Option<String>,
    pub vi: String,
    pub en: String,
    /// Legacy codes only: how sure `to` is.
    #[serde(default)]
    pub standing: Option<Standing>,
}

#[derive(Deserialize, Default)]
struct File {
    code: Vec<CodeInfo>,
    legacy: Vec<CodeInfo>,
}

struct List {
    current: BTreeMap<String, CodeInfo>,
    legacy: BTreeMap<String, CodeInfo>,
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    // The file is part of the program; `the_list_is_whole` proves that it reads.
    let file: File = toml::from_str(include_str!("../../../data/land_use.toml")).unwrap_or_default();
    let by_code = |list: Vec<CodeInfo>| list.into_iter().map(|c| (c.code.clone(), c)).collect();
    List { current: by_code(file.code), legacy: by_code(file.legacy) }
});

/// The entry of a code, in force or legacy.
pub fn info(code: &str) -> Option<&'static CodeInfo> {
    LIST.current.get(code).or_else(|| LIST.legacy.get(code))
}

/// All codes in force, in order.
pub fn current() -> impl Iterator<Item = &'static CodeInfo> {
    LIST.current.values()
}

/// Reads a value that may combine several codes: `ODT+CLN`, `ODT, CLN`. Empty text gives nothing.
pub fn parse(text: &str) -> Vec<LandUse> {
    parse_with(text, SEPARATORS)
}

/// [`parse`] with the separators of a layer's profile.
pub fn parse_with(text: &str, separators: &str) -> Vec<LandUse> {
    text.split(|c| separators.contains(c)).map(str::trim).filter(|part| !part.is_empty()).map(read).collect()
}

fn read(raw: &str) -> LandUse {
    let written = crate::domain::text::fold::tidy(raw).to_uppercase();
    let (code, legacy, known) = match (LIST.current.contains_key(&written), LIST.legacy.get(&written)) {
        (true, _) => (written, false, true),
        (false, Some(old)) => (old.to.clone().unwrap_or(written), true, true),
        (false, None) => (written, false, false),
    };
    LandUse { raw: raw.to_owned(), code, legacy, known }
}

/// Whether `code` is `group` or lies under it (`LUC` is a `LUA`, a `CHN`, an `NNP`). Legacy codes count as what they became,
/// else by the group they lie in.
pub fn is_a(code: &str, group: &str) -> bool {
    let group = read(group).code;
    let mut at = Some(read(code).code);
    while let Some(here) = at {
        if here == group {
            return true;
        }
        at = info(&here).and_then(|i| i.parent.clone());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        assert_eq!((LIST.current.len(), LIST.legacy.len()), (68, 33));
        for entry in LIST.current.values().chain(LIST.legacy.values()) {
            for other in entry.parent.iter().chain(&entry.to) {
                assert!(LIST.current.contains_key(other), "{} points to {other}", entry.code);
            }
        }
        assert!(LIST.legacy.keys().all(|c| !LIST.current.contains_key(c)));
        assert!(current().all(|c| is_a(&c.code, "NNP") || is_a(&c.code, "PNN") || is_a(&c.code, "CSD")));
    }

    #[test]
    fn combined_and_legacy_values() {
        let codes = |t: &str| parse(t).into_iter().map(|l| (l.code, l.legacy, l.known)).collect::<Vec<_>>();
        assert_eq!(codes("ODT+CLN"), codes("odt, cln"));
        assert_eq!(codes("RPH+NHK"), [("RPH".into(), false, true), ("HNK".into(), true, true)]);
        assert_eq!(codes("DSH"), [("DSH".into(), true, true)]);
        assert_eq!(codes("thổ cư"), [("OTC".into(), true, true)]);
        assert_eq!(codes("XYZ"), [("XYZ".into(), false, false)]);
        assert_eq!(codes(" + "), []);
        assert_eq!(parse("bhk")[0].raw, "bhk");
    }

    #[test]
    fn groups() {
        for (code, group) in [
            ("LUC", "LUA"),
            ("LUC", "NNP"),
            ("ODT", "OTC"),
            ("NHK", "CHN"),
            ("COC", "NNP"),
            ("SON", "PNN"),
            ("LUA", "LUA"),
        ] {
            assert!(is_a(code, group), "{code} {group}");
        }
        for (code, group) in [("LUA", "LUC"), ("ODT", "NNP"), ("XYZ", "NNP"), ("KDT", "PNN")] {
            assert!(!is_a(code, group), "{code} {group}");
        }
    }
}

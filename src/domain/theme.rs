//! A theme says what a layer is about and what it means when a parcel meets it. Themes are data (`data/themes.toml`, or
//! the table `theme`), never code: wording, accuracy, age and effect of any country's layers come in through them.

use crate::domain::rule::{DataError, RuleBook};
use ecow::EcoString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Bilingual {
    pub vi: EcoString,
    pub en: EcoString,
}

/// A remark on a number of the law. What was stored before remarks were written in two languages has one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Remark {
    Both(Bilingual),
    One(EcoString),
}

impl Remark {
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Both(both) => both.vi.is_empty(),
            Self::One(text) => text.is_empty(),
        }
    }
}

impl Default for Remark {
    fn default() -> Self {
        Self::One(EcoString::new())
    }
}

/// Which check reads layers of this theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// The cadastral map itself: becomes parcels when published.
    Parcel,
    /// Commune boundaries; `code` is the commune code.
    Commune,
    /// A full or partial cover by zones whose codes permit uses (land-use plan, zoning).
    Planning,
    /// Land lost to a planned road (polygons between red lines, or centre lines with a half width).
    RoadCorridor,
    /// Protection corridors and areas: river, power line, railway, heritage, military, airport.
    Protection,
    /// Land to be recovered, or in the annual plan.
    Recovery,
    /// Forest or rice land.
    Reserved,
    /// Flood, landslide and other hazards.
    Hazard,
    /// Roads and ways that give access.
    Access,
    /// Rows without geometry, keyed by parcel: mortgage, block, dispute, enforcement; `code` tells which.
    Encumbrance,
    /// Certificates known to the registration office, keyed by parcel.
    Register,
    /// Any other public-law restriction: reported by area and share.
    Restriction,
}

/// What a hit means for the case; ordered by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    #[default]
    None,
    NeedsPapers,
    NeedsPerson,
    Blocks,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    pub code: String,
    pub family: Family,
    pub title: Bilingual,
    /// What a hit means; single codes may differ.
    #[serde(default)]
    pub effect: Effect,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<String, ThemeCode>,
    /// Positional accuracy (largest deviation of a boundary, metres) used when a layer version does not say its own.
    pub accuracy_m: f64,
    /// A source older than this many days at `as_of` can no longer prove "clear".
    pub max_age_days: u32,
    /// An overlap whose total area is below this is named a sliver (m²).
    pub sliver_area_m2: f64,
    /// Lines and points are widened by this half width before they are measured (metres); an attribute may say another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_width_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_width_attr: Option<String>,
    /// A verification fails to be complete when no published layer of this theme covers the parcel.
    #[serde(default)]
    pub required: bool,
    /// Rule whose citation stands behind a hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// One code of a theme's code list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeCode {
    pub title: Bilingual,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Land-use codes that fit this zone (planning themes).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permits: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    #[serde(default)]
    theme: Vec<Theme>,
}

impl Theme {
    /// What a hit on `code` means: the code's own effect, else the theme's.
    pub fn effect_of(&self, code: Option<&str>) -> Effect {
        code.and_then(|c| self.codes.get(c)).and_then(|c| c.effect).unwrap_or(self.effect)
    }

    /// How exact a map of this theme is (m): as it says itself, else as the theme does.
    pub fn accuracy_of(&self, own: f64) -> f64 {
        if own > 0.0 { own } else { self.accuracy_m }
    }

    /// How far a line or point of this theme reaches to its sides (m): as the row says, else as the theme does.
    pub fn half_width(&self, attrs: &serde_json::Map<String, serde_json::Value>) -> Option<f64> {
        let value = self.half_width_attr.as_ref().and_then(|name| attrs.get(name));
        let own = value.and_then(|v| v.as_f64().or_else(|| v.as_str()?.trim().replace(',', ".").parse().ok()));
        own.filter(|w: &f64| w.is_finite() && *w > 0.0).or(self.half_width_m)
    }

    /// Its codes permit uses; without any, it only informs.
    pub fn permits_uses(&self) -> bool {
        self.codes.values().any(|c| !c.permits.is_empty())
    }

    /// Title of a code; the code itself when the list does not know it.
    pub fn code_title(&self, code: &str) -> Bilingual {
        let plain = || Bilingual { vi: code.into(), en: code.into() };
        self.codes.get(code).map_or_else(plain, |c| c.title.clone())
    }

    /// Reads `[[theme]]` tables, sorted by code.
    ///
    /// # Errors
    /// [`DataError`] on bad TOML, a theme that stands twice, numbers below zero, or a rule that `rules` does not know.
    pub fn from_toml(file: &str, text: &str, rules: &RuleBook) -> Result<Vec<Self>, DataError> {
        let read: ThemeFile =
            toml::from_str(text).map_err(|e| DataError::Syntax { file: file.to_owned(), reason: e.to_string() })?;
        let mut themes = read.theme;
        themes.sort_by(|a, b| a.code.cmp(&b.code));
        if let Some(pair) = themes.windows(2).find(|w| w[0].code == w[1].code) {
            return Err(DataError::DoubleTheme { theme: pair[0].code.clone() });
        }
        for theme in &themes {
            theme.check(file, rules)?;
        }
        Ok(themes)
    }

    /// Checks one theme, from a file or from the table.
    ///
    /// # Errors
    /// As [`Theme::from_toml`].
    pub fn check(&self, file: &str, rules: &RuleBook) -> Result<(), DataError> {
        if let Some(rule) = self.rule.as_ref().filter(|id| !rules.rules.iter().any(|r| r.id == **id)) {
            return Err(DataError::UnknownRule { theme: self.code.clone(), rule: rule.clone() });
        }
        let numbers = [Some(self.accuracy_m), Some(self.sliver_area_m2), self.half_width_m];
        let reason = if self.code.trim().is_empty() || self.title.vi.is_empty() || self.title.en.is_empty() {
            "a theme needs a code and a title in both languages"
        } else if numbers.into_iter().flatten().any(|n| !n.is_finite() || n < 0.0) {
            "accuracy, sliver area and half width are numbers from zero up"
        } else {
            return Ok(());
        };
        Err(DataError::Value { file: file.to_owned(), subject: self.code.clone(), reason: reason.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(code: &str, more: &str) -> String {
        format!(
            "[[theme]]\ncode='{code}'\nfamily='hazard'\ntitle={{vi='a',en='b'}}\naccuracy_m=1.0\nmax_age_days=10\nsliver_area_m2=1.0\n{more}\n"
        )
    }

    #[test]
    fn reads_and_refuses() {
        let none = RuleBook::default();
        let two = Theme::from_toml("t", &(theme("b", "effect='blocks'") + &theme("a", "")), &none).unwrap();
        assert_eq!((two[0].code.as_str(), two[1].effect_of(None)), ("a", Effect::Blocks));
        let double = Theme::from_toml("t", &(theme("a", "") + &theme("a", "")), &none);
        assert_eq!(double, Err(DataError::DoubleTheme { theme: "a".into() }));
        let unknown = Theme::from_toml("t", &theme("a", "rule='r'"), &none);
        assert_eq!(unknown, Err(DataError::UnknownRule { theme: "a".into(), rule: "r".into() }));
        assert!(matches!(Theme::from_toml("t", &theme("a", "half_width_m=-1.0"), &none), Err(DataError::Value { .. })));
        assert!(matches!(Theme::from_toml("t", &theme("a", "x=1"), &none), Err(DataError::Syntax { .. })));
    }
}

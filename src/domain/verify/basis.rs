//! What a verdict is drawn by (căn cứ): the rules in force and the themes, each set named by the SHA-256 of its canonical
//! form. A record pins the two names; the sets are kept once, and are enough to run the verification again years later.

use super::{CanonicalError, canonical, sha256_hex};
use crate::domain::rule::{Rule, RuleBook, RulePin};
use crate::domain::theme::{Family, Theme};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use time::Date;

const RULES: &str = "diaba.rules/1";
const THEMES: &str = "diaba.themes/1";

/// A set that cannot be made or read back.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    #[error("a set without a canonical form: {0}")]
    Canonical(#[from] CanonicalError),
    #[error("not a set: {0}")]
    Form(#[from] serde_json::Error),
    #[error("schema {0} is not known")]
    Schema(String),
    #[error("the content hashes to {found}, not to {named}")]
    Hash { named: String, found: String },
}

/// The rules in force on one day for one province.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleSet {
    pub book: RuleBook,
    /// SHA-256 of `content`, hex.
    pub hash: String,
    /// Canonical JSON.
    pub content: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleContent {
    schema: String,
    rules: Vec<Rule>,
}

impl RuleSet {
    /// All rules a check can come by on `day`: the national ones and those of the `provinces` (today's code, name before
    /// July 2025), in order of id, version and place.
    ///
    /// # Errors
    /// When a rule has a number that is not finite.
    pub fn in_force(book: &RuleBook, day: Date, provinces: &[Option<&str>]) -> Result<Self, SetError> {
        let ids: BTreeSet<&str> = book.rules.iter().map(|r| r.id.as_str()).collect();
        let places: BTreeSet<Option<&str>> = provinces.iter().copied().chain([None]).collect();
        let found = ids.into_iter().flat_map(|id| places.iter().filter_map(move |p| book.find(id, day, *p)));
        let mut rules: Vec<Rule> = found.cloned().collect();
        rules.sort_by(|a, b| (&a.id, a.version, &a.provinces).cmp(&(&b.id, b.version, &b.provinces)));
        rules.dedup();
        Self::of(rules)
    }

    fn of(mut rules: Vec<Rule>) -> Result<Self, SetError> {
        for rule in &mut rules {
            let whole = sha256_hex(canonical(rule)?);
            whole[..16].clone_into(&mut rule.hash);
        }
        let whole = RuleContent { schema: RULES.to_owned(), rules };
        let content = canonical(&whole)?;
        Ok(Self { hash: sha256_hex(&content), content, book: RuleBook { rules: whole.rules } })
    }

    /// Reads a set back, and proves that it is the one that has this name.
    ///
    /// # Errors
    /// When the content is another's, or of a form this version does not know.
    pub fn from_content(named: &str, content: &str) -> Result<Self, SetError> {
        is_named(named, content)?;
        let read: RuleContent = serde_json::from_str(content)?;
        if read.schema == RULES { Self::of(read.rules) } else { Err(SetError::Schema(read.schema)) }
    }

    /// The rule a finding names.
    pub fn cited(&self, pin: &RulePin) -> Option<&Rule> {
        self.book.rules.iter().find(|r| r.id == pin.id && r.version == pin.version && r.hash == pin.hash)
    }
}

/// Every theme the service knew.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ThemeSet {
    /// In order of code.
    pub themes: Vec<Arc<Theme>>,
    /// SHA-256 of `content`, hex.
    pub hash: String,
    /// Canonical JSON.
    pub content: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeContent<T> {
    schema: String,
    themes: Vec<T>,
}

impl ThemeSet {
    /// # Errors
    /// When a theme has a number that is not finite.
    pub fn of(mut themes: Vec<Theme>) -> Result<Self, SetError> {
        themes.sort_by(|a, b| a.code.cmp(&b.code));
        let whole = ThemeContent { schema: THEMES.to_owned(), themes };
        let content = canonical(&whole)?;
        Ok(Self { hash: sha256_hex(&content), content, themes: whole.themes.into_iter().map(Arc::new).collect() })
    }

    /// As [`RuleSet::from_content`].
    ///
    /// # Errors
    /// As there.
    pub fn from_content(named: &str, content: &str) -> Result<Self, SetError> {
        is_named(named, content)?;
        let read: ThemeContent<Theme> = serde_json::from_str(content)?;
        if read.schema == THEMES { Self::of(read.themes) } else { Err(SetError::Schema(read.schema)) }
    }

    pub fn find(&self, code: &str) -> Option<&Arc<Theme>> {
        self.themes.iter().find(|t| t.code == code)
    }

    /// How exact a parcel's boundary is (m) where its map does not say: as the coarsest theme of cadastral maps.
    pub fn parcel_accuracy(&self) -> f64 {
        let maps = self.themes.iter().filter(|t| t.family == Family::Parcel);
        maps.map(|t| t.accuracy_m).fold(0.0, f64::max)
    }

    /// What a map of the theme counts as (m) where it does not say how exact it is; none where the theme does not say either.
    pub fn usual_accuracy(&self, code: &str) -> Option<f64> {
        let theme = self.find(code)?;
        let usual = if theme.family == Family::Parcel { self.parcel_accuracy() } else { theme.accuracy_m };
        (usual > 0.0).then_some(usual)
    }
}

fn is_named(named: &str, content: &str) -> Result<(), SetError> {
    let found = sha256_hex(content);
    if found == named { Ok(()) } else { Err(SetError::Hash { named: named.to_owned(), found }) }
}

/// Both sets of a record: what its citations and titles are read from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Basis {
    pub rules: Arc<RuleSet>,
    pub themes: Arc<ThemeSet>,
}

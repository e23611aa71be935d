//! Dated, cited rules as data (`data/rules/*.toml`). A check asks for the rule in force on `as_of`; none in force is
//! never a silent default.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;

/// How far the source was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Read in the named legal text or official source.
    Verified,
    /// Seen only in a secondary source.
    Secondary,
    /// General knowledge; a person must confirm it.
    Unverified,
    /// Not law: a threshold of this service.
    House,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: String,
    pub version: u32,
    /// Empty: the whole country. Otherwise old (pre-2025) province names or two-digit province codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provinces: Vec<String>,
    pub valid_from: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    pub citation: String,
    pub standing: Standing,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Param {
    Number(f64),
    Text(String),
    List(Vec<String>),
    Table(BTreeMap<String, f64>),
}

/// All rules known, each in all its versions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleBook {
    pub rules: Vec<Rule>,
}

impl RuleBook {
    /// The rule `id` in force on `as_of`; one for `province` goes before a national one, a later version before an earlier.
    pub fn find(&self, id: &str, as_of: Date, province: Option<&str>) -> Option<&Rule> {
        self.rules
            .iter()
            .filter(|r| r.id == id && r.valid_from <= as_of && r.valid_to.is_none_or(|to| as_of < to))
            .filter(|r| r.provinces.is_empty() || province.is_some_and(|p| r.provinces.iter().any(|x| x == p)))
            .max_by_key(|r| (!r.provinces.is_empty(), r.version))
    }
}

impl Rule {
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.params.get(name)? {
            Param::Number(n) => Some(*n),
            _ => None,
        }
    }
    pub fn list(&self, name: &str) -> &[String] {
        match self.params.get(name) {
            Some(Param::List(l)) => l,
            _ => &[],
        }
    }
    pub fn table(&self, name: &str) -> Option<&BTreeMap<String, f64>> {
        match self.params.get(name)? {
            Param::Table(t) => Some(t),
            _ => None,
        }
    }
}

/// Which rule a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RulePin {
    pub id: String,
    pub version: u32,
}

impl From<&Rule> for RulePin {
    fn from(r: &Rule) -> Self {
        Self { id: r.id.clone(), version: r.version }
    }
}

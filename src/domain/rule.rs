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
    /// First 16 hex digits of the SHA-256 of the rule's canonical form; filled where the rule becomes part of a set.
    #[serde(skip)]
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Param {
    Number(f64),
    Text(String),
    List(Vec<String>),
    Table(BTreeMap<String, f64>),
}

/// What is wrong with a data file of rules or themes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    #[error("{file}: {reason}")]
    Syntax { file: String, reason: String },
    #[error("{file}: {subject}: {reason}")]
    Value { file: String, subject: String, reason: String },
    #[error("rule {id} version {version} is in force twice on {day}")]
    OverlappingRule { id: String, version: u32, day: Date },
    #[error("theme {theme} names the unknown rule {rule}")]
    UnknownRule { theme: String, rule: String },
    #[error("theme {theme} stands twice")]
    DoubleTheme { theme: String },
}

/// All rules known, each in all its versions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleBook {
    pub rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    #[serde(default)]
    rule: Vec<Rule>,
}

impl RuleBook {
    /// Reads `[[rule]]` tables from several texts (name, TOML) and checks them against each other.
    ///
    /// # Errors
    /// [`DataError`] on bad TOML, an empty citation, a period that ends before it starts, a number that is none, and the
    /// same version of a rule in force twice on one day for one province.
    pub fn from_toml(texts: &[(&str, &str)]) -> Result<Self, DataError> {
        let mut book = Self::default();
        for (file, text) in texts {
            let read: RuleFile = toml::from_str(text)
                .map_err(|e| DataError::Syntax { file: (*file).to_owned(), reason: e.to_string() })?;
            for rule in read.rule {
                rule.check(file)?;
                book.rules.push(rule);
            }
        }
        book.refuse_overlaps()?;
        book.rules.sort_by(|a, b| {
            (&a.id, a.version, &a.provinces, a.valid_from).cmp(&(&b.id, b.version, &b.provinces, b.valid_from))
        });
        Ok(book)
    }

    fn refuse_overlaps(&self) -> Result<(), DataError> {
        for (i, a) in self.rules.iter().enumerate() {
            for b in self.rules[i + 1..].iter().filter(|b| b.id == a.id && b.version == a.version) {
                let same_place = (a.provinces.is_empty() && b.provinces.is_empty())
                    || a.provinces.iter().any(|p| b.provinces.contains(p));
                let day = a.valid_from.max(b.valid_from);
                if same_place && a.in_force(day) && b.in_force(day) {
                    return Err(DataError::OverlappingRule { id: a.id.clone(), version: a.version, day });
                }
            }
        }
        Ok(())
    }

    /// The rule `id` in force on `as_of`; one for `province` goes before a national one, a later version before an earlier.
    pub fn find(&self, id: &str, as_of: Date, province: Option<&str>) -> Option<&Rule> {
        self.rules
            .iter()
            .filter(|r| r.id == id && r.in_force(as_of))
            .filter(|r| r.provinces.is_empty() || province.is_some_and(|p| r.provinces.iter().any(|x| x == p)))
            .max_by_key(|r| (!r.provinces.is_empty(), r.version))
    }
}

impl Rule {
    /// In force from `valid_from` up to, not on, `valid_to`.
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }

    fn check(&self, file: &str) -> Result<(), DataError> {
        let numbers = self.params.values().flat_map(|p| match p {
            Param::Number(n) => vec![*n],
            Param::Table(t) => t.values().copied().collect(),
            _ => vec![],
        });
        let reason = if self.id.trim().is_empty() {
            "a rule without an id"
        } else if self.citation.trim().is_empty() {
            "a rule without a citation"
        } else if self.valid_to.is_some_and(|to| to <= self.valid_from) {
            "valid_to is not after valid_from"
        } else if numbers.into_iter().any(|n| !n.is_finite()) {
            "a parameter is not a number"
        } else {
            return Ok(());
        };
        Err(DataError::Value { file: file.to_owned(), subject: self.id.clone(), reason: reason.to_owned() })
    }

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

/// Which rule a finding rests on; its whole text is in the rule set that the record pins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePin {
    pub id: String,
    pub version: u32,
    /// [`Rule::hash`]: tells a national and a provincial rule of the same id and version apart.
    pub hash: String,
}

impl From<&Rule> for RulePin {
    fn from(r: &Rule) -> Self {
        Self { id: r.id.clone(), version: r.version, hash: r.hash.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn rule(version: u32, from: &str, more: &str) -> String {
        format!("[[rule]]\nid='a'\nversion={version}\nvalid_from='{from}'\ncitation='x'\nstanding='house'\n{more}\n")
    }

    #[test]
    fn reads_and_finds_the_one_in_force() {
        let text = rule(1, "2020-01-01", "valid_to='2024-08-01'")
            + &rule(2, "2024-08-01", "")
            + &rule(1, "2024-08-01", "provinces=['P']\n[rule.params]\nn=3\nt={x=1.5}\nl=['u']\n");
        let book = RuleBook::from_toml(&[("t", &text)]).unwrap();
        let version = |day, p| book.find("a", day, p).map(|r| (r.version, r.provinces.len()));
        assert_eq!(version(date!(2019 - 12 - 31), None), None);
        assert_eq!(version(date!(2024 - 07 - 31), None), Some((1, 0)));
        assert_eq!(version(date!(2024 - 08 - 01), None), Some((2, 0)));
        assert_eq!(version(date!(2024 - 08 - 01), Some("P")), Some((1, 1)));
        let p = book.find("a", date!(2025 - 01 - 01), Some("P")).unwrap();
        assert_eq!((p.number("n"), p.table("t").map(|t| t["x"]), p.list("l").len()), (Some(3.0), Some(1.5), 1));
    }

    #[test]
    fn refuses_what_contradicts_itself() {
        let twice = rule(1, "2020-01-01", "") + &rule(1, "2021-01-01", "");
        let day = date!(2021 - 01 - 01);
        let wrong = RuleBook::from_toml(&[("t", &twice)]);
        assert_eq!(wrong, Err(DataError::OverlappingRule { id: "a".into(), version: 1, day }));
        let backwards = rule(1, "2020-01-01", "valid_to='2019-01-01'");
        assert!(matches!(RuleBook::from_toml(&[("t", &backwards)]), Err(DataError::Value { .. })));
        let unknown = rule(1, "2020-01-01", "colour='red'");
        assert!(matches!(RuleBook::from_toml(&[("t", &unknown)]), Err(DataError::Syntax { .. })));
        assert!(matches!(RuleBook::from_toml(&[("t", &rule(1, "soon", ""))]), Err(DataError::Syntax { .. })));
    }
}

//! How long personal data of a case is kept after its end (`data/retention.toml`), and the certificate of its deletion. The
//! periods are the firm's policy until a lawyer has confirmed others.

use crate::domain::case::Ending;
use crate::domain::rule::Standing;
use crate::domain::verify::{CanonicalError, canonical, sha256_hex};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

const SHIPPED: &str = include_str!("../../data/retention.toml");
/// Form of the certificate; also the purpose its signature is given for.
pub const CERTIFICATE: &str = "diaba.erasure/1";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// What names people goes; what happened, hashes and verdicts' columns stay.
    Anonymise,
}

/// One period with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: String,
    pub version: u32,
    /// Of the case.
    pub ending: Ending,
    pub months: u32,
    pub action: Action,
    pub valid_from: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    pub citation: String,
    pub standing: Standing,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    pub stray_batch: Stray,
}

/// How long a batch of field work is kept of which nothing belongs to a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stray {
    pub version: u32,
    pub months: u32,
    pub citation: String,
    pub standing: Standing,
}

impl Stray {
    /// Those that came in before this day are kept no longer on `today`.
    pub fn before(&self, today: Date) -> Date {
        months_on(today, -i64::from(self.months))
    }
}

impl Rules {
    /// Reads and checks them.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(text: &str) -> Result<Self, String> {
        let all: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        if all.stray_batch.months == 0 || all.stray_batch.citation.trim().is_empty() {
            return Err("stray_batch: 1 month or more, and where the number comes from".into());
        }
        for (i, r) in all.rules.iter().enumerate() {
            let name = format!("{} version {}", r.id, r.version);
            if r.months == 0 || r.months > 1200 || r.citation.trim().is_empty() {
                return Err(format!("{name}: 1 to 1200 months, and where the number comes from"));
            }
            if r.valid_to.is_some_and(|to| to < r.valid_from) {
                return Err(format!("{name}: it ends before it begins"));
            }
            if all.rules[..i].iter().any(|o| o.id == r.id && o.version == r.version) {
                return Err(format!("{name}: stands twice"));
            }
        }
        Ok(all)
    }

    pub fn shipped() -> Result<&'static Self, String> {
        static READ: LazyLock<Result<Rules, String>> = LazyLock::new(|| Rules::read(SHIPPED));
        READ.as_ref().map_err(Clone::clone)
    }

    /// The rule for an ending in force on a day: the newest version.
    pub fn of(&self, ending: Ending, day: Date) -> Option<&Rule> {
        let holds = |r: &&Rule| r.ending == ending && r.valid_from <= day && r.valid_to.is_none_or(|to| day <= to);
        self.rules.iter().filter(holds).max_by_key(|r| (r.valid_from, r.version))
    }
}

impl Rule {
    /// The first day on which the data are kept no longer, for a case that ended on `ended`. A day that a month has not is
    /// its last one.
    pub fn due(&self, ended: Date) -> Date {
        months_on(ended, i64::from(self.months))
    }
}

/// So many months on, or back: a day that a month has not is its last one.
fn months_on(ended: Date, by: i64) -> Date {
    let months = i64::from(ended.year()) * 12 + i64::from(u8::from(ended.month())) - 1 + by;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let date = |day: u8| {
        let month = time::Month::try_from(u8::try_from(month).ok()?).ok()?;
        Date::from_calendar_date(i32::try_from(year).ok()?, month, day).ok()
    };
    (1..=ended.day()).rev().find_map(date).unwrap_or(Date::MAX)
}

/// What was deleted: names and hashes, never the data itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    pub schema: String,
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_number: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub rule: Rule,
    pub ended: Date,
    /// The day it fell due.
    pub due: Date,
    /// Place (table and column) and how many values of it.
    pub values: Vec<(String, i64)>,
    /// SHA-256 of each file that was deleted, ascending.
    pub files: Vec<String>,
    /// SHA-256 of each archive that was deleted.
    pub archives: Vec<String>,
    /// The customer's own record too: no other case needs it.
    pub customer: bool,
    /// Verifications whose record and inputs are gone: digest, signature and place in the chain stay and hold, they cannot be
    /// run again.
    pub not_replayable: Vec<(Uuid, String)>,
    pub by: String,
}

impl Certificate {
    /// Canonical form and its SHA-256, hex.
    ///
    /// # Errors
    /// None with a certificate of this type.
    pub fn sealed_form(&self) -> Result<(String, String), CanonicalError> {
        let text = canonical(self)?;
        let digest = sha256_hex(&text);
        Ok((text, digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn every_ending_has_a_rule_and_none_claims_to_be_law() {
        let rules = Rules::shipped().unwrap();
        for ending in [Ending::Closed, Ending::Withdrawn, Ending::Refused] {
            let rule = rules.of(ending, date!(2026 - 10 - 05)).unwrap();
            assert!(matches!(rule.standing, Standing::House | Standing::Unverified), "{}", rule.id);
        }
        assert_eq!(rules.of(Ending::Closed, date!(2025 - 01 - 01)), None, "before any is in force");
    }

    #[test]
    fn the_newest_in_force_counts_and_wrong_ones_are_refused() {
        let one = |version: u32, from: &str, months: u32| {
            format!(
                "[[rule]]\nid = \"a\"\nversion = {version}\nending = \"closed\"\nmonths = {months}\naction = \"anonymise\"\n\
                 valid_from = \"{from}\"\ncitation = \"c\"\nstanding = \"house\"\n"
            )
        };
        const STRAY: &str = "[stray_batch]\nversion = 1\nmonths = 24\ncitation = \"c\"\nstanding = \"house\"\n";
        let read = |rules: &str| Rules::read(&format!("{rules}{STRAY}"));
        let two = read(&(one(1, "2026-01-01", 12) + &one(2, "2027-01-01", 6))).unwrap();
        assert_eq!(two.of(Ending::Closed, date!(2026 - 12 - 31)).unwrap().months, 12);
        assert_eq!(two.of(Ending::Closed, date!(2027 - 01 - 01)).unwrap().months, 6);
        assert!(read(&(one(1, "2026-01-01", 12) + &one(1, "2027-01-01", 6))).unwrap_err().contains("twice"));
        assert!(read(&one(1, "2026-01-01", 0)).unwrap_err().contains("months"));
    }

    #[test]
    fn months_end_where_they_end() {
        let rule = |months| Rule { months, ..Rules::shipped().unwrap().rules[0].clone() };
        assert_eq!(rule(24).due(date!(2026 - 10 - 05)), date!(2028 - 10 - 05));
        assert_eq!(rule(1).due(date!(2027 - 01 - 31)), date!(2027 - 02 - 28));
        assert_eq!(rule(12).due(date!(2028 - 02 - 29)), date!(2029 - 02 - 28));
        assert_eq!(rule(14).due(date!(2026 - 12 - 01)), date!(2028 - 02 - 01));
        assert_eq!(rule(1).due(date!(2026 - 12 - 02)), date!(2027 - 01 - 02));
        let stray = |months| Stray { months, ..Rules::shipped().unwrap().stray_batch.clone() };
        assert_eq!(stray(24).before(date!(2028 - 10 - 05)), date!(2026 - 10 - 05));
        assert_eq!(stray(1).before(date!(2027 - 03 - 31)), date!(2027 - 02 - 28));
    }
}

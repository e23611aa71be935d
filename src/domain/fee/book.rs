//! Tables of fees, national or of a province, each with its source and its period (`data/fees/*.toml`).

use super::Kinship;
use crate::domain::money::{Dong, Rate, Rounding};
use crate::domain::rule::{DataError, Standing};
use crate::domain::theme::{Bilingual, Remark};
use crate::domain::verify::{CanonicalError, canonical, sha256_hex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// E.g. `registration_fee`; one of an id is in force for a procedure, a place and a day.
    pub id: String,
    pub version: u32,
    pub title: Bilingual,
    /// Empty: the whole country. Otherwise two-digit province codes or names before July 2025.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provinces: Vec<String>,
    pub valid_from: Date,
    /// First day it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    pub citation: String,
    pub standing: Standing,
    #[serde(default)]
    pub note: Remark,
    /// Procedures it falls due in.
    pub procedures: Vec<String>,
    pub payer: Payer,
    pub formula: Formula,
    /// The first that holds makes it nothing to pay.
    #[serde(default, rename = "exempt", skip_serializing_if = "Vec::is_empty")]
    pub exemptions: Vec<Exemption>,
}

/// Who owes it, unless the parties agree otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// Who gives, sells, pledges.
    Holder,
    /// Who receives, and who asks.
    Receiver,
    /// As agreed.
    Either,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Formula {
    /// A share of a base.
    Percent { base: Base, percent: Rate, rounding: Rounding },
    /// By slices of the base: for each up to `up_to`, `fixed` and `percent` of what lies above the slice before.
    Slices {
        base: Base,
        slices: Vec<Slice>,
        rounding: Rounding,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<Dong>,
    },
    /// A fixed amount per procedure and object.
    Fixed { amounts: BTreeMap<String, Objects> },
    /// The difference of two land prices, times the area.
    UseDifference { rounding: Rounding },
    /// As before, with shares by quota for land beside a house: within, up to once more, beyond.
    UseDifferenceByQuota { within: Rate, once_more: Rate, beyond: Rate, rounding: Rounding },
    /// The source gives no number, or none was seen.
    NotKnown,
}

/// What a share is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Land table price × area.
    LandValue,
    /// The agreed price, but not below the land value.
    PriceNotBelowLandValue,
    AgreedPrice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// None: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Dong>,
    #[serde(default)]
    pub fixed: Dong,
    pub percent: Rate,
}

/// Amounts by what the certificate is about; two numbers where the source gives two without saying when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objects {
    pub land: [Dong; 2],
    pub assets: [Dong; 2],
    pub both: [Dong; 2],
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// Procedures it is about; empty: all of the fee.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<String>,
    pub when: When,
    pub citation: String,
    pub standing: Standing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    Kinship(Vec<Kinship>),
    OnlyHome,
}

/// All fees known, each in all its versions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FeeBook {
    pub fees: Vec<Fee>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeeFile {
    fee: Vec<Fee>,
}

/// The fees in force on one day for one place, named by the SHA-256 of their canonical form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeeSet {
    pub fees: Vec<Fee>,
    pub hash: String,
}

impl FeeBook {
    /// Reads `[[fee]]` tables from several texts (name, TOML).
    ///
    /// # Errors
    /// [`DataError`] on bad TOML, an empty citation, a period that ends before it starts, slices out of order, amounts out
    /// of order or below zero, or two of one id in force for one procedure, place and day.
    pub fn from_toml(texts: &[(&str, &str)]) -> Result<Self, DataError> {
        let mut book = Self::default();
        for (file, text) in texts {
            let read: FeeFile = toml::from_str(text)
                .map_err(|e| DataError::Syntax { file: (*file).to_owned(), reason: e.to_string() })?;
            for fee in read.fee {
                let twice = book
                    .fees
                    .iter()
                    .any(|f| f.clashes(&fee))
                    .then_some("two in force for one procedure, place and day");
                if let Some(reason) = fee.fault().or(twice) {
                    let (file, subject) = ((*file).to_owned(), fee.id);
                    return Err(DataError::Value { file, subject, reason: reason.to_owned() });
                }
                book.fees.push(fee);
            }
        }
        book.fees.sort_by(|a, b| {
            (&a.id, &a.procedures, &a.provinces, a.valid_from).cmp(&(&b.id, &b.procedures, &b.provinces, b.valid_from))
        });
        Ok(book)
    }

    /// Those in force on `day` in one of the `places` (today's code of a province, its name before July 2025) and the
    /// national ones.
    ///
    /// # Errors
    /// None with what [`FeeBook::from_toml`] read.
    pub fn in_force(&self, day: Date, places: &[&str]) -> Result<FeeSet, CanonicalError> {
        let here = |f: &&Fee| f.provinces.is_empty() || places.iter().any(|p| f.is_of(p));
        let fees: Vec<Fee> = self.fees.iter().filter(|f| f.in_force(day)).filter(here).cloned().collect();
        let hash = sha256_hex(canonical(&fees)?);
        Ok(FeeSet { fees, hash })
    }
}

impl FeeSet {
    /// Those of a procedure, in order of id; one of a province goes before the national one.
    pub fn of(&self, procedure: &str) -> Vec<&Fee> {
        let mut chosen: BTreeMap<&str, &Fee> = BTreeMap::new();
        for fee in self.fees.iter().filter(|f| f.procedures.iter().any(|p| p == procedure)) {
            let held = chosen.entry(&fee.id).or_insert(fee);
            if held.provinces.is_empty() {
                *held = fee;
            }
        }
        chosen.into_values().collect()
    }
}

impl Fee {
    /// In force from `valid_from` up to, not on, `valid_to`.
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }

    fn is_of(&self, province: &str) -> bool {
        self.provinces.iter().any(|p| p == province)
    }

    fn clashes(&self, other: &Self) -> bool {
        let day = self.valid_from.max(other.valid_from);
        let place =
            (self.provinces.is_empty() && other.provinces.is_empty()) || self.provinces.iter().any(|p| other.is_of(p));
        let act = self.procedures.iter().any(|p| other.procedures.contains(p));
        self.id == other.id && act && place && self.in_force(day) && other.in_force(day)
    }

    fn fault(&self) -> Option<&'static str> {
        let bare = |t: &str| t.trim().is_empty();
        if bare(&self.id) || bare(&self.title.vi) || bare(&self.title.en) {
            return Some("no id or title");
        }
        if bare(&self.citation) || self.exemptions.iter().any(|e| bare(&e.citation)) {
            return Some("no citation");
        }
        if self.valid_to.is_some_and(|to| to <= self.valid_from) {
            return Some("valid_to is not after valid_from");
        }
        match &self.formula {
            Formula::Slices { slices, .. } => {
                let ends = || slices.iter().map(|s| s.up_to);
                let rising = slices
                    .windows(2)
                    .all(|w| w[0].up_to.is_some() && (w[1].up_to.is_none() || w[0].up_to < w[1].up_to));
                (ends().next_back() != Some(None) || !rising).then_some("slices rise and the last has no end")
            }
            Formula::Fixed { amounts } => {
                let good = |[low, high]: [Dong; 2]| Dong::ZERO <= low && low <= high;
                let all = |o: &Objects| good(o.land) && good(o.assets) && good(o.both);
                let named = |p: &String| amounts.contains_key(p);
                (!amounts.values().all(all) || !self.procedures.iter().all(named))
                    .then_some("an amount is missing, below zero, or its two numbers are out of order")
            }
            _ => None,
        }
    }
}

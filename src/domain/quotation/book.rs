//! Packages and price lists, as dated data (`data/prices/*.toml`).

use super::schedule::{Share, whole};
use super::{Line, NoOffer, Offer, Vat, VatShown};
use crate::domain::money::{Dong, Rounding};
use crate::domain::rule::{DataError, Standing};
use crate::domain::theme::Bilingual;
use serde::{Deserialize, Serialize};
use time::Date;

/// A price list of the firm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    pub code: String,
    pub title: Bilingual,
    pub valid_from: Date,
    /// First day it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    pub standing: Standing,
    /// Stands on every quotation: invented prices say so.
    pub note: Bilingual,
    pub vat: Vat,
    /// How an instalment is rounded; the last one takes what is left.
    pub instalment_rounding: Rounding,
    #[serde(rename = "package")]
    pub packages: Vec<Package>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    pub code: String,
    pub title: Bilingual,
    pub procedures: Vec<String>,
    pub lines: Vec<Line>,
    pub instalments: Vec<Share>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PriceBook {
    pub lists: Vec<PriceList>,
}

impl PriceBook {
    /// Reads one list from each text (name, TOML).
    ///
    /// # Errors
    /// [`DataError`] on bad TOML, a price below zero, shares that are not 100 % together, a list that stands twice, or a package
    /// that two lists offer on one day.
    pub fn from_toml(texts: &[(&str, &str)]) -> Result<Self, DataError> {
        let mut book = Self::default();
        for (file, text) in texts {
            let read: PriceList = toml::from_str(text)
                .map_err(|e| DataError::Syntax { file: (*file).to_owned(), reason: e.to_string() })?;
            if let Some(reason) = read.fault().or_else(|| book.clash(&read)) {
                let (file, subject) = ((*file).to_owned(), read.code);
                return Err(DataError::Value { file, subject, reason });
            }
            book.lists.push(read);
        }
        Ok(book)
    }

    fn clash(&self, new: &PriceList) -> Option<String> {
        if self.lists.iter().any(|l| l.code == new.code) {
            return Some("the list stands twice".into());
        }
        let begins_in = |a: &PriceList, b: &PriceList| a.holds_on(b.valid_from);
        let beside = self.lists.iter().filter(|l| begins_in(l, new) || begins_in(new, l));
        let mut theirs = beside.flat_map(|l| l.packages.iter().map(move |p| (l, p)));
        let twice = theirs.find(|(_, p)| new.packages.iter().any(|n| n.code == p.code));
        twice.map(|(l, p)| format!("package {} is offered by {} on the same days", p.code, l.code))
    }

    /// Lists in force on a day.
    pub fn on(&self, day: Date) -> impl Iterator<Item = &PriceList> {
        self.lists.iter().filter(move |l| l.holds_on(day))
    }

    /// The offer of a package for a procedure, less a discount, on a day.
    ///
    /// # Errors
    /// [`NoOffer`].
    pub fn offer(&self, package: &str, procedure: &str, discount: Dong, day: Date) -> Result<Offer, NoOffer> {
        let fits = |p: &&Package| p.procedures.iter().any(|x| x == procedure);
        let all = || self.on(day).flat_map(|l| l.packages.iter().filter(fits).map(move |p| (l, p)));
        let found = all().find(|(_, p)| p.code == package);
        let (list, p) = found.ok_or_else(|| NoOffer::Package(all().map(|(_, p)| p.code.clone()).collect()))?;
        let price = Dong::sum(p.lines.iter().map(|l| l.price))?;
        if !(Dong::ZERO..=price).contains(&discount) {
            return Err(NoOffer::Discount(price));
        }
        let (vat, total) = VatShown::of(&list.vat, price.minus(discount)?)?;
        Ok(Offer {
            price_list: list.code.clone(),
            package: p.code.clone(),
            title: p.title.clone(),
            lines: p.lines.clone(),
            discount,
            vat,
            total,
            instalments: super::schedule::parts(total, &p.instalments, list.instalment_rounding)?,
            instalment_rounding: list.instalment_rounding,
            note: list.note.clone(),
        })
    }
}

impl PriceList {
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }

    fn fault(&self) -> Option<String> {
        if self.valid_to.is_some_and(|to| to <= self.valid_from) {
            return Some("valid_to is not after valid_from".into());
        }
        let double = |(i, p): &(usize, &Package)| self.packages.iter().take(*i).any(|o| o.code == p.code);
        if let Some((_, p)) = self.packages.iter().enumerate().find(double) {
            return Some(format!("package {} stands twice", p.code));
        }
        self.packages.iter().find_map(|p| {
            if p.lines.is_empty() || p.lines.iter().any(|l| l.price < Dong::ZERO) {
                Some(format!("package {}: no lines, or a price below zero", p.code))
            } else if whole(&p.instalments) {
                None
            } else {
                Some(format!("package {}: its instalments are not 100 % together", p.code))
            }
        })
    }
}

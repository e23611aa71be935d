//! Quotations (báo giá): packages and price lists as dated data, and what they make of one case.

use crate::domain::money::{Dong, Rate, Rounding, TooLarge};
use crate::domain::rule::{DataError, Standing};
use crate::domain::theme::Bilingual;
use serde::{Deserialize, Serialize};
use time::Date;

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
    #[serde(default)]
    pub note: String,
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub code: String,
    pub title: Bilingual,
    pub price: Dong,
}

/// A part of the total that falls due at one point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub code: String,
    pub title: Bilingual,
    pub percent: Rate,
    /// Days after the contract binds; None: when the point named is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// An instalment of a quotation or contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// From 1.
    pub no: u32,
    pub code: String,
    pub title: Bilingual,
    pub amount: Dong,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// What is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub price_list: String,
    pub package: String,
    pub title: Bilingual,
    pub lines: Vec<Line>,
    pub discount: Dong,
    pub total: Dong,
    pub instalments: Vec<Instalment>,
    /// Of the price list: invented prices say so.
    pub note: String,
}

/// Why nothing can be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoOffer {
    /// Codes of the packages there are for the procedure today.
    Package(Vec<String>),
    /// The discount is below zero or above the price.
    Discount(Dong),
    TooLarge,
}

impl From<TooLarge> for NoOffer {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PriceBook {
    pub lists: Vec<PriceList>,
}

impl PriceBook {
    /// Reads one list from each text (name, TOML).
    ///
    /// # Errors
    /// [`DataError`] on bad TOML, a price below zero, shares that are not 100 % together, or a list that stands twice.
    pub fn from_toml(texts: &[(&str, &str)]) -> Result<Self, DataError> {
        let mut book = Self::default();
        for (file, text) in texts {
            let read: PriceList = toml::from_str(text)
                .map_err(|e| DataError::Syntax { file: (*file).to_owned(), reason: e.to_string() })?;
            let twice = book.lists.iter().any(|l| l.code == read.code).then_some("the list stands twice");
            if let Some(reason) = twice.or_else(|| read.fault()) {
                let (file, subject) = ((*file).to_owned(), read.code);
                return Err(DataError::Value { file, subject, reason: reason.to_owned() });
            }
            book.lists.push(read);
        }
        Ok(book)
    }

    /// Lists in force on a day.
    pub fn on(&self, day: Date) -> impl Iterator<Item = &PriceList> {
        self.lists.iter().filter(move |l| l.valid_from <= day && l.valid_to.is_none_or(|to| day < to))
    }

    /// The offer of a package for a procedure, less a discount.
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
        let total = price.minus(discount)?;
        Ok(Offer {
            price_list: list.code.clone(),
            package: p.code.clone(),
            title: p.title.clone(),
            lines: p.lines.clone(),
            discount,
            total,
            instalments: parts(total, &p.instalments)?,
            note: list.note.clone(),
        })
    }
}

impl PriceList {
    fn fault(&self) -> Option<&'static str> {
        let whole = |p: &Package| p.instalments.iter().map(|s| s.percent.ppm()).sum::<i64>() == 1_000_000;
        if self.valid_to.is_some_and(|to| to <= self.valid_from) {
            Some("valid_to is not after valid_from")
        } else if self.packages.iter().flat_map(|p| &p.lines).any(|l| l.price < Dong::ZERO) {
            Some("a price is below zero")
        } else if !self.packages.iter().all(whole) {
            Some("the instalments of a package are not 100 % together")
        } else {
            None
        }
    }
}

/// The total in parts, each to the nearest thousand dong; the last takes what is left, so that nothing is lost.
fn parts(total: Dong, shares: &[Share]) -> Result<Vec<Instalment>, TooLarge> {
    let mut left = total;
    let mut out = Vec::with_capacity(shares.len());
    for (no, share) in (1u32..).zip(shares) {
        let last = out.len() + 1 == shares.len();
        let amount = if last { left } else { total.at(share.percent, Rounding::NearestThousand)?.min(left) };
        left = left.minus(amount)?;
        let (code, title, days) = (share.code.clone(), share.title.clone(), share.days);
        out.push(Instalment { no, code, title, amount, days });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn book() -> PriceBook {
        PriceBook::from_toml(&[("demo", include_str!("../../../data/prices/demo.toml"))]).unwrap()
    }

    const DAY: Date = date!(2026 - 11 - 23);

    #[test]
    fn an_offer_adds_up() {
        let offer = book().offer("standard", "transfer", Dong(500_000), DAY).unwrap();
        assert_eq!(offer.total, Dong(5_500_000));
        let parts: Vec<i64> = offer.instalments.iter().map(|i| i.amount.0).collect();
        assert_eq!(parts, [2_750_000, 2_750_000]);
        assert!(offer.note.starts_with("Invented"));
    }

    #[test]
    fn what_cannot_be_offered_is_named() {
        let no = |p: &str, proc: &str, d: i64, day| book().offer(p, proc, Dong(d), day).unwrap_err();
        assert_eq!(no("gold", "transfer", 0, DAY), NoOffer::Package(vec!["standard".into()]));
        assert_eq!(no("survey", "transfer", 0, DAY), NoOffer::Package(vec!["standard".into()]));
        assert_eq!(no("standard", "transfer", 6_000_001, DAY), NoOffer::Discount(Dong(6_000_000)));
        assert_eq!(no("standard", "transfer", -1, DAY), NoOffer::Discount(Dong(6_000_000)));
        assert_eq!(no("standard", "transfer", 0, date!(2027 - 01 - 01)), NoOffer::Package(vec![]), "the list is over");
    }

    proptest! {
        #[test]
        fn instalments_lose_nothing(discount in 0i64..=12_000_000) {
            let offer = book().offer("survey", "split", Dong(discount), DAY).unwrap();
            prop_assert_eq!(Dong::sum(offer.instalments.iter().map(|i| i.amount)).unwrap(), offer.total);
            prop_assert!(offer.instalments.iter().all(|i| i.amount >= Dong::ZERO));
        }
    }
}

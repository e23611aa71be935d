//! Quotations (báo giá): what a price list makes of one case, with its VAT and instalments, exact to the dong.

mod book;
mod schedule;

pub use book::{Package, PriceBook, PriceList};
pub use schedule::{Instalment, Milestone, Share};

use crate::domain::money::{Dong, Rate, Rounding, TooLarge};
use crate::domain::rule::Standing as Confirmed;
use crate::domain::theme::Bilingual;
use serde::{Deserialize, Serialize};
use time::Date;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub code: String,
    pub title: Bilingual,
    pub price: Dong,
}

/// Value added tax as the firm's price list states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vat {
    pub percent: Rate,
    /// The prices contain it.
    pub included: bool,
    pub rounding: Rounding,
    pub citation: String,
    /// How far the citation was confirmed.
    pub standing: Confirmed,
}

/// VAT of one offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatShown {
    #[serde(flatten)]
    pub terms: Vat,
    /// What it is reckoned on: the price after the discount, without VAT.
    pub base: Dong,
    pub amount: Dong,
}

impl VatShown {
    /// VAT and total of a price after its discount.
    fn of(terms: &Vat, price: Dong) -> Result<(Self, Dong), TooLarge> {
        let amount = if terms.included {
            price.within(terms.percent, terms.rounding)?
        } else {
            price.at(terms.percent, terms.rounding)?
        };
        let base = if terms.included { price.minus(amount)? } else { price };
        Ok((Self { terms: terms.clone(), base, amount }, base.plus(amount)?))
    }
}

/// What is offered. Sums are whole dong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub price_list: String,
    pub package: String,
    pub title: Bilingual,
    pub lines: Vec<Line>,
    pub discount: Dong,
    pub vat: VatShown,
    /// To be paid: with VAT.
    pub total: Dong,
    pub instalments: Vec<Instalment>,
    pub instalment_rounding: Rounding,
    /// Of the price list: invented prices say so.
    pub note: Bilingual,
}

/// Why nothing can be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoOffer {
    /// Codes of the packages there are for the procedure on that day.
    Package(Vec<String>),
    /// The discount is below zero or above this price.
    Discount(Dong),
    TooLarge,
}

impl From<TooLarge> for NoOffer {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

/// Where a quotation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Waits for the customer's answer.
    Offered,
    /// Frozen: a newer version does not change it.
    Accepted,
    Refused,
    /// There is a newer version.
    Replaced,
    Expired,
    /// The sheet it rests on was signed anew: it holds no longer, also when it was accepted.
    Withdrawn,
}

impl Standing {
    /// `accepted`: the answer, if there is one; `valid_to`: the last day it holds.
    pub fn of(accepted: Option<bool>, withdrawn: bool, newest: bool, valid_to: Date, today: Date) -> Self {
        match accepted {
            _ if withdrawn => Self::Withdrawn,
            Some(true) => Self::Accepted,
            Some(false) => Self::Refused,
            None if !newest => Self::Replaced,
            None if valid_to < today => Self::Expired,
            None => Self::Offered,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

#[cfg(test)]
mod tests;

//! The total in instalments, each tied to a point the case reaches.

use crate::domain::money::{Dong, Rate, Rounding, TooLarge};
use crate::domain::theme::Bilingual;
use serde::{Deserialize, Serialize};

/// A point of a case at which an instalment falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// The contract binds.
    Signing,
    /// The dossier is handed in to an authority.
    Submission,
    /// The authority has granted it, or our review let it pass.
    Result,
}

impl Milestone {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Submission => "submission",
            Self::Result => "result",
        }
    }
}

/// A part of the total, in a price list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub title: Bilingual,
    pub percent: Rate,
    pub on: Milestone,
    /// Days to pay, after the day of the milestone (days of the calendar, 0 to 365).
    pub days: u16,
}

/// An instalment of a quotation or contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// From 1.
    pub no: u32,
    pub title: Bilingual,
    pub amount: Dong,
    pub on: Milestone,
    pub days: u16,
}

/// Are the shares of a package 100 % together, and are there any?
pub(super) fn whole(shares: &[Share]) -> bool {
    !shares.is_empty()
        && shares.iter().all(|s| s.days <= 365)
        && shares.iter().map(|s| s.percent.ppm()).sum::<i64>() == 1_000_000
}

/// The total in parts; the last takes what is left, so that nothing is lost or added.
pub(super) fn parts(total: Dong, shares: &[Share], rounding: Rounding) -> Result<Vec<Instalment>, TooLarge> {
    let mut left = total;
    let mut out = Vec::with_capacity(shares.len());
    for (no, share) in (1u32..).zip(shares) {
        let last = out.len() + 1 == shares.len();
        let amount = if last { left } else { total.at(share.percent, rounding)?.min(left) };
        left = left.minus(amount)?;
        out.push(Instalment { no, title: share.title.clone(), amount, on: share.on, days: share.days });
    }
    Ok(out)
}

//! Money as whole dong, never a fraction and never a float. Every step that could leave a fraction names its rounding.

mod rate;
mod words;

pub use rate::{Measure, Rate, Rounding};
pub use words::{amount_in_words, date_in_words, grouped, grouped_by, number_in_words};

use serde::{Deserialize, Serialize};
use std::fmt;

/// Vietnamese dong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Dong(pub i64);

/// An amount beyond what a whole number of 64 bits holds (9.2 × 10^18 dong).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large")]
pub struct TooLarge;

impl Dong {
    pub const ZERO: Self = Self(0);

    pub fn plus(self, other: Self) -> Result<Self, TooLarge> {
        self.0.checked_add(other.0).map(Self).ok_or(TooLarge)
    }

    pub fn minus(self, other: Self) -> Result<Self, TooLarge> {
        self.0.checked_sub(other.0).map(Self).ok_or(TooLarge)
    }

    /// Exact sum.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn sum(all: impl IntoIterator<Item = Self>) -> Result<Self, TooLarge> {
        all.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// `rate` of this amount.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn at(self, rate: Rate, rounding: Rounding) -> Result<Self, TooLarge> {
        rounding.divide(i128::from(self.0) * i128::from(rate.ppm()), 1_000_000)
    }

    /// The part of this amount that is `rate` of the rest: the tax within a price.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn within(self, rate: Rate, rounding: Rounding) -> Result<Self, TooLarge> {
        rounding.divide(i128::from(self.0) * i128::from(rate.ppm()), 1_000_000 + i128::from(rate.ppm()))
    }

    /// This price per square metre, times an area.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn times(self, area: Measure, rounding: Rounding) -> Result<Self, TooLarge> {
        rounding.divide(i128::from(self.0) * i128::from(area.thousandths()), 1000)
    }
}

/// As Vietnamese papers print it: `1.234.567 đồng`.
impl fmt::Display for Dong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} đồng", grouped(self.0))
    }
}

#[cfg(test)]
mod tests;

//! Exact decimals: shares in millionths, areas in thousandths of a square metre, and the named ways to round.

use super::{Dong, TooLarge};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// How a fraction of a dong is settled. A half goes away from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest dong.
    NearestDong,
    /// To the nearest thousand dong.
    NearestThousand,
    /// Down to a whole dong, in favour of who pays.
    DownDong,
}

impl Rounding {
    /// Name of a text that says it.
    pub fn key(self) -> &'static str {
        match self {
            Self::NearestDong => "rounding-nearest-dong",
            Self::NearestThousand => "rounding-nearest-thousand",
            Self::DownDong => "rounding-down-dong",
        }
    }

    pub(super) fn divide(self, dividend: i128, divisor: i128) -> Result<Dong, TooLarge> {
        let unit = if self == Self::NearestThousand { 1000 } else { 1 };
        let by = divisor * unit;
        let (whole, rest) = (dividend / by, dividend % by);
        let up = self != Self::DownDong && rest.abs() * 2 >= by;
        let settled = (whole + if up { dividend.signum() } else { 0 }) * unit;
        i64::try_from(settled).map(Dong).map_err(|_| TooLarge)
    }
}

macro_rules! decimal {
    ($(#[$doc:meta])* $name:ident, $places:literal, $part:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Reads plain decimals with a point (`0.5`, `120`); None when negative, not a number, or finer than kept.
            pub fn parse(text: &str) -> Option<Self> {
                let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
                let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
                if !digits(whole) || !digits(part) || part.len() > $places {
                    return None;
                }
                let scale = 10i64.checked_pow($places)?;
                let fine: i64 = format!("{part:0<width$}", width = $places).parse().ok()?;
                whole.parse::<i64>().ok()?.checked_mul(scale)?.checked_add(fine).map(Self)
            }

            pub const fn $part(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let scale = 10i64.pow($places);
                let part = format!("{:0width$}", self.0 % scale, width = $places);
                let part = part.trim_end_matches('0');
                if part.is_empty() { write!(f, "{}", self.0 / scale) } else { write!(f, "{}.{part}", self.0 / scale) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                Self::parse(&text).ok_or_else(|| {
                    serde::de::Error::custom(format!("{text}: a decimal of at most {} places, as \"0.5\"", $places))
                })
            }
        }
    };
}

decimal!(
    /// A share in per cent, exact to four places; written as text (`"0.5"`).
    Rate, 4, ppm
);
decimal!(
    /// An area (m²), exact to a thousandth; written as text (`"120.5"`).
    Measure, 3, thousandths
);

impl Measure {
    /// From a measured area (m²), rounded to a tenth as certificates print it.
    pub fn printed(area: f64) -> Option<Self> {
        (area.is_finite() && area >= 0.0).then(|| Self::parse(&format!("{area:.1}"))).flatten()
    }

    /// What is left after `taken`; zero when nothing is.
    pub fn without(self, taken: Self) -> Self {
        Self((self.0 - taken.0).max(0))
    }

    pub fn at_most(self, limit: Self) -> Self {
        Self(self.0.min(limit.0))
    }
}

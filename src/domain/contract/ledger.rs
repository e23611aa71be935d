//! Money that came in for a contract: entries that are only ever added, and what they come to.

use crate::domain::money::{Dong, TooLarge};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Fills instalments.
    Payment,
    /// More than is owed, taken on purpose: the customer's until it is paid back.
    Overpayment,
    /// Takes another entry back, whole.
    Reversal,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Overpayment => "overpayment",
            Self::Reversal => "reversal",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Payment, Self::Overpayment, Self::Reversal].into_iter().find(|k| k.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub id: Uuid,
    pub kind: Kind,
    /// Above zero.
    pub amount: Dong,
    /// Of a reversal.
    pub reverses: Option<Uuid>,
}

/// What the entries come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Towards the instalments.
    pub paid: Dong,
    /// Held beyond what is owed.
    pub over: Dong,
}

/// Entries that were not taken back, summed; their order does not matter.
///
/// # Errors
/// [`TooLarge`].
pub fn sums(entries: &[Entry]) -> Result<Sums, TooLarge> {
    let gone: BTreeSet<Uuid> = entries.iter().filter_map(|e| e.reverses).collect();
    let of = |kind| Dong::sum(entries.iter().filter(|e| e.kind == kind && !gone.contains(&e.id)).map(|e| e.amount));
    Ok(Sums { paid: of(Kind::Payment)?, over: of(Kind::Overpayment)? })
}

/// More than this is not owed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch(pub Dong);

/// What of `amount` fills instalments, and what is beyond them; the latter only when it is taken `on_purpose`.
///
/// # Errors
/// [`TooMuch`] with what is still owed.
pub fn split(total: Dong, paid: Dong, amount: Dong, on_purpose: bool) -> Result<(Dong, Dong), TooMuch> {
    let owed = Dong((total.0 - paid.0).max(0));
    let fills = amount.min(owed);
    let beyond = Dong(amount.0 - fills.0);
    if beyond > Dong::ZERO && !on_purpose { Err(TooMuch(owed)) } else { Ok((fills, beyond)) }
}

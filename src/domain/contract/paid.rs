//! Payments against instalments: the oldest open one first.

use crate::domain::money::{Dong, TooLarge};
use crate::domain::quotation::Instalment;
use serde::{Deserialize, Serialize};

/// An instalment with what was paid of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    #[serde(flatten)]
    pub instalment: Instalment,
    pub paid: Dong,
    pub open: Dong,
}

/// What a payment gives to one instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub instalment: u32,
    pub amount: Dong,
}

/// Each instalment after `paid` in all.
///
/// # Errors
/// [`TooLarge`].
pub fn balance(instalments: &[Instalment], paid: Dong) -> Result<Vec<Balance>, TooLarge> {
    let mut left = paid;
    let mut out = Vec::with_capacity(instalments.len());
    for i in instalments {
        let taken = i.amount.min(left);
        left = left.minus(taken)?;
        out.push(Balance { instalment: i.clone(), paid: taken, open: i.amount.minus(taken)? });
    }
    Ok(out)
}

/// What `amount` fills after `paid`; None when it is more than is open.
///
/// # Errors
/// [`TooLarge`].
pub fn allocate(instalments: &[Instalment], paid: Dong, amount: Dong) -> Result<Option<Vec<Part>>, TooLarge> {
    let mut left = amount;
    let mut parts = Vec::new();
    for b in balance(instalments, paid)? {
        let taken = b.open.min(left);
        if taken > Dong::ZERO {
            parts.push(Part { instalment: b.instalment.no, amount: taken });
        }
        left = left.minus(taken)?;
    }
    Ok((left == Dong::ZERO).then_some(parts))
}

//! Contracts (hợp đồng): who signs in which order, until when, and how payments fill the instalments.

mod evidence;
mod page;
mod paid;

pub use evidence::{EVIDENCE, Evidence, Handed};
pub use page::{ContractPage, Drawn, Parties, ReceiptPage, Rests, day};
pub use paid::{Balance, Part, allocate, balance};

use crate::domain::case::Signer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::Date;

/// The customer signs first, the firm last.
pub const ORDER: [Signer; 2] = [Signer::Customer, Signer::Firm];

/// Where a contract stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// Waits for this one's signature, up to and on `sign_by`.
    Open {
        next: Signer,
        sign_by: Date,
    },
    /// All have signed: it binds.
    Concluded,
    Refused,
    Expired,
}

impl Standing {
    /// From what is stored of it, on a day.
    pub fn of(signed: &BTreeSet<Signer>, refused: bool, sign_by: Date, today: Date) -> Self {
        match ORDER.into_iter().find(|s| !signed.contains(s)) {
            None => Self::Concluded,
            Some(_) if refused => Self::Refused,
            Some(_) if sign_by < today => Self::Expired,
            Some(next) => Self::Open { next, sign_by },
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Concluded => "concluded",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }
}

#[cfg(test)]
mod tests;

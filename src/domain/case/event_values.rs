//! Words that events of a case are told with.

use serde::{Deserialize, Serialize};

/// Way a customer came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Hotline,
    Website,
    App,
    Office,
    Referral,
    Api,
}

/// Who signs a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    Customer,
    Firm,
}

impl Signer {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Firm => "firm",
        }
    }
}

/// How a paper request's item ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// What was asked for is there.
    Met,
    /// It is needed no longer.
    Dropped,
}

/// How a case ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// What was wanted is done, or nothing more is wanted.
    Closed,
    /// The customer does not go on.
    Withdrawn,
    /// The firm or the authority does not go on.
    Refused,
}

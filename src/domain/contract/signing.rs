//! Who signs, in which turn, until when.

use crate::domain::case::Signer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::Date;
use uuid::Uuid;

/// In which order people sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Every customer, as they come; then the firm.
    #[default]
    CustomersFirst,
    FirmFirst,
    /// As they come.
    Any,
}

/// One signature that a contract needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// From 1.
    pub no: i32,
    /// Those of a lower turn sign first; those of the same one as they come.
    pub turn: i32,
    pub signer: Signer,
    /// Party of the case; none: the firm.
    pub party: Option<Uuid>,
}

/// The signatures needed: one of each customer and one of the firm.
pub fn slots(customers: &[Uuid], order: Order) -> Vec<Slot> {
    let (of_customers, of_firm) = match order {
        Order::CustomersFirst => (1, 2),
        Order::FirmFirst => (2, 1),
        Order::Any => (1, 1),
    };
    let all = customers.iter().map(|c| (of_customers, Signer::Customer, Some(*c)));
    let all = all.chain([(of_firm, Signer::Firm, None)]);
    (1..).zip(all).map(|(no, (turn, signer, party))| Slot { no, turn, signer, party }).collect()
}

/// Where a contract stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Waits for one of these (their `no`), up to and on the last day to sign.
    Open(BTreeSet<i32>),
    /// All have signed: it binds.
    Concluded,
    Refused,
    Expired,
    /// There is a newer version.
    Replaced,
}

impl Standing {
    /// From what is stored of it, on a day. A contract that binds stays so, whatever comes after.
    pub fn of(
        slots: &[Slot],
        signed: &BTreeSet<i32>,
        (refused, newest): (bool, bool),
        sign_by: Date,
        today: Date,
    ) -> Self {
        let open = || slots.iter().filter(|s| !signed.contains(&s.no));
        let Some(turn) = open().map(|s| s.turn).min() else { return Self::Concluded };
        if refused {
            Self::Refused
        } else if !newest {
            Self::Replaced
        } else if sign_by < today {
            Self::Expired
        } else {
            Self::Open(open().filter(|s| s.turn == turn).map(|s| s.no).collect())
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Concluded => "concluded",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
        }
    }

    pub const NAMES: &'static [&'static str] = &["open", "concluded", "refused", "expired", "replaced"];
}

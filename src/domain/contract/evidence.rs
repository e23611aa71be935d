//! What proves a signature: who, when, from where, and the hash of what was shown.

use crate::domain::case::Signer;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

pub const EVIDENCE: &str = "diaba.signature/1";

/// How a one-time code came to the signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// Login of the member of staff who was given the code to pass it on. We did not send it ourselves.
    pub to_staff: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub schema: String,
    pub id: Uuid,
    pub contract: Uuid,
    pub signer: Signer,
    /// `code` or `paper`.
    pub way: String,
    /// Name of who signs, as in the contract.
    pub name: String,
    /// SHA-256 of the PDF that was shown or printed.
    pub shown: String,
    /// Of the signed paper's scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Handed>,
    /// As the request stated it: place, device, address.
    pub from: String,
    /// Login under which it was recorded.
    pub recorded_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

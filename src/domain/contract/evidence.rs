//! What proves a signature: who, when, from where, and the hash of what was shown.

use crate::domain::case::Signer;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What the office signs evidence as.
pub const EVIDENCE: &str = "diaba.signature/1";

/// A one-time code that a member of staff read to pass it on (a notice hands it to nobody on the way), or a scan that one brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// Their login.
    pub to: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Kept sealed in its canonical form (RFC 8785); the office signs the SHA-256 of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub schema: String,
    /// Of the signature.
    pub id: Uuid,
    pub contract: Uuid,
    pub number: String,
    /// Which of the contract's signatures it is.
    pub no: i32,
    pub signer: Signer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Uuid>,
    /// `code` or `paper`.
    pub way: String,
    /// Name and number of the identity paper of who signs, as in the contract.
    pub name: String,
    pub id_number: String,
    /// SHA-256 of the PDF that was shown or printed.
    pub shown: String,
    /// SHA-256 of the signed paper's scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<String>,
    /// The one-time code that was given back, when it was made, and who passed it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed: Option<Handed>,
    /// Who brought the scan of the firm's signature; another person, `recorded_by`, compared it with the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed: Option<Handed>,
    /// Place and device, as stated.
    pub from: String,
    /// Network address the request came from; `unknown` without one.
    pub address: String,
    /// Login under which it was recorded.
    pub recorded_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

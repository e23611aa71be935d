//! A paper from JSON: every value that does not fit its field is named, not only the first.

use super::*;
use crate::domain::problem::FieldProblem;
use crate::domain::shape::{read, type_name};
use serde_json::Value;

/// Reads `{"kind": "certificate", ...}`. Says nothing yet about [`Paper::problems`] and [`Paper::missing`].
///
/// # Errors
/// Unknown kind, unknown fields, values of the wrong type, each with its path.
pub fn from_json(mut value: Value) -> Result<Paper, Vec<FieldProblem>> {
    let Some(fields) = value.as_object_mut() else {
        return Err(vec![FieldProblem::new("", "wrong-type", type_name(&value), "object")]);
    };
    let kind = fields.remove("kind").unwrap_or(Value::Null);
    Ok(match kind.as_str() {
        Some("certificate") => Paper::Certificate(Box::new(read(value)?)),
        Some("identity_card") => Paper::IdentityCard(read(value)?),
        Some("power_of_attorney") => Paper::PowerOfAttorney(read(value)?),
        Some("marriage_certificate") => Paper::MarriageCertificate(read(value)?),
        Some("tax_notice") => Paper::TaxNotice(read(value)?),
        Some("planning_extract") => Paper::PlanningExtract(read(value)?),
        Some("other") => Paper::Other(read(value)?),
        found => {
            let found = found.map_or_else(|| kind.to_string(), str::to_owned);
            return Err(vec![FieldProblem::new("kind", "unknown-kind", found, Paper::KINDS.join(", "))]);
        }
    })
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;

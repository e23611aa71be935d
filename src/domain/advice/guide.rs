//! House rules for working out options (`data/options.toml`).

use crate::domain::rule::DataError;
use serde::{Deserialize, Serialize};

/// When a procedure is one for this parcel at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    Nothing,
    /// It works on a certificate.
    Certificate,
    /// Only where there is none yet.
    NoCertificate,
    /// Only where one is registered.
    Mortgage,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    pub procedure: String,
    pub needs: Needs,
    /// Keys of texts without `step-`, in order.
    pub steps: Vec<String>,
    /// Checks, or groups of them ending in a dot, whose findings do not stand in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuideBook {
    #[serde(rename = "option")]
    pub guides: Vec<Guide>,
}

impl GuideBook {
    /// # Errors
    /// [`DataError`] on bad TOML, a procedure that stands twice or one without steps.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, DataError> {
        let fault = |subject: &str, reason: &str| DataError::Value {
            file: file.to_owned(),
            subject: subject.to_owned(),
            reason: reason.to_owned(),
        };
        let book: Self =
            toml::from_str(text).map_err(|e| DataError::Syntax { file: file.to_owned(), reason: e.to_string() })?;
        for (i, g) in book.guides.iter().enumerate() {
            if g.steps.is_empty() {
                return Err(fault(&g.procedure, "no steps"));
            }
            if book.guides[..i].iter().any(|o| o.procedure == g.procedure) {
                return Err(fault(&g.procedure, "the procedure stands twice"));
            }
        }
        Ok(book)
    }
}

impl Guide {
    pub fn passes_over(&self, check: &str) -> bool {
        self.beside.iter().any(|b| if b.ends_with('.') { check.starts_with(b.as_str()) } else { check == b })
    }
}

//! A value that cannot be taken: which field, what was found, what is allowed.

mod phrases;
mod words;

pub use words::{detail, field, title};

use crate::domain::verify::text::Lang;
use serde::{Deserialize, Serialize};

/// Says what is wrong with one field. `code` is stable (a key of `data/i18n/*`); `allowed` is plain data (a pattern, a range, a list).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Path as the sender wrote it, e.g. `holders[0].id_number`.
    pub field: String,
    pub code: String,
    pub found: String,
    pub allowed: String,
    /// `found` and `allowed` for people; none: as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Box<Said>>,
}

/// What was found and what is allowed, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub vi: (String, String),
    pub en: (String, String),
}

impl FieldProblem {
    pub fn new(
        field: impl Into<String>,
        code: &str,
        found: impl std::fmt::Display,
        allowed: impl std::fmt::Display,
    ) -> Self {
        Self {
            field: field.into(),
            code: code.to_owned(),
            found: found.to_string(),
            allowed: allowed.to_string(),
            said: None,
        }
    }

    /// With the words for people: what was found, what is allowed.
    pub fn said(mut self, words: impl Fn(Lang) -> (String, String)) -> Self {
        self.said = Some(Box::new(Said { vi: words(Lang::Vi), en: words(Lang::En) }));
        self
    }
}

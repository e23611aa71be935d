//! What somebody asks of the service: one request of its API.

use serde_json::Value;
use uuid::Uuid;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A login of the roster.
    Login(&'static str),
    /// A member of staff as the case names them.
    Staff(Uuid),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Json(Value),
    /// A page of this many pixels.
    Scan(u32, u32),
}

/// A POST.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub who: Who,
    /// In a word, for the tally: `intake`, `paper`, `verify`, ...
    pub what: &'static str,
    /// Behind `/api/v1`.
    pub path: String,
    pub body: Body,
    /// Put into the queue rather than answered at once.
    pub later: bool,
    /// Codes of refusals that are no fault of the year: things stand so.
    pub may: &'static [&'static str],
}

impl Call {
    pub(super) fn new(who: Who, what: &'static str, path: String, body: Value) -> Self {
        Self { who, what, path, body: Body::Json(body), later: false, may: &[] }
    }

    pub(super) fn may(self, may: &'static [&'static str]) -> Self {
        Self { may, ..self }
    }
}

//! How an act can end other than well. Doors translate these; nobody else knows status codes or retries.

use crate::domain::problem::FieldProblem;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `what` is a noun of the house, e.g. `case`, `parcel`; `id` as it was asked for.
    #[error("{what} {id} is not there")]
    NotFound { what: &'static str, id: String },
    /// The input cannot be taken; each field says why.
    #[error("refused: {}", .0.iter().map(|p| format!("{}: {} ({})", p.field, p.code, p.found)).collect::<Vec<_>>().join("; "))]
    Refused(Vec<FieldProblem>),
    /// The state does not allow it now. `code` is stable.
    #[error("conflict: {code}: {detail}")]
    Conflict { code: &'static str, detail: String },
    /// The actor may not do this. The code is stable.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// Something outside is not answering; the same call may work later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Our fault; the text goes to the log, never to a client.
    #[error("broken: {0}")]
    Broken(#[source] anyhow::Error),
}

impl From<sqlx::Error> for Error {
    fn from(e: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &e {
            E::Io(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Tls(_) => {
                Self::Unavailable(e.to_string())
            }
            E::Database(d) if d.code().as_deref() == Some("53100") => Self::Unavailable(format!(
                "the disk of the database is full; the same call works again when there is space ({d})"
            )),
            // 57P01..57P03: the server is shutting down, crashed or starting; 53xxx: out of a resource; 08xxx: connection;
            // 40xxx: rolled back to let another transaction through
            E::Database(d) if d.code().is_some_and(|c| ["57P", "53", "08", "40"].iter().any(|p| c.starts_with(p))) => {
                Self::Unavailable(e.to_string())
            }
            _ => Self::Broken(e.into()),
        }
    }
}

impl From<anyhow::Error> for Error {
    fn from(e: anyhow::Error) -> Self {
        match e.downcast::<sqlx::Error>() {
            Ok(e) => e.into(),
            Err(e) => Self::Broken(e),
        }
    }
}

impl From<crate::outside::press::PressError> for Error {
    fn from(e: crate::outside::press::PressError) -> Self {
        Self::Broken(e.into())
    }
}

impl From<crate::outside::vault::VaultError> for Error {
    fn from(e: crate::outside::vault::VaultError) -> Self {
        match e {
            crate::outside::vault::VaultError::Erased { place } => {
                Self::Conflict { code: "personal-data-erased", detail: place }
            }
            e => Self::Broken(e.into()),
        }
    }
}

impl From<crate::outside::scans::ScanError> for Error {
    fn from(e: crate::outside::scans::ScanError) -> Self {
        use crate::outside::scans::ScanError as E;
        match e {
            E::Missing(sha256) => Self::NotFound { what: "scan", id: sha256 },
            E::Store(_) => Self::Unavailable(e.to_string()),
            _ => Self::Broken(e.into()),
        }
    }
}

impl Error {
    /// One field cannot be taken.
    pub fn refused(
        field: impl Into<String>,
        code: &str,
        found: impl std::fmt::Display,
        allowed: impl std::fmt::Display,
    ) -> Self {
        Self::Refused(vec![FieldProblem::new(field, code, found, allowed)])
    }
}

//! What anybody may learn who holds a digest: nothing personal, no reading to log.

use crate::app::App;
use crate::domain::proof::{Signed, VERIFICATION};
use crate::flow::{Error, Result};
use crate::store::verification;
use time::Date;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Valid,
    /// From before signatures.
    Unsigned,
    /// The signature on file does not fit.
    Forged,
}

#[derive(Debug, Clone)]
pub struct Checked {
    pub standing: Standing,
    pub as_of: Date,
    pub outcome: String,
    pub key_id: Option<String>,
    /// A later, different verification of the same case is there.
    pub superseded: bool,
}

/// The verification with this digest (64 hex digits); none: we made none.
pub async fn check(app: &App, digest: &str) -> Result<Option<Checked>> {
    let Some(row) = verification::by_digest(&app.pool, digest).await? else { return Ok(None) };
    let standing = match (&row.key_id, &row.signature) {
        (Some(key_id), Some(signature)) => {
            let signature = <[u8; 64]>::try_from(signature.as_slice()).map_err(|e| Error::Broken(e.into()))?;
            let signed = Signed { key_id: key_id.clone(), signature };
            match super::known(app, key_id).await?.check(VERIFICATION, digest, &signed) {
                Ok(()) => Standing::Valid,
                Err(_) => Standing::Forged,
            }
        }
        _ => Standing::Unsigned,
    };
    Ok(Some(Checked {
        standing,
        as_of: row.as_of,
        outcome: row.outcome,
        key_id: row.key_id,
        superseded: row.superseded,
    }))
}

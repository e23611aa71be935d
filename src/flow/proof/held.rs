//! The row of a verification, proved: its sealed record, the signature, and the columns beside them. Nothing of it is shown here.

use super::KeyBook;
use super::replay::Difference;
use crate::app::App;
use crate::domain::proof::{Signed, VERIFICATION};
use crate::domain::verify::{Record, sha256_hex};
use crate::flow::verification::columns_apart;
use crate::flow::{Error, Result};
use crate::store::verification::VerificationRow;

/// Found where a row has no signature.
pub(super) const UNSIGNED: &str = "not signed: made before signatures, or its signature was taken away";

/// What differs where the key was stolen.
pub(super) const STOLEN: &str = "key";

type Proved<T> = std::result::Result<T, Difference>;

/// The record of a row; its hash, its signature and the columns hold.
pub(super) async fn proved(app: &App, keys: &KeyBook, row: &VerificationRow) -> Result<Proved<Record>> {
    let record = match opened(app, row)? {
        Ok(record) => record,
        Err(difference) => return Ok(Err(difference)),
    };
    if let Some(difference) = signature(app, keys, row).await? {
        return Ok(Err(difference));
    }
    Ok(columns(row, &record)?.map_or(Ok(record), Err))
}

/// As [`proved`], of a row without a signature: what else does not hold.
pub(super) fn proved_unsigned(app: &App, row: &VerificationRow) -> Result<Option<Difference>> {
    if row.sealed.is_empty() {
        return Ok(None);
    }
    match opened(app, row)? {
        Ok(record) => columns(row, &record),
        Err(difference) => Ok(Some(difference)),
    }
}

/// The sealed record, when it hashes to the row's digest.
pub(super) fn opened(app: &App, row: &VerificationRow) -> Result<Proved<Record>> {
    let differs = |found: String| Ok(Err(Difference::new("record", row.id, &row.digest, found)));
    let text = match app.vault.open(&format!("verification/{}", row.id), &row.sealed) {
        Ok(plain) => plain,
        Err(e) => return differs(e.to_string()),
    };
    let found = sha256_hex(&text);
    if found != row.digest {
        return differs(found);
    }
    let text = String::from_utf8(text).map_err(|e| Error::Broken(e.into()))?;
    Ok(Ok(Record::from_json(&text).map_err(|e| Error::Broken(e.into()))?))
}

/// What is wrong with the signature over the row's digest.
pub(super) async fn signature(app: &App, keys: &KeyBook, row: &VerificationRow) -> Result<Option<Difference>> {
    let differs = |key: &str, found: String| Ok(Some(Difference::new("signature", row.id, key, found)));
    let (Some(key_id), Some(signature)) = (&row.key_id, &row.signature) else {
        return differs("a signature", UNSIGNED.into());
    };
    let signature = <[u8; 64]>::try_from(signature.as_slice()).map_err(|e| Error::Broken(e.into()))?;
    let signed = Signed { key_id: key_id.clone(), signature };
    match keys.public(key_id)?.check(VERIFICATION, &row.digest, &signed) {
        Ok(()) => {
            let stolen = keys.stolen(app, key_id, "verification", &row.id.to_string()).await?;
            Ok(stolen.map(|doubt| Difference::new(STOLEN, row.id, key_id, doubt)))
        }
        Err(doubt) => differs(key_id, doubt.to_string()),
    }
}

/// The first column that says something else than the record.
pub(super) fn columns(row: &VerificationRow, record: &Record) -> Result<Option<Difference>> {
    Ok(columns_apart(row, record)?.map(|c| Difference::new("column", c.name, c.record, c.column)))
}

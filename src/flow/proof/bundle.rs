//! What a stranger needs to check a verification, in one file; and any file sealed with our key.

use crate::app::App;
use crate::domain::proof::{Bundle, FILE, Signed, file_digest, trailer};
use crate::domain::staff::Purpose;
use crate::flow::staff::Actor;
use crate::flow::verification::{Opened, open};
use crate::flow::{Error, Result};
use uuid::Uuid;

/// The proof of a verification. It holds the whole record: a logged read of personal data.
///
/// # Errors
/// `Conflict` for a verification from before signatures.
pub async fn bundle(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<Bundle> {
    let opened = open(app, by, id, purpose).await?;
    of_opened(app, &opened).await
}

/// As [`bundle`], of a verification that is open already.
///
/// # Errors
/// As there.
pub async fn of_opened(app: &App, opened: &Opened) -> Result<Bundle> {
    let v = &opened.verification;
    let (Some(key_id), Some(signature)) = (&v.key_id, &v.signature) else {
        return Err(Error::Conflict {
            code: "not-signed",
            detail: "this verification was made before signatures".into(),
        });
    };
    let broken = |e: crate::domain::proof::Doubt| Error::Broken(e.into());
    let key = super::known(app, key_id).await?;
    let signed = Signed::read(key_id, signature).map_err(broken)?;
    key.check(crate::domain::proof::VERIFICATION, &v.digest, &signed).map_err(broken)?;
    Bundle::of(&opened.record, &opened.basis, &v.digest, &signed, &key).map_err(broken)
}

/// The file with our signature line at its end. A line feed is put before the line where the file does not end with one.
///
/// # Errors
/// `Unavailable` without a signing key.
pub fn seal_file(app: &App, mut file: Vec<u8>) -> Result<Vec<u8>> {
    let signer = app.keys.signer()?;
    if file.last() != Some(&b'\n') {
        file.push(b'\n');
    }
    let line = trailer(&signer.sign(FILE, &file_digest(&file)));
    file.extend_from_slice(line.as_bytes());
    Ok(file)
}

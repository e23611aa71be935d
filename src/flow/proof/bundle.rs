//! What a stranger needs to check a verification, in one file; and any file sealed with our key.

use crate::app::App;
use crate::domain::proof::{
    Bundle, FILE, OPINIONS, PublicKey, Signed, SignedList, SignedOpinion, file_digest, opinions_digest, seal, sealable,
};
use crate::domain::staff::Purpose;
use crate::flow::opinion;
use crate::flow::staff::Actor;
use crate::flow::verification::{Opened, open};
use crate::flow::{Error, Result};
use crate::outside::keys::KeyError;
use uuid::Uuid;

/// Code of the conflict when a verification is from before signatures.
pub const NOT_SIGNED: &str = "not-signed";

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
            code: NOT_SIGNED,
            detail: "this verification was made before signatures".into(),
        });
    };
    let broken = |e: crate::domain::proof::Doubt| Error::Broken(e.into());
    let key = super::known(app, key_id).await?;
    let signed = Signed::read(key_id, signature).map_err(broken)?;
    key.check(crate::domain::proof::VERIFICATION, &v.digest, &signed).map_err(broken)?;
    let bundle = Bundle::of(&opened.record, &opened.basis, &v.digest, &signed, &key).map_err(broken)?;
    let opinions = opinion::signed(app, v.id).await?;
    let list = list(app, &v.digest, &opinions)?;
    Ok(bundle.with_opinions(opinions, list))
}

/// Signs that these are all the opinions there are now; without a key at hand nobody says so.
fn list(app: &App, record: &str, opinions: &[SignedOpinion]) -> Result<Option<SignedList>> {
    let broken = |e: crate::domain::proof::Doubt| Error::Broken(e.into());
    let signer = match app.keys.signer() {
        Ok(signer) => signer,
        Err(KeyError::None | KeyError::Lost(_)) => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    let key = PublicKey::from_bytes(&signer.public()).map_err(broken)?;
    let signed = signer.sign(OPINIONS, &opinions_digest(record, opinions).map_err(broken)?);
    Ok(Some(SignedList::of(&signed, &key)))
}

/// The file with our signature line in it: in a PDF before its closing `startxref`, else at its end, where a line feed is put
/// before it when the file does not end with one.
///
/// # Errors
/// `Unavailable` without a signing key.
pub fn seal_file(app: &App, file: Vec<u8>) -> Result<Vec<u8>> {
    let content = sealable(file);
    let signed = app.keys.signer()?.sign(FILE, &file_digest(&content));
    Ok(seal(&content, &signed))
}

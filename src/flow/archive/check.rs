use crate::domain::archive::{Fault, Proved, prove};
use crate::domain::proof::Keyring;
use crate::outside::zipped::unzipped;
use std::path::Path;

/// Proves an archive by the file alone, and by the office's public keys when they are given.
///
/// # Errors
/// Everything that is not as the manifest says.
pub fn check(file: &Path, keys: Option<&Keyring>) -> Result<Proved, Vec<Fault>> {
    let read = unzipped(file).map_err(|e| vec![Fault::Manifest(format!("the file cannot be read: {e}"))])?;
    let manifest = read.manifest.ok_or_else(|| vec![Fault::Missing(crate::domain::archive::MANIFEST.into())])?;
    prove(&manifest, read.signature.as_deref(), &read.files, keys)
}

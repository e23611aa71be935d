//! Signing keys (Ed25519), one file each under `keys/signing` in the home folder, readable by the owner only. The file
//! `current` names the one that signs. A key is never overwritten: a retired one stays where it is.

use crate::domain::proof::{Signed, key_id, signed_bytes};
use ed25519_dalek::{Signer as _, SigningKey};
use rand::Rng;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use zeroize::Zeroizing;

#[derive(Debug, Clone)]
pub struct Keys {
    folder: PathBuf,
}

/// Why there is no key to sign with. Carries no part of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("there is no signing key here: `diaba keys rotate` makes one")]
    None,
    #[error("signing key {0} is lost: `diaba keys rotate` makes a new one, and what it signed stays provable")]
    Lost(String),
    #[error("signing key {id}: {reason}")]
    Damaged { id: String, reason: String },
    #[error("{file}: {reason}")]
    File { file: String, reason: String },
}

/// The key that signs, opened.
#[derive(Clone)]
pub struct Signer(SigningKey);

impl Signer {
    pub fn id(&self) -> String {
        key_id(self.0.verifying_key().as_bytes())
    }

    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a SHA-256 (hex) for `purpose` (`domain::proof::{VERIFICATION, FILE}`).
    pub fn sign(&self, purpose: &str, digest: &str) -> Signed {
        Signed { key_id: self.id(), signature: self.0.sign(&signed_bytes(purpose, digest)).to_bytes() }
    }
}

impl Keys {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The key that signs now.
    ///
    /// # Errors
    /// [`KeyError::None`] before the first was made; [`KeyError::Lost`] when the file of the current one is gone.
    pub fn signer(&self) -> Result<Signer, KeyError> {
        let current = self.folder.join("current");
        let id = match std::fs::read_to_string(&current) {
            Ok(text) => text.trim().to_owned(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(KeyError::None),
            Err(e) => return Err(fault(&current, &e)),
        };
        let damaged = |reason: &str| KeyError::Damaged { id: id.clone(), reason: reason.to_owned() };
        if id.len() != 16 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(fault(&current, &"found something else than a key id"));
        }
        let file = self.folder.join(format!("{id}.key"));
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => Zeroizing::new(text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(KeyError::Lost(id)),
            Err(e) => return Err(fault(&file, &e)),
        };
        let bytes = Zeroizing::new(hex::decode(text.trim()).map_err(|_| damaged("not 64 hex digits"))?);
        let seed: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| damaged("not 64 hex digits"))?;
        let signer = Signer(SigningKey::from_bytes(seed));
        if signer.id() == id { Ok(signer) } else { Err(damaged("the key in the file has another id")) }
    }

    /// Makes a new key, without using it yet.
    pub fn make(&self) -> Result<Signer, KeyError> {
        let mut seed = Zeroizing::new([0u8; 32]);
        rand::rng().fill_bytes(&mut *seed);
        let signer = Signer(SigningKey::from_bytes(&seed));
        let file = self.folder.join(format!("{}.key", signer.id()));
        let text = Zeroizing::new(format!("{}\n", hex::encode(*seed)));
        self.write(&file, text.as_bytes()).map_err(|e| fault(&file, &e))?;
        Ok(signer)
    }

    /// Lies the key with this id here?
    pub fn holds(&self, id: &str) -> bool {
        self.folder.join(format!("{id}.key")).is_file()
    }

    /// From now on the key with this id signs.
    pub fn use_from_now_on(&self, id: &str) -> Result<(), KeyError> {
        let current = self.folder.join("current");
        self.write(&current, format!("{id}\n").as_bytes()).map_err(|e| fault(&current, &e))
    }

    /// Written beside and renamed into place: a reader sees all of it or nothing.
    fn write(&self, file: &Path, content: &[u8]) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        #[cfg(unix)]
        std::fs::set_permissions(&self.folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        // Two writers at once have a draft each.
        static DRAFTS: AtomicU64 = AtomicU64::new(0);
        let nth = DRAFTS.fetch_add(1, Ordering::Relaxed);
        let draft = file.with_extension(format!("{}-{nth}.new", std::process::id()));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut f = options.open(&draft)?;
        f.write_all(content)?;
        f.sync_all()?;
        std::fs::rename(&draft, file)
    }
}

fn fault(file: &Path, reason: &dyn std::fmt::Display) -> KeyError {
    KeyError::File { file: file.display().to_string(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::proof::PublicKey;

    #[test]
    fn a_key_is_made_used_rotated_and_lost() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::new(dir.path().join("keys/signing"));
        assert!(matches!(keys.signer(), Err(KeyError::None)));
        let first = keys.make().unwrap();
        assert!(matches!(keys.signer(), Err(KeyError::None)), "made is not yet used");
        keys.use_from_now_on(&first.id()).unwrap();
        let signed = keys.signer().unwrap().sign("x", "y");
        let second = keys.make().unwrap();
        keys.use_from_now_on(&second.id()).unwrap();
        assert_eq!(keys.signer().unwrap().id(), second.id());
        let public = PublicKey::from_bytes(&first.public()).unwrap();
        assert_eq!(public.check("x", "y", &signed), Ok(()), "what a retired key signed stays provable");
        let file = dir.path().join(format!("keys/signing/{}.key", second.id()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&file, hex::encode([9; 32])).unwrap();
        assert!(matches!(keys.signer(), Err(KeyError::Damaged { .. })), "another key under this name");
        std::fs::remove_file(&file).unwrap();
        assert!(matches!(keys.signer(), Err(KeyError::Lost(id)) if id == second.id()));
    }
}

//! Seals personal data before it reaches the database or a disk, and makes keyed hashes to find it by.
//!
//! XChaCha20-Poly1305 with a random 24-byte nonce. A sealed value is `version (1) | key id (4) | nonce (24) | ciphertext`;
//! the place it belongs to (`paper/<id>/<version>`) is bound in as associated data, so that a value moved to another row
//! does not open. The indexes use HMAC-SHA256 under a second key derived from the same secret.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::Sha256;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use zeroize::Zeroizing;

const FORMAT: u8 = 1;
const HEAD: usize = 1 + 4 + 24;

#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    index_key: Zeroizing<[u8; 32]>,
    key_id: [u8; 4],
    /// A key that was made up and is kept nowhere yet.
    fresh: Option<Arc<Fresh>>,
}

struct Fresh {
    file: PathBuf,
    secret: Zeroizing<[u8; 32]>,
    kept: OnceLock<()>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault(key {})", hex::encode(self.key_id))
    }
}

/// Why a value could not be sealed or opened. Carries no part of the value or of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// What was here was deleted when its time was over.
    #[error("{place} was erased")]
    Erased { place: String },
    #[error("not a sealed value")]
    Malformed,
    #[error("sealed with key {found}, the vault holds {held}")]
    OtherKey { found: String, held: String },
    #[error("a sealed value of {place} does not open: it was changed or moved")]
    Forged { place: String },
    #[error("could not seal a value of {place}")]
    Unsealable { place: String },
    #[error("there is no key in {file}: `diaba setup` makes one for a new database")]
    NotKept { file: String },
    #[error("key file {file}: {reason}")]
    KeyFile { file: String, reason: String },
}

impl Vault {
    pub fn new(secret: &[u8; 32]) -> Self {
        let derive = |purpose: &str| -> Zeroizing<[u8; 32]> {
            let mut mac = hmac(secret);
            mac.update(purpose.as_bytes());
            Zeroizing::new(mac.finalize().into_bytes().into())
        };
        let mut key_id = [0; 4];
        key_id.copy_from_slice(&derive("diaba vault key id v1")[..4]);
        let cipher = XChaCha20Poly1305::new((&*derive("diaba vault seal v1")).into());
        Self { cipher, index_key: derive("diaba vault index v1"), key_id, fresh: None }
    }

    /// From 64 hex digits.
    pub fn from_hex(key: &str) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(hex::decode(key.trim()).map_err(|_| VaultError::Malformed)?);
        let secret: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| VaultError::Malformed)?;
        Ok(Self::new(secret))
    }

    /// Opens the key in `file`. When there is none yet, makes one up that seals nothing before it is [kept](Vault::keep): whether
    /// a new key is right only the database knows.
    pub fn open_file(file: &Path) -> Result<Self, VaultError> {
        if !file.exists() {
            let mut secret = Zeroizing::new([0u8; 32]);
            rand::rng().fill_bytes(&mut *secret);
            let vault = Self::new(&secret);
            let fresh = Fresh { file: file.to_owned(), secret, kept: OnceLock::new() };
            return Ok(Self { fresh: Some(Arc::new(fresh)), ..vault });
        }
        let fault = |reason: String| VaultError::KeyFile { file: file.display().to_string(), reason };
        let text = Zeroizing::new(std::fs::read_to_string(file).map_err(|e| fault(e.to_string()))?);
        Self::from_hex(&text).map_err(|_| fault("found something else than 64 hex digits".into()))
    }

    /// Writes a key that was made up to its file, readable by the owner only. Nothing to do for any other.
    pub fn keep(&self) -> Result<(), VaultError> {
        let Some(fresh) = self.unkept() else { return Ok(()) };
        let fault = |reason: String| VaultError::KeyFile { file: fresh.file.display().to_string(), reason };
        make_key_file(&fresh.file, &fresh.secret).map_err(|e| match e.kind() {
            std::io::ErrorKind::AlreadyExists => fault("another process made a key just now: try again".into()),
            _ => fault(e.to_string()),
        })?;
        let _ = fresh.kept.set(());
        Ok(())
    }

    fn unkept(&self) -> Option<&Fresh> {
        self.fresh.as_deref().filter(|f| f.kept.get().is_none())
    }

    /// Where the key would be that is not there.
    pub fn missing(&self) -> Option<&Path> {
        self.unkept().map(|f| f.file.as_path())
    }

    /// Tells the key apart from others; says nothing of it.
    pub fn key_id(&self) -> [u8; 4] {
        self.key_id
    }

    /// Seals `plain` for `place` (`table/id`).
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        if let Some(file) = self.missing() {
            return Err(VaultError::NotKept { file: file.display().to_string() });
        }
        let mut nonce = [0u8; 24];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::Unsealable { place: place.to_owned() })?;
        let mut out = Vec::with_capacity(HEAD + sealed.len());
        out.push(FORMAT);
        out.extend_from_slice(&self.key_id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what was sealed for the same `place`.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        if sealed.is_empty() {
            return Err(VaultError::Erased { place: place.to_owned() });
        }
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(VaultError::Malformed)?;
        if head[0] != FORMAT {
            return Err(VaultError::Malformed);
        }
        if head[1..5] != self.key_id {
            return Err(VaultError::OtherKey { found: hex::encode(&head[1..5]), held: hex::encode(self.key_id) });
        }
        let nonce: [u8; 24] = head[5..].try_into().map_err(|_| VaultError::Malformed)?;
        self.cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: body, aad: place.as_bytes() })
            .map_err(|_| VaultError::Forged { place: place.to_owned() })
    }

    /// A keyed hash of an already normalised value, to find it by without storing it. `kind` keeps apart equal texts of
    /// different meaning (`serial`, `id_number`).
    pub fn index(&self, kind: &str, normalised: impl AsRef<[u8]>) -> [u8; 32] {
        let mut mac = hmac(&self.index_key);
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(normalised.as_ref());
        mac.finalize().into_bytes().into()
    }
}

fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    use hmac::KeyInit;
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..32].copy_from_slice(key);
    Hmac::<Sha256>::new(&block)
}

fn make_key_file(file: &Path, secret: &[u8; 32]) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
        restrict(folder, 0o700)?;
    }
    // Written beside and linked into place: whoever sees the file sees all of it, and the first to link wins.
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut f = options.open(&draft)?;
    let written = f.write_all(format!("{}\n", hex::encode(secret)).as_bytes()).and_then(|()| f.sync_all());
    let linked = written.and_then(|()| std::fs::hard_link(&draft, file));
    std::fs::remove_file(&draft)?;
    linked?;
    tracing::info!(file = %file.display(), "made a new vault key; keep a copy of it in a safe place");
    Ok(())
}

#[cfg(unix)]
fn restrict(folder: &Path, mode: u32) -> std::io::Result<()> {
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(mode))
}
#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_where_it_was_sealed() {
        let v = Vault::new(&[7; 32]);
        let sealed = v.seal("paper/1", b"Nguyen Van Mau").unwrap();
        assert!(!sealed.windows(4).any(|w| w == b"Nguy"));
        assert_eq!(v.open("paper/1", &sealed).unwrap(), b"Nguyen Van Mau");
        assert_eq!(v.open("paper/2", &sealed), Err(VaultError::Forged { place: "paper/2".into() }));
        for i in [0, HEAD, sealed.len() - 1] {
            let mut bad = sealed.clone();
            bad[i] ^= 1;
            assert!(v.open("paper/1", &bad).is_err(), "byte {i}");
        }
        assert_eq!(v.open("paper/1", &sealed[..20]), Err(VaultError::Malformed));
        assert_ne!(sealed, v.seal("paper/1", b"Nguyen Van Mau").unwrap(), "a nonce is never used twice");
    }

    #[test]
    fn another_key_is_named() {
        let sealed = Vault::new(&[7; 32]).seal("x", b"y").unwrap();
        assert!(matches!(Vault::new(&[8; 32]).open("x", &sealed), Err(VaultError::OtherKey { .. })));
    }

    #[test]
    fn an_index_is_keyed_and_typed() {
        let v = Vault::new(&[7; 32]);
        assert_eq!(v.index("serial", "CK123456"), v.index("serial", "CK123456"));
        assert_ne!(v.index("serial", "CK123456"), v.index("id_number", "CK123456"));
        assert_ne!(v.index("serial", "CK123456"), Vault::new(&[8; 32]).index("serial", "CK123456"));
    }

    #[test]
    fn the_key_file_is_private_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("keys/vault.key");
        let fresh = Vault::open_file(&file).unwrap();
        assert!(matches!(fresh.clone().seal("x", b"y"), Err(VaultError::NotKept { .. })));
        assert!(!file.exists(), "a new key is written when it is known to be right");
        fresh.keep().and_then(|()| fresh.keep()).unwrap();
        let sealed = fresh.clone().seal("x", b"y").unwrap();
        assert_eq!(Vault::open_file(&file).unwrap().open("x", &sealed).unwrap(), b"y");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&file, "nonsense").unwrap();
        assert!(Vault::open_file(&file).unwrap_err().to_string().contains("vault.key"));
    }
}

//! Ed25519 keys and what is signed with them.

use super::Doubt;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePublicKey, EncodePublicKey};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

/// What a signature is for. A signature made for one thing is none for another.
pub const VERIFICATION: &str = "diaba.verification/1";
pub const FILE: &str = "diaba.file/1";

/// First eight bytes of the SHA-256 of the public key, hex.
pub fn key_id(public: &[u8; 32]) -> String {
    hex::encode(&Sha256::digest(public)[..8])
}

/// The bytes that are signed: purpose, line feed, SHA-256 in hex.
pub fn signed_bytes(purpose: &str, digest: &str) -> Vec<u8> {
    format!("{purpose}\n{digest}").into_bytes()
}

/// `diaba.file/1` is for a file.
fn thing(purpose: &str) -> &str {
    let word = purpose.strip_prefix("diaba.").unwrap_or(purpose);
    word.split_once('/').map_or(word, |(word, _)| word)
}

/// A signature with the key it was made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub key_id: String,
    pub signature: [u8; 64],
}

impl Signed {
    pub fn base64(&self) -> String {
        STANDARD.encode(self.signature)
    }

    /// From base64 as [`Signed::base64`] writes it; no other spelling is taken.
    pub fn read(key_id: &str, base64: &str) -> Result<Self, Doubt> {
        let form = || Doubt::Form("a signature is 64 bytes in base64".into());
        let signature = STANDARD.decode(base64).map_err(|_| form())?.try_into().map_err(|_| form())?;
        Ok(Self { key_id: key_id.to_owned(), signature })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Doubt> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| Doubt::NotAKey)?;
        VerifyingKey::from_bytes(bytes).map(Self).map_err(|_| Doubt::NotAKey)
    }

    pub fn from_base64(text: &str) -> Result<Self, Doubt> {
        Self::from_bytes(&STANDARD.decode(text).map_err(|_| Doubt::NotAKey)?)
    }

    /// SubjectPublicKeyInfo in PEM (RFC 8410).
    pub fn from_pem(pem: &str) -> Result<Self, Doubt> {
        VerifyingKey::from_public_key_pem(pem).map(Self).map_err(|_| Doubt::NotAKey)
    }

    pub fn pem(&self) -> Result<String, Doubt> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(|_| Doubt::NotAKey)
    }

    pub fn bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    pub fn base64(&self) -> String {
        STANDARD.encode(self.bytes())
    }

    pub fn id(&self) -> String {
        key_id(&self.bytes())
    }

    /// Did this key sign `digest` for `purpose`?
    ///
    /// # Errors
    /// [`Doubt::OtherKey`] when it was another, [`Doubt::Forged`] when the signature does not fit.
    pub fn check(&self, purpose: &str, digest: &str, signed: &Signed) -> Result<(), Doubt> {
        if signed.key_id != self.id() {
            return Err(Doubt::OtherKey { signed: signed.key_id.clone(), held: self.id() });
        }
        let signature = Signature::from_bytes(&signed.signature);
        let fits = self.0.verify_strict(&signed_bytes(purpose, digest), &signature);
        fits.map_err(|_| Doubt::Forged(thing(purpose).to_owned()))
    }
}

/// Public keys a stranger holds: the one that signs now, and those before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keyring(Vec<PublicKey>);

impl Keyring {
    /// From PEM, one block after the other.
    ///
    /// # Errors
    /// [`Doubt::NotAKey`] when there is none, or one cannot be read.
    pub fn from_pem(text: &str) -> Result<Self, Doubt> {
        const END: &str = "-----END PUBLIC KEY-----";
        let blocks = text.split_inclusive(END).filter(|b| !b.trim().is_empty());
        let keys = blocks.map(|b| PublicKey::from_pem(b.trim_start())).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(Doubt::NotAKey) } else { Ok(Self(keys)) }
    }

    pub fn of(keys: Vec<PublicKey>) -> Self {
        Self(keys)
    }

    /// The key with this id.
    ///
    /// # Errors
    /// [`Doubt::OtherKey`] when it is not here.
    pub fn get(&self, id: &str) -> Result<&PublicKey, Doubt> {
        self.0.iter().find(|k| k.id() == id).ok_or_else(|| {
            let held: Vec<String> = self.0.iter().map(PublicKey::id).collect();
            Doubt::OtherKey { signed: id.to_owned(), held: held.join(", ") }
        })
    }
}

impl From<PublicKey> for Keyring {
    fn from(key: PublicKey) -> Self {
        Self(vec![key])
    }
}

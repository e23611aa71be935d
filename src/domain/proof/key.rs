//! Ed25519 keys and what is signed with them.

use super::Doubt;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePublicKey, EncodePublicKey};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

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

/// That a key was stolen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// From this instant on it may have been in other hands (UTC).
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    pub reason: String,
    /// When that was said.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Revoked {
    pub fn doubt(&self, key: &str) -> Doubt {
        let since = format!("{} {:02}:{:02} UTC", self.since.date(), self.since.hour(), self.since.minute());
        Doubt::Revoked { key: key.to_owned(), since, reason: self.reason.clone() }
    }
}

/// A key of the list that is published (`/check/keys.json`); what else stands there is of no matter here.
#[derive(Deserialize)]
struct Listed {
    public_key: String,
    #[serde(default)]
    revoked: Option<Revoked>,
}

/// Public keys a stranger holds: the one that signs now, and those before it, with what is known of their theft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keyring(Vec<(PublicKey, Option<Revoked>)>);

impl Keyring {
    /// From PEM, one block after the other.
    ///
    /// # Errors
    /// [`Doubt::NotAKey`] when there is none, or one cannot be read.
    pub fn from_pem(text: &str) -> Result<Self, Doubt> {
        const END: &str = "-----END PUBLIC KEY-----";
        let blocks = text.split_inclusive(END).filter(|b| !b.trim().is_empty());
        let keys = blocks.map(|b| PublicKey::from_pem(b.trim_start())).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(Doubt::NotAKey) } else { Ok(Self::of(keys)) }
    }

    /// From the list as it is published, which also tells which keys were stolen.
    ///
    /// # Errors
    /// [`Doubt::NotAKey`] when it is no such list, or is empty.
    pub fn from_list(json: &str) -> Result<Self, Doubt> {
        let listed: Vec<Listed> = serde_json::from_str(json).map_err(|_| Doubt::NotAKey)?;
        let keys = listed.into_iter().map(|k| Ok((PublicKey::from_base64(&k.public_key)?, k.revoked)));
        let keys = keys.collect::<Result<Vec<_>, Doubt>>()?;
        if keys.is_empty() { Err(Doubt::NotAKey) } else { Ok(Self(keys)) }
    }

    pub fn of(keys: Vec<PublicKey>) -> Self {
        Self(keys.into_iter().map(|k| (k, None)).collect())
    }

    /// With what is known of their theft.
    pub fn told(keys: Vec<(PublicKey, Option<Revoked>)>) -> Self {
        Self(keys)
    }

    /// The key with this id, as it may be used for what was signed at `at`.
    ///
    /// # Errors
    /// As [`Self::get`]; a key that was stolen later is none.
    pub fn at(&self, id: &str, at: OffsetDateTime) -> Result<&PublicKey, Doubt> {
        self.find(id, |r| at < r.since)
    }

    /// The key with this id.
    ///
    /// # Errors
    /// [`Doubt::OtherKey`] when it is not here, [`Doubt::Revoked`] when it was stolen: a thief may write any date.
    pub fn get(&self, id: &str) -> Result<&PublicKey, Doubt> {
        self.find(id, |_| false)
    }

    fn find(&self, id: &str, good: impl Fn(&Revoked) -> bool) -> Result<&PublicKey, Doubt> {
        let Some((key, revoked)) = self.0.iter().find(|(k, _)| k.id() == id) else {
            let held: Vec<String> = self.0.iter().map(|(k, _)| k.id()).collect();
            return Err(Doubt::OtherKey { signed: id.to_owned(), held: held.join(", ") });
        };
        match revoked {
            Some(r) if !good(r) => Err(r.doubt(id)),
            _ => Ok(key),
        }
    }
}

impl From<PublicKey> for Keyring {
    fn from(key: PublicKey) -> Self {
        Self::of(vec![key])
    }
}

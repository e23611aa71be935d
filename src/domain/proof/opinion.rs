//! Opinions inside a proof: each with a signature of its own.

use super::{Doubt, Keyring, PublicKey, Signed};
use crate::domain::verify::{OPINION, Opinion, canonical, sha256_hex};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the signature over a list of opinions is for.
pub const OPINIONS: &str = "diaba.opinions/1";

/// What is signed of the opinions beside a record, hex: that these, in this order, are all there were.
pub fn opinions_digest(record: &str, opinions: &[SignedOpinion]) -> Result<String, Doubt> {
    let mut text = record.to_owned();
    for o in opinions {
        let form = canonical(&o.opinion).map_err(|e| Doubt::Form(e.to_string()))?;
        text.push('\n');
        text.push_str(&sha256_hex(form));
    }
    Ok(sha256_hex(text))
}

/// The signature over the list of opinions in a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedList {
    /// Base64; over `diaba.opinions/1`, a line feed, and the SHA-256 (hex) of the record's digest and, each behind a line feed, the
    /// digests of the opinions.
    pub signature: String,
    pub key_id: String,
    /// Base64, 32 bytes.
    pub public_key: String,
}

impl SignedList {
    pub fn of(signed: &Signed, key: &PublicKey) -> Self {
        Self { signature: signed.base64(), key_id: signed.key_id.clone(), public_key: key.base64() }
    }

    /// # Errors
    /// The first [`Doubt`]: an opinion was left out, put in or moved, or the key is not among `keys`.
    pub fn check(&self, record: &str, opinions: &[SignedOpinion], keys: &Keyring) -> Result<(), Doubt> {
        let key = keys.get(&self.key_id)?;
        let signed = Signed::read(&self.key_id, &self.signature)?;
        key.check(OPINIONS, &opinions_digest(record, opinions)?, &signed)?;
        if PublicKey::from_base64(&self.public_key)? != *key {
            return Err(Doubt::OtherKey { signed: self.key_id.clone(), held: key.id() });
        }
        Ok(())
    }
}

/// An opinion with what proves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedOpinion {
    /// `diaba.opinion/1`; the SHA-256 of its RFC 8785 form is signed.
    pub opinion: Value,
    /// Base64; over `diaba.opinion/1`, a line feed, and the SHA-256 in hex.
    pub signature: String,
    pub key_id: String,
    /// Base64, 32 bytes.
    pub public_key: String,
}

impl SignedOpinion {
    pub fn of(opinion: Value, signed: &Signed, key: &PublicKey) -> Self {
        Self { opinion, signature: signed.base64(), key_id: signed.key_id.clone(), public_key: key.base64() }
    }

    /// # Errors
    /// The first [`Doubt`].
    pub fn check(&self, keys: &Keyring) -> Result<Opinion, Doubt> {
        let form = |e: &dyn std::fmt::Display| Doubt::Form(e.to_string());
        let digest = sha256_hex(canonical(&self.opinion).map_err(|e| form(&e))?);
        let key = keys.get(&self.key_id)?;
        key.check(OPINION, &digest, &Signed::read(&self.key_id, &self.signature)?)?;
        if PublicKey::from_base64(&self.public_key)? != *key {
            return Err(Doubt::OtherKey { signed: self.key_id.clone(), held: key.id() });
        }
        serde_json::from_value(self.opinion.clone()).map_err(|e| form(&e))
    }
}

//! A verification with everything that proves it, as one JSON file.

use super::{Doubt, PublicKey, Signed, VERIFICATION};
use crate::domain::verify::{Basis, Record, RuleSet, ThemeSet, canonical, sha256_hex};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

pub const BUNDLE: &str = "diaba.proof/1";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub schema: String,
    /// The record; SHA-256 of its RFC 8785 form is `digest`.
    pub record: Value,
    pub digest: String,
    /// Base64; over `diaba.verification/1`, a line feed, and `digest`.
    pub signature: String,
    pub key_id: String,
    /// Base64, 32 bytes. Compare it with the one the office publishes.
    pub public_key: String,
    /// The rules the record pins: SHA-256 of their RFC 8785 form is `record.pins.rules`.
    pub rules: Value,
    /// The themes likewise.
    pub themes: Value,
}

/// What a bundle proves.
#[derive(Debug, Clone)]
pub struct Proven {
    pub record: Record,
    pub basis: Basis,
    pub digest: String,
    pub key_id: String,
}

impl Bundle {
    /// # Errors
    /// When a set is not JSON.
    pub fn of(record: &Record, basis: &Basis, digest: &str, signed: &Signed, key: &PublicKey) -> Result<Self, Doubt> {
        let form = |e: serde_json::Error| Doubt::Form(e.to_string());
        Ok(Self {
            schema: BUNDLE.to_owned(),
            record: serde_json::to_value(record).map_err(form)?,
            digest: digest.to_owned(),
            signature: signed.base64(),
            key_id: signed.key_id.clone(),
            public_key: key.base64(),
            rules: serde_json::from_str(&basis.rules.content).map_err(form)?,
            themes: serde_json::from_str(&basis.themes.content).map_err(form)?,
        })
    }

    /// # Errors
    /// [`Doubt::Form`] when the text is no bundle, or holds more than one.
    pub fn from_json(text: &str) -> Result<Self, Doubt> {
        let bundle: Self = serde_json::from_str(text).map_err(|e| Doubt::Form(e.to_string()))?;
        if bundle.schema == BUNDLE { Ok(bundle) } else { Err(Doubt::Form(format!("schema {}", bundle.schema))) }
    }

    /// The key that the bundle itself names. It proves that the bundle is whole, not who made it.
    pub fn own_key(&self) -> Result<PublicKey, Doubt> {
        PublicKey::from_base64(&self.public_key)
    }

    /// Proves every part against `key`.
    ///
    /// # Errors
    /// The first [`Doubt`].
    pub fn check(&self, key: &PublicKey) -> Result<Proven, Doubt> {
        let form = |e: &dyn std::fmt::Display| Doubt::Form(e.to_string());
        let text = canonical(&self.record).map_err(|e| form(&e))?;
        let found = sha256_hex(&text);
        if found != self.digest {
            return Err(Doubt::Hash { what: "record", said: self.digest.clone(), found });
        }
        let signed = Signed::read(&self.key_id, &self.signature)?;
        key.check(VERIFICATION, &self.digest, &signed)?;
        if self.own_key()? != *key {
            return Err(Doubt::OtherKey { signed: self.own_key()?.id(), held: key.id() });
        }
        let record = Record::from_json(&text).map_err(|e| form(&e))?;
        let rules = named("rule-set", &self.rules, &record.pins.rules)?;
        let themes = named("theme-set", &self.themes, &record.pins.themes)?;
        let rules = RuleSet::from_content(&record.pins.rules, &rules).map_err(|e| form(&e))?;
        let themes = ThemeSet::from_content(&record.pins.themes, &themes).map_err(|e| form(&e))?;
        let basis = Basis { rules: Arc::new(rules), themes: Arc::new(themes) };
        Ok(Proven { record, basis, digest: self.digest.clone(), key_id: signed.key_id })
    }
}

fn named(what: &'static str, content: &Value, said: &str) -> Result<String, Doubt> {
    let text = canonical(content).map_err(|e| Doubt::Form(e.to_string()))?;
    let found = sha256_hex(&text);
    if found == said { Ok(text) } else { Err(Doubt::Hash { what, said: said.to_owned(), found }) }
}

//! A verification with everything that proves it, as one JSON file.

use super::{Doubt, Keyring, PublicKey, Signed, SignedList, SignedOpinion, VERIFICATION};
use crate::domain::verify::{Basis, Opinion, Record, RuleSet, ThemeSet, canonical, sha256_hex};
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
    /// What people said of its findings up to now, each signed by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opinions: Vec<SignedOpinion>,
    /// That these are all of them; none: from before lists were signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion_list: Option<SignedList>,
}

/// What a bundle proves.
#[derive(Debug, Clone)]
pub struct Proven {
    pub record: Record,
    pub basis: Basis,
    pub digest: String,
    pub key_id: String,
    pub opinions: Vec<Opinion>,
    /// Whether the list of opinions is the one that was signed; none: nobody signed that they are all.
    pub all_opinions: Option<Result<(), Doubt>>,
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
            opinions: vec![],
            opinion_list: None,
        })
    }

    pub fn with_opinions(self, opinions: Vec<SignedOpinion>, list: Option<SignedList>) -> Self {
        Self { opinions, opinion_list: list, ..self }
    }

    /// # Errors
    /// [`Doubt::Form`] when the text is no bundle, or holds more than one.
    pub fn from_json(text: &str) -> Result<Self, Doubt> {
        let bundle: Self = serde_json::from_str(text).map_err(|e| Doubt::Form(e.to_string()))?;
        if bundle.schema == BUNDLE { Ok(bundle) } else { Err(Doubt::Form(format!("schema {}", bundle.schema))) }
    }

    /// The keys that the bundle itself names. They prove that the bundle is whole, not who made it.
    pub fn own_keys(&self) -> Result<Keyring, Doubt> {
        let named = std::iter::once(&self.public_key).chain(self.opinions.iter().map(|o| &o.public_key));
        let named = named.chain(self.opinion_list.iter().map(|l| &l.public_key));
        named.map(|k| PublicKey::from_base64(k)).collect::<Result<_, _>>().map(Keyring::of)
    }

    /// Proves every part against `keys`. Whether the opinions are all there were is told apart ([`Proven::all_opinions`]): the key
    /// that signs now may be another than the record's.
    ///
    /// # Errors
    /// The first [`Doubt`].
    pub fn check(&self, keys: &Keyring) -> Result<Proven, Doubt> {
        let form = |e: &dyn std::fmt::Display| Doubt::Form(e.to_string());
        let text = canonical(&self.record).map_err(|e| form(&e))?;
        let found = sha256_hex(&text);
        if found != self.digest {
            return Err(Doubt::Hash { what: "record", said: self.digest.clone(), found });
        }
        let signed = Signed::read(&self.key_id, &self.signature)?;
        let key = keys.get(&self.key_id)?;
        key.check(VERIFICATION, &self.digest, &signed)?;
        let own = PublicKey::from_base64(&self.public_key)?;
        if own != *key {
            return Err(Doubt::OtherKey { signed: own.id(), held: key.id() });
        }
        let record = Record::from_json(&text).map_err(|e| form(&e))?;
        let rules = named("rule-set", &self.rules, &record.pins.rules)?;
        let themes = named("theme-set", &self.themes, &record.pins.themes)?;
        let rules = RuleSet::from_content(&record.pins.rules, &rules).map_err(|e| form(&e))?;
        let themes = ThemeSet::from_content(&record.pins.themes, &themes).map_err(|e| form(&e))?;
        let basis = Basis { rules: Arc::new(rules), themes: Arc::new(themes) };
        let opinions = self.opinions.iter().map(|o| o.check(keys)).collect::<Result<Vec<_>, _>>()?;
        if opinions.iter().any(|o| o.case_id != record.case.id) {
            return Err(Doubt::Form("it carries an opinion of another case".into()));
        }
        let all_opinions = self.opinion_list.as_ref().map(|l| l.check(&self.digest, &self.opinions, keys));
        Ok(Proven { all_opinions, record, basis, digest: self.digest.clone(), key_id: signed.key_id, opinions })
    }
}

fn named(what: &'static str, content: &Value, said: &str) -> Result<String, Doubt> {
    let text = canonical(content).map_err(|e| Doubt::Form(e.to_string()))?;
    let found = sha256_hex(&text);
    if found == said { Ok(text) } else { Err(Doubt::Hash { what, said: said.to_owned(), found }) }
}

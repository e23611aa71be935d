//! The verdict of a run on one parcel with everything that proves it, as one JSON file: its record, the lines of its chunk, which were
//! signed together, and the chunks of the run.

use super::{Doubt, Keyring, PublicKey, Signed};
use crate::domain::batch::{CHUNK, ChunkName, chunk_digest, run_root};
use crate::domain::verify::{Basis, Record, RuleSet, ThemeSet, canonical, sha256_hex};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use time::Date;
use uuid::Uuid;

pub const VERDICT: &str = "diaba.run-verdict/1";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictProof {
    pub schema: String,
    pub run: Uuid,
    /// SHA-256 of its RFC 8785 form stands in the line of this parcel.
    pub record: Value,
    /// As in a [`super::Bundle`].
    pub rules: Value,
    pub themes: Value,
    pub chunk: SignedChunk,
    /// Digests of the run's chunks in order, and the root over them; it stands in the audit under a head of the chain. None: the run was
    /// not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Root>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedChunk {
    pub no: i32,
    /// EPSG code of the zone.
    pub zone: i32,
    pub as_of: Date,
    /// Place of this parcel among the lines, from 0.
    pub place: usize,
    /// Parcel and digest of its record, hex; none where it could not be judged.
    pub lines: Vec<(Uuid, Option<String>)>,
    /// Base64; over `diaba.chunk/2`, a line feed, and the SHA-256 of name and lines.
    pub signature: String,
    pub key_id: String,
    /// Base64, 32 bytes. Compare it with the one the office publishes.
    pub public_key: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Root {
    pub chunks: Vec<String>,
    pub root: String,
}

/// What such a file proves.
#[derive(Debug, Clone)]
pub struct ProvenVerdict {
    pub record: Record,
    pub basis: Basis,
    pub digest: String,
    pub key_id: String,
    /// Parcels that were signed together with this one.
    pub beside: usize,
    pub root: Option<String>,
}

impl VerdictProof {
    /// # Errors
    /// [`Doubt::Form`] when the text is no such proof.
    pub fn from_json(text: &str) -> Result<Self, Doubt> {
        let proof: Self = serde_json::from_str(text).map_err(|e| form(&e))?;
        if proof.schema == VERDICT { Ok(proof) } else { Err(Doubt::Form(format!("schema {}", proof.schema))) }
    }

    /// The key it names itself: it proves that the proof is whole, not who made it.
    ///
    /// # Errors
    /// [`Doubt::NotAKey`].
    pub fn own_keys(&self) -> Result<Keyring, Doubt> {
        Ok(PublicKey::from_base64(&self.chunk.public_key)?.into())
    }

    /// Proves record, line, chunk and root against `keys`.
    ///
    /// # Errors
    /// The first [`Doubt`].
    pub fn check(&self, keys: &Keyring) -> Result<ProvenVerdict, Doubt> {
        let c = &self.chunk;
        let text = canonical(&self.record).map_err(|e| form(&e))?;
        let digest = sha256_hex(&text);
        let (parcel, line) = c.lines.get(c.place).ok_or_else(|| Doubt::Form("there is no such line".into()))?;
        if line.as_ref() != Some(&digest) {
            return Err(Doubt::Hash { what: "record", said: line.clone().unwrap_or_default(), found: digest });
        }
        let record = Record::from_json(&text).map_err(|e| form(&e))?;
        if record.pins.parcel.as_ref().is_none_or(|p| p.id != *parcel) {
            return Err(Doubt::Form("the line is another parcel's".into()));
        }
        let signed_over = c.digest()?;
        keys.get(&c.key_id)?.check(CHUNK, &signed_over, &Signed::read(&c.key_id, &c.signature)?)?;
        let root = self.root.as_ref().map(|r| r.check(c.no, &signed_over)).transpose()?;
        let rules = RuleSet::from_content(&record.pins.rules, &canonical(&self.rules).map_err(|e| form(&e))?);
        let themes = ThemeSet::from_content(&record.pins.themes, &canonical(&self.themes).map_err(|e| form(&e))?);
        let basis =
            Basis { rules: Arc::new(rules.map_err(|e| form(&e))?), themes: Arc::new(themes.map_err(|e| form(&e))?) };
        Ok(ProvenVerdict { record, basis, digest, key_id: c.key_id.clone(), beside: c.lines.len() - 1, root })
    }
}

impl SignedChunk {
    /// # Errors
    /// A line whose digest is none.
    pub fn digest(&self) -> Result<String, Doubt> {
        let bytes = |hex: &String| {
            let bytes = hex::decode(hex).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
            bytes.ok_or_else(|| Doubt::Form("a line without a SHA-256".into()))
        };
        let digests = self.lines.iter().map(|(id, d)| Ok((*id, d.as_ref().map(bytes).transpose()?)));
        let digests = digests.collect::<Result<Vec<_>, Doubt>>()?;
        let name = ChunkName { no: self.no, zone: self.zone, as_of: self.as_of };
        Ok(chunk_digest(name, digests.iter().map(|(id, d)| (*id, d.as_ref()))))
    }
}

impl Root {
    fn check(&self, no: i32, chunk: &str) -> Result<String, Doubt> {
        let listed = usize::try_from(no).ok().and_then(|i| self.chunks.get(i));
        if listed.map(String::as_str) != Some(chunk) {
            return Err(Doubt::Hash { what: "chunk", said: listed.cloned().unwrap_or_default(), found: chunk.into() });
        }
        let found = run_root(&self.chunks);
        if found == self.root { Ok(found) } else { Err(Doubt::Hash { what: "run", said: self.root.clone(), found }) }
    }
}

fn form(e: &dyn std::fmt::Display) -> Doubt {
    Doubt::Form(e.to_string())
}

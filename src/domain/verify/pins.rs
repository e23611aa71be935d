//! What a record rests on, by version and hash: with these the verification can be run again.

use super::{Facts, Inputs, LayerPin, RuleSet, canonical_sha256};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// Version of the code that judged.
    pub engine: String,
    /// SHA-256 of what else was seen ([`Inputs`]), hex.
    pub inputs: String,
    /// In order of `layer_version_id`.
    #[serde(with = "shared")]
    pub layers: Vec<Arc<LayerPin>>,
    /// In order of id.
    pub papers: Vec<PaperPin>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<ParcelPin>,
    /// Name ([`RuleSet::hash`]) of the rules that could be asked on this day for this province.
    pub rules: String,
    /// Name ([`super::ThemeSet::hash`]) of the themes there were.
    pub themes: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParcelPin {
    pub id: Uuid,
    pub row_hash: String,
    pub version: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperPin {
    pub id: Uuid,
    pub kind: String,
    pub sha256: String,
    pub version: i32,
}

impl Pins {
    /// `facts` are in order.
    pub(super) fn of(facts: &Facts, rules: &RuleSet, engine: &str) -> Self {
        let layers: BTreeMap<i64, &Arc<LayerPin>> = facts
            .themes
            .iter()
            .flat_map(|t| t.layers.iter().map(|l| &l.pin))
            .chain(facts.parcel.iter().filter_map(|p| p.layer.as_ref()))
            .map(|pin| (pin.layer_version_id, pin))
            .collect();
        let parcel = facts.parcel.as_ref();
        Self {
            parcel: parcel.map(|p| ParcelPin { id: p.id, version: p.version, row_hash: p.row_hash.clone() }),
            layers: layers.into_values().cloned().collect(),
            papers: facts.papers.iter().map(paper).collect(),
            rules: rules.hash.clone(),
            themes: facts.theme_set.hash.clone(),
            // Inputs hold no fractions, so they always have a canonical form; a fault would show as one in the digest.
            inputs: canonical_sha256(&Inputs::of(facts)).map_or_else(|e| e.to_string(), hex::encode),
            engine: engine.to_owned(),
        }
    }
}

fn paper(p: &super::PaperFacts) -> PaperPin {
    PaperPin { id: p.id, version: p.version, kind: p.paper.kind().to_owned(), sha256: p.sha256.clone() }
}

/// A list whose elements are shared by many records.
mod shared {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;

    pub fn serialize<T: Serialize, S: Serializer>(list: &[Arc<T>], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(list.iter().map(Arc::as_ref))
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Vec<Arc<T>>, D::Error> {
        Ok(Vec::<T>::deserialize(d)?.into_iter().map(Arc::new).collect())
    }
}

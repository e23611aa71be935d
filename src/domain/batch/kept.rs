//! What the verifications of a chunk pin and saw, in one document: parcels share their neighbours, rules and layers, so that a
//! parcel costs some hundred bytes. With it, and the rows it names, each of them can be run again to the same digest. What a
//! layer answered with is not repeated here: the digest covers it.

use crate::domain::verify::{
    Candidate, Facts, Gathered, Ground, LayerPin, OtherCase, ParcelRef, RequiredPaper, ThemeFacts,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

pub const INPUTS: &str = "diaba.chunk-inputs/2";

/// A version of a parcel, by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPin {
    pub id: Uuid,
    pub version: i32,
    pub row_hash: String,
}

/// A layer version that was asked, under its theme; none: the parcels' own map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskedLayer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    pub pin: LayerPin,
    /// Of one that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
}

/// Numbers are places in the lists of the chunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParcelInputs {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    pub rules: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// Name of the province before 1 July 2025.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_province: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<RequiredPaper>,
    pub neighbours: Gathered<Vec<u32>>,
    pub asked: ParcelRef,
    pub candidates: Vec<Candidate>,
    pub keys: Vec<String>,
    /// Version of the map that speaks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<i64>,
    pub other_cases: Gathered<Vec<OtherCase>>,
    /// Layers that did not answer: version, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<(i64, Gathered<()>)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChunkInputs {
    pub schema: String,
    pub themes: String,
    pub engine: String,
    pub layers: Vec<AskedLayer>,
    pub rows: Vec<RowPin>,
    pub rules: Vec<String>,
    /// In the chunk's order; none for a parcel that could not be judged.
    pub parcels: Vec<Option<ParcelInputs>>,
}

/// Puts a chunk's document together.
#[derive(Debug)]
pub struct Keeper {
    kept: ChunkInputs,
    rows: HashMap<(Uuid, i32), u32>,
}

impl Keeper {
    pub fn new(themes: &str, engine: &str) -> Self {
        let kept = ChunkInputs {
            schema: INPUTS.to_owned(),
            themes: themes.to_owned(),
            engine: engine.to_owned(),
            layers: vec![],
            rows: vec![],
            rules: vec![],
            parcels: vec![],
        };
        Self { kept, rows: HashMap::new() }
    }

    /// The next parcel could not be judged.
    pub fn fault(&mut self) {
        self.kept.parcels.push(None);
    }

    /// The next parcel: its facts in order, and what its record pins.
    pub fn add(&mut self, facts: &Facts, rules: &str) {
        let own = facts.parcel.as_ref();
        let row = own.map(|p| self.row(p.id, p.version, &p.row_hash));
        if let Some(pin) = own.and_then(|p| p.layer.as_ref()) {
            self.layer(None, pin, None);
        }
        let mut unread = vec![];
        for ThemeFacts { theme, layers } in &facts.themes {
            for l in layers {
                self.layer(Some(&theme.code), &l.pin, Some(&l.ground));
                if !matches!(l.features, Gathered::Read(_)) {
                    unread.push((l.pin.layer_version_id, l.features.map(|_| ())));
                }
            }
        }
        let neighbours =
            facts.neighbours.map(|all| all.iter().map(|n| self.row(n.id, n.version, &n.row_hash)).collect());
        let rules = self.rules(rules);
        self.kept.parcels.push(Some(ParcelInputs {
            row,
            rules,
            province: facts.case.province.clone(),
            old_province: facts.case.old_province.clone(),
            required: facts.case.required_papers.clone(),
            neighbours,
            asked: facts.resolution.asked.clone(),
            candidates: facts.resolution.candidates.clone(),
            keys: own.map_or_else(Vec::new, |p| p.keys.clone()),
            map: own.and_then(|p| p.layer.as_ref()).map(|l| l.layer_version_id),
            other_cases: facts.other_cases.clone(),
            unread,
        }));
    }

    pub fn finish(self) -> ChunkInputs {
        self.kept
    }

    /// Place of a version of a parcel; a version never changes.
    fn row(&mut self, id: Uuid, version: i32, row_hash: &str) -> u32 {
        let rows = &mut self.kept.rows;
        *self.rows.entry((id, version)).or_insert_with(|| {
            rows.push(RowPin { id, version, row_hash: row_hash.to_owned() });
            u32::try_from(rows.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn rules(&mut self, hash: &str) -> u32 {
        let found = self.kept.rules.iter().position(|h| h == hash).unwrap_or_else(|| {
            self.kept.rules.push(hash.to_owned());
            self.kept.rules.len() - 1
        });
        u32::try_from(found).unwrap_or(u32::MAX)
    }

    fn layer(&mut self, theme: Option<&str>, pin: &LayerPin, ground: Option<&Ground>) {
        let same = |l: &AskedLayer| l.pin.layer_version_id == pin.layer_version_id && l.theme.as_deref() == theme;
        if !self.kept.layers.iter().any(same) {
            let theme = theme.map(str::to_owned);
            self.kept.layers.push(AskedLayer { theme, pin: pin.clone(), ground: ground.cloned() });
        }
    }
}

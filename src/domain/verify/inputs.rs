//! Everything a verification saw that is kept nowhere else, or not as it was then: with it, and with the rows it names,
//! the same facts can be put together again. The record pins its SHA-256; the document itself is kept sealed.

use super::{
    Candidate, CanonicalError, CaseFacts, Facts, Gathered, Ground, OtherCase, ParcelRef, ScanFacts, canonical,
    sha256_hex,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

pub const INPUTS: &str = "diaba.inputs/2";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    pub asked: ParcelRef,
    /// Best first.
    pub candidates: Vec<Candidate>,
    pub case: CaseFacts,
    /// Names the parcel had.
    pub keys: Vec<String>,
    /// In order of theme and version.
    pub layers: Vec<LayerInput>,
    pub neighbours: Gathered<Vec<NeighbourInput>>,
    pub other_cases: Gathered<Vec<OtherCase>>,
    pub papers: Vec<PaperInput>,
    pub schema: String,
    /// Where the parcel's rows lie, when a parcel was resolved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<i32>,
}

/// What is known of a paper beside the facts that `PaperPin` names by their hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperInput {
    pub complete: bool,
    pub id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<ScanFacts>,
    pub version: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeighbourInput {
    pub id: Uuid,
    pub row_hash: String,
    pub version: i32,
}

/// A layer version that was asked, under its theme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerInput {
    pub ground: Ground,
    pub layer_version_id: i64,
    /// How many rows it answered with, or why it did not.
    pub rows: Gathered<usize>,
    pub theme: String,
}

impl Inputs {
    /// The inputs behind facts that are in order ([`super::verify`] puts them so).
    pub fn of(facts: &Facts) -> Self {
        let parcel = facts.parcel.as_ref();
        let papers = facts.papers.iter().map(|p| PaperInput {
            id: p.id,
            version: p.version,
            complete: p.complete,
            scan: p.scan.clone(),
        });
        let neighbour =
            |n: &Arc<super::Neighbour>| NeighbourInput { id: n.id, version: n.version, row_hash: n.row_hash.clone() };
        let layers = facts.themes.iter().flat_map(|t| {
            t.layers.iter().map(|l| LayerInput {
                theme: t.theme.code.clone(),
                layer_version_id: l.pin.layer_version_id,
                ground: Ground::clone(&l.ground),
                rows: l.features.map(Vec::len),
            })
        });
        Self {
            schema: INPUTS.to_owned(),
            case: facts.case.clone(),
            asked: facts.resolution.asked.clone(),
            candidates: facts.resolution.candidates.clone(),
            zone: parcel.map(|p| p.zone.0),
            keys: parcel.map_or_else(Vec::new, |p| p.keys.clone()),
            papers: papers.collect(),
            neighbours: facts.neighbours.map(|all| all.iter().map(neighbour).collect()),
            other_cases: facts.other_cases.clone(),
            layers: layers.collect(),
        }
    }

    /// The document as it is kept, and its SHA-256 (hex).
    ///
    /// # Errors
    /// When a number is not finite; inputs hold none.
    pub fn sealed_form(&self) -> Result<(String, String), CanonicalError> {
        let content = canonical(self)?;
        let hash = sha256_hex(&content);
        Ok((content, hash))
    }
}

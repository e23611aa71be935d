//! What a record rests on, by version and hash: with these the verification can be run again.

use super::{Facts, LayerPin, canonical, sha256_hex};
use crate::domain::rule::{Rule, RuleBook, Standing};
use crate::domain::theme::Bilingual;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<ParcelPin>,
    /// In order of `layer_version_id`.
    pub layers: Vec<LayerPin>,
    /// In order of id.
    pub papers: Vec<PaperPin>,
    /// Every rule that could be asked on this day for this province, in order of id and version. A book of just these
    /// gives the same record again.
    pub rules: Vec<RulePinned>,
    /// In order of code.
    pub themes: Vec<ThemePin>,
    /// Version of the code that judged.
    pub engine: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParcelPin {
    pub id: Uuid,
    pub version: i32,
    pub row_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperPin {
    pub id: Uuid,
    pub version: i32,
    pub kind: String,
    pub sha256: String,
}

/// A rule with what a reader must see of it: where it comes from and how far that was confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePinned {
    pub id: String,
    pub version: u32,
    /// SHA-256 of the rule's canonical form.
    pub hash: String,
    pub citation: String,
    pub standing: Standing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemePin {
    pub code: String,
    /// SHA-256 of the theme's definition.
    pub hash: String,
    pub title: Bilingual,
    pub required: bool,
}

impl Pins {
    pub(super) fn of(facts: &Facts, rules: &RuleBook, engine: &str) -> Self {
        let layers: BTreeMap<i64, LayerPin> = facts
            .themes
            .iter()
            .flat_map(|t| t.layers.iter().map(|l| &l.pin))
            .chain(facts.parcel.iter().filter_map(|p| p.layer.as_ref()))
            .map(|pin| (pin.layer_version_id, pin.clone()))
            .collect();
        let parcel = facts.parcel.as_ref();
        Self {
            parcel: parcel.map(|p| ParcelPin { id: p.id, version: p.version, row_hash: p.row_hash.clone() }),
            layers: layers.into_values().collect(),
            papers: facts.papers.iter().map(paper).collect(),
            rules: in_force(facts, rules).into_values().map(pinned).collect(),
            themes: facts.themes.iter().map(theme).collect(),
            engine: engine.to_owned(),
        }
    }
}

fn paper(p: &super::PaperFacts) -> PaperPin {
    PaperPin { id: p.id, version: p.version, kind: p.paper.kind().to_owned(), sha256: p.sha256.clone() }
}

fn theme(t: &super::ThemeFacts) -> ThemePin {
    let (code, title) = (t.theme.code.clone(), t.theme.title.clone());
    ThemePin { code, hash: t.theme_hash.clone(), title, required: t.theme.required }
}

/// All rules a check can come by: the national one and the province's own, under both names of the province.
fn in_force<'a>(facts: &Facts, rules: &'a RuleBook) -> BTreeMap<(&'a str, u32), &'a Rule> {
    let provinces = [None, facts.case.province.as_deref(), facts.case.old_province.as_deref()];
    let ids: std::collections::BTreeSet<&str> = rules.rules.iter().map(|r| r.id.as_str()).collect();
    ids.into_iter()
        .flat_map(|id| provinces.map(|p| rules.find(id, facts.as_of, p)))
        .flatten()
        .map(|r| ((r.id.as_str(), r.version), r))
        .collect()
}

fn pinned(r: &Rule) -> RulePinned {
    // A rule without a canonical form (a number that is not finite) still has a name for what it is.
    let hash = canonical(r).map_or_else(|e| e.to_string(), |c| sha256_hex(c.as_bytes()));
    RulePinned { id: r.id.clone(), version: r.version, hash, citation: r.citation.clone(), standing: r.standing }
}

//! What a person says of a finding (ý kiến của người xét): confirmed, corrected or rejected, with a reason. It stands beside the
//! finding, never in its place; a later run carries it on as long as what the finding rests on is the same.

use super::{CanonicalError, FindingRecord, Inputs, Message, Quantity, Record, Verdict, Wish, canonical, sha256_hex};
use crate::domain::check::parcel_neighbours;
use crate::domain::problem::FieldProblem;
use crate::domain::rule::RulePin;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Form of an opinion, and what its signature is for.
pub const OPINION: &str = "diaba.opinion/1";
/// The group whose findings rest on maps and rules alone, not on what papers say.
const WITHOUT_PAPERS: &str = "planning";
/// Letters of a reason; of a reference.
const REASON: std::ops::RangeInclusive<usize> = 10..=2_000;
const REFERENCE: std::ops::RangeInclusive<usize> = 3..=300;
const MOST_EVIDENCE: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// The finding is right.
    Confirm,
    /// The finding should say something else: see `corrected`.
    Correct,
    /// The finding is wrong.
    Reject,
}

/// What the finding should say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    pub verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Quantity>,
}

/// What an opinion is backed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Support {
    /// A paper of the case, as it was: `pin` is what a record pins of its facts.
    Paper { id: Uuid, version: i32, pin: String },
    /// Something that is not in the case: number and date of a letter, a visit.
    Reference { text: String },
}

/// An opinion as it is signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    pub schema: String,
    pub id: Uuid,
    pub case_id: Uuid,
    pub verification_id: Uuid,
    /// Of the record it speaks of.
    pub digest: String,
    pub check: String,
    pub subject: String,
    pub stance: Stance,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Correction>,
    pub reason: String,
    pub evidence: Vec<Support>,
    /// What the finding rested on when the opinion was given.
    pub rests: Rests,
    /// Login.
    pub by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Opinion {
    /// What is wrong with what was sent: a correction says what is right; whoever does not agree shows why.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut out = Vec::new();
        let mut length = |field: String, text: &str, allowed: &std::ops::RangeInclusive<usize>| {
            let found = text.trim().chars().count();
            if !allowed.contains(&found) {
                let allowed = format!("{}-{}", allowed.start(), allowed.end());
                out.push(FieldProblem::new(field, "length", found, allowed));
            }
        };
        length("reason".into(), &self.reason, &REASON);
        for (i, support) in self.evidence.iter().enumerate() {
            if let Support::Reference { text } = support {
                length(format!("evidence[{i}].text"), text, &REFERENCE);
            }
        }
        let least = usize::from(self.stance != Stance::Confirm);
        if !(least..=MOST_EVIDENCE).contains(&self.evidence.len()) {
            let allowed = format!("{least}-{MOST_EVIDENCE}");
            out.push(FieldProblem::new("evidence", "opinion-evidence", self.evidence.len(), allowed));
        }
        if self.corrected.is_some() != (self.stance == Stance::Correct) {
            let found = if self.corrected.is_some() { "a correction" } else { "nothing" };
            out.push(FieldProblem::new("corrected", "opinion-corrected", found, "with stance correct, and only there"));
        }
        if self.corrected.iter().filter_map(|c| c.measured).any(|q| !q.value.is_finite()) {
            out.push(FieldProblem::new("corrected.measured.value", "shape", "not finite", "a number"));
        }
        out
    }

    /// Papers that back it and that say something else in `record`, or are there no more.
    fn outdated<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = Uuid> + 'a {
        self.evidence.iter().filter_map(|e| match e {
            Support::Paper { id, pin, .. } => {
                let same = record.pins.papers.iter().any(|p| p.id == *id && p.sha256 == *pin);
                (!same).then_some(*id)
            }
            Support::Reference { .. } => None,
        })
    }

    /// Canonical form, and its SHA-256 (hex): what is kept and signed.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn sealed_form(&self) -> Result<(String, String), CanonicalError> {
        let text = canonical(self)?;
        let digest = sha256_hex(&text);
        Ok((text, digest))
    }
}

/// What a finding rests on, in what outlives a run: hashes of content, not numbers of versions. The same map loaded again is
/// the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rests {
    /// Hash of the parcel's row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<String>,
    /// SHA-256 of procedure and wish.
    pub case: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RulePin>,
    /// Content hashes of its sources by layer, ascending.
    pub layers: BTreeMap<String, Vec<String>>,
    /// SHA-256 of the neighbours' rows, of a finding on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<String>,
    /// Pins of the papers by id; empty for findings that rest on maps alone.
    pub papers: BTreeMap<Uuid, String>,
    /// SHA-256 of what the finding says.
    pub said: String,
}

/// Something a finding rested on that is another now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Parcel,
    Case,
    Rule(String),
    Layer(String),
    Neighbours,
    Paper(Uuid),
    /// The finding says something else, though nothing named above changed (its source aged, the engine is another).
    Said,
    /// There is no such finding any more.
    Gone,
}

impl Change {
    pub fn message(&self) -> Message {
        match self {
            Self::Parcel => Message::new("opinion-changed-parcel"),
            Self::Case => Message::new("opinion-changed-case"),
            Self::Rule(id) => Message::new("opinion-changed-rule").with("rule", id.as_str()),
            Self::Layer(layer) => Message::new("opinion-changed-layer").with("layer", layer.as_str()),
            Self::Neighbours => Message::new("opinion-changed-neighbours"),
            Self::Paper(id) => Message::new("opinion-changed-paper").with("paper", id.to_string()),
            Self::Said => Message::new("opinion-changed-said"),
            Self::Gone => Message::new("opinion-changed-gone"),
        }
    }
}

#[derive(Serialize)]
struct Asked<'a> {
    procedure: &'a str,
    wish: &'a Wish,
}

impl Rests {
    /// What `f` of this record rests on; `inputs` are those the record pins, as far as they were kept.
    ///
    /// # Errors
    /// When the record has no canonical form.
    pub fn of(record: &Record, inputs: Option<&Inputs>, f: &FindingRecord) -> Result<Self, CanonicalError> {
        let mut layers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for pin in record.pins.layers.iter().filter(|l| f.sources.contains(&l.layer_version_id)) {
            layers.entry(pin.layer.clone()).or_default().push(pin.content_hash.clone());
        }
        layers.values_mut().for_each(|hashes| hashes.sort());
        let neighbours = inputs.filter(|_| f.check == parcel_neighbours::ID);
        let neighbours = neighbours.map(|i| canonical(&i.neighbours).map(sha256_hex)).transpose()?;
        let papers = record.pins.papers.iter().filter(|_| f.group != WITHOUT_PAPERS);
        // Which rows and versions it was read from is said above, by content.
        let mut said = FindingRecord { sources: vec![], rule: None, ..f.clone() };
        said.evidence.iter_mut().for_each(|e| e.fid = None);
        let asked = Asked { procedure: &record.case.procedure, wish: &record.case.wish };
        Ok(Self {
            parcel: record.pins.parcel.as_ref().map(|p| p.row_hash.clone()),
            case: sha256_hex(canonical(&asked)?),
            rule: f.rule.clone(),
            layers,
            neighbours,
            papers: papers.map(|p| (p.id, p.sha256.clone())).collect(),
            said: sha256_hex(canonical(&said)?),
        })
    }

    /// What is another in `now`; empty: nothing.
    pub fn changes(&self, now: &Self) -> Vec<Change> {
        let mut out = Vec::new();
        out.extend((self.parcel != now.parcel).then_some(Change::Parcel));
        out.extend((self.case != now.case).then_some(Change::Case));
        if self.rule != now.rule {
            let id = self.rule.as_ref().or(now.rule.as_ref()).map_or_else(String::new, |r| r.id.clone());
            out.push(Change::Rule(id));
        }
        out.extend(differing(&self.layers, &now.layers).cloned().map(Change::Layer));
        out.extend((self.neighbours != now.neighbours).then_some(Change::Neighbours));
        out.extend(differing(&self.papers, &now.papers).copied().map(Change::Paper));
        if out.is_empty() && self.said != now.said {
            out.push(Change::Said);
        }
        out
    }
}

/// Keys whose values are not the same in both, each once.
fn differing<'a, K: Ord, V: PartialEq>(a: &'a BTreeMap<K, V>, b: &'a BTreeMap<K, V>) -> impl Iterator<Item = &'a K> {
    let here = a.iter().filter(|(k, v)| b.get(k) != Some(v)).map(|(k, _)| k);
    here.chain(b.keys().filter(|k| !a.contains_key(k)))
}

/// Whether an opinion still holds for the record it stands beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Given on this very verification.
    Given,
    /// Given on an earlier one; what the finding rests on is the same.
    Carried,
    /// Given on an earlier one; what changed since.
    Lapsed(Vec<Change>),
}

/// An opinion beside a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub opinion: Opinion,
    /// Place of its finding in the record, from 0; none: there is no such finding.
    pub no: Option<usize>,
    pub standing: Standing,
}

/// Puts opinions beside the findings of a record, in the order they were given.
///
/// # Errors
/// When the record has no canonical form.
pub fn place(
    record: &Record,
    inputs: Option<&Inputs>,
    verification: Uuid,
    opinions: Vec<Opinion>,
) -> Result<Vec<Placed>, CanonicalError> {
    let one = |opinion: Opinion| {
        let names = |f: &FindingRecord| f.check == opinion.check && f.subject == opinion.subject;
        let no = record.findings.iter().position(names);
        let standing = match no {
            None => Standing::Lapsed(vec![Change::Gone]),
            Some(_) if opinion.verification_id == verification => Standing::Given,
            Some(i) => {
                let mut changes = opinion.rests.changes(&Rests::of(record, inputs, &record.findings[i])?);
                let backing = opinion.outdated(record).map(Change::Paper);
                changes.extend(backing.filter(|c| !changes.contains(c)).collect::<Vec<_>>());
                if changes.is_empty() { Standing::Carried } else { Standing::Lapsed(changes) }
            }
        };
        Ok(Placed { opinion, no, standing })
    };
    opinions.into_iter().map(one).collect()
}

#[cfg(test)]
#[path = "opinion_tests.rs"]
mod tests;

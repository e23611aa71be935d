//! The record of a verification: everything a stranger needs to see what was found, on what, by which rule.
//! JSON Schema: `schema/verification.schema.json`.

use super::{
    AreaInterval, Arg, Certainty, Evidence, Finding, Message, Outcome, Pins, Quantity, Shape, Verdict, Wish, canonical,
    canonical_sha256, round3, shapes,
};
use crate::domain::check::group_of;
use crate::domain::rule::RulePin;
use crate::domain::theme::Effect;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use time::Date;
use uuid::Uuid;

/// Version of the record's form.
pub const SCHEMA: &str = "diaba.verification/1";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The day the verdict speaks of (Asia/Ho_Chi_Minh).
    pub as_of: Date,
    pub case: CaseRecord,
    /// In order of group, check and subject.
    pub findings: Vec<FindingRecord>,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<ParcelRecord>,
    pub pins: Pins,
    pub schema: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRecord {
    pub id: Uuid,
    pub number: String,
    pub procedure: String,
    pub wish: Wish,
}

/// The parcel as it was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParcelRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Shape>,
    pub commune_code: String,
    pub number: String,
    pub sheet: String,
    /// EPSG code of the cadastral zone of all coordinates of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Quantity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaInterval>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    pub check: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Message>,
    pub effect: Effect,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceRecord>,
    pub group: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Quantity>,
    pub message: Message,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RulePin>,
    /// `layer_version_id`s, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<i64>,
    pub subject: String,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fid: Option<i64>,
    pub geometry: Shape,
    pub label: String,
}

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("not a verification record: {0}")]
    Form(#[from] serde_json::Error),
    #[error("schema {0} is not known")]
    Schema(String),
}

impl Record {
    /// Canonical form (RFC 8785): the bytes the digest is taken over, and the bytes to keep.
    pub fn canonical(&self) -> Result<String, super::CanonicalError> {
        canonical(self)
    }

    /// SHA-256 of the canonical form.
    pub fn sha256(&self) -> Result<[u8; 32], super::CanonicalError> {
        canonical_sha256(self)
    }

    /// SHA-256 of the canonical form, hex. It covers neither the time of the run nor the id it is stored under.
    pub fn digest(&self) -> Result<String, super::CanonicalError> {
        Ok(hex::encode(self.sha256()?))
    }

    /// Reads a record back.
    ///
    /// # Errors
    /// When the text is not a record, or one of a form this version does not know.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        let record: Self = serde_json::from_str(text)?;
        if record.schema == SCHEMA { Ok(record) } else { Err(RecordError::Schema(record.schema)) }
    }
}

impl FindingRecord {
    /// A finding as it is kept. A number or coordinate that is not finite makes it a failed one: it cannot be written
    /// down, so it must not count as measured.
    pub(super) fn of(finding: Finding) -> Self {
        let (check, subject) = (finding.check, finding.subject.clone());
        Self::finite(finding).unwrap_or_else(|| {
            Self::plain(Finding::new(check, subject, Verdict::Failed, Message::new("engine-not-finite")))
        })
    }

    fn finite(mut f: Finding) -> Option<Self> {
        let numbers = f.measured.iter().chain(&f.allowed).map(|q| q.value);
        let areas = f.area.iter().flat_map(|a| [a.low, a.nominal, a.high]);
        if !numbers.chain(areas).all(f64::is_finite) || !f.details.iter().chain([&f.message]).all(is_finite) {
            return None;
        }
        let evidence = std::mem::take(&mut f.evidence);
        let mut record = Self::plain(f);
        for e in evidence {
            record.evidence.extend(evidence_records(&e)?);
        }
        Some(record)
    }

    fn plain(f: Finding) -> Self {
        let mut sources = f.sources;
        sources.sort_unstable();
        sources.dedup();
        Self {
            group: group_of(f.check).into(),
            check: f.check.into(),
            subject: f.subject,
            verdict: f.verdict,
            effect: f.effect,
            certainty: f.certainty,
            measured: f.measured.map(|q| Quantity::new(q.value, q.unit)),
            allowed: f.allowed.map(|q| Quantity::new(q.value, q.unit)),
            area: f.area.map(|a| AreaInterval { low: round3(a.low), nominal: round3(a.nominal), high: round3(a.high) }),
            message: f.message,
            details: f.details,
            evidence: Vec::new(),
            sources,
            rule: f.rule,
        }
    }
}

fn is_finite(m: &Message) -> bool {
    m.args.iter().all(|(_, a)| !matches!(a, Arg::Number(n) if !n.is_finite()))
}

fn evidence_records(e: &Evidence) -> Option<Vec<EvidenceRecord>> {
    let all = shapes(&e.geom)?;
    Some(all.into_iter().map(|geometry| EvidenceRecord { label: e.label.clone(), fid: e.fid, geometry }).collect())
}

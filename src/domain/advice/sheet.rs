//! The option sheet: what was worked out, what the legal department wrote on it, and what it rests on.

use super::{History, Opt};
use crate::domain::fee::FeeFacts;
use crate::domain::problem::FieldProblem;
use crate::domain::verify::{CanonicalError, Message, canonical, sha256_hex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Form of the document; also the purpose its signature is given for.
pub const OPTIONS: &str = "diaba.options/1";

/// Hashes and versions of all a sheet rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetPins {
    pub verification: Uuid,
    /// Digest of its record, hex.
    pub digest: String,
    /// Name of the rules of the checks; the verification pins them.
    pub rules: String,
    /// SHA-256 of the procedures' canonical form.
    pub procedures: String,
    /// Name of the tables of fees in force.
    pub fees: String,
    /// SHA-256 of the house rules of options.
    pub guides: String,
    pub parcel: Option<Pinned>,
    /// Layer and version id, ascending.
    pub layers: Vec<(String, i64)>,
}

/// The parcel and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    pub id: Uuid,
    pub version: i32,
}

/// What a person adds to what was worked out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Edits {
    /// Procedure the legal department recommends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommended: Option<String>,
    /// To the whole sheet; at most 4,000 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// By procedure; at most 2,000 characters each.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    pub schema: String,
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_number: String,
    /// From 1 within the case.
    pub version: u32,
    pub as_of: Date,
    pub pins: SheetPins,
    pub facts: FeeFacts,
    pub options: Vec<Opt>,
    pub edits: Edits,
    pub by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Sheet {
    /// Canonical form and its SHA-256, hex.
    ///
    /// # Errors
    /// None with a sheet of this type.
    pub fn sealed_form(&self) -> Result<(String, String), CanonicalError> {
        let text = canonical(self)?;
        let digest = sha256_hex(&text);
        Ok((text, digest))
    }

    pub fn option(&self, procedure: &str) -> Option<&Opt> {
        self.options.iter().find(|o| o.procedure == procedure)
    }
}

impl Edits {
    /// What cannot be taken.
    pub fn problems(&self, options: &[Opt]) -> Vec<FieldProblem> {
        let mut found = Vec::new();
        let known = |p: &str| options.iter().any(|o| o.procedure == p);
        let all = || options.iter().map(|o| o.procedure.as_str()).collect::<Vec<_>>().join(", ");
        if let Some(p) = self.recommended.as_deref().filter(|p| !known(p)) {
            found.push(FieldProblem::new("edits.recommended", "not-in-list", p, all()));
        }
        let mut long = |field: String, text: &str, most: usize| {
            let length = text.chars().count();
            if length > most {
                found.push(FieldProblem::new(field, "length", length, format!("0-{most}")));
            }
        };
        long("edits.remark".into(), &self.remark, 4000);
        self.notes.iter().for_each(|(p, text)| long(format!("edits.notes.{p}"), text, 2000));
        let strange = self.notes.keys().filter(|p| !known(p));
        found.extend(strange.map(|p| FieldProblem::new(format!("edits.notes.{p}"), "not-in-list", p, all())));
        found
    }
}

/// Why a sheet no longer holds: what it rests on, beside what holds now. Empty: it does.
pub fn stale(made: &SheetPins, now: &SheetPins) -> Vec<Message> {
    let mut why = Vec::new();
    let mut differs = |changed: bool, key: &'static str| {
        if changed {
            why.push(Message::new(key));
        }
    };
    differs(made.digest != now.digest, "sheet-outdated-verification");
    differs(made.rules != now.rules, "sheet-outdated-rules");
    differs(made.procedures != now.procedures || made.guides != now.guides, "sheet-outdated-procedures");
    differs(made.fees != now.fees, "sheet-outdated-fees");
    differs(made.parcel != now.parcel, "sheet-outdated-parcel");
    // A version that is gone, or one that came.
    let gone = made.layers.iter().filter(|l| !now.layers.contains(l));
    let came = now.layers.iter().filter(|l| !made.layers.contains(l));
    let mut changed: Vec<&str> = gone.chain(came).map(|(layer, _)| layer.as_str()).collect();
    changed.sort_unstable();
    changed.dedup();
    why.extend(changed.into_iter().map(|l| Message::new("sheet-outdated-layer").with("layer", l)));
    why
}

impl History {
    /// From the working days that each took; None: no case yet.
    pub fn of(mut days: Vec<u32>) -> Option<Self> {
        days.sort_unstable();
        let (longest, median) = (*days.last()?, days[days.len() / 2]);
        Some(Self { cases: u32::try_from(days.len()).unwrap_or(u32::MAX), median, longest })
    }
}

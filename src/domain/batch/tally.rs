//! What a run keeps of a record in columns: findings that weigh, and clear ones beside which something may lie all the same, by kind
//! and numbers, the others as one of few sets.

use crate::domain::rule::RulePin;
use crate::domain::theme::Effect;
use crate::domain::verify::{Certainty, FindingRecord, Record, Unit, Verdict};
use std::borrow::Cow;
use std::collections::HashMap;

/// (check, subject, verdict) of every finding that says nothing more (clear, or not applicable), in the record's order.
pub type QuietSet = Vec<(Cow<'static, str>, String, Verdict)>;

/// The different sets of a chunk; most parcels share one.
#[derive(Debug, Clone, Default)]
pub struct QuietSets {
    sets: Vec<QuietSet>,
    places: HashMap<QuietSet, i16>,
}

impl QuietSets {
    /// Place of a set. Chunks have far fewer different sets than `i16` has numbers.
    pub fn place(&mut self, set: &QuietSet) -> i16 {
        if let Some(place) = self.places.get(set) {
            return *place;
        }
        let place = i16::try_from(self.sets.len()).unwrap_or(i16::MAX);
        self.places.insert(set.clone(), place);
        self.sets.push(set.clone());
        place
    }

    pub fn sets(&self) -> &[QuietSet] {
        &self.sets
    }
}

/// What findings of many parcels share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FindingKind<'a> {
    check: &'a str,
    subject: &'a str,
    verdict: Verdict,
    effect: Effect,
    certainty: Option<Certainty>,
    /// Of what was measured, or of what is allowed.
    unit: Option<Unit>,
    /// The first source.
    layer_version_id: Option<i64>,
    rule: Option<(&'a str, u32)>,
}

impl<'a> FindingKind<'a> {
    fn of(f: &'a FindingRecord) -> Self {
        Self {
            check: &f.check,
            subject: &f.subject,
            verdict: f.verdict,
            effect: f.effect,
            certainty: f.certainty,
            unit: f.measured.or(f.allowed).map(|q| q.unit),
            layer_version_id: f.sources.first().copied(),
            rule: f.rule.as_ref().map(|RulePin { id, version, .. }| (id.as_str(), *version)),
        }
    }
}

/// The different kinds of a chunk (check, subject, verdict, effect, certainty, unit, first source, rule), each by its first finding.
#[derive(Debug, Clone, Default)]
pub struct FindingKinds<'a> {
    first: Vec<&'a FindingRecord>,
    places: HashMap<FindingKind<'a>, i32>,
}

impl<'a> FindingKinds<'a> {
    /// Place of a finding's kind.
    pub fn place(&mut self, f: &'a FindingRecord) -> i32 {
        let next = i32::try_from(self.first.len()).unwrap_or(i32::MAX);
        *self.places.entry(FindingKind::of(f)).or_insert_with(|| {
            self.first.push(f);
            next
        })
    }

    pub fn first(&self) -> &[&'a FindingRecord] {
        &self.first
    }
}

/// What is kept of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// With the place in the record, from 0.
    pub told: Vec<(i16, FindingRecord)>,
    /// How many of them are clear, with an overlap within the accuracy of both maps.
    pub possible: usize,
    pub quiet: QuietSet,
}

/// Parts the findings of a record. Together the two say of every check what it said; what a quiet one measured, and the
/// geometry of evidence, is given by running the verification again.
pub fn keep(record: Record) -> Kept {
    let mut kept = Kept { told: vec![], possible: 0, quiet: vec![] };
    for (no, finding) in record.findings.into_iter().enumerate() {
        let nothing = finding.certainty.is_none_or(|c| c == Certainty::None);
        match finding.verdict {
            Verdict::Clear | Verdict::NotApplicable if nothing => {
                kept.quiet.push((finding.check, finding.subject, finding.verdict));
            }
            verdict => {
                kept.possible += usize::from(verdict == Verdict::Clear);
                kept.told.push((i16::try_from(no).unwrap_or(i16::MAX), finding));
            }
        }
    }
    kept
}

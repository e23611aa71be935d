//! What a run keeps of a record in columns: findings that weigh one by one, the others as one of few sets.

use crate::domain::verify::{FindingRecord, Record, Verdict};
use std::collections::HashMap;

/// (check, subject, verdict) of every finding that does not weigh (clear, or not applicable), in the record's order.
pub type QuietSet = Vec<(String, String, Verdict)>;

/// The different sets of a chunk; most parcels share one.
#[derive(Debug, Clone, Default)]
pub struct QuietSets {
    sets: Vec<QuietSet>,
    places: HashMap<QuietSet, i16>,
}

impl QuietSets {
    /// Place of a set. Chunks have far fewer different sets than `i16` has numbers.
    pub fn place(&mut self, set: QuietSet) -> i16 {
        if let Some(place) = self.places.get(&set) {
            return *place;
        }
        let place = i16::try_from(self.sets.len()).unwrap_or(i16::MAX);
        self.places.insert(set.clone(), place);
        self.sets.push(set);
        place
    }

    pub fn sets(&self) -> &[QuietSet] {
        &self.sets
    }
}

/// What is kept of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// With the place in the record, from 0.
    pub weighing: Vec<(i16, FindingRecord)>,
    pub quiet: QuietSet,
}

/// Parts the findings of a record. Together the two say of every check what it said; what a quiet one measured, and the
/// geometry of evidence, is given by running the verification again.
pub fn keep(record: Record) -> Kept {
    let mut kept = Kept { weighing: vec![], quiet: vec![] };
    for (no, finding) in record.findings.into_iter().enumerate() {
        match finding.verdict {
            Verdict::Clear | Verdict::NotApplicable => {
                kept.quiet.push((finding.check, finding.subject, finding.verdict));
            }
            _ => kept.weighing.push((i16::try_from(no).unwrap_or(i16::MAX), finding)),
        }
    }
    kept
}

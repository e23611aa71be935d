//! Parcels over time: what became of a parcel through splits, merges, renumberings and re-surveys, step by dated step.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a step did (`parcel_lineage.kind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    Split,
    Merge,
    Renumber,
    ReSurvey,
}

impl StepKind {
    pub const ALL: [Self; 4] = [Self::Split, Self::Merge, Self::Renumber, Self::ReSurvey];

    pub fn code(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Merge => "merge",
            Self::Renumber => "renumber",
            Self::ReSurvey => "re_survey",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }

    /// Key of the message that says it as a reason.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Split => "resolve-split-since",
            Self::Merge => "resolve-merged-since",
            Self::Renumber => "resolve-renumbered",
            Self::ReSurvey => "resolve-re-surveyed",
        }
    }

    /// Whether so many parcels can become so many by one step of this kind.
    pub fn allows(self, from: usize, to: usize) -> bool {
        match self {
            Self::Split => from == 1 && to > 1,
            Self::Merge => from > 1 && to == 1,
            Self::Renumber => from == 1 && to == 1,
            // a new survey may draw any boundary anew
            Self::ReSurvey => from > 0 && to > 0,
        }
    }
}

/// One parcel became (part of) another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Step {
    /// When it took effect. Steps of one instant happen together.
    pub at: OffsetDateTime,
    pub from: Uuid,
    pub to: Uuid,
    pub kind: StepKind,
    /// The decision, or the map version that showed it.
    pub source: String,
    /// When it was revoked as wrongly recorded; whoever asks as of an earlier moment still sees it.
    pub revoked_at: Option<OffsetDateTime>,
}

impl Step {
    /// Was it, as far as anybody knew at `until`?
    fn stood(&self, until: OffsetDateTime) -> bool {
        self.at <= until && self.revoked_at.is_none_or(|revoked| until < revoked)
    }
}

/// What became of `start` by `until`, each parcel with the steps that led to it, oldest first. A parcel nothing happened to is
/// its own descendant; steps are followed forward in time, so that one that comes back is no circle.
pub fn descendants(start: Uuid, until: OffsetDateTime, steps: &[Step]) -> BTreeMap<Uuid, Vec<Step>> {
    let mut by_time: BTreeMap<OffsetDateTime, Vec<&Step>> = BTreeMap::new();
    for s in steps.iter().filter(|s| s.stood(until)) {
        by_time.entry(s.at).or_default().push(s);
    }
    let mut alive = BTreeMap::from([(start, Vec::new())]);
    for mut together in by_time.into_values() {
        together.sort();
        let mut next = alive.clone();
        next.retain(|parcel, _| !together.iter().any(|s| s.from == *parcel));
        for s in together {
            let Some(path) = alive.get(&s.from) else { continue };
            let mut longer: Vec<Step> = path.clone();
            longer.push(s.clone());
            // two ways to one parcel: the shorter tells it
            let held = next.entry(s.to).or_insert_with(|| longer.clone());
            if longer.len() < held.len() {
                *held = longer;
            }
        }
        alive = next;
    }
    alive
}

/// Where somebody who keeps an eye on `first` has to look when `seen` is what they looked at last: none, when that is what came of
/// it still; else what came of `seen`, or of `first` anew when a revoked step had led them to a stranger's parcel.
pub fn moved_on(first: Uuid, seen: Uuid, until: OffsetDateTime, steps: &[Step]) -> Option<BTreeSet<Uuid>> {
    let all: BTreeSet<Uuid> = descendants(first, until, steps).into_keys().collect();
    if all.contains(&seen) {
        return None;
    }
    let own: BTreeSet<Uuid> = descendants(seen, until, steps).into_keys().filter(|p| all.contains(p)).collect();
    Some(if own.is_empty() { all } else { own })
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;

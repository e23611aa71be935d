use super::FindingSummary;
use crate::domain::theme::{Bilingual, Effect};
use crate::domain::verify::{Outcome, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Departments that take tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Department {
    Legal,
    Sales,
    Field,
}

impl Department {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Legal => "legal",
            Self::Sales => "sales",
            Self::Field => "field",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Legal, Self::Sales, Self::Field].into_iter().find(|d| d.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    Case,
    Subject,
}

/// One kind of task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    pub kind: String,
    pub department: Department,
    /// Working days, the day of the verification not counted.
    pub due_days: u32,
    pub per: Per,
    pub title: Bilingual,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingRule {
    check: Option<String>,
    verdict: Option<Vec<Verdict>>,
    effect: Option<Vec<Effect>>,
    subject: Option<String>,
    make: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeRule {
    outcome: Outcome,
    make: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: Vec<Kind>,
    outcome: Vec<OutcomeRule>,
    finding: Vec<FindingRule>,
}

/// The dispatch table, checked: every name is a kind, every outcome makes work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    kinds: BTreeMap<String, Kind>,
    outcomes: Vec<OutcomeRule>,
    findings: Vec<FindingRule>,
}

const OUTCOMES: [Outcome; 4] = [Outcome::CanProceed, Outcome::NeedsPapers, Outcome::NeedsPerson, Outcome::Blocked];

impl Table {
    /// Reads and checks a table; the error says what is wrong.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
        let mut kinds = BTreeMap::new();
        for kind in file.kind {
            if kind.kind.is_empty() || kind.title.vi.is_empty() || kind.title.en.is_empty() || kind.due_days > 250 {
                return Err(format!("kind {}: a name, both titles, and due_days up to 250 are needed", kind.kind));
            }
            if let Some(twice) = kinds.insert(kind.kind.clone(), kind) {
                return Err(format!("kind {}: listed twice", twice.kind));
            }
        }
        let table = Self { kinds, outcomes: file.outcome, findings: file.finding };
        let named = table.outcomes.iter().flat_map(|r| &r.make).chain(table.findings.iter().flat_map(|r| &r.make));
        if let Some(unknown) = named.into_iter().find(|n| !table.kinds.contains_key(*n)) {
            return Err(format!("{unknown}: no such kind of task"));
        }
        if let Some(idle) = OUTCOMES.into_iter().find(|o| table.for_outcome(*o).next().is_none()) {
            return Err(format!("{idle:?}: this outcome makes no task"));
        }
        Ok(table)
    }

    /// The table this service ships with.
    pub fn shipped() -> Result<&'static Self, String> {
        static READ: LazyLock<Result<Table, String>> =
            LazyLock::new(|| Table::read(include_str!("../../../data/dispatch.toml")));
        READ.as_ref().map_err(Clone::clone)
    }

    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name)
    }

    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// What the table's rules say of checks.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.findings.iter().filter_map(|r| r.check.as_deref())
    }

    pub(super) fn for_outcome(&self, outcome: Outcome) -> impl Iterator<Item = &Kind> {
        let rules = self.outcomes.iter().filter(move |r| r.outcome == outcome);
        rules.flat_map(|r| &r.make).filter_map(|name| self.kind(name))
    }

    pub(super) fn for_finding(&self, finding: &FindingSummary) -> impl Iterator<Item = &Kind> {
        let rules = self.findings.iter().filter(move |r| r.speaks_of(finding));
        rules.flat_map(|r| &r.make).filter_map(|name| self.kind(name))
    }
}

impl FindingRule {
    fn speaks_of(&self, f: &FindingSummary) -> bool {
        self.check.as_deref().is_none_or(|p| fits(p, &f.check))
            && self.subject.as_deref().is_none_or(|p| fits(p, &f.subject))
            && self.verdict.as_ref().is_none_or(|v| v.contains(&f.verdict))
            && self.effect.as_ref().is_none_or(|e| e.contains(&f.effect))
    }
}

/// A pattern is a text, or a beginning followed by `*`.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => text.starts_with(beginning),
        None => text == pattern,
    }
}

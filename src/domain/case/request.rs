//! The one-round paper request: everything that will be needed from the customer until the case is done, asked for at once.
//! Out of the verdict (what is missing, unreadable, contradictory, not measured) and the days printed on the papers (what
//! runs out before it is used).

use crate::domain::paper::{Paper, Purpose, Term};
use crate::domain::theme::Effect;
use crate::domain::verify::{Arg, FindingRecord, PaperFacts, Record, Verdict};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

/// What is asked of the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Not there, or only a draft.
    Missing,
    /// No scan a person can read.
    Unreadable,
    /// Runs out before it is used.
    Expired,
    /// Says something else than another paper, the map or itself.
    Contradicts,
    /// The boundary has to be measured on the land.
    Boundary,
}

impl Need {
    pub fn as_str(self) -> &'static str {
        match self {
            Need::Missing => "missing",
            Need::Unreadable => "unreadable",
            Need::Expired => "expired",
            Need::Contradicts => "contradicts",
            Need::Boundary => "boundary",
        }
    }
}

/// One thing that is asked for. Two of the same need, kind and paper are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Asked {
    pub need: Need,
    /// Kind of the paper; `boundary` for the land itself.
    pub paper_kind: String,
    /// The paper in hand it is about; none: it is not there yet.
    pub paper: Option<Uuid>,
    /// Check that found it, or `expiry`.
    pub because: String,
    /// Citation, or names of fields that lack, or the day it runs out; never personal data.
    pub detail: String,
}

/// Everything to ask for; `until` is the day by which the papers must still hold. In order, without doubles.
pub fn plan(record: &Record, papers: &[PaperFacts], until: Date) -> Vec<Asked> {
    let kind_of = |id: &str| papers.iter().find(|p| p.id.to_string() == id.split('/').next().unwrap_or(id));
    let mut all: Vec<Asked> = Vec::new();
    for f in record.findings.iter().filter(|f| f.verdict == Verdict::Hit && f.effect != Effect::None) {
        match &*f.check {
            "paper.required_set" => all.extend(f.details.iter().filter_map(|m| lacking(m, papers))),
            "paper.scan" => all.extend(kind_of(&f.subject).map(|p| about(Need::Unreadable, p, f))),
            "parcel.boundary" | "parcel.vertices" | "parcel.area" | "parcel.neighbours" => all.push(boundary(f)),
            check if check.starts_with("paper.") && check != "paper.term" => {
                all.extend(kind_of(&f.subject).map(|p| about(Need::Contradicts, p, f)));
            }
            _ => {}
        }
    }
    all.extend(papers.iter().filter_map(|p| expiring(p, until)));
    all.sort();
    all.dedup_by(|a, b| (a.need, &a.paper_kind, a.paper) == (b.need, &b.paper_kind, b.paper));
    all
}

fn lacking(m: &crate::domain::verify::Message, papers: &[PaperFacts]) -> Option<Asked> {
    let text = |name: &str| match m.args.get(name) {
        Some(Arg::Text(t)) => t.to_string(),
        _ => String::new(),
    };
    let kind = text("kind");
    if kind.is_empty() {
        return None;
    }
    let draft = papers.iter().find(|p| !p.complete && p.paper.kind() == kind).map(|p| p.id);
    let detail = if draft.is_some() { text("fields") } else { text("citation") };
    Some(Asked { need: Need::Missing, paper_kind: kind, paper: draft, because: "paper.required_set".into(), detail })
}

fn about(need: Need, p: &PaperFacts, f: &FindingRecord) -> Asked {
    Asked {
        need,
        paper_kind: p.paper.called().to_owned(),
        paper: Some(p.id),
        because: f.check.to_string(),
        detail: f.message.key.to_string(),
    }
}

fn boundary(f: &FindingRecord) -> Asked {
    Asked {
        need: Need::Boundary,
        paper_kind: "boundary".into(),
        paper: None,
        because: f.check.to_string(),
        detail: f.message.key.to_string(),
    }
}

fn expiring(p: &PaperFacts, until: Date) -> Option<Asked> {
    let end = runs_out(&p.paper)?;
    (end < until).then(|| Asked {
        need: Need::Expired,
        paper_kind: p.paper.called().to_owned(),
        paper: Some(p.id),
        because: "expiry".into(),
        detail: end.to_string(),
    })
}

/// The last day a paper holds, when it says one itself.
pub fn runs_out(paper: &Paper) -> Option<Date> {
    let term = |p: &Purpose| match p.term {
        Some(Term::Until(d)) => Some(d),
        _ => None,
    };
    match paper {
        Paper::PowerOfAttorney(p) => p.valid_until,
        Paper::Certificate(c) => c.purposes.iter().filter_map(term).min(),
        _ => None,
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;

//! From a verification's record, the papers there are, and the tables in force: every procedure with what it takes.

use super::guide::{Guide, GuideBook, Needs};
use crate::domain::case::{ProcedureBook, ProcedureVersion};
use crate::domain::fee::{Due, FeeFacts, FeeSet, Total, dues, total};
use crate::domain::theme::{Bilingual, Effect, Remark};
use crate::domain::verify::{FindingRecord, Message, Record, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;

pub use crate::domain::rule::Standing;

/// How far a procedure can go as things are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feasibility {
    Feasible,
    NeedsPapers,
    NeedsPerson,
    Blocked,
    /// Not one for this parcel.
    NotApplicable,
}

/// What stands in the way, named by a finding of the verification or by a text of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    Finding { check: String, subject: String, verdict: Verdict, effect: Effect },
    Said { say: Message },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MissingPaper {
    /// A kind of paper, or the title of a free one.
    pub kind: String,
    /// `always`, or the condition on which it is needed.
    pub when: String,
    /// It is there, but half filled.
    pub draft: bool,
    pub citation: String,
    pub standing: Standing,
}

/// Working days from the complete dossier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Days {
    /// None: no number is known.
    pub working: Option<u32>,
    pub most: Option<u32>,
    pub difficult: Option<u32>,
    pub posting: Option<u32>,
    pub source: String,
    pub standing: Standing,
    pub note: Remark,
    /// What our own cases took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<History>,
}

/// Cases of one procedure that we saw through, in working days from opening to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub cases: u32,
    pub median: u32,
    pub longest: u32,
}

/// One procedure as an option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opt {
    pub procedure: String,
    pub title: Bilingual,
    /// The customer asked for it.
    pub wished: bool,
    pub feasibility: Feasibility,
    /// Heaviest first.
    pub reasons: Vec<Reason>,
    pub missing: Vec<MissingPaper>,
    /// Keys of texts without `step-`.
    pub steps: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
    pub dues: Vec<Due>,
    /// None: a sum beyond 64 bits.
    pub total: Option<Total>,
}

/// Everything an answer rests on.
#[derive(Debug)]
pub struct Asked<'a> {
    pub as_of: Date,
    pub record: &'a Record,
    /// Kind (or title of a free one) and whether it is complete.
    pub papers: &'a [(String, bool)],
    pub province: Option<&'a str>,
    pub facts: &'a FeeFacts,
    pub procedures: &'a ProcedureBook,
    pub guides: &'a GuideBook,
    pub fees: &'a FeeSet,
    pub history: &'a BTreeMap<String, History>,
}

/// The wished procedure first, then by feasibility and code.
pub fn options(asked: &Asked<'_>) -> Vec<Opt> {
    let mut all: Vec<Opt> = asked.guides.guides.iter().filter_map(|g| one(asked, g)).collect();
    all.sort_by(|a, b| (!a.wished, a.feasibility, &a.procedure).cmp(&(!b.wished, b.feasibility, &b.procedure)));
    all
}

fn one(asked: &Asked<'_>, guide: &Guide) -> Option<Opt> {
    let code = guide.procedure.as_str();
    let title = asked.procedures.procedure(code)?.title.clone();
    let version = asked.procedures.find(code, asked.province, asked.as_of);
    let missing = version.map(|v| missing(v, asked.papers)).unwrap_or_default();
    let (mut feasibility, mut reasons) = bearing(asked, guide);
    match version {
        None => {
            feasibility = feasibility.max(Feasibility::NeedsPerson);
            reasons.push(said("option-reason-not-in-force"));
        }
        Some(v) if v.working_days.is_none() => reasons.push(said("option-reason-no-days")),
        Some(_) => {}
    }
    if missing.iter().any(|m| m.when == "always") {
        feasibility = feasibility.max(Feasibility::NeedsPapers);
    }
    if let Some((applies, why)) = applies(asked, guide) {
        feasibility = applies;
        reasons.insert(0, said(why));
    }
    let dues = dues(asked.fees, code, asked.facts);
    let total = total(&dues).ok();
    let days = version.map(|v| days(v, asked.history.get(code).copied()));
    let wished = asked.record.case.procedure == code;
    let steps = guide.steps.clone();
    Some(Opt { procedure: code.to_owned(), title, wished, feasibility, reasons, missing, steps, days, dues, total })
}

fn said(key: &'static str) -> Reason {
    Reason::Said { say: Message::new(key) }
}

/// The findings that stand in the way. The set of papers is worked out anew for each procedure.
fn bearing(asked: &Asked<'_>, guide: &Guide) -> (Feasibility, Vec<Reason>) {
    let counts = |f: &&FindingRecord| {
        f.effect != Effect::None && f.check != "paper.required_set" && !guide.passes_over(&f.check)
    };
    let mut found: Vec<&FindingRecord> = asked.record.findings.iter().filter(counts).collect();
    found.sort_by(|a, b| b.effect.cmp(&a.effect).then_with(|| (&a.check, &a.subject).cmp(&(&b.check, &b.subject))));
    let feasibility = found.first().map_or(Feasibility::Feasible, |f| match f.effect {
        Effect::None => Feasibility::Feasible,
        Effect::NeedsPapers => Feasibility::NeedsPapers,
        Effect::NeedsPerson => Feasibility::NeedsPerson,
        Effect::Blocks => Feasibility::Blocked,
    });
    let reason = |f: &FindingRecord| Reason::Finding {
        check: f.check.to_string(),
        subject: f.subject.clone(),
        verdict: f.verdict,
        effect: f.effect,
    };
    (feasibility, found.into_iter().map(reason).collect())
}

/// A procedure that is none for this parcel, or of which that is not known.
fn applies(asked: &Asked<'_>, guide: &Guide) -> Option<(Feasibility, &'static str)> {
    let certificate = asked.papers.iter().any(|(kind, _)| kind == "certificate");
    match guide.needs {
        Needs::NoCertificate if certificate => Some((Feasibility::NotApplicable, "option-reason-certificate-exists")),
        Needs::Mortgage => {
            let of = |f: &&FindingRecord| f.check == "encumbrance.register" || f.check == "encumbrance.paper_notes";
            let verdicts: Vec<Verdict> = asked.record.findings.iter().filter(of).map(|f| f.verdict).collect();
            if verdicts.contains(&Verdict::Hit) {
                None
            } else if !verdicts.is_empty() && verdicts.iter().all(|v| *v == Verdict::Clear) {
                Some((Feasibility::NotApplicable, "option-reason-no-mortgage"))
            } else {
                Some((Feasibility::NeedsPerson, "option-reason-mortgage-unknown"))
            }
        }
        Needs::Nothing | Needs::Certificate | Needs::NoCertificate => None,
    }
}

fn missing(version: &ProcedureVersion, papers: &[(String, bool)]) -> Vec<MissingPaper> {
    use crate::domain::text::fold::squeezed;
    let same = |held: &str, needed: &str| held == needed || squeezed(held) == squeezed(needed);
    let lacks = version.papers.iter().filter_map(|p| {
        let held: Vec<bool> = papers.iter().filter(|(kind, _)| same(kind, &p.kind)).map(|(_, whole)| *whole).collect();
        (!held.contains(&true)).then(|| MissingPaper {
            kind: p.kind.clone(),
            when: p.when.clone(),
            draft: !held.is_empty(),
            citation: p.citation.clone(),
            standing: p.standing,
        })
    });
    lacks.collect()
}

fn days(v: &ProcedureVersion, ours: Option<History>) -> Days {
    Days {
        working: v.working_days,
        most: v.working_days_most,
        difficult: v.working_days_difficult,
        posting: v.posting_days,
        source: v.source.clone(),
        standing: v.standing,
        note: v.note.clone(),
        ours,
    }
}

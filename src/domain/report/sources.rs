//! What the findings rest on: layer versions, rules, papers.

use super::findings::doubtful;
use crate::domain::rule::{Rule, RulePin};
use crate::domain::verify::text::{Lang, date, message, number, paper_kind, standing};
use crate::domain::verify::{Basis, LayerPin, Message, Record};
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct LayerLine {
    pub layer: String,
    pub version: String,
    pub file: String,
    pub date: String,
    pub decision: String,
    pub accuracy: String,
    pub scale: String,
    /// Numbers of the findings that rest on it.
    pub used_by: Vec<usize>,
    pub hash: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct RuleLine {
    pub name: String,
    pub citation: String,
    pub in_force: String,
    pub standing: String,
    pub doubtful: bool,
    pub used_by: Vec<usize>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PaperLine {
    pub kind: String,
    pub version: String,
    pub hash: String,
}

const NONE: &str = "–";

/// Layers that stand behind a finding.
pub(super) fn layers(record: &Record, lang: Lang, basis: &Basis) -> Vec<LayerLine> {
    let line = |l: &LayerPin| LayerLine {
        layer: l.layer.clone(),
        version: l.number.to_string(),
        file: l.source_name.clone(),
        date: date(lang, l.source_date),
        decision: l.decision.clone().unwrap_or_else(|| NONE.into()),
        accuracy: accuracy(lang, l, basis),
        scale: l.scale.map_or_else(|| NONE.into(), |s| format!("1:{s}")),
        used_by: numbers(record, |f| f.sources.contains(&l.layer_version_id)),
        hash: l.content_hash.clone(),
    };
    record.pins.layers.iter().map(|l| line(l)).filter(|l| !l.used_by.is_empty()).collect()
}

/// What was measured with: what the map says of itself, else what its theme says.
fn accuracy(lang: Lang, l: &LayerPin, basis: &Basis) -> String {
    if l.accuracy_m > 0.0 {
        return format!("± {} m", number(lang, l.accuracy_m));
    }
    let used = l.theme.as_deref().and_then(|code| basis.themes.usual_accuracy(code));
    used.map_or_else(|| NONE.into(), |m| message(lang, &Message::new("page-accuracy-of-theme").with("accuracy", m)))
}

/// Rules that a finding cites.
pub(super) fn rules(record: &Record, lang: Lang, basis: &Basis) -> Vec<RuleLine> {
    let line = |r: &Rule| {
        let m = Message::new("page-rule-version").with("id", r.id.as_str()).with("version", f64::from(r.version));
        let pinned = |p: &RulePin| p.id == r.id && p.version == r.version && p.hash == r.hash;
        RuleLine {
            name: message(lang, &m),
            citation: r.citation.clone(),
            in_force: in_force(lang, r),
            standing: standing(lang, r.standing),
            doubtful: doubtful(r),
            used_by: numbers(record, |f| f.rule.as_ref().is_some_and(pinned)),
        }
    };
    basis.rules.book.rules.iter().map(line).filter(|l| !l.used_by.is_empty()).collect()
}

fn in_force(lang: Lang, rule: &Rule) -> String {
    let day = |key: &'static str, d: time::Date| message(lang, &Message::new(key).with("date", d.to_string()));
    let from = day("page-rule-from", rule.valid_from);
    match rule.valid_to {
        Some(to) => format!("{from}, {}", day("page-rule-to", to)),
        None => from,
    }
}

pub(super) fn papers(record: &Record, lang: Lang) -> Vec<PaperLine> {
    let papers = record.pins.papers.iter();
    papers
        .map(|p| PaperLine { kind: paper_kind(lang, &p.kind), version: p.version.to_string(), hash: p.sha256.clone() })
        .collect()
}

fn numbers(record: &Record, of: impl Fn(&crate::domain::verify::FindingRecord) -> bool) -> Vec<usize> {
    record.findings.iter().enumerate().filter(|(_, f)| of(f)).map(|(i, _)| i + 1).collect()
}

//! Findings as lines of a table.

use super::{Beside, Group};
use crate::domain::rule::{Rule, Standing};
use crate::domain::theme::Effect;
use crate::domain::verify::text::{
    Lang, message, name, opinion, precision, quantity, standing, subject, title, verdict, word,
};
use crate::domain::verify::{Basis, FindingRecord, LayerPin, Message, Quantity, Record, Verdict};
use serde::Serialize;

/// How a verdict is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Hit,
    /// Not proved: partly covered, not covered, stale, failed.
    Unproved,
    Clear,
    /// Does not apply.
    Quiet,
}

impl Tone {
    pub fn of(v: Verdict) -> Self {
        match v {
            Verdict::Hit => Self::Hit,
            Verdict::PartlyCovered | Verdict::NotCovered | Verdict::StaleSource | Verdict::Failed => Self::Unproved,
            Verdict::Clear => Self::Clear,
            Verdict::NotApplicable => Self::Quiet,
        }
    }
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Place in the record, from 1: the number in every table and on the map.
    pub no: usize,
    pub title: String,
    pub subject: Option<String>,
    /// Title and subject in one.
    pub name: String,
    pub verdict: String,
    pub tone: Tone,
    pub measured: Option<String>,
    pub allowed: Option<String>,
    /// Interval of the area and how certain it is.
    pub precision: Option<String>,
    pub said: String,
    pub details: Vec<String>,
    pub sources: Vec<String>,
    pub rule: Option<Cited>,
    /// What people said of it, line by line; the first says who and how.
    pub opinions: Vec<Vec<String>>,
    #[serde(skip)]
    weighs: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Cited {
    pub name: String,
    pub citation: String,
    pub standing: String,
    /// The source of the rule was not confirmed in its legal text.
    pub doubtful: bool,
}

impl Line {
    /// Somebody has to do something about it, and it is not only a lack of data.
    pub fn is_open(&self) -> bool {
        self.tone == Tone::Hit || (self.weighs && self.tone != Tone::Unproved)
    }
}

/// All findings in the order of the record, under its headings.
pub(super) fn groups(record: &Record, beside: &Beside<'_>, lang: Lang) -> Vec<Group> {
    let mut out: Vec<(&str, Group)> = Vec::new();
    for (i, f) in record.findings.iter().enumerate() {
        let line = line(record, beside, lang, i + 1, f);
        match out.last_mut().filter(|(id, _)| *id == f.group) {
            Some((_, group)) => group.findings.push(line),
            None => {
                out.push((&f.group, Group { title: word(lang, &format!("group-{}", f.group)), findings: vec![line] }))
            }
        }
    }
    out.into_iter().map(|(_, g)| g).collect()
}

fn line(record: &Record, beside: &Beside<'_>, lang: Lang, no: usize, f: &FindingRecord) -> Line {
    let basis = beside.basis;
    let said = beside.opinions.iter().filter(|p| p.no.is_some_and(|i| i + 1 == no));
    let shown = |q: &Option<Quantity>| q.as_ref().map(|q| quantity(lang, q));
    // The standing of a rule stands with the rule itself.
    let said_below = |d: &&Message| f.rule.is_some() && d.key.starts_with("rule-");
    let pins = record.pins.layers.iter().filter(|l| f.sources.contains(&l.layer_version_id));
    Line {
        no,
        title: title(lang, &f.check),
        subject: subject(record, basis, lang, f),
        name: name(record, basis, lang, f),
        verdict: verdict(lang, f.verdict),
        tone: Tone::of(f.verdict),
        measured: shown(&f.measured),
        allowed: shown(&f.allowed),
        precision: precision(lang, f, "page-area-range"),
        said: message(lang, &f.message),
        details: f.details.iter().filter(|d| !said_below(d)).map(|d| message(lang, d)).collect(),
        sources: pins.map(|l| source(lang, l)).collect(),
        rule: cited(basis, lang, f),
        opinions: said.map(|p| opinion(lang, p)).collect(),
        weighs: f.effect > Effect::None,
    }
}

fn source(lang: Lang, l: &LayerPin) -> String {
    let m = Message::new("report-layer")
        .with("layer", l.layer.as_str())
        .with("version", f64::from(l.number))
        .with("source", l.source_name.as_str())
        .with("date", l.source_date.to_string());
    message(lang, &m)
}

fn cited(basis: &Basis, lang: Lang, f: &FindingRecord) -> Option<Cited> {
    let pin = f.rule.as_ref()?;
    let pinned = basis.rules.cited(pin);
    let m = Message::new("page-rule-version").with("id", pin.id.as_str()).with("version", f64::from(pin.version));
    Some(Cited {
        name: message(lang, &m),
        citation: pinned.map_or_else(|| "–".to_owned(), |r| r.citation.clone()),
        standing: pinned.map_or_else(|| "–".to_owned(), |r| standing(lang, r.standing)),
        doubtful: pinned.is_none_or(doubtful),
    })
}

/// Law that was not read in its own text.
pub(super) fn doubtful(r: &Rule) -> bool {
    matches!(r.standing, Standing::Secondary | Standing::Unverified)
}

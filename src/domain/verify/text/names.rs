//! What the parts of a record are called: shared by every form a record is shown in.

use super::report::title;
use super::words::{Lang, has, message, number, word};
use crate::domain::rule::Standing;
use crate::domain::verify::{Basis, Certainty, FindingRecord, Message, Outcome, Record, Verdict};

/// What a finding speaks of, when its check's title does not say so: a theme by its title, a paper by its kind and place
/// among its kind; anything else as it is.
pub fn subject(record: &Record, basis: &Basis, lang: Lang, f: &FindingRecord) -> Option<String> {
    let pins = &record.pins;
    let (first, rest) = f.subject.split_once('/').unwrap_or((&f.subject, ""));
    if first.is_empty() {
        return None;
    }
    let named = if let Some(t) = basis.themes.find(first) {
        if lang == Lang::Vi { t.title.vi.to_string() } else { t.title.en.to_string() }
    } else if let Some(p) = pins.papers.iter().find(|p| p.id.to_string() == first) {
        let same: Vec<_> = pins.papers.iter().filter(|q| q.kind == p.kind).collect();
        let kind = paper_kind(lang, &p.kind);
        match same.iter().position(|q| q.id == p.id) {
            Some(i) if same.len() > 1 => format!("{kind} {}", number(lang, (i + 1) as f64)),
            _ => kind,
        }
    } else if f.check.ends_with(first) {
        return None;
    } else {
        first.to_owned()
    };
    let part = format!("part-{rest}");
    let rest = if has(lang, &part) { word(lang, &part) } else { rest.to_owned() };
    Some(if rest.is_empty() { named } else { format!("{named}, {rest}") })
}

/// Title of the check and what it speaks of.
pub fn name(record: &Record, basis: &Basis, lang: Lang, f: &FindingRecord) -> String {
    let title = title(lang, &f.check);
    match subject(record, basis, lang, f) {
        Some(subject) => format!("{title}: {subject}"),
        None => title,
    }
}

pub fn paper_kind(lang: Lang, kind: &str) -> String {
    message(lang, &Message::new("paper-kind").with("kind", kind))
}

pub fn verdict(lang: Lang, v: Verdict) -> String {
    word(
        lang,
        match v {
            Verdict::Hit => "verdict-hit",
            Verdict::Clear => "verdict-clear",
            Verdict::PartlyCovered => "verdict-partly-covered",
            Verdict::NotCovered => "verdict-not-covered",
            Verdict::StaleSource => "verdict-stale-source",
            Verdict::Failed => "verdict-failed",
            Verdict::NotApplicable => "verdict-not-applicable",
        },
    )
}

/// The overall result in one sentence.
pub fn outcome(lang: Lang, o: Outcome) -> String {
    word(
        lang,
        match o {
            Outcome::CanProceed => "outcome-can-proceed",
            Outcome::NeedsPapers => "outcome-needs-papers",
            Outcome::NeedsPerson => "outcome-needs-person",
            Outcome::Blocked => "outcome-blocked",
        },
    )
}

/// How sure a finding is: its interval under `area`, or what is missing to a least size, and the word for it.
pub fn precision(lang: Lang, f: &FindingRecord, area: &'static str) -> Option<String> {
    let missing = f.check == crate::domain::check::split_minimum::ID;
    let interval = f.area.map(|a| {
        let m = Message::new(if missing { "missing-area" } else { area });
        message(lang, &m.with("low", a.low).with("nominal", a.nominal).with("high", a.high))
    });
    let key = |c| match (missing, c) {
        (false, Certainty::Certain) => "certainty-certain",
        (false, Certainty::Possible) => "certainty-possible",
        (false, Certainty::None) => "certainty-none",
        (true, Certainty::Certain) => "missing-certain",
        (true, Certainty::Possible) => "missing-possible",
        (true, Certainty::None) => "missing-none",
    };
    let parts: Vec<String> = interval.into_iter().chain(f.certainty.map(|c| word(lang, key(c)))).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

pub fn standing(lang: Lang, s: Standing) -> String {
    word(
        lang,
        match s {
            Standing::Verified => "standing-verified",
            Standing::Secondary => "standing-secondary",
            Standing::Unverified => "standing-unverified",
            Standing::House => "standing-house",
        },
    )
}

//! Mortgages, blocks, disputes and seizures that the certificate itself notes and does not note as ended.

use super::papers::{cited, clear, each_certificate, hit, list, mentions, ruled};
use super::{Context, land};
use crate::domain::paper::{Certificate, ChangeNote};
use crate::domain::rule::Rule;
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{Finding, Message, Verdict};

pub const ID: &str = "encumbrance.paper_notes";

const KINDS: [&str; 4] = ["mortgage", "block", "dispute", "enforcement"];

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    each_certificate(cx, ID, |subject, c| judge(cx, subject, c).map(|f| vec![f]))
}

fn judge(cx: &Context<'_>, subject: &str, c: &Certificate) -> land::Known<Finding> {
    let rule = ruled(cx, ID, subject, "encumbrance.paper_notes")?;
    if c.changes.is_empty() {
        // Nothing was entered: that is not the same as nothing being printed.
        return Ok(cited(Finding::new(ID, subject, Verdict::NotApplicable, Message::new("notes-none")), rule));
    }
    let mut open = Vec::new();
    for kind in KINDS {
        let (begins, ends) = (list(rule, ID, subject, kind)?, list(rule, ID, subject, &format!("{kind}_end"))?);
        open.extend(still_open(&c.changes, begins, ends).map(|note| (kind, note)));
    }
    let effect = open.iter().map(|(kind, _)| weight(cx, rule, kind)).max();
    let mut f = match effect {
        None => clear(ID, subject, Message::new("notes-free").with("count", c.changes.len() as f64)),
        Some(effect) => hit(ID, subject, effect, Message::new("notes-open").with("count", open.len() as f64)),
    };
    f.details = open.iter().map(|(kind, note)| line(kind, note)).collect();
    Ok(cited(f, rule))
}

/// The last note that begins a thing, unless it or a later one says that it has ended.
fn still_open<'a>(notes: &'a [ChangeNote], begins: &[String], ends: &[String]) -> Option<&'a ChangeNote> {
    let mut open = None;
    for note in notes {
        if mentions(&note.text, ends) {
            open = None;
        } else if mentions(&note.text, begins) {
            open = Some(note);
        }
    }
    open
}

/// As the register's theme weighs the same thing; without such a theme a person looks.
fn weight(cx: &Context<'_>, rule: &Rule, kind: &str) -> Effect {
    if expected(rule, &cx.facts.case.procedure, kind) {
        return Effect::None;
    }
    let theme = cx.facts.themes.iter().find(|t| t.theme.family == Family::Encumbrance);
    theme.map_or(Effect::NeedsPerson, |t| t.theme.effect_of(Some(kind)))
}

/// A procedure that is about the thing itself: a mortgage does not stand in the way of its release.
pub(super) fn expected(rule: &Rule, procedure: &str, kind: &str) -> bool {
    rule.list(&format!("{kind}_expected")).iter().any(|p| p == procedure)
}

fn line(kind: &str, note: &ChangeNote) -> Message {
    let day = note.on.map_or_else(|| "–".to_owned(), |d| d.to_string());
    Message::new("notes-line").with("kind", kind).with("date", day).with("text", note.text.as_str())
}

//! An option sheet for a terminal, line by line.

use super::{DueTold, OptionTold, SheetTold, Sourced};
use crate::domain::verify::Message;
use crate::domain::verify::text::{Lang, message, word};

/// The whole sheet; `digest` names the verification it rests on.
pub fn render(sheet: &SheetTold, digest: &str, lang: Lang) -> String {
    let mut out = vec![format!("{} {} · {}", sheet.title.to_uppercase(), sheet.case_number, sheet.as_of)];
    out.extend(sheet.recommended.iter().map(|r| format!("{}: {r}", word(lang, "sheet-recommended"))));
    out.extend(sheet.remark.clone());
    out.extend(sheet.options.iter().flat_map(|o| option(o, lang)));
    out.extend([String::new(), word(lang, "sheet-rests-on"), format!("SHA-256 {digest}")]);
    out.join("\n") + "\n"
}

fn option(o: &OptionTold, lang: Lang) -> Vec<String> {
    let star = if o.wished { "* " } else { "  " };
    let mut out = vec![String::new(), format!("{star}{}: {}", o.title, o.feasibility)];
    out.extend(o.note.iter().map(|n| format!("    {n}")));
    out.extend(o.reasons.iter().map(|r| format!("    ! {r}")));
    for m in &o.missing {
        out.extend(statement(&format!("- {}", m.said), m));
    }
    if !o.steps.is_empty() {
        out.push(format!("    {}: {}", word(lang, "sheet-steps"), o.steps.join(" → ")));
    }
    if let Some(d) = &o.days {
        out.extend(statement(&format!("{}: {}", word(lang, "sheet-days"), d.said), d));
    }
    out.extend(o.dues.iter().flat_map(|d| due(d, lang)));
    out.extend(o.total.iter().map(|t| format!("    {}: {t}", word(lang, "sheet-total"))));
    out
}

fn statement(said: &str, s: &Sourced) -> Vec<String> {
    let mut out = vec![format!("    {said} ({}) [{}]", s.source, s.standing)];
    out.extend(s.notes.iter().map(|n| format!("      {n}")));
    out
}

fn due(d: &DueTold, lang: Lang) -> Vec<String> {
    let source = Message::new("due-source").with("source", d.source.as_str()).with("since", d.since.as_str());
    let mut out = vec![format!("    {}: {} [{}] · {}", d.title, d.amount, d.standing, d.payer)];
    out.extend(d.steps.iter().map(|s| format!("      {s}")));
    out.push(format!("      {}", message(lang, &source)));
    out.extend(d.note.iter().map(|n| format!("      {n}")));
    out
}

//! An option sheet in words, for a terminal.

use super::{Feasibility, Opt, Reason, Sheet};
use crate::domain::fee::{Amount, Due};
use crate::domain::money::{Dong, grouped};
use crate::domain::theme::Remark;
use crate::domain::verify::Message;
use crate::domain::verify::text::{Lang, date, message, word};
use uuid::Uuid;

/// The whole sheet, line by line.
pub fn render(sheet: &Sheet, lang: Lang) -> String {
    let mut out = vec![format!("{} {} · {}", word(lang, "sheet-title"), sheet.case_number, date(lang, sheet.as_of))];
    out.extend(sheet.options.iter().flat_map(|o| option(o, lang)));
    let total = format!("SHA-256 {}", sheet.pins.digest);
    out.extend([String::new(), word(lang, "sheet-rests-on"), total]);
    out.join("\n") + "\n"
}

/// A remark, on a line of its own.
fn remark(lang: Lang, said: &Remark) -> Option<String> {
    let text = match said {
        Remark::Both(both) => both.in_lang(lang),
        Remark::One(text) => text,
    };
    (!text.is_empty()).then(|| format!("      {text}"))
}

fn dong(lang: Lang, d: Dong) -> String {
    match lang {
        Lang::Vi => d.to_string(),
        Lang::En => format!("{} dong", grouped(d.0).replace('.', ",")),
    }
}

/// Key of the text that says it.
pub fn feasibility_key(f: Feasibility) -> &'static str {
    match f {
        Feasibility::Feasible => "option-feasible",
        Feasibility::NeedsPapers => "option-needs-papers",
        Feasibility::NeedsPerson => "option-needs-person",
        Feasibility::Blocked => "option-blocked",
        Feasibility::NotApplicable => "option-not-applicable",
    }
}

fn option(o: &Opt, lang: Lang) -> Vec<String> {
    let star = if o.wished { "* " } else { "  " };
    let mut out =
        vec![String::new(), format!("{star}{}: {}", o.title.in_lang(lang), word(lang, feasibility_key(o.feasibility)))];
    out.extend(counted(o.reasons.iter().map(|r| reason(r, lang))).map(|r| format!("    ! {r}")));
    if o.feasibility == Feasibility::NotApplicable {
        return out;
    }
    out.extend(o.missing.iter().map(|m| {
        let kind = word_of(lang, "paper-kind", "kind", &m.kind);
        format!("    - {kind} ({})", m.citation)
    }));
    if let Some(days) = &o.days {
        out.extend(days.working.map(|n| format!("    {}: {n}", word(lang, "sheet-days"))));
        out.extend(remark(lang, &days.note));
    }
    for d in &o.dues {
        out.push(format!("    {}", due(d, lang)));
        out.extend(remark(lang, &d.note));
    }
    if let Some(t) = o.total {
        let range = if t.low == t.high {
            dong(lang, t.low)
        } else {
            format!("{} – {}", dong(lang, t.low), dong(lang, t.high))
        };
        let more = if t.incomplete { format!(" ({})", word(lang, "sheet-incomplete")) } else { String::new() };
        out.push(format!("    {}: {range}{more}", word(lang, "sheet-total")));
    }
    out
}

fn word_of(lang: Lang, key: &'static str, name: &'static str, value: &str) -> String {
    message(lang, &Message::new(key).with(name, value))
}

/// Each once, with how often it is said.
fn counted(all: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    let mut seen: Vec<(String, usize)> = Vec::new();
    for one in all {
        match seen.iter_mut().find(|s| s.0 == one) {
            Some(before) => before.1 += 1,
            None => seen.push((one, 1)),
        }
    }
    seen.into_iter().map(|(one, n)| if n == 1 { one } else { format!("{one} ({n})") })
}

/// A paper is one of several; its id says nothing to people.
fn reason(r: &Reason, lang: Lang) -> String {
    match r {
        Reason::Said { say } => message(lang, say),
        Reason::Finding { check, subject, .. } => {
            let named = word(lang, &format!("check-{}", check.replace(['.', '_'], "-")));
            let id = subject.split('/').next().is_some_and(|s| Uuid::parse_str(s).is_ok());
            if subject.is_empty() || id { named } else { format!("{named} ({subject})") }
        }
    }
}

fn due(d: &Due, lang: Lang) -> String {
    let amount = match &d.amount {
        Amount::Exact { dong: sum } => dong(lang, *sum),
        Amount::Between { low, high } => format!("{} – {}", dong(lang, *low), dong(lang, *high)),
        Amount::Exempt { .. } => word(lang, "fee-exempt"),
        Amount::NotKnown { missing } if missing.is_empty() => word(lang, "fee-not-known"),
        Amount::NotKnown { missing } => word_of(lang, "fee-missing", "facts", &missing.join(", ")),
    };
    let standing =
        serde_json::to_value(d.standing).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    format!("{}: {amount} [{}]", d.title.in_lang(lang), word_of(lang, "fee-standing", "standing", &standing))
}

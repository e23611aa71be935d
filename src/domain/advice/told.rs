//! An option sheet in words of one language: what a screen, a letter or a terminal shows of it.

use super::{Days, Feasibility, MissingPaper, Opt, Reason, Sheet};
use crate::domain::case::timeline::View;
use crate::domain::fee::{Amount, Due, Payer, Step, Total};
use crate::domain::money::Dong;
use crate::domain::rule::Standing;
use crate::domain::text::fold::capital;
use crate::domain::theme::Remark;
use crate::domain::verify::text::{
    Lang, coded, date, dong, message, name, paper_kind, standing, subject as text_of, title, word,
};
use crate::domain::verify::{Basis, Message, Record};
use serde::Serialize;

/// A whole sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SheetTold {
    #[schema(example = "Phiếu phương án")]
    pub title: String,
    #[schema(example = "HS-2026-000123-7")]
    pub case_number: String,
    /// The day it speaks of.
    #[schema(example = "29/11/2026")]
    pub as_of: String,
    /// Title of the option the legal department recommends.
    pub recommended: Option<String>,
    /// What the legal department adds.
    pub remark: Option<String>,
    /// The recommended one and the wished one first, then by how far each can go.
    pub options: Vec<OptionTold>,
}

/// One procedure as an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"procedure": "transfer", "title": "Chuyển nhượng quyền sử dụng đất", "wished": true, "recommended": true,
    "feasibility": "cần bổ sung giấy tờ", "reasons": ["Đủ giấy tờ theo thủ tục: Hồ sơ không có giấy chứng nhận."], "missing": [],
    "steps": ["Công chứng hợp đồng, văn bản", "Nộp hồ sơ tại bộ phận một cửa"], "days": null, "dues": [],
    "total": "29.000.000 đồng (chưa đủ, còn khoản chưa biết)", "note": null}))]
pub struct OptionTold {
    /// Code of the procedure.
    pub procedure: String,
    pub title: String,
    /// The customer asked for it.
    pub wished: bool,
    pub recommended: bool,
    /// How far it can go as things are.
    pub feasibility: String,
    /// What stands in its way, heaviest first.
    pub reasons: Vec<String>,
    pub missing: Vec<Sourced>,
    /// In their order.
    pub steps: Vec<String>,
    pub days: Option<Sourced>,
    pub dues: Vec<DueTold>,
    /// Of all amounts that are known.
    pub total: Option<String>,
    /// What the legal department adds to this option.
    pub note: Option<String>,
}

/// A statement with the source it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"said": "Giấy uỷ quyền", "source": "Văn bản về việc đại diện (QĐ 2228/QĐ-UBND Đồng Nai, 2025)",
    "standing": "chỉ thấy ở nguồn thứ cấp", "notes": ["chỉ khi có người đại diện"]}))]
pub struct Sourced {
    pub said: String,
    pub source: String,
    /// How far the source was compared.
    pub standing: String,
    pub notes: Vec<String>,
}

/// A fee or tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"title": "Thuế thu nhập cá nhân từ chuyển nhượng bất động sản", "amount": "24.000.000 đồng",
    "payer": "bên chuyển quyền nộp", "source": "Luật Thuế thu nhập cá nhân 109/2025/QH15", "since": "01/07/2026",
    "standing": "chỉ thấy ở nguồn thứ cấp", "note": null,
    "steps": ["Tỷ lệ trên giá tính 2 % × 1.200.000.000 đồng: 24.000.000 đồng, làm tròn đến đồng"]}))]
pub struct DueTold {
    pub title: String,
    pub amount: String,
    pub payer: String,
    pub source: String,
    /// First day the table holds.
    pub since: String,
    pub standing: String,
    /// How the amount came about, line by line.
    pub steps: Vec<String>,
    pub note: Option<String>,
}

/// A sheet in words. `record` and `basis` are those of the verification it was made on. A customer reads what maps and measures say of
/// the land; of papers, people and other cases only what was checked.
pub fn told(sheet: &Sheet, record: &Record, basis: &Basis, reader: View, lang: Lang) -> SheetTold {
    let edits = &sheet.edits;
    let one = |o: &Opt| {
        let recommended = edits.recommended.as_deref() == Some(o.procedure.as_str());
        let note = edits.notes.get(&o.procedure).cloned().filter(|n| !n.is_empty());
        OptionTold { recommended, note, ..option(o, record, basis, reader, lang) }
    };
    let mut options: Vec<OptionTold> = sheet.options.iter().map(one).collect();
    options.sort_by_key(|o| !o.recommended);
    SheetTold {
        title: word(lang, "sheet-title"),
        case_number: sheet.case_number.clone(),
        as_of: date(lang, sheet.as_of),
        recommended: options.iter().find(|o| o.recommended).map(|o| o.title.clone()),
        remark: Some(edits.remark.clone()).filter(|r| !r.is_empty()),
        options,
    }
}

/// Key of the text that says it.
fn feasibility_key(f: Feasibility) -> &'static str {
    match f {
        Feasibility::Feasible => "option-feasible",
        Feasibility::NeedsPapers => "option-needs-papers",
        Feasibility::NeedsPerson => "option-needs-person",
        Feasibility::Blocked => "option-blocked",
        Feasibility::NotApplicable => "option-not-applicable",
    }
}

fn option(o: &Opt, record: &Record, basis: &Basis, reader: View, lang: Lang) -> OptionTold {
    // What is none for this parcel has its reason, and nothing to do.
    let applies = o.feasibility != Feasibility::NotApplicable;
    OptionTold {
        procedure: o.procedure.clone(),
        title: o.title.in_lang(lang).to_owned(),
        wished: o.wished,
        recommended: false,
        feasibility: word(lang, feasibility_key(o.feasibility)),
        reasons: counted(o.reasons.iter().map(|r| reason(r, record, basis, reader, lang))),
        missing: o.missing.iter().filter(|_| applies).map(|m| missing(m, lang)).collect(),
        steps: o.steps.iter().filter(|_| applies).map(|s| word(lang, &format!("step-{s}"))).collect(),
        days: o.days.as_ref().filter(|_| applies).map(|d| days(d, lang)),
        dues: o.dues.iter().filter(|_| applies).map(|d| due(d, lang)).collect(),
        total: o.total.filter(|_| applies && !o.dues.is_empty()).map(|t| total(t, lang)),
        note: None,
    }
}

/// Each once, with how often it is said.
fn counted(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: Vec<(String, usize)> = Vec::new();
    for one in all {
        match seen.iter_mut().find(|s| s.0 == one) {
            Some(before) => before.1 += 1,
            None => seen.push((one, 1)),
        }
    }
    seen.into_iter().map(|(one, n)| if n == 1 { one } else { format!("{one} ({n})") }).collect()
}

/// A finding as its record says it; a sheet names it by check and subject.
fn reason(r: &Reason, record: &Record, basis: &Basis, reader: View, lang: Lang) -> String {
    match r {
        Reason::Said { say } => message(lang, say),
        Reason::Finding { check, .. } if reader == View::Customer && !of_the_land(check) => title(lang, check),
        Reason::Finding { check, subject, verdict, .. } => {
            let found = record.findings.iter().find(|f| f.check == check.as_str() && f.subject == *subject);
            match found.filter(|f| f.verdict == *verdict) {
                Some(f) => {
                    let said = message(lang, &f.message);
                    // A message that begins with what it speaks of needs the check alone before it.
                    let begun = text_of(record, basis, lang, f).is_some_and(|s| said.starts_with(&s));
                    let named = if begun { title(lang, check) } else { name(record, basis, lang, f) };
                    format!("{named}: {said}")
                }
                None => title(lang, check),
            }
        }
    }
}

/// Findings that hold nothing about people.
fn of_the_land(check: &str) -> bool {
    ["parcel.", "planning.", "split."].iter().any(|family| check.starts_with(family))
}

fn sourced(lang: Lang, said: String, source: &str, held: Standing, notes: Vec<String>) -> Sourced {
    Sourced { said, source: source.to_owned(), standing: standing(lang, held), notes }
}

fn missing(m: &MissingPaper, lang: Lang) -> Sourced {
    let only_when = (m.when != "always").then(|| coded(lang, "needed", &m.when));
    let draft = m.draft.then(|| word(lang, "needed-draft"));
    let notes = only_when.into_iter().chain(draft).collect();
    sourced(lang, capital(&paper_kind(lang, &m.kind)), &m.citation, m.standing, notes)
}

fn days(d: &Days, lang: Lang) -> Sourced {
    let number = |key: &'static str, n: u32| message(lang, &Message::new(key).with("n", f64::from(n)));
    let said = match (d.working, d.most) {
        (None, _) => word(lang, "days-not-known"),
        (Some(0), None) => word(lang, "days-same-day"),
        (Some(n), None) => number("days-working", n),
        (Some(n), Some(most)) => {
            message(lang, &Message::new("days-range").with("n", f64::from(n)).with("most", f64::from(most)))
        }
    };
    let difficult = d.difficult.map(|n| number("days-difficult", n));
    let posting = d.posting.map(|n| number("days-posting", n));
    let ours = d.ours.map(|h| {
        let said = Message::new("days-ours").with("cases", f64::from(h.cases)).with("median", f64::from(h.median));
        message(lang, &said.with("longest", f64::from(h.longest)))
    });
    let notes = difficult.into_iter().chain(posting).chain(remark(&d.note, lang)).chain(ours).collect();
    sourced(lang, said, &d.source, d.standing, notes)
}

fn remark(said: &Remark, lang: Lang) -> Option<String> {
    let text = match said {
        Remark::Both(both) => both.in_lang(lang),
        Remark::One(text) => text,
    };
    (!text.is_empty()).then(|| text.to_owned())
}

fn range(low: Dong, high: Dong, lang: Lang) -> String {
    if low == high { dong(lang, low) } else { format!("{} – {}", dong(lang, low), dong(lang, high)) }
}

fn total(t: Total, lang: Lang) -> String {
    let sum = range(t.low, t.high, lang);
    if t.incomplete { format!("{sum} ({})", word(lang, "sheet-incomplete")) } else { sum }
}

fn due(d: &Due, lang: Lang) -> DueTold {
    let (amount, source, held) = match &d.amount {
        Amount::Exact { dong: sum } => (dong(lang, *sum), &d.citation, d.standing),
        Amount::Between { low, high } => (range(*low, *high, lang), &d.citation, d.standing),
        Amount::Exempt { citation, standing } => (word(lang, "fee-exempt"), citation, *standing),
        Amount::NotKnown { missing } if missing.is_empty() => (word(lang, "fee-not-known"), &d.citation, d.standing),
        Amount::NotKnown { missing } => {
            let asked = Message::new("fee-missing").with("facts", missing.join(", "));
            (message(lang, &asked), &d.citation, d.standing)
        }
    };
    let payer = match d.payer {
        Payer::Holder => "payer-holder",
        Payer::Receiver => "payer-receiver",
        Payer::Either => "payer-either",
    };
    DueTold {
        title: d.title.in_lang(lang).to_owned(),
        amount,
        payer: word(lang, payer),
        source: source.clone(),
        since: date(lang, d.valid_from),
        standing: standing(lang, held),
        steps: d.steps.iter().map(|s| step(s, lang)).collect(),
        note: remark(&d.note, lang),
    }
}

/// One line of a calculation: what is reckoned, of what, and what comes out.
fn step(s: &Step, lang: Lang) -> String {
    let spoken = |number: String| if lang == Lang::Vi { number.replace('.', ",") } else { number };
    let of = s.of.as_deref().map(|of| match of.strip_suffix(" đồng").map(|n| n.replace('.', "").parse()) {
        Some(Ok(sum)) => dong(lang, Dong(sum)),
        _ => spoken(of.to_owned()),
    });
    let percent = s.percent.map(|p| spoken(format!("{p} %")));
    let parts: Vec<String> = percent.into_iter().chain(of).collect();
    let said = [word(lang, &s.say), parts.join(" × ")].join(" ");
    let rounded = s.rounding.map(|r| format!(", {}", word(lang, r.key()))).unwrap_or_default();
    format!("{}: {}{rounded}", said.trim_end(), dong(lang, s.dong))
}

//! An identity card agrees with itself: the structure of the number, and the QR code against what was typed.
//!
//! What the digits say is only ever a warning: numbers are re-established, sex and birth day corrected.

use super::papers::{cards, cited, clear, hit, id_digits, not_applicable, ruled};
use super::{Context, land};
use crate::domain::paper::IdentityCard;
use crate::domain::paper::cccd::{self, CardQr, Cccd, IdNumber};
use crate::domain::problem::FieldProblem;
use crate::domain::text::name::{NameMatch, compare};
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message};

pub const ID: &str = "paper.cccd";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let all: Vec<Finding> = cards(cx.facts).map(|(p, c)| land::settle(judge(cx, &p.id.to_string(), c))).collect();
    if all.is_empty() { vec![not_applicable(ID, "", "cccd-none")] } else { all }
}

fn judge(cx: &Context<'_>, subject: &str, card: &IdentityCard) -> land::Known<Finding> {
    let rule = ruled(cx, ID, subject, "paper.cccd")?;
    let Some(typed) = card.number.as_deref().filter(|n| !n.trim().is_empty()) else {
        return Ok(not_applicable(ID, subject, "cccd-no-number"));
    };
    let odd = |key: &'static str| Ok(cited(hit(ID, subject, Effect::NeedsPerson, Message::new(key)), rule));
    let number = match cccd::parse_number(typed, "number") {
        Ok(IdNumber::Cccd(number)) => number,
        Ok(IdNumber::Cmnd(_)) => return Ok(not_applicable(ID, subject, "cccd-old-form")),
        Err(_) => return odd("cccd-shape"),
    };
    let qr = match card.qr_text.as_deref().map(|t| cccd::parse_qr(t, "qr_text")) {
        Some(Err(_)) => return odd("cccd-qr-unread"),
        Some(Ok(qr)) => Some(qr),
        None => None,
    };
    let warnings = cccd::warnings(&number, card.sex, card.birth_date.map(|d| d.year()), "number");
    let differs = qr.as_ref().map_or_else(Vec::new, |qr| differences(card, &number, qr));
    let mut f = if !differs.is_empty() {
        hit(ID, subject, Effect::NeedsPerson, Message::new("cccd-qr-differs"))
    } else if !warnings.is_empty() {
        hit(ID, subject, Effect::None, Message::new("cccd-digits-differ"))
    } else {
        clear(ID, subject, Message::new(if qr.is_some() { "cccd-qr-agrees" } else { "cccd-digits-agree" }))
    };
    f.details = differs.into_iter().chain(warnings.iter().map(warning)).collect();
    Ok(cited(f, rule))
}

/// Fields that say something else in the QR code. Values stay out of the record; the fields are enough to look.
fn differences(card: &IdentityCard, number: &Cccd, qr: &CardQr) -> Vec<Message> {
    fn other<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
        matches!((a, b), (Some(a), Some(b)) if a != b)
    }
    let digits = |n: &Option<String>| n.as_deref().and_then(id_digits);
    let name = card.name.as_deref().is_some_and(|n| compare(n, &qr.name) != NameMatch::Same);
    [
        ("number", number.number != qr.number),
        ("old_number", other(digits(&card.old_number), digits(&qr.old_number))),
        ("name", name),
        ("birth_date", other(card.birth_date, qr.birth_date)),
        ("sex", other(card.sex, qr.sex)),
        ("issued_on", other(card.issued_on, qr.issued_on)),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(field, _)| Message::new("cccd-field-differs").with("field", field))
    .collect()
}

fn warning(p: &FieldProblem) -> Message {
    Message::new("cccd-digits").with("what", p.code.as_str())
}

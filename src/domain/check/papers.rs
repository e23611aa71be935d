//! What the checks on papers share: the papers of a case by kind, people, and answers in one form.

use super::Context;
use super::land::{self, Known};
use crate::domain::paper::cccd::{IdNumber, parse_number};
use crate::domain::paper::{Certificate, Holder, IdentityCard, Paper, PowerOfAttorney};
use crate::domain::rule::{Param, Rule};
use crate::domain::text::fold::plain;
use crate::domain::text::name::{NameMatch, compare};
use crate::domain::theme::Effect;
use crate::domain::verify::{Facts, Finding, Message, PaperFacts, Verdict};

pub(super) fn certificates(facts: &Facts) -> impl Iterator<Item = (&PaperFacts, &Certificate)> {
    facts.papers.iter().filter_map(|p| match &p.paper {
        Paper::Certificate(c) => Some((p, c.as_ref())),
        _ => None,
    })
}

pub(super) fn cards(facts: &Facts) -> impl Iterator<Item = (&PaperFacts, &IdentityCard)> {
    facts.papers.iter().filter_map(|p| match &p.paper {
        Paper::IdentityCard(c) => Some((p, c)),
        _ => None,
    })
}

pub(super) fn powers(facts: &Facts) -> impl Iterator<Item = (&PaperFacts, &PowerOfAttorney)> {
    facts.papers.iter().filter_map(|p| match &p.paper {
        Paper::PowerOfAttorney(c) => Some((p, c)),
        _ => None,
    })
}

/// One finding per certificate, or one that says there is none.
pub(super) fn each_certificate<'a>(
    cx: &Context<'a>,
    check: &'static str,
    one: impl Fn(&str, &'a Certificate) -> Known<Vec<Finding>>,
) -> Vec<Finding> {
    let facts: &'a Facts = cx.facts;
    let all: Vec<Finding> =
        certificates(facts).flat_map(|(p, c)| one(&p.id.to_string(), c).unwrap_or_else(|f| vec![*f])).collect();
    if all.is_empty() { vec![not_applicable(check, "", "paper-no-certificate")] } else { all }
}

pub(super) fn clear(check: &'static str, subject: &str, message: Message) -> Finding {
    Finding::new(check, subject, Verdict::Clear, message)
}

pub(super) fn not_applicable(check: &'static str, subject: &str, key: &'static str) -> Finding {
    Finding::new(check, subject, Verdict::NotApplicable, Message::new(key))
}

pub(super) fn hit(check: &'static str, subject: &str, effect: Effect, message: Message) -> Finding {
    let mut f = Finding::new(check, subject, Verdict::Hit, message);
    f.effect = effect;
    f
}

pub(super) fn failed(check: &'static str, subject: &str, message: Message) -> Finding {
    let mut f = Finding::new(check, subject, Verdict::Failed, message);
    f.effect = Effect::NeedsPerson;
    f
}

/// The rule `id`, and the finding with it cited, from a judgement that needs the rule.
pub(super) fn ruled<'a>(cx: &Context<'a>, check: &'static str, subject: &str, id: &str) -> Known<&'a Rule> {
    land::rule(cx, check, subject, id)
}

pub(super) fn cited(mut f: Finding, rule: &Rule) -> Finding {
    land::cite(&mut f, rule);
    f
}

/// A list of a rule; one that is not there is a rule that is not there.
pub(super) fn list<'a>(rule: &'a Rule, check: &'static str, subject: &str, name: &str) -> Known<&'a [String]> {
    match rule.params.get(name) {
        Some(Param::List(l)) => Ok(l),
        _ => Err(Box::new(failed(
            check,
            subject,
            Message::new("rule-missing").with("rule", format!("{}:{name}", rule.id)),
        ))),
    }
}

/// Whether a text has one of the phrases, word by word, without regard to case, marks and signs. Marks are put
/// aside, so a rule avoids phrases of one short word: `bán` would be found in `văn bản`.
pub(super) fn mentions(text: &str, phrases: &[String]) -> bool {
    let text = spaced(text);
    phrases.iter().any(|p| text.contains(&spaced(p)))
}

fn spaced(text: &str) -> String {
    let words: Vec<String> =
        plain(text).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect();
    format!(" {} ", words.join(" "))
}

/// Digits of an identity number, when it is one.
pub(super) fn id_digits(text: &str) -> Option<String> {
    match parse_number(text, "").ok()? {
        IdNumber::Cccd(c) => Some(c.number),
        IdNumber::Cmnd(n) => Some(n),
    }
}

/// How far a card identifies a person named on another paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identified {
    No,
    /// Same name, but the numbers are of two forms and nothing links them.
    NumberUnlinked,
    /// Same name and form of number, another number.
    NumberDiffers,
    /// Same name; there is neither number nor birth year to go by.
    NameOnly,
    /// Same number; the name differs in marks or in a letter or two.
    NameNearly,
    /// Same number, another name.
    NameDiffers,
    /// Same number and name, or same name and birth year where no number is printed.
    Yes,
}

/// Compares a person on a paper with an identity card.
pub(super) fn identify(person: &Holder, card: &IdentityCard) -> Identified {
    let name = card.name.as_deref().map_or(NameMatch::Different, |n| compare(&person.name, n));
    let numbers = [&card.number, &card.old_number].map(|n| n.as_deref().and_then(id_digits));
    let printed = person.id_number.as_deref().and_then(id_digits);
    let Some(printed) = printed else {
        return match (name, person.birth_year, card.birth_date.map(|d| d.year())) {
            (NameMatch::Same, Some(a), Some(b)) if a == b => Identified::Yes,
            (NameMatch::Same, Some(_), Some(_)) => Identified::No,
            (NameMatch::Same, ..) => Identified::NameOnly,
            _ => Identified::No,
        };
    };
    if numbers.iter().flatten().any(|n| *n == printed) {
        return match name {
            NameMatch::Same => Identified::Yes,
            NameMatch::SameWithoutMarks | NameMatch::Similar(_) => Identified::NameNearly,
            NameMatch::Different => Identified::NameDiffers,
        };
    }
    match name {
        NameMatch::Same if numbers.iter().flatten().any(|n| n.len() == printed.len()) => Identified::NumberDiffers,
        NameMatch::Same => Identified::NumberUnlinked,
        _ => Identified::No,
    }
}

/// The best any card of the case can do for a person, and the card.
pub(super) fn best_card<'a>(facts: &'a Facts, person: &Holder) -> (Identified, Option<&'a IdentityCard>) {
    let all = cards(facts).map(|(_, c)| (identify(person, c), Some(c)));
    all.fold((Identified::No, None), |best, next| if next.0 > best.0 { next } else { best })
}

/// Two papers speak of the same person: the same number, or the same name where one of them prints no number.
pub(super) fn same_person(a: &Holder, b: &Holder) -> bool {
    let number = |h: &Holder| h.id_number.as_deref().and_then(id_digits);
    match (number(a), number(b)) {
        (Some(a), Some(b)) if a.len() == b.len() => a == b,
        _ => compare(&a.name, &b.name) == NameMatch::Same,
    }
}

/// Held by several, or marked as held in common.
pub(super) fn joint(c: &Certificate) -> bool {
    c.joint == Some(true) || c.holders.len() > 1
}

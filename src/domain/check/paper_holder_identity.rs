//! Every holder named on a certificate is identified by an identity card of the case.

use super::papers::{
    Identified, best_card, cited, clear, each_certificate, hit, list, not_applicable, powers, ruled, same_person,
};
use super::{Context, land};
use crate::domain::paper::{Certificate, Holder};
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message};

pub const ID: &str = "paper.holder_identity";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    each_certificate(cx, ID, |subject, c| judge(cx, subject, c))
}

fn judge(cx: &Context<'_>, subject: &str, c: &Certificate) -> land::Known<Vec<Finding>> {
    let rule = ruled(cx, ID, subject, "paper.holder_identity")?;
    if list(rule, ID, subject, "not_for")?.contains(&cx.facts.case.procedure) {
        return Ok(vec![not_applicable(ID, subject, "holder-not-asked")]);
    }
    let named = c.holders.iter().filter(|h| !h.name.trim().is_empty());
    let all: Vec<Finding> =
        named.enumerate().map(|(i, h)| cited(holder(cx, &format!("{subject}/{}", i + 1), h), rule)).collect();
    Ok(if all.is_empty() { vec![not_applicable(ID, subject, "holder-none-named")] } else { all })
}

fn holder(cx: &Context<'_>, subject: &str, person: &Holder) -> Finding {
    let (how, card) = best_card(cx.facts, person);
    let on_card = card.and_then(|c| c.name.as_deref()).unwrap_or("–");
    let say = |key: &'static str| Message::new(key).with("name", person.name.as_str()).with("card", on_card);
    let person_must = |key: &'static str| hit(ID, subject, Effect::NeedsPerson, say(key));
    match how {
        Identified::Yes => clear(ID, subject, say("holder-identified")),
        Identified::NameNearly => person_must("holder-name-nearly"),
        Identified::NameDiffers => person_must("holder-name-differs"),
        Identified::NameOnly => person_must("holder-name-only"),
        Identified::NumberDiffers => person_must("holder-number-differs"),
        Identified::NumberUnlinked => person_must("holder-number-unlinked"),
        Identified::No => {
            let mut f = hit(ID, subject, Effect::NeedsPapers, say("holder-not-identified"));
            let acts = |(_, p): (_, &crate::domain::paper::PowerOfAttorney)| {
                p.principal.as_ref().is_some_and(|h| same_person(h, person))
            };
            if powers(cx.facts).any(acts) {
                f.details.push(Message::new("holder-has-agent"));
            }
            f
        }
    }
}

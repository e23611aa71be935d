//! What is held in common is disposed of by all: spouses and co-holders stand in the case, or have given power to act.

use super::papers::{
    Identified, best_card, cited, clear, each_certificate, hit, joint, list, not_applicable, powers, ruled, same_person,
};
use super::{Context, land};
use crate::domain::paper::{Certificate, Holder, MarriageCertificate, Paper};
use crate::domain::theme::Effect;
use crate::domain::verify::{Facts, Finding, Message};

pub const ID: &str = "paper.joint_ownership";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    each_certificate(cx, ID, |subject, c| judge(cx, subject, c).map(|f| vec![f]))
}

fn judge(cx: &Context<'_>, subject: &str, c: &Certificate) -> land::Known<Finding> {
    let rule = ruled(cx, ID, subject, "paper.joint_ownership")?;
    if !list(rule, ID, subject, "procedures")?.contains(&cx.facts.case.procedure) {
        return Ok(not_applicable(ID, subject, "joint-not-asked"));
    }
    let [first, rest @ ..] = c.holders.as_slice() else {
        return Ok(not_applicable(ID, subject, "joint-no-holder"));
    };
    if !joint(c) {
        let key = if c.joint == Some(false) { "joint-sole" } else { "joint-not-told" };
        return Ok(cited(not_applicable(ID, subject, key), rule));
    }
    let lacking = if rest.is_empty() { spouse(cx.facts, first) } else { absent(cx.facts, &c.holders) };
    let mut f = if lacking.is_empty() {
        clear(ID, subject, Message::new("joint-all-there").with("count", c.holders.len() as f64))
    } else {
        hit(ID, subject, Effect::NeedsPapers, Message::new("joint-lacking").with("count", lacking.len() as f64))
    };
    f.details = lacking;
    Ok(cited(f, rule))
}

/// Held in common, one name printed: the marriage certificate tells the other.
fn spouse(facts: &Facts, holder: &Holder) -> Vec<Message> {
    let Some(other) = marriages(facts).find_map(|m| partner(m, holder)) else {
        return vec![Message::new("joint-no-marriage").with("name", holder.name.as_str())];
    };
    absent(facts, std::slice::from_ref(other))
}

fn absent(facts: &Facts, people: &[Holder]) -> Vec<Message> {
    let here = |h: &Holder| {
        let named = best_card(facts, h).0 > Identified::No;
        named || powers(facts).any(|(_, p)| p.principal.as_ref().is_some_and(|a| same_person(a, h)))
    };
    let away = people.iter().filter(|h| !here(h));
    away.map(|h| Message::new("joint-absent").with("name", h.name.as_str())).collect()
}

fn marriages(facts: &Facts) -> impl Iterator<Item = &MarriageCertificate> {
    facts.papers.iter().filter_map(|p| match &p.paper {
        Paper::MarriageCertificate(m) => Some(m),
        _ => None,
    })
}

fn partner<'a>(m: &'a MarriageCertificate, holder: &Holder) -> Option<&'a Holder> {
    let (husband, wife) = (m.husband.as_ref()?, m.wife.as_ref()?);
    if same_person(husband, holder) {
        Some(wife)
    } else if same_person(wife, holder) {
        Some(husband)
    } else {
        None
    }
}

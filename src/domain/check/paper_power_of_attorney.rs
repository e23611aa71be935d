//! A power of attorney comes from the holder, names an identified agent, covers the procedure and has not run out.

use super::papers::{
    Identified, best_card, certificates, cited, clear, hit, list, mentions, not_applicable, powers, ruled, same_person,
};
use super::{Context, land};
use crate::domain::paper::PowerOfAttorney;
use crate::domain::rule::Rule;
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message, Quantity, Unit};
use time::Date;

pub const ID: &str = "paper.power_of_attorney";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let all: Vec<Finding> = powers(cx.facts).map(|(p, poa)| land::settle(judge(cx, &p.id.to_string(), poa))).collect();
    if all.is_empty() { vec![not_applicable(ID, "", "power-none")] } else { all }
}

fn judge(cx: &Context<'_>, subject: &str, p: &PowerOfAttorney) -> land::Known<Finding> {
    let rule = ruled(cx, ID, subject, "paper.power_of_attorney")?;
    let years = land::number(rule, ID, subject, "default_years")?;
    let Some(signed) = p.signed_on else { return Ok(not_applicable(ID, subject, "power-not-dated")) };
    let end = p.valid_until.unwrap_or_else(|| years_on(signed, years as i32));
    let mut wrong = people(cx, p);
    wrong.extend(scope(cx, rule, subject, p)?);
    if signed > cx.facts.as_of {
        wrong.push((Effect::NeedsPerson, Message::new("power-future").with("date", signed.to_string())));
    }
    if end < cx.facts.as_of {
        wrong.push((Effect::NeedsPapers, Message::new("power-over").with("date", end.to_string())));
    }
    let mut f = match wrong.iter().map(|(e, _)| *e).max() {
        None => clear(ID, subject, Message::new("power-good").with("date", end.to_string())),
        Some(e) => hit(ID, subject, e, Message::new("power-wrong").with("count", wrong.len() as f64)),
    };
    f.measured = Some(Quantity::new((end - cx.facts.as_of).whole_days() as f64, Unit::Day));
    f.allowed = Some(Quantity::new(0.0, Unit::Day));
    f.details = wrong.into_iter().map(|(_, m)| m).collect();
    if p.valid_until.is_none() {
        f.details.push(Message::new("power-default-term").with("years", years));
    }
    Ok(cited(f, rule))
}

fn years_on(day: Date, years: i32) -> Date {
    // 29 February: the period ends on the last day of February.
    let year = day.year() + years;
    day.replace_year(year).or_else(|_| Date::from_calendar_date(year, day.month(), 28)).unwrap_or(day)
}

fn people(cx: &Context<'_>, p: &PowerOfAttorney) -> Vec<(Effect, Message)> {
    let mut wrong = Vec::new();
    let holders: Vec<_> = certificates(cx.facts).flat_map(|(_, c)| &c.holders).collect();
    match &p.principal {
        None => wrong.push((Effect::NeedsPapers, Message::new("power-no-principal"))),
        Some(who) if !holders.is_empty() && !holders.iter().any(|h| same_person(h, who)) => {
            wrong.push((
                Effect::NeedsPerson,
                Message::new("power-principal-is-no-holder").with("name", who.name.as_str()),
            ));
        }
        Some(_) => {}
    }
    match &p.agent {
        None => wrong.push((Effect::NeedsPapers, Message::new("power-no-agent"))),
        Some(who) => {
            let say = |key: &'static str| Message::new(key).with("name", who.name.as_str());
            match best_card(cx.facts, who).0 {
                Identified::Yes => {}
                Identified::No => wrong.push((Effect::NeedsPapers, say("power-agent-not-identified"))),
                _ => wrong.push((Effect::NeedsPerson, say("power-agent-doubtful"))),
            }
        }
    }
    wrong
}

/// The scope names the procedure, or everything, by one of the rule's words.
fn scope(cx: &Context<'_>, rule: &Rule, subject: &str, p: &PowerOfAttorney) -> land::Known<Option<(Effect, Message)>> {
    let text = p.scope.as_deref().unwrap_or_default();
    let procedure = cx.facts.case.procedure.as_str();
    let own = rule.list(&format!("scope_{procedure}"));
    let any = list(rule, ID, subject, "scope_any")?;
    let named = mentions(text, own) || mentions(text, any);
    let say = |key: &'static str| Message::new(key).with("procedure", procedure);
    Ok(match (named, text.trim().is_empty()) {
        (true, _) => None,
        (false, true) => Some((Effect::NeedsPapers, say("power-no-scope"))),
        (false, false) => Some((Effect::NeedsPerson, say("power-other-scope"))),
    })
}

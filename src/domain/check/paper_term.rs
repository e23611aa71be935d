//! The term of use has not run out.

use super::papers::{cited, clear, each_certificate, hit, list, not_applicable, ruled};
use super::{Context, land};
use crate::domain::paper::{Certificate, Purpose, Term, land_use};
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message, Quantity, Unit};
use time::Date;

pub const ID: &str = "paper.term";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    each_certificate(cx, ID, |subject, c| judge(cx, subject, c).map(|f| vec![f]))
}

fn judge(cx: &Context<'_>, subject: &str, c: &Certificate) -> land::Known<Finding> {
    let rule = ruled(cx, ID, subject, "paper.term")?;
    let warn = land::number(rule, ID, subject, "warn_days")?;
    let groups = list(rule, ID, subject, "limited_groups")?;
    if c.purposes.is_empty() {
        return Ok(not_applicable(ID, subject, "term-not-told"));
    }
    let left = |d: Date| (d - cx.facts.as_of).whole_days() as f64;
    let ends: Vec<(&Purpose, Date)> = c.purposes.iter().filter_map(|p| Some((p, until(p)?))).collect();
    let line = |key: &'static str, p: &Purpose, d: Date| {
        Message::new(key).with("code", p.code.as_str()).with("date", d.to_string()).with("days", left(d).abs())
    };
    let mut details = Vec::new();
    details.extend(ends.iter().filter(|(_, d)| left(*d) < 0.0).map(|(p, d)| line("term-over-line", p, *d)));
    let over = details.len() as f64;
    let soon = ends.iter().filter(|(_, d)| (0.0..=warn).contains(&left(*d)));
    details.extend(soon.map(|(p, d)| line("term-soon-line", p, *d)));
    // One that is over is over, whatever the others do not tell.
    let untold = c.purposes.iter().any(|p| p.term.is_none());
    let mut f = match over > 0.0 {
        false if untold => not_applicable(ID, subject, "term-not-told"),
        true => hit(ID, subject, Effect::NeedsPerson, Message::new("term-over").with("count", over)),
        false => clear(ID, subject, Message::new("term-runs")),
    };
    if let Some(first) = ends.iter().map(|(_, d)| *d).min() {
        f.measured = Some(Quantity::new(left(first), Unit::Day));
        f.allowed = Some(Quantity::new(0.0, Unit::Day));
    }
    f.details = details;
    f.details.extend(
        c.purposes
            .iter()
            .filter(|p| odd_long_term(p, groups))
            .map(|p| Message::new("term-long-agricultural").with("code", p.code.as_str())),
    );
    Ok(cited(f, rule))
}

fn until(p: &Purpose) -> Option<Date> {
    match p.term {
        Some(Term::Until(d)) => Some(d),
        _ => None,
    }
}

/// "Lâu dài" on land whose term the law limits.
fn odd_long_term(p: &Purpose, groups: &[String]) -> bool {
    let limited = |code: &str| groups.iter().any(|g| land_use::is_a(code, g));
    p.term == Some(Term::LongTerm) && land_use::parse(&p.code).iter().any(|l| limited(&l.code))
}

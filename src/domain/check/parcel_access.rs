//! Does the parcel touch a road or way? Here the find is the good news: none found is the hit.

use super::land::{self, Known, evidence};
use super::{Context, themed};
use crate::domain::geom::frontage;
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{Finding, Message, Quantity, ThemeFacts, Unit, Verdict};

pub const ID: &str = "parcel.access";

/// One finding per access theme; the subject is the theme's code.
pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let out = themed::each(cx, Family::Access, |theme| check(cx, theme));
    if out.is_empty() {
        return vec![Finding::new(ID, "access", Verdict::NotCovered, Message::new("access-no-theme"))];
    }
    out
}

fn check(cx: &Context<'_>, facts: &ThemeFacts) -> Known<Finding> {
    let subject = facts.theme.code.as_str();
    let ground = land::ground(cx, ID, subject)?;
    let Some(read) = themed::read(cx, &ground, facts) else { return Ok(themed::no_layer(ID, &facts.theme)) };
    let rule = land::rule(cx, ID, subject, "parcel.access")?;
    let near = land::number(rule, ID, subject, "near_m")?.max(read.sigma);
    let (length, along) = frontage(&ground.measured, &read.pieces(|_| true), near);
    let found = length > 0.0;
    let mut f = match (found, read.stale) {
        (true, None) => themed::finding(ID, &facts.theme, Verdict::Clear, "access-found"),
        // It is drawn, but nobody has looked for too long.
        (true, Some(_)) => read.too_old(themed::finding(ID, &facts.theme, Verdict::Clear, "access-found")),
        (false, _) => read.nothing_hit(ID),
    };
    if found {
        f.evidence.push(evidence(along, None, "frontage"));
        f.sources.clone_from(&read.sources);
    } else if f.verdict == Verdict::Clear {
        f.verdict = Verdict::Hit;
        f.effect = facts.theme.effect.max(Effect::NeedsPerson);
        f.message = themed::said(&facts.theme, "access-none");
    }
    f.message = f.message.with("length", length).with("near", near);
    f.measured = Some(Quantity::new(length, Unit::Metre));
    f.rule = Some(rule.into());
    Ok(f)
}

//! Area on paper, and in the register, against the area of the map.
//!
//! Classes: rounding, within the tolerance of the map scale (ΔP ≤ k · M · √P, P measured, m²), above it. Never a refusal; what is within
//! on a map that is too old is not clear.

use super::Context;
use super::land::{self, Ground, Known, settle};
use crate::domain::paper::Paper;
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message, Quantity, Unit, Verdict};

pub const ID: &str = "parcel.area";

/// One finding per certificate (subject: paper id) and one for the register (subject `register`).
pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for paper in &cx.facts.papers {
        if let Paper::Certificate(c) = &paper.paper {
            let subject = paper.id.to_string();
            out.push(settle(compare(cx, &subject, "paper", |_| c.area_m2)));
        }
    }
    out.push(settle(compare(cx, "register", "registered", |g| g.parcel.registered_area)));
    out
}

fn compare(cx: &Context<'_>, subject: &str, side: &str, stated: impl Fn(&Ground<'_>) -> Option<f64>) -> Known<Finding> {
    let ground = land::ground(cx, ID, subject)?;
    let say = |kind: &str, verdict| {
        let mut f = Finding::new(ID, subject, verdict, Message::new(format!("area-{side}-{kind}")));
        f.sources = land::sources(ground.parcel);
        f
    };
    let Some(stated) = stated(&ground) else { return Ok(say("none", Verdict::NotApplicable)) };
    let map = ground.measured.area;
    let difference = stated - map;
    let with_numbers = |mut f: Finding, effect| {
        f.message = f.message.with("stated", stated).with("map", map).with("difference", difference);
        f.measured = Some(Quantity::new(difference.abs(), Unit::SquareMetre));
        f.effect = effect;
        f
    };
    if !(stated > 0.0 && stated.is_finite()) {
        return Ok(with_numbers(say("zero", Verdict::Hit), Effect::NeedsPerson));
    }
    let rounding = land::rule(cx, ID, subject, "parcel.area_rounding")?;
    let step = land::number(rounding, ID, subject, "area_m2")?;
    // A tenth of a millimetre squared forgives the arithmetic: 100.1 - 100.0 is a little above 0.1.
    if difference.abs() <= step + 1e-4 {
        let mut f = with_numbers(say("rounding", Verdict::Clear), Effect::None);
        f.allowed = Some(Quantity::new(step, Unit::SquareMetre));
        f.rule = Some(rounding.into());
        return Ok(land::young(cx, ground.parcel, f));
    }
    let Some(scale) = ground.parcel.scale.filter(|s| *s > 0) else {
        return Ok(with_numbers(say("no-scale", Verdict::Failed), Effect::NeedsPerson));
    };
    let rule = land::rule(cx, ID, subject, "parcel.area_tolerance")?;
    let allowed = land::number(rule, ID, subject, "factor")? * f64::from(scale) * map.sqrt();
    let within = difference.abs() <= allowed + 1e-4;
    let (kind, verdict, effect) = match within {
        true => ("within", Verdict::Clear, Effect::None),
        false => ("differs", Verdict::Hit, Effect::NeedsPerson),
    };
    let mut f = with_numbers(say(kind, verdict), effect);
    f.allowed = Some(Quantity::new(allowed, Unit::SquareMetre));
    f.message = f.message.with("allowed", allowed).with("scale", format!("1:{scale}"));
    land::cite(&mut f, rule);
    Ok(land::young(cx, ground.parcel, f))
}

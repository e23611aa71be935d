//! Does the reference on the papers mean exactly one parcel of today?

use super::Context;
use crate::domain::theme::Effect;
use crate::domain::verify::{Candidate, Finding, Message, Quantity, Unit, Verdict};

pub const ID: &str = "parcel.reference";
const SUBJECT: &str = "reference";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let resolution = &cx.facts.resolution;
    let asked = &resolution.asked;
    let place = asked.commune_name.as_deref().or(asked.commune_code.as_deref()).unwrap_or("–");
    let (key, verdict) = match resolution.candidates.as_slice() {
        [] if asked.sheet.is_empty() && asked.number.is_empty() => ("reference-not-given", Verdict::NotApplicable),
        [] => ("reference-unknown", Verdict::Hit),
        [best, second, ..] if best.score <= second.score || cx.facts.parcel.is_none() => {
            ("reference-ambiguous", Verdict::Hit)
        }
        // A person bound the case to its parcel; its papers may name another one by now.
        [best, ..] if cx.facts.parcel.as_ref().is_some_and(|p| p.id != best.parcel_id) => {
            ("reference-other-parcel", Verdict::Hit)
        }
        [..] => ("reference-found", Verdict::Clear),
    };
    let count = resolution.candidates.len() as f64;
    let message = Message::new(key)
        .with("commune", place)
        .with("sheet", asked.sheet.as_str())
        .with("number", asked.number.as_str())
        .with("count", count);
    let mut f = Finding::new(ID, SUBJECT, verdict, message);
    f.effect = if verdict == Verdict::Clear { Effect::None } else { Effect::NeedsPerson };
    f.measured = Some(Quantity::new(count, Unit::Count));
    f.allowed = Some(Quantity::new(1.0, Unit::Count));
    f.details = resolution.candidates.iter().map(line).collect();
    vec![f]
}

/// The candidate with all reasons it is one: a parcel takes one line.
fn line(c: &Candidate) -> Message {
    Message::new("reference-candidate")
        .with("commune", c.commune_code.as_str())
        .with("sheet", c.sheet.as_str())
        .with("number", c.number.as_str())
        .with("zone", c.zone.0.to_string())
        .with("reasons", c.reasons.join(" "))
}

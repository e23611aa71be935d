//! Does the parcel lie within the commune its reference names?

use super::land::{self, Known, evidence};
use super::{Context, themed};
use crate::domain::geom::{Cover, overlay};
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{AreaInterval, Finding, Message, Quantity, ThemeFacts, Unit, Verdict};
use geo::BooleanOps;

pub const ID: &str = "parcel.commune";

/// One finding per commune theme; the subject is the theme's code.
pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let out = themed::each(cx, Family::Commune, |theme| check(cx, theme));
    if out.is_empty() {
        return vec![Finding::new(ID, "commune", Verdict::NotCovered, Message::new("commune-no-theme"))];
    }
    out
}

fn check(cx: &Context<'_>, facts: &ThemeFacts) -> Known<Finding> {
    let subject = facts.theme.code.as_str();
    let ground = land::ground(cx, ID, subject)?;
    let Some(read) = themed::read(cx, &ground, facts) else { return Ok(themed::no_layer(ID, &facts.theme)) };
    let rule = land::rule(cx, ID, subject, "parcel.commune")?;
    let allowed = land::number(rule, ID, subject, "area_m2")?;
    let code = ground.parcel.commune_code.as_str();
    let own = overlay(&ground.measured, &read.pieces(|f| f.code.as_deref() == Some(code)), read.sigma);
    let open = read.nothing_hit(ID);
    let outside = ground.measured.area - own.area.nominal;
    // Land no commune claims is a hole in the map, not land of another commune.
    if open.verdict != Verdict::Clear && (read.cover != Cover::Contains || !read.unanswered.is_empty()) {
        return Ok(open);
    }
    if !own.broken.is_empty() {
        let mut f = themed::finding(ID, &facts.theme, Verdict::Failed, "theme-failed");
        f.effect = Effect::NeedsPerson;
        return Ok(f);
    }
    let within = outside <= allowed;
    let mut f = if within { open } else { themed::finding(ID, &facts.theme, Verdict::Hit, "commune-outside") };
    if f.verdict == Verdict::Clear {
        f.message = themed::said(&facts.theme, "commune-within");
    }
    let largest = ground.measured.area - own.area.low;
    let area = AreaInterval { low: ground.measured.area - own.area.high, nominal: outside.max(0.0), high: largest };
    f.message = f.message.with("commune", code).with("area", outside.max(0.0)).with("allowed", allowed);
    f.measured = Some(Quantity::new(outside.max(0.0), Unit::SquareMetre));
    f.allowed = Some(Quantity::new(allowed, Unit::SquareMetre));
    f.sources.clone_from(&read.sources);
    if !within {
        f.effect = Effect::NeedsPerson;
        f.overlaps(area);
        f.evidence.push(evidence(ground.measured.shape.difference(&own.shape), None, "outside"));
        f.details.extend(others(&ground, &read, code));
        f.details.extend(read.reservations());
    }
    f.rule = Some(rule.into());
    Ok(f)
}

/// The communes that hold the rest.
fn others(ground: &land::Ground<'_>, read: &themed::Read<'_>, own: &str) -> Vec<Message> {
    let mut codes: Vec<&str> =
        read.features.iter().filter_map(|(f, _)| f.code.as_deref()).filter(|c| *c != own).collect();
    codes.sort_unstable();
    codes.dedup();
    let area = |c: &str| overlay(&ground.measured, &read.pieces(|f| f.code.as_deref() == Some(c)), 0.0).area.nominal;
    let line = |(c, m2): (&str, f64)| Message::new("commune-other").with("commune", c).with("area", m2);
    codes.into_iter().map(|c| (c, area(c))).filter(|(_, m2)| *m2 > 0.0).map(line).collect()
}

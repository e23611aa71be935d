//! What zones a parcel consists of, and whether today's or the wished use fits them.

use super::land::{self, Ground, Known, evidence};
use super::themed::{self, CodePart, Read};
use super::{Context, purpose};
use crate::domain::geom::{Composition, composition, overlay_as_drawn};
use crate::domain::theme::{Effect, Family, Theme};
use crate::domain::verify::{Finding, Message, Quantity, ThemeFacts, Unit, Verdict};
use std::collections::BTreeSet;

pub const ID: &str = "planning.composition";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    themed::each(cx, Family::Planning, |theme| check(cx, theme))
}

fn check(cx: &Context<'_>, facts: &ThemeFacts) -> Known<Finding> {
    let theme = &facts.theme;
    let ground = land::ground(cx, ID, &theme.code)?;
    let Some(mut read) = themed::read(cx, &ground, facts) else { return Ok(themed::no_layer(ID, theme)) };
    let (total, parts) = read.measure(&ground, overlay_as_drawn);
    if total.length > 0.0 {
        read.unanswered.push(Message::new("zone-lines").with("length", total.length));
    }
    let real: Vec<&CodePart> = parts.iter().filter(|p| read.counts(&p.overlap)).collect();
    let uses = uses(cx, &ground);
    let misfits: Vec<&CodePart> = real.iter().copied().filter(|p| !fits(theme, p.code, &uses.codes)).collect();
    let mut f = if misfits.is_empty() { read.nothing_hit(ID) } else { misfit(&read, &ground, &misfits, &uses) };
    let shares: Vec<_> = parts.iter().map(|p| (p.code.map(str::to_owned), &p.overlap)).collect();
    let lines = composition(&ground.measured, &total, &shares);
    if f.verdict == Verdict::Clear {
        f.message = fitting(theme, &real, &uses);
        hole(theme, &lines, &mut f);
    }
    f.details.splice(0..0, describe(theme, &lines, &parts));
    let foreign = parts.iter().filter(|p| !fits(theme, p.code, &uses.codes)).map(|p| p.overlap.area);
    match misfits.is_empty() {
        true => themed::how_sure(&mut f, foreign.sum()),
        false => f.overlaps(misfits.iter().map(|m| m.overlap.area).sum()),
    }
    themed::pin(cx, &mut f, theme);
    Ok(f)
}

/// A plan that gives uses and leaves ground of the parcel without one says nothing of that ground.
fn hole(theme: &Theme, lines: &Composition, f: &mut Finding) {
    let bare: f64 = lines.lines.iter().filter(|s| s.code.is_none()).map(|s| s.area).sum();
    if theme.permits_uses() && bare > 2.0 * theme.sliver_area_m2 {
        (f.verdict, f.message) = (Verdict::PartlyCovered, themed::said(theme, "zone-hole").with("area", bare));
        f.effect = if theme.required { Effect::NeedsPerson } else { Effect::None };
        f.measured = Some(Quantity::new(bare, Unit::SquareMetre));
    }
}

/// The use that is judged: the wished one when there is a wish, else today's.
struct Uses {
    wished: bool,
    codes: BTreeSet<String>,
}

fn uses(cx: &Context<'_>, ground: &Ground<'_>) -> Uses {
    match &cx.facts.case.wish.target_use {
        Some(wish) => Uses { wished: true, codes: purpose::codes(&[wish]) },
        None => Uses { wished: false, codes: purpose::codes(&ground.parcel.land_use) },
    }
}

/// A theme without any permitted use only informs: everything fits. A code the theme does not know fits nothing.
fn fits(theme: &Theme, code: Option<&str>, uses: &BTreeSet<String>) -> bool {
    let zone = code.and_then(|c| theme.codes.get(c));
    match zone {
        _ if !theme.permits_uses() => true,
        _ if uses.is_empty() => false,
        Some(zone) => uses.iter().all(|u| purpose::fits(&zone.permits, u)),
        None => false,
    }
}

fn misfit(read: &Read<'_>, ground: &Ground<'_>, misfits: &[&CodePart<'_>], uses: &Uses) -> Finding {
    let theme = read.theme;
    let key = match (uses.codes.is_empty(), uses.wished) {
        (true, _) => "zone-use-unknown",
        (_, true) => "zone-wish-misfit",
        (_, false) => "zone-use-misfit",
    };
    let mut f = themed::finding(ID, theme, Verdict::Hit, key);
    f.sources.clone_from(&read.sources);
    let area: f64 = misfits.iter().map(|m| m.overlap.area.nominal).sum();
    let share = themed::percent(100.0 * area / ground.measured.area);
    f.message = f.message.with("use", list(&uses.codes)).with("area", area).with("percent", share);
    f.measured = Some(Quantity::new(area, Unit::SquareMetre));
    f.allowed = Some(Quantity::new(0.0, Unit::SquareMetre));
    f.effect = misfits.iter().map(|m| themed::weigh(effect(theme, m.code), &m.overlap)).max().unwrap_or_default();
    f.effect = f.effect.max(read.reserved_effect());
    f.details.extend(
        misfits
            .iter()
            .filter(|m| unknown(theme, m.code))
            .map(|m| Message::new("zone-code-unknown").with("code", m.code.unwrap_or("–"))),
    );
    f.details.extend(read.reservations());
    f.evidence =
        misfits.iter().map(|m| evidence(m.overlap.shape.clone(), None, m.code.unwrap_or(&theme.code))).collect();
    f
}

/// A zone nobody can read asks for a person.
fn effect(theme: &Theme, code: Option<&str>) -> Effect {
    let effect = theme.effect_of(code);
    if unknown(theme, code) { effect.max(Effect::NeedsPerson) } else { effect }
}

fn unknown(theme: &Theme, code: Option<&str>) -> bool {
    code.is_none_or(|c| !theme.codes.contains_key(c))
}

fn fitting(theme: &Theme, real: &[&CodePart<'_>], uses: &Uses) -> Message {
    let key = match (real.is_empty(), theme.permits_uses(), uses.wished) {
        (true, ..) => "theme-clear",
        (_, false, _) => "zone-informs",
        (_, _, true) => "zone-wish-fits",
        (_, _, false) => "zone-use-fits",
    };
    themed::said(theme, key).with("use", list(&uses.codes))
}

fn describe(theme: &Theme, lines: &Composition, parts: &[CodePart<'_>]) -> Vec<Message> {
    let line = |s: &crate::domain::geom::Share| {
        let Some(code) = &s.code else {
            let rest = Message::new("zone-none").with("area", s.area);
            return rest.with("percent", s.percent);
        };
        let title = theme.code_title(code);
        let area = parts.iter().find(|p| p.code == Some(code)).map(|p| p.overlap.area);
        Message::new("theme-code-area")
            .with("code", code.as_str())
            .with("title_vi", &title.vi)
            .with("title_en", &title.en)
            .with("area", s.area)
            .with("percent", s.percent)
            .with("low", area.map_or(s.area, |a| a.low))
            .with("high", area.map_or(s.area, |a| a.high))
    };
    let mut out: Vec<Message> = lines.lines.iter().map(line).collect();
    if let Some((area, percent)) = lines.doubled {
        out.push(Message::new("zone-doubled").with("area", area).with("percent", percent));
    }
    out
}

fn list(codes: &BTreeSet<String>) -> String {
    if codes.is_empty() { "–".to_owned() } else { codes.iter().cloned().collect::<Vec<_>>().join(", ") }
}

//! One theme against one parcel: what was hit, and what may be said when nothing was.
//!
//! This is the only place where "clear" is given to a theme. It needs all three: every query answered, coverage that
//! contains the parcel, sources fresh enough.

use super::Context;
use super::aside;
use super::land::{self, Ground, Known, evidence};
use crate::domain::geom::{
    Cover, Measured, Overlap, Piece, Relation, combined_accuracy, coverage, has_thin_part, may_matter, overlay,
};
use crate::domain::theme::{Effect, Family, Theme};
use crate::domain::verify::{
    AreaInterval, Certainty, Feature, Finding, Gathered, LayerFacts, Message, Quantity, ThemeFacts, Unit, Verdict,
};
use geo::{BoundingRect, Euclidean, Length};
use std::collections::BTreeSet;
use time::Date;

/// What the layers of a theme answered.
pub(super) struct Read<'a> {
    pub theme: &'a Theme,
    /// Features of all layers, with the id of their layer version.
    pub features: Vec<(&'a Feature, i64)>,
    /// Queries that were not answered, features that cannot be measured.
    pub unanswered: Vec<Message>,
    pub cover: Cover,
    /// Rows set aside at import that may lie on the parcel, by layer.
    pub aside: Vec<Message>,
    /// Oldest source that is needed to prove "clear", when it is too old.
    pub stale: Option<Date>,
    /// Combined accuracy of this theme and the cadastral map (m).
    pub sigma: f64,
    pub sources: Vec<i64>,
}

/// [`overlay`], or less of it.
pub(super) type Measure = fn(&Measured, &[Piece<'_>], f64) -> Overlap;

/// The part of the parcel that one code takes.
pub(super) struct CodePart<'a> {
    pub code: Option<&'a str>,
    pub overlap: Overlap,
}

/// One finding per theme of a family, in order of theme code.
pub(super) fn each(cx: &Context<'_>, family: Family, one: impl Fn(&ThemeFacts) -> Known<Finding>) -> Vec<Finding> {
    cx.facts.themes.iter().filter(|t| t.theme.family == family).map(|t| land::settle(one(t))).collect()
}

/// The plain check of a family: what lies on the parcel is a hit.
pub(super) fn run(cx: &Context<'_>, check: &'static str, family: Family) -> Vec<Finding> {
    each(cx, family, |t| restrict(cx, check, t).map(|(f, _)| f))
}

/// Judges one theme whose features restrict: finding and total overlap (none when nothing could be read).
pub(super) fn restrict<'a>(
    cx: &Context<'a>,
    check: &'static str,
    facts: &'a ThemeFacts,
) -> Known<(Finding, Option<Overlap>)> {
    let ground = land::ground(cx, check, &facts.theme.code)?;
    let Some(mut read) = read(cx, &ground, facts) else { return Ok((no_layer(check, &facts.theme), None)) };
    let (total, parts) = read.measure(&ground, overlay);
    let line_m = match total.length > 0.0 {
        true => land::number(
            land::rule(cx, check, &facts.theme.code, "planning.measure")?,
            check,
            &facts.theme.code,
            "line_m",
        )?,
        false => f64::INFINITY,
    };
    let weighty = |p: &&CodePart| p.overlap.length >= line_m || read.counts(&p.overlap);
    let hits: Vec<&CodePart> = parts.iter().filter(weighty).collect();
    let mut f =
        if hits.is_empty() { read.nothing_hit(check) } else { read.hit(check, &ground, &hits, parts.len(), &total) };
    f.details.extend(parts.iter().filter(|p| !weighty(p)).filter_map(trifle));
    if !total.crossing.is_empty() {
        f.details.push(Message::new("theme-repaired").with("features", list(&total.crossing)));
    }
    if hits.is_empty() {
        how_sure(&mut f, total.area);
    }
    pin(cx, &mut f, read.theme);
    Ok((f, Some(total)))
}

/// Reads all layers of a theme; none when there is no layer.
pub(super) fn read<'a>(cx: &Context<'a>, ground: &Ground<'a>, facts: &'a ThemeFacts) -> Option<Read<'a>> {
    if facts.layers.is_empty() {
        return None;
    }
    let mut features = Vec::new();
    let mut unanswered = Vec::new();
    let mut answered: Vec<&LayerFacts> = Vec::new();
    for layer in &facts.layers {
        let name = |key: &'static str| Message::new(key).with("layer", layer.pin.layer.as_str());
        match &layer.features {
            Gathered::Read(all) => {
                answered.push(layer);
                features.extend(all.iter().map(|f| (&**f, layer.pin.layer_version_id)));
            }
            Gathered::Failed(why) => unanswered.push(name("theme-query-failed").with("reason", why.as_str())),
            Gathered::Truncated(n) => unanswered.push(name("theme-query-truncated").with("count", *n as f64)),
        }
    }
    let age = i64::from(facts.theme.max_age_days);
    let old = |l: &LayerFacts| (cx.facts.as_of - l.pin.source_date).whole_days() > age;
    let fresh: Vec<&LayerFacts> = answered.iter().copied().filter(|l| !old(l)).collect();
    let oldest = answered.iter().filter(|l| old(l)).map(|l| l.pin.source_date).min();
    let covered = |layers: &[&LayerFacts]| coverage(&ground.measured, layers.iter().map(|l| &l.coverage));
    let stale = oldest.filter(|_| covered(&fresh) != Cover::Contains);
    let cover = covered(&answered);
    let aside = aside::rows(ground, &answered, cover == Cover::Contains);
    // the coarsest map decides; one that does not say how exact it is counts as the theme says
    let accuracy = facts.layers.iter().map(|l| facts.theme.accuracy_of(l.pin.accuracy_m)).fold(0.0, f64::max);
    let mut sources: Vec<i64> = facts.layers.iter().map(|l| l.pin.layer_version_id).collect();
    sources.extend(land::sources(ground.parcel));
    sources.sort_unstable();
    sources.dedup();
    Some(Read {
        theme: &facts.theme,
        features,
        unanswered,
        cover,
        aside,
        stale,
        sigma: combined_accuracy(accuracy, land::accuracy(cx, ground.parcel)),
        sources,
    })
}

impl<'a> Read<'a> {
    /// The overlap has an area and is no sliver: not below the theme's threshold, and not below twice that where it is so small in
    /// every direction that two boundaries which should coincide can make it (each off by `sigma`). The threshold keeps a coarse
    /// map from hiding what is there; a long strip counts however thin: its interval says that it may not be there.
    pub fn counts(&self, o: &Overlap) -> bool {
        let (area, least) = (o.area.nominal, self.theme.sliver_area_m2);
        let outline: f64 = o.shape.iter().map(|p| Euclidean.length(p.exterior())).sum();
        // Twice the area over the outline is the width of a strip.
        let thin = area <= self.sigma * outline;
        let short = o.shape.bounding_rect().is_some_and(|b| b.width().hypot(b.height()) <= 4.0 * self.sigma);
        area > 0.0 && area >= least && !(area < 2.0 * least && thin && short)
    }

    /// The features that have a geometry, ready for the kernel.
    pub fn pieces(&self, keep: impl Fn(&Feature) -> bool) -> Vec<Piece<'a>> {
        self.features.iter().filter(|(f, _)| keep(f)).filter_map(|(f, _)| self.piece(f)).collect()
    }

    fn piece(&self, f: &'a Feature) -> Option<Piece<'a>> {
        Some(Piece { fid: f.fid, geom: f.geom.as_ref()?, half_width: self.theme.half_width(&f.attrs) })
    }

    /// Total over all codes, as `of` measures it, and each code by itself. What cannot be measured counts as not answered.
    pub fn measure(&mut self, ground: &Ground<'_>, of: Measure) -> (Overlap, Vec<CodePart<'a>>) {
        let matters = |f| self.piece(f).is_some_and(|p| may_matter(&ground.measured, &p, self.sigma));
        let near = self.features.iter().map(|(f, _)| *f).filter(|f| matters(f));
        let codes: BTreeSet<Option<&'a str>> = near.map(|f| f.code.as_deref()).collect();
        let one = codes.len() == 1;
        let of = if one { overlay } else { of };
        let total = of(&ground.measured, &self.pieces(|_| true), self.sigma);
        let bare = self.features.iter().filter(|(f, _)| is_bare(self.theme, f)).map(|(f, _)| f.fid).collect::<Vec<_>>();
        if !bare.is_empty() {
            self.unanswered.push(Message::new("theme-width-unknown").with("features", list(&bare)));
        }
        let spots: Vec<i64> = total.points.iter().copied().filter(|fid| !bare.contains(fid)).collect();
        if !spots.is_empty() {
            self.unanswered.push(Message::new("theme-extent-unknown").with("features", list(&spots)));
        }
        if !total.broken.is_empty() {
            self.unanswered.push(Message::new("theme-broken-feature").with("features", list(&total.broken)));
        }
        let parts = codes.into_iter().map(|code| {
            let overlap = match one {
                true => total.clone(),
                false => overlay(&ground.measured, &self.pieces(|f| f.code.as_deref() == code), self.sigma),
            };
            CodePart { code, overlap }
        });
        let parts = parts.filter(|p| p.overlap.relation != Relation::Apart).collect();
        (total, parts)
    }

    /// The codes that count, of `all` that are near: slivers beside them make nothing surer.
    fn hit(&self, check: &'static str, g: &Ground<'_>, hits: &[&CodePart<'_>], all: usize, total: &Overlap) -> Finding {
        let counts = |f: &Feature| hits.iter().any(|h| h.code == f.code.as_deref());
        match hits.len() == all {
            true => hit(self, check, g, hits, total),
            false => hit(self, check, g, hits, &overlay(&g.measured, &self.pieces(counts), self.sigma)),
        }
    }

    /// What may be said when nothing was hit.
    pub fn nothing_hit(&self, check: &'static str) -> Finding {
        let lost = !self.aside.is_empty();
        let when_required = if self.theme.required || lost { Effect::NeedsPerson } else { Effect::None };
        let mut f = finding(check, self.theme, Verdict::Clear, "theme-clear");
        f.sources.clone_from(&self.sources);
        if !self.unanswered.is_empty() {
            (f.verdict, f.effect, f.message) = (Verdict::Failed, Effect::NeedsPerson, said(self.theme, "theme-failed"));
            f.details.extend(self.unanswered.iter().cloned());
            return f;
        }
        match &self.cover {
            Cover::Outside => {
                (f.verdict, f.effect, f.message) =
                    (Verdict::NotCovered, when_required, said(self.theme, "theme-outside"));
            }
            Cover::Partly { uncovered_m2, uncovered } => {
                let message = said(self.theme, "theme-partly").with("area", *uncovered_m2);
                (f.verdict, f.effect, f.message) = (Verdict::PartlyCovered, when_required, message);
                f.measured = Some(Quantity::new(*uncovered_m2, Unit::SquareMetre));
                f.evidence.push(evidence(uncovered.clone(), None, "uncovered"));
            }
            Cover::Contains if lost => {
                let message = said(self.theme, "theme-incomplete");
                (f.verdict, f.effect, f.message) = (Verdict::PartlyCovered, when_required, message);
            }
            Cover::Contains => {
                return self.too_old(f);
            }
        }
        f.details.extend(self.aside.iter().cloned());
        f
    }

    /// What would be clear, when its source is fresh enough.
    pub fn too_old(&self, mut f: Finding) -> Finding {
        if let Some(day) = self.stale {
            let days = f64::from(self.theme.max_age_days);
            f.verdict = Verdict::StaleSource;
            f.effect = if self.theme.required { Effect::NeedsPerson } else { Effect::None };
            f.message = said(self.theme, "theme-stale").with("date", day.to_string()).with("days", days);
            f.allowed = Some(Quantity::new(days, Unit::Day));
        }
        f
    }

    /// Notes beside a hit: what was not seen, and how old the source is.
    pub fn reservations(&self) -> Vec<Message> {
        let mut notes = self.unanswered.clone();
        match &self.cover {
            Cover::Partly { uncovered_m2, .. } => {
                notes.push(said(self.theme, "theme-partly").with("area", *uncovered_m2))
            }
            Cover::Outside => notes.push(said(self.theme, "theme-outside")),
            Cover::Contains => {}
        }
        notes.extend(self.aside.iter().cloned());
        if let Some(day) = self.stale {
            let days = f64::from(self.theme.max_age_days);
            notes.push(said(self.theme, "theme-stale").with("date", day.to_string()).with("days", days));
        }
        notes
    }

    /// What the reservations weigh: an unanswered query and a lost row always, the rest when the theme is required.
    pub fn reserved_effect(&self) -> Effect {
        let open = self.stale.is_some() || self.cover != Cover::Contains;
        if !self.unanswered.is_empty() || !self.aside.is_empty() || (open && self.theme.required) {
            Effect::NeedsPerson
        } else {
            Effect::None
        }
    }
}

pub(super) fn said(theme: &Theme, key: &'static str) -> Message {
    Message::new(key).with("theme_en", &theme.title.en).with("theme_vi", &theme.title.vi)
}

pub(super) fn finding(check: &'static str, theme: &Theme, verdict: Verdict, key: &'static str) -> Finding {
    Finding::new(check, theme.code.as_str(), verdict, said(theme, key))
}

/// No layer at all: nothing was looked at.
pub(super) fn no_layer(check: &'static str, theme: &Theme) -> Finding {
    let mut f = finding(check, theme, Verdict::NotCovered, "theme-no-layer");
    f.effect = if theme.required { Effect::NeedsPerson } else { Effect::None };
    f
}

fn hit(read: &Read<'_>, check: &'static str, ground: &Ground<'_>, hits: &[&CodePart<'_>], total: &Overlap) -> Finding {
    let mut f = finding(check, read.theme, Verdict::Hit, "theme-hit");
    f.sources.clone_from(&read.sources);
    match total.area.nominal > 0.0 {
        true => f.overlaps(total.area),
        // a line has no area: it runs through the parcel, but within the accuracy it may run beside it
        false => f.certainty = Some(Certainty::Possible),
    }
    f.measured = Some(if total.area.nominal > 0.0 {
        f.allowed = Some(Quantity::new(0.0, Unit::SquareMetre));
        Quantity::new(total.area.nominal, Unit::SquareMetre)
    } else {
        f.message = said(read.theme, "theme-hit-line").with("length", total.length);
        Quantity::new(total.length, Unit::Metre)
    });
    f.message = f.message.with("area", total.area.nominal).with("percent", percent(total.share(&ground.measured)));
    for h in hits {
        f.details.push(code_line(read.theme, h, ground));
        let fid = match h.overlap.fids.as_slice() {
            [one] => Some(*one),
            _ => None,
        };
        let label = h.code.unwrap_or(&read.theme.code);
        if !h.overlap.shape.0.is_empty() {
            f.evidence.push(evidence(h.overlap.shape.clone(), fid, label));
        }
        if !h.overlap.lines.0.is_empty() {
            f.evidence.push(evidence(h.overlap.lines.clone(), fid, label));
        }
    }
    f.effect = hits.iter().map(|h| weigh(read.theme.effect_of(h.code), &h.overlap)).max().unwrap_or_default();
    f.effect = f.effect.max(read.reserved_effect());
    f.details.extend(read.reservations());
    f
}

/// An overlap that may not be there, given the accuracy of both maps, asks for a person and never blocks.
pub(super) fn weigh(effect: Effect, overlap: &Overlap) -> Effect {
    if sure(overlap) == Certainty::Certain { effect } else { effect.min(Effect::NeedsPerson) }
}

/// How sure an overlap is. A line has no area: it runs through the parcel, but within the accuracy it may run beside it.
pub(super) fn sure(overlap: &Overlap) -> Certainty {
    match overlap.area.certainty() {
        Certainty::None if overlap.length > 0.0 => Certainty::Possible,
        other => other,
    }
}

/// Nothing was hit: how much there may be all the same, within the accuracy. Where the rest is open, "none" is not said.
pub(super) fn how_sure(f: &mut Finding, area: AreaInterval) {
    if f.verdict == Verdict::Clear || (f.verdict != Verdict::Failed && area.high > 0.0) {
        f.overlaps(area);
    }
}

pub(super) fn code_line(theme: &Theme, part: &CodePart<'_>, ground: &Ground<'_>) -> Message {
    let code = part.code.unwrap_or("–");
    let title = theme.code_title(code);
    let o = &part.overlap;
    let key = if o.area.nominal > 0.0 { "theme-code-area" } else { "theme-code-line" };
    Message::new(key)
        .with("code", code)
        .with("title_vi", &title.vi)
        .with("title_en", &title.en)
        .with("area", o.area.nominal)
        .with("low", o.area.low)
        .with("high", o.area.high)
        .with("length", o.length)
        .with("percent", percent(o.share(&ground.measured)))
}

/// A line for what is too small, or only touches, or is only near.
fn trifle(part: &CodePart<'_>) -> Option<Message> {
    let code = part.code.unwrap_or("–");
    let o = &part.overlap;
    match o.relation {
        Relation::Overlap => Some(Message::new("theme-sliver").with("code", code).with("area", o.area.nominal)),
        Relation::Touch => Some(Message::new("theme-touch").with("code", code)),
        Relation::Near(d) => {
            let m = Message::new("theme-near").with("code", code).with("distance", d);
            Some(m.with("high", o.area.high))
        }
        Relation::Apart => None,
    }
}

/// Cites the rule behind a theme; a hit whose rule is not in force says so and asks for a person.
pub(super) fn pin(cx: &Context<'_>, f: &mut Finding, theme: &Theme) {
    let Some(id) = &theme.rule else { return };
    match land::find_rule(cx, id) {
        Some(rule) if f.verdict == Verdict::Hit => land::cite(f, rule),
        Some(rule) => f.rule = Some(rule.into()),
        None if f.verdict == Verdict::Hit => {
            f.details.push(Message::new("rule-missing").with("rule", id.as_str()));
            f.effect = f.effect.max(Effect::NeedsPerson);
        }
        None => {}
    }
}

/// A line or point whose ground is a strip along it, and that does not say how wide.
fn is_bare(theme: &Theme, f: &Feature) -> bool {
    let thin = f.geom.as_deref().is_some_and(has_thin_part);
    thin && theme.half_width_attr.is_some() && theme.half_width(&f.attrs).is_none()
}

pub(super) fn percent(share: f64) -> f64 {
    (share * 10.0).round() / 10.0
}

fn list(fids: &[i64]) -> String {
    let shown: Vec<String> = fids.iter().take(10).map(i64::to_string).collect();
    shown.join(", ") + if fids.len() > 10 { ", …" } else { "" }
}

//! What registers say of the parcel: mortgage, block, dispute, enforcement. Rows are keyed by parcel or drawn.

use super::encumbrance_paper_notes::expected;
use super::land::Ground;
use super::papers::{cited, failed, ruled};
use super::themed::{self, Read};
use super::{Context, land};
use crate::domain::geom::{Overlap, Piece, TOUCH_M, overlay};
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{
    Certainty, Feature, Finding, Gathered, Message, ParcelRef, Quantity, ThemeFacts, Unit, Verdict,
};
use std::collections::BTreeSet;

pub const ID: &str = "encumbrance.register";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let all = themed::each(cx, Family::Encumbrance, |t| judge(cx, t));
    if all.is_empty() {
        let mut f = Finding::new(ID, "", Verdict::NotCovered, Message::new("register-no-theme"));
        f.effect = Effect::NeedsPerson;
        return vec![f];
    }
    all
}

fn judge(cx: &Context<'_>, facts: &ThemeFacts) -> land::Known<Finding> {
    let code = facts.theme.code.as_str();
    let rule = ruled(cx, ID, code, "encumbrance.register")?;
    land::parcel(cx, ID, code)?;
    let ground = land::ground(cx, ID, code);
    let read = ground.as_ref().ok().and_then(|g| themed::read(cx, g, facts));
    let keys = keys(cx);
    let of_it = |f| Some((f, concerns(f, &keys, ground.as_ref().ok(), read.as_ref())?));
    let mine: Vec<(&Feature, Concern)> = rows(facts).filter_map(of_it).collect();
    let weigh = |f: &Feature| match &f.code {
        Some(c) if expected(rule, &cx.facts.case.procedure, c) => Effect::None,
        c => facts.theme.effect_of(c.as_deref()),
    };
    let Some(effect) = mine.iter().map(|(f, how)| how.weigh(weigh(f))).max() else {
        let unread = facts.layers.iter().any(|l| !matches!(l.features, Gathered::Read(_)));
        if ground.is_err() && unread {
            return Ok(failed(ID, code, themed::said(&facts.theme, "theme-failed")));
        }
        let stray = rows(facts).filter(|f| f.key.is_none() && f.geom.is_none()).count();
        return nothing(ground.map(|_| read)?, facts, stray).map(|f| cited(f, rule));
    };
    let mut f = themed::finding(ID, &facts.theme, Verdict::Hit, "register-hit");
    f.effect = effect.max(read.as_ref().map_or(Effect::None, Read::reserved_effect));
    f.message = f.message.with("count", mine.len() as f64);
    f.measured = Some(Quantity::new(mine.len() as f64, Unit::Count));
    f.allowed = Some(Quantity::new(0.0, Unit::Count));
    f.sources = facts.layers.iter().map(|l| l.pin.layer_version_id).collect();
    f.details = mine.iter().flat_map(|(row, how)| [Some(line(facts, row)), unsure(row, how)]).flatten().collect();
    let drawn = mine.iter().filter_map(|(row, _)| Some((row, row.geom.as_deref()?.clone())));
    f.evidence = drawn.map(|(row, g)| land::evidence(g, Some(row.fid), row.code.as_deref().unwrap_or(code))).collect();
    f.details.extend(read.iter().flat_map(Read::reservations));
    Ok(cited(f, rule))
}

/// No row speaks of the parcel: clear only as far as the layers prove it, and while every row could be placed.
fn nothing(read: Option<Read<'_>>, facts: &ThemeFacts, stray: usize) -> land::Known<Finding> {
    let Some(read) = read else { return Ok(themed::no_layer(ID, &facts.theme)) };
    if stray > 0 {
        let message = themed::said(&facts.theme, "register-stray").with("count", stray as f64);
        return Ok(failed(ID, &facts.theme.code, message));
    }
    Ok(read.nothing_hit(ID))
}

fn rows(facts: &ThemeFacts) -> impl Iterator<Item = &Feature> {
    facts
        .layers
        .iter()
        .flat_map(|l| match &l.features {
            Gathered::Read(all) => all.as_slice(),
            Gathered::Failed(_) | Gathered::Truncated(_) => &[],
        })
        .map(|f| &**f)
}

/// How a row speaks of the parcel.
enum Concern {
    /// It bears a name of the parcel.
    Named,
    /// It is drawn on the parcel; within the accuracy of both maps it may lie beside it, or nobody can tell.
    Drawn(Box<Overlap>),
}

impl Concern {
    /// What is not certainly there never blocks: a person looks at it.
    fn weigh(&self, effect: Effect) -> Effect {
        if self.certain() { effect } else { effect.min(Effect::NeedsPerson) }
    }

    fn certain(&self) -> bool {
        match self {
            Self::Named => true,
            Self::Drawn(o) => themed::sure(o) == Certainty::Certain || !o.deep.is_empty(),
        }
    }
}

/// Drawn rows are judged as those of any theme: what only runs along the boundary is not on the parcel.
fn concerns(
    f: &Feature,
    keys: &BTreeSet<String>,
    ground: Option<&Ground<'_>>,
    read: Option<&Read<'_>>,
) -> Option<Concern> {
    if f.key.as_deref().is_some_and(|key| keys.contains(key.trim())) {
        return Some(Concern::Named);
    }
    let (geom, parcel, read) = (f.geom.as_ref()?, &*ground?.measured, read?);
    let piece = Piece { fid: f.fid, geom, half_width: read.theme.half_width(&f.attrs) };
    let seen = overlay(parcel, &[piece], read.sigma);
    let along = seen.area.nominal <= TOUCH_M * parcel.perimeter || !read.counts(&seen);
    let there = !along || seen.length > TOUCH_M;
    // What cannot be measured is not put aside here: a person looks at it.
    (there || !seen.broken.is_empty() || !seen.points.is_empty()).then(|| Concern::Drawn(Box::new(seen)))
}

/// Every name the parcel bears or bore, and those that the papers give it: registers are slow to learn new ones.
fn keys(cx: &Context<'_>) -> BTreeSet<String> {
    let of = |r: &ParcelRef| Some(land::name(r.commune_code.as_deref()?, &r.sheet, &r.number));
    let printed = super::papers::certificates(cx.facts).filter_map(|(_, c)| c.parcel.as_ref());
    let borne = cx.facts.parcel.iter().flat_map(land::names);
    borne.chain(printed.chain([&cx.facts.resolution.asked]).filter_map(of)).collect()
}

/// Said of a row that is drawn and may not be on the parcel.
fn unsure(row: &Feature, how: &Concern) -> Option<Message> {
    let Concern::Drawn(o) = how else { return None };
    let said = Message::new("register-line-possible").with("label", row.label.as_deref().unwrap_or("–"));
    (!how.certain()).then(|| said.with("area", o.area.nominal).with("low", o.area.low).with("high", o.area.high))
}

fn line(facts: &ThemeFacts, row: &Feature) -> Message {
    let code = row.code.as_deref().unwrap_or("–");
    let title = facts.theme.code_title(code);
    Message::new("register-line")
        .with("code", code)
        .with("title_vi", &title.vi)
        .with("title_en", &title.en)
        .with("label", row.label.as_deref().unwrap_or("–"))
}

//! What registers say of the parcel: mortgage, block, dispute, enforcement. Rows are keyed by parcel or drawn.

use super::encumbrance_paper_notes::expected;
use super::papers::{cited, failed, ruled};
use super::themed::{self, Read};
use super::{Context, land};
use crate::domain::geom::{Measured, Piece, Relation, overlay};
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{Feature, Finding, Gathered, Message, ParcelRef, Quantity, ThemeFacts, Unit, Verdict};
use geo::Intersects as _;
use geo_types::Geometry;
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
    let measured = ground.as_ref().ok().map(|g| &*g.measured);
    let keys = keys(cx);
    let mine: Vec<&Feature> = rows(facts).filter(|f| concerns(f, &keys, measured)).collect();
    let weigh = |f: &Feature| match &f.code {
        Some(c) if expected(rule, &cx.facts.case.procedure, c) => Effect::None,
        c => facts.theme.effect_of(c.as_deref()),
    };
    let read = ground.as_ref().ok().and_then(|g| themed::read(cx, g, facts));
    let Some(effect) = mine.iter().map(|f| weigh(f)).max() else {
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
    f.details = mine.iter().map(|row| line(facts, row)).collect();
    let drawn = mine.iter().filter_map(|row| Some((row, row.geom.as_deref()?.clone())));
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

fn concerns(f: &Feature, keys: &BTreeSet<String>, parcel: Option<&Measured>) -> bool {
    if f.key.as_deref().is_some_and(|key| keys.contains(key.trim())) {
        return true;
    }
    let (Some(geom), Some(parcel)) = (&f.geom, parcel) else { return false };
    match &**geom {
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) | Geometry::GeometryCollection(_) => {
            let seen = overlay(parcel, &[Piece { fid: f.fid, geom, half_width: None }], 0.0);
            // What cannot be measured is not put aside here: a person looks at it.
            seen.relation == Relation::Overlap || !seen.broken.is_empty()
        }
        other => parcel.shape.intersects(other),
    }
}

/// Every name the parcel bears or bore, and those that the papers give it: registers are slow to learn new ones.
fn keys(cx: &Context<'_>) -> BTreeSet<String> {
    let of = |r: &ParcelRef| Some(land::name(r.commune_code.as_deref()?, &r.sheet, &r.number));
    let printed = super::papers::certificates(cx.facts).filter_map(|(_, c)| c.parcel.as_ref());
    let borne = cx.facts.parcel.iter().flat_map(land::names);
    borne.chain(printed.chain([&cx.facts.resolution.asked]).filter_map(of)).collect()
}

fn line(facts: &ThemeFacts, row: &Feature) -> Message {
    let code = row.code.as_deref().unwrap_or("–");
    let title = facts.theme.code_title(code);
    Message::new("register-line")
        .with("code", code)
        .with("title_vi", title.vi)
        .with("title_en", title.en)
        .with("label", row.label.as_deref().unwrap_or("–"))
}

//! Is the boundary on the map a valid one, and the parcel more than a sliver?

use super::Context;
use super::land::{self, Known, evidence, settle};
use crate::domain::geom::{Measured, flaws};
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{Finding, Message, ParcelFacts, Quantity, Unit, Verdict};
use geo_types::Point;

pub const ID: &str = "parcel.boundary";
const SUBJECT: &str = "boundary";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    vec![settle(check(cx))]
}

fn check(cx: &Context<'_>) -> Known<Finding> {
    let parcel = land::parcel(cx, ID, SUBJECT)?;
    let say = |key: &'static str, verdict| {
        let mut f = Finding::new(ID, SUBJECT, verdict, Message::new(key));
        f.sources = land::sources(parcel);
        f.effect = if verdict == Verdict::Hit { Effect::NeedsPerson } else { Effect::None };
        f
    };
    let Some(boundary) = &parcel.boundary else { return Ok(say("land-no-map", Verdict::NotApplicable)) };
    let found = flaws(&boundary.geom);
    let places = || found.iter().filter_map(|f| f.at).map(|at| evidence(Point(at), None, "flaw"));
    let Ok(measured) = Measured::new(&boundary.geom) else {
        let mut f = say("boundary-invalid", Verdict::Hit);
        f.message = f.message.with("count", found.len() as f64);
        f.details = found.iter().map(land::flaw).collect();
        f.evidence.extend(places());
        return Ok(f);
    };
    let rule = land::rule(cx, ID, SUBJECT, "parcel.boundary")?;
    let least = land::number(rule, ID, SUBJECT, "sliver_area_m2")?;
    let mut f = match measured.area < least {
        true => say("boundary-sliver", Verdict::Hit),
        false => say("boundary-valid", Verdict::Clear),
    };
    f.message = f.message.with("area", measured.area).with("allowed", least).with("perimeter", measured.perimeter);
    f.measured = Some(Quantity::new(measured.area, Unit::SquareMetre));
    f.allowed = Some(Quantity::new(least, Unit::SquareMetre));
    f.details = found.iter().map(land::flaw).collect();
    f.evidence.extend(places());
    if boundary.geom.0.len() > 1 {
        f.details.push(Message::new("boundary-parts").with("count", boundary.geom.0.len() as f64));
    }
    land::cite(&mut f, rule);
    if f.verdict == Verdict::Clear {
        too_old(cx, parcel, &mut f);
    }
    Ok(f)
}

/// A boundary holds as long as its map is young enough; the limit is the theme's, a setting of the firm and no law.
fn too_old(cx: &Context<'_>, parcel: &ParcelFacts, f: &mut Finding) {
    let maps = cx.facts.theme_set.themes.iter().filter(|t| t.family == Family::Parcel);
    let (Some(days), Some(map)) = (maps.map(|t| t.max_age_days).min(), &parcel.layer) else { return };
    if (cx.facts.as_of - map.source_date).whole_days() <= i64::from(days) {
        return;
    }
    let said = Message::new("boundary-stale").with("date", map.source_date.to_string()).with("days", f64::from(days));
    (f.verdict, f.effect, f.message) = (Verdict::StaleSource, Effect::NeedsPerson, said);
    (f.measured, f.allowed) = (None, Some(Quantity::new(f64::from(days), Unit::Day)));
}

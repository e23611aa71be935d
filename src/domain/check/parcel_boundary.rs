//! Is the boundary on the map a valid one, and the parcel more than a sliver?

use super::Context;
use super::land::{self, Known, evidence, settle};
use crate::domain::geom::{Measured, flaws};
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message, Quantity, Unit, Verdict};
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
    Ok(land::young(cx, parcel, f))
}

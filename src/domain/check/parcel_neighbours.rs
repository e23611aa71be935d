//! Overlaps with neighbouring parcels, and narrow gaps between them.

use super::Context;
use super::land::{self, Ground, Known, evidence, settle};
use crate::domain::geom::{Measured, narrow_gaps};
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Gathered, Message, Neighbour, Quantity, Unit, Verdict};
use geo::{Area, BooleanOps, Buffer, Euclidean, Length};
use geo_types::{MultiPolygon, Polygon};

pub const ID: &str = "parcel.neighbours";
const SUBJECT: &str = "neighbours";

/// Two ways to measure an area differ by far less (m²).
const ROUNDING_M2: f64 = 1e-3;

/// What the rule allows.
struct Allowed {
    area_m2: f64,
    width_m: f64,
    gap_m: f64,
}

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    vec![settle(check(cx))]
}

fn check(cx: &Context<'_>) -> Known<Finding> {
    let ground = land::ground(cx, ID, SUBJECT)?;
    let neighbours = match &cx.facts.neighbours {
        Gathered::Read(all) => all,
        Gathered::Failed(why) => return Ok(unanswered(Message::new("neighbours-failed").with("reason", why.as_str()))),
        Gathered::Truncated(n) => return Ok(unanswered(Message::new("neighbours-truncated").with("count", *n as f64))),
    };
    let rule = land::rule(cx, ID, SUBJECT, "parcel.neighbours")?;
    let number = |name: &str| land::number(rule, ID, SUBJECT, name);
    let allowed = Allowed {
        area_m2: number("area_m2")?,
        width_m: number("width_m")?.max(land::accuracy(cx, ground.parcel)),
        gap_m: number("gap_m")?,
    };
    let mut f = Finding::new(ID, SUBJECT, Verdict::Clear, Message::new("neighbours-clear"));
    let mut total = 0.0;
    let mut sound: Vec<&MultiPolygon<f64>> = Vec::new();
    for n in neighbours {
        match n.boundary.measured() {
            Ok(measured) => {
                total += overlap(&ground, n, measured, &allowed, &mut f);
                sound.push(&measured.shape);
            }
            Err(_) => f.details.push(named("neighbour-invalid", n)),
        }
    }
    total += gaps(&ground, &sound, &allowed, &mut f);
    if total > 0.0 {
        (f.verdict, f.effect) = (Verdict::Hit, Effect::NeedsPerson);
        f.message = Message::new("neighbours-hit");
    } else if sound.len() < neighbours.len() {
        (f.verdict, f.effect) = (Verdict::Failed, Effect::NeedsPerson);
        f.message = Message::new("neighbours-invalid");
    }
    f.message = f.message.with("area", total).with("count", neighbours.len() as f64);
    f.measured = Some(Quantity::new(total, Unit::SquareMetre));
    f.allowed = Some(Quantity::new(allowed.area_m2, Unit::SquareMetre));
    f.sources = land::sources(ground.parcel);
    f.rule = Some(rule.into());
    Ok(land::young(cx, ground.parcel, f))
}

fn unanswered(message: Message) -> Finding {
    let mut f = Finding::new(ID, SUBJECT, Verdict::Failed, message);
    f.effect = Effect::NeedsPerson;
    f
}

fn named(key: &'static str, n: &Neighbour) -> Message {
    Message::new(key).with("sheet", n.sheet.as_str()).with("number", n.number.as_str())
}

/// Is a piece beyond the tolerance? It is large enough, and wider than the map is exact: on average, or twice that in a part of it
/// that is large enough by itself, so that a long thin strip hides no corner that reaches far.
fn beyond(piece: &Polygon<f64>, allowed: &Allowed) -> bool {
    let area = piece.unsigned_area();
    let outline: f64 = std::iter::once(piece.exterior()).chain(piece.interiors()).map(|r| Euclidean.length(r)).sum();
    let core = || piece.buffer(-allowed.width_m).unsigned_area();
    area > allowed.area_m2 && (2.0 * area > allowed.width_m * outline || core() > allowed.area_m2)
}

fn overlap(ground: &Ground<'_>, n: &Neighbour, other: &Measured, allowed: &Allowed, f: &mut Finding) -> f64 {
    // What cannot be beyond the tolerance needs no boolean operation; most neighbours share an edge and no area.
    if ground.measured.common_with(other) <= allowed.area_m2 - ROUNDING_M2 {
        return 0.0;
    }
    let mut common = ground.measured.shape.intersection(&other.shape);
    common.0.retain(|piece| beyond(piece, allowed));
    let area = common.unsigned_area();
    if area > 0.0 {
        f.details.push(named("neighbour-overlap", n).with("area", area));
        f.evidence.push(evidence(common, None, "overlap"));
    }
    area
}

fn gaps(ground: &Ground<'_>, neighbours: &[&MultiPolygon<f64>], allowed: &Allowed, f: &mut Finding) -> f64 {
    let mut total = 0.0;
    for gap in narrow_gaps(&ground.measured, neighbours, allowed.gap_m).into_iter().filter(|g| beyond(g, allowed)) {
        let area = gap.unsigned_area();
        total += area;
        f.details.push(Message::new("neighbour-gap").with("area", area));
        f.evidence.push(evidence(MultiPolygon(vec![gap]), None, "gap"));
    }
    total
}

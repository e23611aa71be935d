//! The certificate's vertex table against the boundary on the map.

use super::land::{self, Ground, Known, evidence, settle};
use super::{Context, purpose, vertex_readings};
use crate::domain::geom::{VertexMatch, match_vertices};
use crate::domain::paper::{Certificate, Paper, Vertex};
use crate::domain::rule::Rule;
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message, Quantity, Unit, Verdict};
use geo_types::{Coord, MultiPoint, MultiPolygon, Point};

pub const ID: &str = "parcel.vertices";
/// Coordinates and lengths are printed to a centimetre.
const PRINTED_M: f64 = 0.01;

/// One finding per certificate; the subject is the paper's id.
pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let of = |p: &crate::domain::verify::PaperFacts| match &p.paper {
        Paper::Certificate(c) => Some(settle(check(cx, &p.id.to_string(), c))),
        _ => None,
    };
    cx.facts.papers.iter().filter_map(of).collect()
}

fn check(cx: &Context<'_>, subject: &str, c: &Certificate) -> Known<Finding> {
    let say = |key: &'static str, verdict| Finding::new(ID, subject, verdict, Message::new(key));
    if c.vertices.is_empty() {
        return Ok(say("vertices-none", Verdict::NotApplicable));
    }
    let ground = land::ground(cx, ID, subject)?;
    let table: Vec<Coord<f64>> = c.vertices.iter().map(easting_first).collect();
    let Some(found) = match_vertices(&table, &c.edges_m, &ground.measured.shape) else {
        let mut f = say("vertices-too-few", Verdict::Hit);
        f.effect = Effect::NeedsPerson;
        return Ok(f);
    };
    let Some(scale) = ground.parcel.scale else {
        let mut f = say("vertices-no-scale", Verdict::Failed);
        f.effect = Effect::NeedsPerson;
        f.measured = Some(Quantity::new(found.largest, Unit::Metre));
        return Ok(f);
    };
    let rule = land::rule(cx, ID, subject, "parcel.vertex_tolerance")?;
    let Some(limit) = limit(rule, &ground, scale) else {
        let mut f = say("vertices-no-limit", Verdict::Failed);
        f.message = f.message.with("scale", format!("1:{scale}"));
        f.effect = Effect::NeedsPerson;
        return Ok(f);
    };
    let allowed = limit + PRINTED_M;
    let mut f = judge(subject, &found, allowed);
    explain(cx, &mut f, c, &found, &ground.measured.shape, allowed);
    f.details.extend(lines(&c.vertices, &found, allowed));
    f.sources = land::sources(ground.parcel);
    let points: Vec<Point<f64>> = table.iter().copied().map(Point).collect();
    f.evidence.push(evidence(MultiPoint(points), None, "paper"));
    land::cite(&mut f, rule);
    Ok(land::young(cx, ground.parcel, f))
}

/// A table this far off (m) as written is worth other readings: less is what sketches and old surveys differ by.
const DOUBTFUL_M: f64 = 0.3;

/// Does this table lie so far from the map that it may have been meant in another way?
pub fn reads_otherwise(c: &Certificate, map: &MultiPolygon<f64>) -> bool {
    let table: Vec<Coord<f64>> = c.vertices.iter().map(easting_first).collect();
    match_vertices(&table, &c.edges_m, map).is_some_and(|m| m.swapped || m.largest > DOUBTFUL_M)
}

/// Names the reading under which the table fits, with what then remains; the table stays as it is written.
fn explain(
    cx: &Context<'_>,
    f: &mut Finding,
    c: &Certificate,
    found: &VertexMatch,
    map: &MultiPolygon<f64>,
    allowed: f64,
) {
    let Some(r) = cx.facts.readings.iter().find(|r| r.paper.to_string() == f.subject) else { return };
    // A table that fits only with X and Y exchanged was measured so.
    let off = if found.swapped { f64::INFINITY } else { found.largest };
    let explained = vertex_readings::explain(&r.candidates, &c.edges_m, map, allowed, off);
    let Some(best) = explained.first() else { return };
    if !found.swapped {
        f.message = Message::new("vertices-other-reading")
            .with("definition", best.candidate.definition.clone())
            .with("residual", best.residual)
            .with("largest", found.largest)
            .with("allowed", allowed);
    }
    f.details.extend(vertex_readings::lines(&explained));
}

/// Papers write X for northing and Y for easting.
fn easting_first(v: &Vertex) -> Coord<f64> {
    Coord { x: v.y, y: v.x }
}

/// Limit (m) for the scale; larger on farm land at the scales the rule names.
fn limit(rule: &Rule, ground: &Ground<'_>, scale: i32) -> Option<f64> {
    let scale = scale.to_string();
    let base = *rule.table("limit_m")?.get(&scale)?;
    let uses = purpose::codes(&ground.parcel.land_use);
    let farm = !uses.is_empty() && uses.iter().all(|u| purpose::lineage(u).iter().any(|g| g == "NNP"));
    let factor =
        rule.number("agricultural_factor").filter(|_| farm && rule.list("agricultural_scales").contains(&scale));
    Some(base * factor.unwrap_or(1.0))
}

fn judge(subject: &str, found: &VertexMatch, allowed: f64) -> Finding {
    let same_count = found.map_count == found.pairs.len();
    let fits = found.largest <= allowed && !found.swapped && (same_count || found.hausdorff <= allowed);
    let key = match fits {
        true => "vertices-agree",
        false if found.swapped => "vertices-swapped",
        false if found.shift.x.hypot(found.shift.y) > allowed && found.largest_unshifted <= allowed => {
            "vertices-shifted"
        }
        false if !same_count => "vertices-count-differs",
        false => "vertices-differ",
    };
    let message = Message::new(key)
        .with("largest", found.largest)
        .with("allowed", allowed)
        .with("vertex", (found.worst + 1) as f64)
        .with("paper_count", found.pairs.len() as f64)
        .with("map_count", found.map_count as f64)
        .with("shift_north", found.shift.y)
        .with("shift_east", found.shift.x);
    let mut f = Finding::new(ID, subject, if fits { Verdict::Clear } else { Verdict::Hit }, message);
    f.effect = if fits { Effect::None } else { Effect::NeedsPerson };
    f.measured = Some(Quantity::new(found.largest.max(if same_count { 0.0 } else { found.hausdorff }), Unit::Metre));
    f.allowed = Some(Quantity::new(allowed, Unit::Metre));
    f
}

/// Every vertex and every side that is beyond the limit, in order of the table.
fn lines(table: &[Vertex], found: &VertexMatch, allowed: f64) -> Vec<Message> {
    let vertex = |(i, (_, residual)): (usize, &(Coord<f64>, f64))| {
        let m = Message::new("vertex-residual").with("vertex", (i + 1) as f64).with("residual", *residual);
        table.get(i).map_or(m.clone(), |v| m.with("north", format!("{:.2}", v.x)).with("east", format!("{:.2}", v.y)))
    };
    let mut out: Vec<Message> = found.pairs.iter().enumerate().filter(|(_, p)| p.1 > allowed).map(vertex).collect();
    let sides = found.edges.iter().enumerate().filter(|(_, e)| (e.paper - e.map).abs() > allowed);
    out.extend(sides.map(|(i, e)| {
        Message::new("edge-difference")
            .with("from", (i + 1) as f64)
            .with("to", ((i + 1) % found.edges.len() + 1) as f64)
            .with("paper", e.paper)
            .with("map", e.map)
            .with("difference", e.paper - e.map)
    }));
    out
}

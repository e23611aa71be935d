//! A certificate agrees with itself: parts with the whole, edges with vertices, the printed area with the printed boundary.

use super::papers::{cited, clear, each_certificate, hit, not_applicable, ruled};
use super::{Context, land};
use crate::domain::paper::Certificate;
use crate::domain::rule::Rule;
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message, Quantity, Unit};

pub const ID: &str = "paper.consistency";

/// Beyond a tolerance by less than this is rounding of the computer, not of the paper.
const ROUNDING: f64 = 1e-6;

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    each_certificate(cx, ID, |subject, c| {
        let rule = ruled(cx, ID, subject, "paper.consistency")?;
        Ok(vec![purposes(rule, subject, c)?, edges(rule, subject, c)?, ring(rule, subject, c)?])
    })
}

/// Areas of the purposes add up to the area.
fn purposes(rule: &Rule, paper: &str, c: &Certificate) -> land::Known<Finding> {
    let subject = format!("{paper}/purposes");
    let most = land::number(rule, ID, &subject, "area_m2")?;
    let (Some(parts), Some(total)) = (c.purposes_area_m2(), c.area_m2) else {
        return Ok(not_applicable(ID, &subject, "consistency-no-parts"));
    };
    let keys = ["consistency-parts-fit", "consistency-parts-differ"];
    let say = |key: &'static str| Message::new(key).with("sum", parts).with("total", total);
    Ok(compared(rule, &subject, (parts - total).abs(), (most, Unit::SquareMetre), keys.map(say)))
}

/// Printed edges are the distances of the printed vertices.
fn edges(rule: &Rule, paper: &str, c: &Certificate) -> land::Known<Finding> {
    let subject = format!("{paper}/edges");
    let most = land::number(rule, ID, &subject, "edge_m")?;
    let (edges, vertices) = (c.edges_m.len(), c.open_vertices().len());
    if edges == 0 || vertices < 3 {
        return Ok(not_applicable(ID, &subject, "consistency-no-edges"));
    }
    if edges != vertices {
        let message =
            Message::new("consistency-edge-count").with("edges", edges as f64).with("vertices", vertices as f64);
        return Ok(cited(hit(ID, &subject, Effect::NeedsPerson, message), rule));
    }
    let all = c.edge_differences();
    let worst = all.iter().map(|e| e.difference().abs()).fold(0.0, f64::max);
    let keys = ["consistency-edges-fit", "consistency-edges-differ"];
    let mut f = compared(rule, &subject, worst, (most, Unit::Metre), keys.map(Message::new));
    let beyond = all.iter().filter(|e| e.difference().abs() > most + ROUNDING);
    let lines = beyond.map(|e| {
        let (from, to) = (e.from + 1, (e.from + 1) % vertices + 1);
        let ends = Message::new("consistency-edge").with("from", from as f64).with("to", to as f64);
        ends.with("printed", e.printed).with("computed", e.computed)
    });
    f.details.splice(0..0, lines);
    Ok(f)
}

/// The printed vertices enclose the printed area.
fn ring(rule: &Rule, paper: &str, c: &Certificate) -> land::Known<Finding> {
    let subject = format!("{paper}/ring");
    let most = land::number(rule, ID, &subject, "ring_m2")?;
    let (Some(ring), Some(total)) = (c.ring_area_m2(), c.area_m2) else {
        return Ok(not_applicable(ID, &subject, "consistency-no-ring"));
    };
    let keys = ["consistency-ring-fits", "consistency-ring-differs"];
    let say = |key: &'static str| Message::new(key).with("ring", ring).with("total", total);
    Ok(compared(rule, &subject, (ring - total).abs(), (most, Unit::SquareMetre), keys.map(say)))
}

fn compared(rule: &Rule, subject: &str, apart: f64, most: (f64, Unit), [fits, differs]: [Message; 2]) -> Finding {
    let mut f = match apart > most.0 + ROUNDING {
        true => hit(ID, subject, Effect::NeedsPerson, differs),
        false => clear(ID, subject, fits),
    };
    (f.measured, f.allowed) = (Some(Quantity::new(apart, most.1)), Some(Quantity::new(most.0, most.1)));
    cited(f, rule)
}

//! Purposes on the certificate against the land use of the map.

use super::land::{self, Known, settle};
use super::{Context, purpose};
use crate::domain::paper::{Certificate, Paper};
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message, Verdict};
use std::collections::BTreeSet;

pub const ID: &str = "parcel.land_use";

/// One finding per certificate; the subject is the paper's id.
pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let of = |p: &crate::domain::verify::PaperFacts| match &p.paper {
        Paper::Certificate(c) => Some(settle(check(cx, &p.id.to_string(), c))),
        _ => None,
    };
    cx.facts.papers.iter().filter_map(of).collect()
}

fn check(cx: &Context<'_>, subject: &str, c: &Certificate) -> Known<Finding> {
    let parcel = land::parcel(cx, ID, subject)?;
    let written: Vec<&str> = c.purposes.iter().map(|p| p.code.as_str()).collect();
    let (paper, map) = (purpose::codes(&written), purpose::codes(&parcel.land_use));
    let (key, verdict) = match (paper.is_empty(), map.is_empty()) {
        (true, _) => ("use-none-on-paper", Verdict::NotApplicable),
        (_, true) => ("use-none-on-map", Verdict::NotApplicable),
        _ if paper == map => ("use-agrees", Verdict::Clear),
        _ if covers(&paper, &map) && covers(&map, &paper) => ("use-agrees-by-group", Verdict::Clear),
        _ => ("use-differs", Verdict::Hit),
    };
    let message = Message::new(key).with("paper", written.join(", ")).with("map", parcel.land_use.join(", "));
    let mut f = Finding::new(ID, subject, verdict, message);
    f.sources = land::sources(parcel);
    if verdict == Verdict::Hit {
        f.effect = Effect::NeedsPerson;
        f.details.extend(missing(&paper, &map).map(|c| Message::new("use-only-on-paper").with("code", c)));
        f.details.extend(missing(&map, &paper).map(|c| Message::new("use-only-on-map").with("code", c)));
    }
    Ok(f)
}

fn missing<'a>(from: &'a BTreeSet<String>, other: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
    from.iter().filter(|c| !other.iter().any(|o| purpose::same(c, o))).map(String::as_str)
}

fn covers(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    missing(b, a).next().is_none()
}

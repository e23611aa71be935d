//! A parcel in the register but not on the map, or the reverse, is shown; it is not an error.

use super::land::{self, Known, settle};
use super::{Context, themed};
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{Finding, Gathered, Message, Verdict};

pub const ID: &str = "parcel.register_map";
const SUBJECT: &str = "register";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    vec![settle(check(cx))]
}

fn check(cx: &Context<'_>) -> Known<Finding> {
    let parcel = land::parcel(cx, ID, SUBJECT)?;
    let (key, verdict) = match (&parcel.boundary, register(cx)) {
        (None, _) => ("register-without-map", Verdict::Hit),
        (Some(_), Register::Lacks) => ("map-without-register", Verdict::Hit),
        (Some(_), Register::Holds) => ("register-and-map", Verdict::Clear),
        (Some(_), Register::Silent) => ("register-silent", Verdict::Failed),
        (Some(_), Register::NotAsked) => ("register-not-asked", Verdict::NotCovered),
    };
    let message = Message::new(key).with("sheet", parcel.sheet.as_str()).with("number", parcel.number.as_str());
    let mut f = Finding::new(ID, SUBJECT, verdict, message);
    f.effect = if matches!(verdict, Verdict::Hit | Verdict::Failed) { Effect::NeedsPerson } else { Effect::None };
    f.sources = land::sources(parcel);
    if verdict == Verdict::Clear {
        return fresh(cx, f);
    }
    Ok(f)
}

/// What the registers of certificates say of the parcel.
enum Register {
    Holds,
    Lacks,
    /// There is one, and it did not answer.
    Silent,
    /// There is none to ask.
    NotAsked,
}

/// Rows were looked up by the names of the parcel: any row is one of it.
fn register(cx: &Context<'_>) -> Register {
    let themes = cx.facts.themes.iter().filter(|t| t.theme.family == Family::Register);
    let rows = themes.flat_map(|t| &t.layers).map(|l| match &l.features {
        Gathered::Read(rows) => Some(rows.len()),
        _ => None,
    });
    match rows.collect::<Option<Vec<usize>>>() {
        None => Register::Silent,
        Some(rows) if rows.is_empty() => Register::NotAsked,
        Some(rows) if rows.iter().any(|n| *n > 0) => Register::Holds,
        Some(_) => Register::Lacks,
    }
}

/// The parcel is in a register; one that is too old no longer proves it.
fn fresh(cx: &Context<'_>, mut f: Finding) -> Known<Finding> {
    let ground = land::ground(cx, ID, SUBJECT)?;
    for facts in cx.facts.themes.iter().filter(|t| t.theme.family == Family::Register) {
        let Some(read) = themed::read(cx, &ground, facts) else { continue };
        f.sources.extend(facts.layers.iter().map(|l| l.pin.layer_version_id));
        if !read.features.is_empty() {
            f = read.too_old(f);
        }
    }
    f.sources.sort_unstable();
    f.sources.dedup();
    Ok(f)
}

//! A parcel in the register but not on the map, or the reverse, is shown; it is not an error.

use super::land::{self, Known, settle};
use super::{Context, themed};
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{Feature, Finding, Gathered, Message, Verdict};
use std::collections::BTreeSet;

pub const ID: &str = "parcel.register_map";
const SUBJECT: &str = "register";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    vec![settle(check(cx))]
}

fn check(cx: &Context<'_>) -> Known<Finding> {
    let parcel = land::parcel(cx, ID, SUBJECT)?;
    let names: BTreeSet<String> = land::names(parcel).collect();
    let (key, verdict) = match (&parcel.boundary, register(cx, &names)) {
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
        return fresh(cx, &names, f);
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

/// The row bears a name of the parcel. Rows of a register that is drawn lie near it too: they are its neighbours'.
fn of_it(names: &BTreeSet<String>, row: &Feature) -> bool {
    row.key.as_deref().is_some_and(|key| names.contains(key.trim()))
}

fn register(cx: &Context<'_>, names: &BTreeSet<String>) -> Register {
    let themes = cx.facts.themes.iter().filter(|t| t.theme.family == Family::Register);
    let held = themes.flat_map(|t| &t.layers).map(|l| match &l.features {
        Gathered::Read(rows) => Some(rows.iter().any(|row| of_it(names, row))),
        _ => None,
    });
    match held.collect::<Option<Vec<bool>>>() {
        None => Register::Silent,
        Some(held) if held.is_empty() => Register::NotAsked,
        Some(held) if held.contains(&true) => Register::Holds,
        Some(_) => Register::Lacks,
    }
}

/// The parcel is in a register; one that is too old no longer proves it.
fn fresh(cx: &Context<'_>, names: &BTreeSet<String>, mut f: Finding) -> Known<Finding> {
    let ground = land::ground(cx, ID, SUBJECT)?;
    for facts in cx.facts.themes.iter().filter(|t| t.theme.family == Family::Register) {
        let Some(read) = themed::read(cx, &ground, facts) else { continue };
        f.sources.extend(facts.layers.iter().map(|l| l.pin.layer_version_id));
        if read.features.iter().any(|(row, _)| of_it(names, row)) {
            f = read.too_old(f);
        }
    }
    f.sources.sort_unstable();
    f.sources.dedup();
    Ok(f)
}

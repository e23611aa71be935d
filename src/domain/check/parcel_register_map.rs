//! A parcel in the register but not on the map, or the reverse, is shown; it is not an error.

use super::Context;
use super::land::{self, Known, settle};
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message, Verdict};

pub const ID: &str = "parcel.register_map";
const SUBJECT: &str = "register";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    vec![settle(check(cx))]
}

fn check(cx: &Context<'_>) -> Known<Finding> {
    let parcel = land::parcel(cx, ID, SUBJECT)?;
    let (key, verdict) = match (&parcel.boundary, parcel.registered) {
        (None, _) => ("register-without-map", Verdict::Hit),
        (Some(_), Some(false)) => ("map-without-register", Verdict::Hit),
        (Some(_), Some(true)) => ("register-and-map", Verdict::Clear),
        (Some(_), None) => ("register-not-asked", Verdict::NotCovered),
    };
    let message = Message::new(key).with("sheet", parcel.sheet.as_str()).with("number", parcel.number.as_str());
    let mut f = Finding::new(ID, SUBJECT, verdict, message);
    f.effect = if verdict == Verdict::Hit { Effect::NeedsPerson } else { Effect::None };
    f.sources = land::sources(parcel);
    Ok(f)
}

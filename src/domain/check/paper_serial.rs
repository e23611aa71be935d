//! The serial of a certificate has the shape of one, and the form was in use on the day of issue.

use super::papers::{cited, clear, each_certificate, hit, not_applicable, ruled};
use super::{Context, land};
use crate::domain::paper::Certificate;
use crate::domain::paper::certificate::{SerialDating, serial_dating};
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message};

pub const ID: &str = "paper.serial";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    each_certificate(cx, ID, |subject, c| judge(cx, subject, c).map(|f| vec![f]))
}

fn judge(cx: &Context<'_>, subject: &str, c: &Certificate) -> land::Known<Finding> {
    let rule = ruled(cx, ID, subject, "paper.serial")?;
    let earliest = land::number(rule, ID, subject, "earliest_year")?;
    let Some(text) = c.serial.as_deref().map(str::trim).filter(|t| !t.is_empty()) else {
        return Ok(not_applicable(ID, subject, "serial-none"));
    };
    let say = |key: &'static str| Message::new(key).with("serial", text);
    let odd = |m| Ok(cited(hit(ID, subject, Effect::NeedsPerson, m), rule));
    let Some(serial) = c.serial() else { return odd(say("serial-shape")) };
    let Some(issued) = c.issued_on else { return Ok(not_applicable(ID, subject, "serial-no-date")) };
    let dated = |key: &'static str| say(key).with("date", issued.to_string());
    if issued > cx.facts.as_of {
        return odd(dated("serial-future"));
    }
    if f64::from(issued.year()) < earliest {
        return odd(dated("serial-too-old").with("year", earliest));
    }
    match serial_dating(serial.form, issued) {
        SerialDating::Fits => Ok(cited(clear(ID, subject, dated("serial-fits")), rule)),
        SerialDating::NewFormTooEarly => odd(dated("serial-new-form-early")),
        SerialDating::OldFormTooLate => odd(dated("serial-old-form-late")),
    }
}

//! No other open case rests on the same certificate.

use super::Context;
use super::papers::{certificates, clear, failed, hit, not_applicable};
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Gathered, Message, OtherCase, Quantity, Unit};

pub const ID: &str = "paper.same_certificate";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let serials = certificates(cx.facts).filter(|(_, c)| c.serial().is_some()).count();
    if serials == 0 {
        return vec![not_applicable(ID, "", "same-certificate-no-serial")];
    }
    vec![among(ID, &cx.facts.other_cases, |o| o.same_certificate, ["same-certificate-none", "same-certificate-found"])]
}

/// The other open cases of one sort: none is clear only when the whole list was read.
pub(super) fn among(
    check: &'static str,
    cases: &Gathered<Vec<OtherCase>>,
    same: impl Fn(&OtherCase) -> bool,
    [none, found]: [&'static str; 2],
) -> Finding {
    let cases = match cases {
        Gathered::Read(all) => all.iter().filter(|o| same(o)),
        Gathered::Failed(why) => {
            return failed(check, "", Message::new("other-cases-failed").with("reason", why.as_str()));
        }
        Gathered::Truncated(n) => {
            return failed(check, "", Message::new("other-cases-truncated").with("count", *n as f64));
        }
    };
    let line = |o: &OtherCase| {
        Message::new("other-case").with("number", o.number.as_str()).with("procedure", o.procedure.as_str())
    };
    let details: Vec<Message> = cases.map(line).collect();
    if details.is_empty() {
        return clear(check, "", Message::new(none));
    }
    let count = details.len() as f64;
    let mut f = hit(check, "", Effect::NeedsPerson, Message::new(found).with("count", count));
    (f.measured, f.allowed) = (Some(Quantity::new(count, Unit::Count)), Some(Quantity::new(0.0, Unit::Count)));
    f.details = details;
    f
}

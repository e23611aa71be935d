//! What the checks on land share: the parcel made ready to be measured, and the rule they rest on.

use super::Context;
use crate::domain::geom::{Flaw, Measured};
use crate::domain::rule::{Rule, Standing};
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{Evidence, Finding, Message, ParcelFacts, Quantity, Unit, Verdict};
use geo_types::Geometry;
use std::rc::Rc;

/// The parcel with a boundary that can be measured.
pub(super) struct Ground<'a> {
    pub parcel: &'a ParcelFacts,
    pub measured: Rc<Measured>,
}

/// Either the value, or the finding that says why the check cannot answer.
pub(super) type Known<T> = Result<T, Box<Finding>>;

/// One finding from a check that may stop early.
pub(super) fn settle(known: Known<Finding>) -> Finding {
    known.unwrap_or_else(|stop| *stop)
}

pub(super) fn parcel<'a>(cx: &Context<'a>, check: &'static str, subject: &str) -> Known<&'a ParcelFacts> {
    cx.facts
        .parcel
        .as_ref()
        .ok_or_else(|| Box::new(Finding::new(check, subject, Verdict::NotApplicable, Message::new("land-no-parcel"))))
}

/// Every name the parcel bears or bore, as registers write it: commune/sheet/number.
pub(super) fn names(parcel: &ParcelFacts) -> impl Iterator<Item = String> {
    let today = name(&parcel.commune_code, &parcel.sheet, &parcel.number);
    std::iter::once(today).chain(parcel.keys.iter().cloned())
}

pub(super) fn name(commune: &str, sheet: &str, number: &str) -> String {
    format!("{}/{}/{}", commune.trim(), sheet.trim(), number.trim())
}

pub(super) fn ground<'a>(cx: &Context<'a>, check: &'static str, subject: &str) -> Known<Ground<'a>> {
    let parcel = parcel(cx, check, subject)?;
    let Some(boundary) = &parcel.boundary else {
        let message = Message::new("land-no-map");
        return Err(Box::new(Finding::new(check, subject, Verdict::NotApplicable, message)));
    };
    match cx.measured.get_or_init(|| Measured::new(&boundary.geom).map(Rc::new)) {
        Ok(measured) => Ok(Ground { parcel, measured: measured.clone() }),
        Err(flaws) => {
            let mut f = Finding::new(check, subject, Verdict::Failed, Message::new("land-bad-boundary"));
            f.effect = Effect::NeedsPerson;
            f.details = flaws.iter().map(flaw).collect();
            Err(Box::new(f))
        }
    }
}

/// A flaw in words, with its place as northing and easting.
pub(super) fn flaw(f: &Flaw) -> Message {
    let text = Message::new(f.kind.key()).with("part", (f.part + 1) as f64);
    match f.at {
        Some(at) => text.with("north", format!("{:.2}", at.y)).with("east", format!("{:.2}", at.x)),
        None => text.with("north", "–").with("east", "–"),
    }
}

/// The rule in force on the day of the facts: the old province's, else today's province's, else the country's.
pub(super) fn find_rule<'a>(cx: &Context<'a>, id: &str) -> Option<&'a Rule> {
    let case = &cx.facts.case;
    let of = |province: Option<&str>| cx.rules.find(id, cx.facts.as_of, province);
    let old = of(case.old_province.as_deref()).filter(|r| !r.provinces.is_empty());
    old.or_else(|| of(case.province.as_deref()))
}

/// The rule `id`, or a finding that it is missing: never a silent default.
pub(super) fn rule<'a>(cx: &Context<'a>, check: &'static str, subject: &str, id: &str) -> Known<&'a Rule> {
    find_rule(cx, id).ok_or_else(|| Box::new(missing(check, subject, id)))
}

/// The number `name` of a rule.
pub(super) fn number(rule: &Rule, check: &'static str, subject: &str, name: &str) -> Known<f64> {
    rule.number(name).ok_or_else(|| Box::new(missing(check, subject, &format!("{}:{name}", rule.id))))
}

fn missing(check: &'static str, subject: &str, id: &str) -> Finding {
    let mut f = Finding::new(check, subject, Verdict::Failed, Message::new("rule-missing").with("rule", id));
    f.effect = Effect::NeedsPerson;
    f
}

/// Pins the rule and says so when its source was not confirmed.
pub(super) fn cite(f: &mut Finding, rule: &Rule) {
    f.rule = Some(rule.into());
    let key = match rule.standing {
        Standing::Secondary => "rule-secondary",
        Standing::Unverified => "rule-unverified",
        Standing::Verified | Standing::House => return,
    };
    f.details.push(Message::new(key).with("citation", rule.citation.as_str()));
}

/// How exact the parcel's boundary is (m): as its map says, else as the theme of cadastral maps does.
pub(super) fn accuracy(cx: &Context<'_>, parcel: &ParcelFacts) -> f64 {
    if parcel.accuracy_m > 0.0 { parcel.accuracy_m } else { cx.facts.theme_set.parcel_accuracy() }
}

/// The cadastral map the parcel was drawn from.
pub(super) fn sources(parcel: &ParcelFacts) -> Vec<i64> {
    parcel.layer.iter().map(|l| l.layer_version_id).collect()
}

pub(super) fn evidence(geom: impl Into<Geometry<f64>>, fid: Option<i64>, label: &str) -> Evidence {
    Evidence { geom: geom.into(), fid, label: label.to_owned() }
}

/// What is clear by the cadastral map holds as long as the map is young enough; the limit is the theme's, a setting of the firm and
/// no law. A hit stands on an old map too.
pub(super) fn young(cx: &Context<'_>, parcel: &ParcelFacts, mut f: Finding) -> Finding {
    let maps = cx.facts.theme_set.themes.iter().filter(|t| t.family == Family::Parcel);
    let (Some(days), Some(map)) = (maps.map(|t| t.max_age_days).min(), &parcel.layer) else { return f };
    let old = (cx.facts.as_of - map.source_date).whole_days() > i64::from(days);
    if f.verdict == Verdict::Clear && old {
        let said =
            Message::new("land-map-stale").with("date", map.source_date.to_string()).with("days", f64::from(days));
        (f.verdict, f.effect, f.message) = (Verdict::StaleSource, Effect::NeedsPerson, said);
        (f.measured, f.allowed) = (None, Some(Quantity::new(f64::from(days), Unit::Day)));
    }
    f
}

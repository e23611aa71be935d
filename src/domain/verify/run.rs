//! Runs every check and draws the sum.

use super::{
    CaseRecord, Facts, Finding, FindingRecord, Message, Outcome, ParcelRecord, Pins, Record, RuleSet, SCHEMA, Verdict,
    shapes,
};
use crate::domain::check::{CHECKS, Check, Context, GROUPS};
use crate::domain::theme::Effect;
use geo_types::Geometry;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Name and version of the code that judges; part of every digest. The number behind the stroke is raised with every change by which the
/// same facts may give another record: a replay of what was judged before then names the engine, and not a fault.
pub const ENGINE: &str = concat!("diaba ", env!("CARGO_PKG_VERSION"), "/4");

const REQUIRED: &str = "engine.required";
const UNIQUE: &str = "engine.unique";
const STRANGE: &str = "engine.theme_set";
/// What the engine itself says, beside the checks.
pub const ENGINE_SAYS: [&str; 3] = [REQUIRED, UNIQUE, STRANGE];

/// Judges a case. Pure: the same facts and rules give the same record, whatever order they come in.
pub fn verify(facts: &Facts, rules: &RuleSet) -> Record {
    verify_with(CHECKS, facts, rules)
}

pub(super) fn verify_with(checks: &[Check], facts: &Facts, rules: &RuleSet) -> Record {
    let facts = ordered(facts);
    let cx = Context::new(&facts, &rules.book);
    let mut findings: Vec<Finding> = Vec::with_capacity(64);
    checks.iter().for_each(|c| findings.extend((c.run)(&cx)));
    findings.extend(unjudged(&facts, &findings));
    findings.extend(strange(&facts));
    let mut findings = in_order(findings.into_iter().map(FindingRecord::of).collect());
    let twice = repeated(&findings);
    if !twice.is_empty() {
        findings.extend(twice.into_iter().map(FindingRecord::of));
        findings = in_order(findings);
    }
    Record {
        schema: SCHEMA.to_owned(),
        case: CaseRecord {
            id: facts.case.id,
            number: facts.case.number.clone(),
            procedure: facts.case.procedure.clone(),
            wish: facts.case.wish.clone(),
        },
        as_of: facts.as_of,
        parcel: facts.parcel.as_ref().map(parcel),
        outcome: outcome(&facts, &findings),
        findings,
        pins: Pins::of(&facts, rules, ENGINE),
    }
}

/// Sorted by group, check and subject. Findings are large: they mostly come in order; else their places are sorted, and each is moved
/// once.
fn in_order(findings: Vec<FindingRecord>) -> Vec<FindingRecord> {
    let group = |f: &FindingRecord| GROUPS.iter().position(|g| *g == f.group).unwrap_or(GROUPS.len());
    let mut places: Vec<(usize, usize)> = findings.iter().map(group).zip(0..).collect();
    let order = |a: &(usize, usize), b: &(usize, usize)| {
        let (x, y) = (&findings[a.1], &findings[b.1]);
        (a.0, &x.check, &x.subject).cmp(&(b.0, &y.check, &y.subject))
    };
    if places.is_sorted_by(|a, b| order(a, b).is_le()) {
        return findings;
    }
    places.sort_by(order);
    let mut findings: Vec<Option<FindingRecord>> = findings.into_iter().map(Some).collect();
    places.into_iter().filter_map(|(_, place)| findings[place].take()).collect()
}

fn parcel(p: &super::ParcelFacts) -> ParcelRecord {
    let boundary = p.boundary.as_ref().and_then(|b| shapes(&Geometry::from(b.geom.clone())));
    ParcelRecord {
        commune_code: p.commune_code.clone(),
        sheet: p.sheet.clone(),
        number: p.number.clone(),
        zone: p.boundary.as_ref().map(|b| b.zone.0),
        boundary: boundary.and_then(|s| s.into_iter().next()),
    }
}

/// The heaviest effect of what was found, or could not be proved. Nothing goes on by itself while a check failed, a required theme is not proved, or
/// there is no parcel on the map to judge.
fn outcome(facts: &Facts, findings: &[FindingRecord]) -> Outcome {
    let weighs = |f: &&FindingRecord| !matches!(f.verdict, Verdict::Clear | Verdict::NotApplicable);
    let effects = findings.iter().filter(weighs).map(|f| match f.effect {
        Effect::None => Outcome::CanProceed,
        Effect::NeedsPapers => Outcome::NeedsPapers,
        Effect::NeedsPerson => Outcome::NeedsPerson,
        Effect::Blocks => Outcome::Blocked,
    });
    let failed = findings.iter().any(|f| f.verdict == Verdict::Failed);
    let required: BTreeSet<&str> = required(facts).collect();
    let unproved = |f: &FindingRecord| {
        !matches!(f.verdict, Verdict::Hit | Verdict::Clear) && required.contains(theme_of(&f.subject))
    };
    let no_map = facts.parcel.as_ref().is_none_or(|p| p.boundary.is_none());
    let floor =
        if failed || no_map || findings.iter().any(unproved) { Outcome::NeedsPerson } else { Outcome::CanProceed };
    effects.fold(floor, Outcome::max)
}

fn required(facts: &Facts) -> impl Iterator<Item = &str> {
    facts.themes.iter().filter(|t| t.theme.required).map(|t| t.theme.code.as_str())
}

/// The theme a subject speaks of: `theme` or `theme/detail`.
fn theme_of(subject: &str) -> &str {
    subject.split('/').next().unwrap_or(subject)
}

/// A required theme that no check has spoken of: silence must not read as clear.
fn unjudged(facts: &Facts, findings: &[Finding]) -> Vec<Finding> {
    let silent = required(facts).filter(|code| !findings.iter().any(|f| theme_of(&f.subject) == *code));
    silent.map(|c| Finding::new(REQUIRED, c, Verdict::Failed, Message::new("engine-theme-unjudged"))).collect()
}

/// A theme that is not the one of the pinned set: what is pinned would not be what was judged by.
fn strange(facts: &Facts) -> Vec<Finding> {
    let known = |t: &super::ThemeFacts| {
        facts.theme_set.find(&t.theme.code).is_some_and(|k| std::sync::Arc::ptr_eq(k, &t.theme) || *k == t.theme)
    };
    let strange = facts.themes.iter().filter(|t| !known(t)).map(|t| t.theme.code.as_str());
    strange.map(|c| Finding::new(STRANGE, c, Verdict::Failed, Message::new("engine-theme-strange"))).collect()
}

/// (check, subject) names a finding; two of the same name are a fault of a check, and are said to be one. `findings` are in order.
fn repeated(findings: &[FindingRecord]) -> Vec<Finding> {
    let twice = findings.windows(2).filter(|w| w[0].check == w[1].check && w[0].subject == w[1].subject);
    let names: BTreeSet<String> = twice.map(|w| format!("{}/{}", w[0].check, w[0].subject)).collect();
    let message = || Message::new("engine-finding-repeated");
    names.into_iter().map(|n| Finding::new(UNIQUE, n, Verdict::Failed, message())).collect()
}

/// The facts in one order, as they are judged. What comes in that order already is not copied.
pub fn ordered(facts: &Facts) -> Cow<'_, Facts> {
    let sorted = facts.papers.is_sorted_by_key(|p| (p.id, p.version))
        && facts.themes.is_sorted_by(|a, b| a.theme.code <= b.theme.code)
        && facts.themes.iter().all(|t| t.layers.is_sorted_by_key(|l| l.pin.layer_version_id))
        && facts
            .themes
            .iter()
            .flat_map(|t| &t.layers)
            .all(|l| read(&l.features).is_none_or(|f| f.is_sorted_by_key(|f| f.fid)))
        && read(&facts.neighbours).is_none_or(|n| n.is_sorted_by_key(|n| n.id))
        && read(&facts.other_cases).is_none_or(|o| o.is_sorted_by(|a, b| a.number <= b.number));
    if sorted {
        return Cow::Borrowed(facts);
    }
    let mut facts = facts.clone();
    facts.papers.sort_by_key(|p| (p.id, p.version));
    facts.themes.sort_by(|a, b| a.theme.code.cmp(&b.theme.code));
    for theme in &mut facts.themes {
        theme.layers.sort_by_key(|l| l.pin.layer_version_id);
        theme.layers.iter_mut().for_each(|l| sort(&mut l.features, |f| f.fid));
    }
    sort(&mut facts.neighbours, |n| n.id);
    sort(&mut facts.other_cases, |o| o.number.clone());
    Cow::Owned(facts)
}

fn read<T>(g: &super::Gathered<Vec<T>>) -> Option<&Vec<T>> {
    match g {
        super::Gathered::Read(all) => Some(all),
        _ => None,
    }
}

fn sort<T, K: Ord>(g: &mut super::Gathered<Vec<T>>, key: impl FnMut(&T) -> K) {
    if let super::Gathered::Read(all) = g {
        all.sort_by_key(key);
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;

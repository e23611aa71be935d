//! Acts that people record from decisions: whether one can be true of the parcels it names.

use super::history::StepKind;
use crate::domain::problem::FieldProblem;
use time::Date;
use uuid::Uuid;

/// What a name of before stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// `commune/sheet/number`, in one spelling.
    pub name: String,
    /// The parcel that bears or bore it on a map; none: a name that no map here ever held.
    pub held: Option<Held>,
}

/// A parcel that a map held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub parcel: Uuid,
    /// The day as of which the last map that drew it shows the ground.
    pub drawn_on: Date,
}

/// A parcel of today's map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    pub name: String,
    pub parcel: Uuid,
}

/// Why the act cannot be true; empty when it can. A parcel may keep its number when a part is split off it or another is merged into
/// it, but nothing is renumbered to itself, no parcel stands twice on one side, and what a map still drew on a day had not ended by it.
pub fn problems(kind: StepKind, effective: Date, from: &[Before], to: &[After]) -> Vec<FieldProblem> {
    let same =
        |a: &Before, b: &Before| a.name == b.name || a.held.zip(b.held).is_some_and(|(a, b)| a.parcel == b.parcel);
    let mut out = Vec::new();
    for (i, f) in from.iter().enumerate().filter(|(i, f)| from[..*i].iter().any(|e| same(e, f))) {
        out.push(FieldProblem::new(format!("from.{i}"), "parcel-twice", &f.name, "each parcel once"));
    }
    for (i, t) in to.iter().enumerate().filter(|(i, t)| to[..*i].iter().any(|e| e.parcel == t.parcel)) {
        out.push(FieldProblem::new(format!("to.{i}"), "parcel-twice", &t.name, "each parcel once"));
    }
    let goes_on = |f: &Before| to.iter().any(|t| t.name == f.name || f.held.is_some_and(|h| h.parcel == t.parcel));
    if kind == StepKind::Renumber
        && let Some(f) = from.iter().find(|f| goes_on(f))
    {
        out.push(FieldProblem::new("to.0", "act-itself", &f.name, format!("another parcel than {}", f.name)));
    }
    for (i, f) in from.iter().enumerate().filter(|(_, f)| !goes_on(f)) {
        if let Some(h) = f.held.filter(|h| effective <= h.drawn_on) {
            let allowed = format!("> {} (from.{i}: {})", h.drawn_on, f.name);
            out.push(FieldProblem::new("effective", "parcel-still-drawn", effective, allowed));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn before(name: &str, parcel: u128, drawn_on: Option<Date>) -> Before {
        let held = drawn_on.map(|drawn_on| Held { parcel: Uuid::from_u128(parcel), drawn_on });
        Before { name: name.into(), held }
    }

    fn after(name: &str, parcel: u128) -> After {
        After { name: name.into(), parcel: Uuid::from_u128(parcel) }
    }

    fn told(kind: StepKind, from: &[Before], to: &[After]) -> Vec<String> {
        let all = problems(kind, date!(2026 - 03 - 02), from, to);
        all.into_iter().map(|p| format!("{}: {} {} ({})", p.field, p.code, p.found, p.allowed)).collect()
    }

    #[test]
    fn a_parcel_may_keep_its_number_but_not_become_itself() {
        let a = |drawn_on| before("20194/12/1", 1, drawn_on);
        let seen = Some(date!(2026 - 05 - 01));
        assert!(told(StepKind::Split, &[a(seen)], &[after("20194/12/1", 1), after("20194/12/2", 2)]).is_empty());
        assert!(told(StepKind::Merge, &[a(seen), before("20194/12/9", 9, None)], &[after("20194/12/1", 1)]).is_empty());
        assert_eq!(
            told(StepKind::Renumber, &[a(seen)], &[after("20194/12/1", 1)]),
            ["to.0: act-itself 20194/12/1 (another parcel than 20194/12/1)"]
        );
        assert_eq!(
            told(StepKind::Split, &[a(None)], &[after("20194/12/1", 1), after("20194/12/1", 1)]),
            ["to.1: parcel-twice 20194/12/1 (each parcel once)"]
        );
    }

    #[test]
    fn no_parcel_stands_twice_on_one_side() {
        let twice = [before("20194/12/1", 1, None), before("20194/12/1", 1, None)];
        let told = told(StepKind::Merge, &twice, &[after("20194/12/2", 2)]);
        assert_eq!(told, ["from.1: parcel-twice 20194/12/1 (each parcel once)"]);
    }

    /// The map of the day itself shows the state before or after it, nobody knows which; a later one shows that the parcel went on.
    #[test]
    fn what_a_map_still_drew_had_not_ended() {
        let to = [after("20194/12/2", 2)];
        for (drawn_on, allowed) in [(date!(2026 - 03 - 01), true), (date!(2026 - 03 - 02), false)] {
            let told = told(StepKind::Renumber, &[before("20194/12/1", 1, Some(drawn_on))], &to);
            assert_eq!(told.is_empty(), allowed, "{drawn_on}: {told:?}");
        }
        let late = [before("20194/12/1", 1, Some(date!(2026 - 05 - 01)))];
        assert_eq!(
            told(StepKind::Renumber, &late, &to),
            ["effective: parcel-still-drawn 2026-03-02 (> 2026-05-01 (from.0: 20194/12/1))"]
        );
    }
}

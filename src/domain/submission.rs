//! What was handed in to an authority (hồ sơ đã nộp): where it stands by what the authority did last, and its term.

use crate::domain::calendar::Calendar;
use crate::domain::case::ProcedureVersion;
use serde::{Deserialize, Serialize};
use time::Date;

/// What happens to a dossier at an authority, after it was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The authority wants more and waits for it.
    AskedMore,
    /// What it asked for was handed in.
    Answered,
    Granted,
    Refused,
    /// Taken back, or noted by mistake.
    Withdrawn,
}

impl Step {
    pub const ALL: [Self; 5] = [Self::AskedMore, Self::Answered, Self::Granted, Self::Refused, Self::Withdrawn];

    pub fn as_str(self) -> &'static str {
        match self {
            Step::AskedMore => "asked_more",
            Step::Answered => "answered",
            Step::Granted => "granted",
            Step::Refused => "refused",
            Step::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// May follow on `last`; none: it was handed in and nothing has happened since. An authority that waits for more in vain
    /// refuses; it grants only on what it has.
    pub fn may_follow(self, last: Option<Step>) -> bool {
        match self {
            Step::Answered => last == Some(Step::AskedMore),
            Step::AskedMore | Step::Granted => standing(last) == "at_work",
            Step::Refused | Step::Withdrawn => matches!(standing(last), "at_work" | "asked_more"),
        }
    }
}

/// Stable names of where a dossier stands.
pub const STANDINGS: [&str; 5] = ["at_work", "asked_more", "granted", "refused", "withdrawn"];

/// Where it stands, one of [`STANDINGS`].
pub fn standing(last: Option<Step>) -> &'static str {
    match last {
        None | Some(Step::Answered) => "at_work",
        Some(step) => step.as_str(),
    }
}

/// The day on which the authority's term ends, counted from the day after it was handed in (Civil Code Art. 147), in working
/// days of the procedure; none: the source gives no number, or the calendar of that year is not known.
pub fn due(version: Option<&ProcedureVersion>, calendar: &Calendar, on: Date) -> Option<Date> {
    calendar.add_working_days(on, version?.term()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::ProcedureBook;
    use time::macros::date;

    #[test]
    fn an_authority_asks_is_answered_and_decides() {
        use Step::{Answered, AskedMore, Granted, Refused, Withdrawn};
        let after = |last| -> Vec<Step> { Step::ALL.into_iter().filter(|s| s.may_follow(last)).collect() };
        assert_eq!(after(None), [AskedMore, Granted, Refused, Withdrawn]);
        assert_eq!(after(Some(AskedMore)), [Answered, Refused, Withdrawn], "it grants only what it has");
        assert_eq!(after(Some(Answered)), after(None));
        for over in [Granted, Refused, Withdrawn] {
            assert_eq!(after(Some(over)), []);
        }
        let named: Vec<&str> =
            [None, Some(Answered), Some(AskedMore), Some(Granted), Some(Refused), Some(Withdrawn)].map(standing).into();
        assert_eq!(named[1..], STANDINGS);
        assert_eq!(Step::parse("answered"), Some(Answered));
        assert_eq!(standing(Some(Answered)), "at_work");
    }

    #[test]
    fn the_term_is_the_procedures_over_holidays() {
        let text = include_str!("../../data/procedures/transfer.toml");
        let book = ProcedureBook::from_toml(&[("transfer", text)]).unwrap();
        let calendar = Calendar::shipped().unwrap();
        let on = date!(2026 - 02 - 12);
        // Friday 13, then Tết; 23 February is the second of ten.
        assert_eq!(due(book.find("transfer", None, on), calendar, on), Some(date!(2026 - 03 - 05)));
        assert_eq!(
            due(book.find("transfer", Some("75"), on), calendar, on),
            Some(date!(2026 - 03 - 03)),
            "8 days there"
        );
        assert_eq!(due(None, calendar, on), None);
    }
}

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
}

impl Step {
    pub fn as_str(self) -> &'static str {
        match self {
            Step::AskedMore => "asked_more",
            Step::Answered => "answered",
            Step::Granted => "granted",
            Step::Refused => "refused",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Step::AskedMore, Step::Answered, Step::Granted, Step::Refused].into_iter().find(|s| s.as_str() == text)
    }

    /// May follow on `last`; none: it was handed in and nothing has happened since.
    pub fn may_follow(self, last: Option<Step>) -> bool {
        match self {
            Step::Answered => last == Some(Step::AskedMore),
            Step::AskedMore | Step::Granted | Step::Refused => standing(last) == "at_work",
        }
    }
}

/// Stable name of where it stands: at_work, asked_more, granted or refused.
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
        use Step::{Answered, AskedMore, Granted, Refused};
        let after = |last| -> Vec<Step> {
            [AskedMore, Answered, Granted, Refused].into_iter().filter(|s| s.may_follow(last)).collect()
        };
        assert_eq!(after(None), [AskedMore, Granted, Refused]);
        assert_eq!(after(Some(AskedMore)), [Answered], "it decides on what it asked for only when it has it");
        assert_eq!(after(Some(Answered)), after(None));
        assert_eq!((after(Some(Granted)), after(Some(Refused))), (vec![], vec![]));
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

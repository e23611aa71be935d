//! Taxes and fees a customer has to pay (nghĩa vụ tài chính): from what was worked out or from the authority's notice, and
//! the days on which they are reminded until it is paid.

use crate::domain::fee::{Amount, Due, Payer};
use crate::domain::rule::Standing;
use time::{Date, Duration};

/// What can be owed: the fees of `data/fees` and whatever else a notice asks for.
pub const KINDS: &[&str] = &[
    "registration_fee",
    "income_tax_transfer",
    "income_tax_gift",
    "land_use_fee",
    "certificate_fee",
    "notary_fee",
    "other",
];

/// What was worked out of one fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    pub what: String,
    pub payer: Payer,
    /// Whole dong; equal when the number is exact, none when no number is known.
    pub low: Option<i64>,
    pub high: Option<i64>,
    pub citation: String,
    pub standing: Standing,
}

/// Everything that falls due; what is exempt is not owed.
pub fn estimates(dues: &[Due]) -> Vec<Estimate> {
    let one = |d: &Due| {
        let (low, high) = match &d.amount {
            Amount::Exact { dong } => (Some(dong.0), Some(dong.0)),
            Amount::Between { low, high } => (Some(low.0), Some(high.0)),
            Amount::NotKnown { .. } => (None, None),
            Amount::Exempt { .. } => return None,
        };
        let (what, citation) = (d.id.clone(), d.citation.clone());
        Some(Estimate { what, payer: d.payer, low, high, citation, standing: d.standing })
    };
    dues.iter().filter_map(one).collect()
}

/// Days before the last day of payment on which a customer is reminded; the house's habit.
const BEFORE: [i64; 3] = [10, 3, 0];
/// Days between reminders behind it.
const AFTER: i64 = 7;
/// Days between reminders of what has no last day yet.
const UNDATED: i64 = 14;

/// Is today a day to remind, or was one missed? `noticed`: when it was told of; `last`: the reminder before.
pub fn to_remind(noticed: Date, due: Option<Date>, last: Option<Date>, today: Date) -> bool {
    let planned = match due {
        None => every(noticed, UNDATED, today),
        Some(due) => {
            let before = BEFORE.iter().map(|d| due - Duration::days(*d)).filter(|d| *d <= today).max();
            every(due, AFTER, today).or(before)
        }
    };
    planned.is_some_and(|day| day > noticed && last.is_none_or(|l| l < day))
}

/// The last of the days `step` apart behind `from`, up to today.
fn every(from: Date, step: i64, today: Date) -> Option<Date> {
    let times = (today - from).whole_days() / step;
    (times > 0).then(|| from + Duration::days(times * step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Book;
    use time::macros::date;

    /// Days of reminders when the job runs on `runs`.
    fn reminded(noticed: Date, due: Option<Date>, runs: impl Iterator<Item = Date>) -> Vec<Date> {
        let mut all: Vec<Date> = Vec::new();
        for today in runs {
            if to_remind(noticed, due, all.last().copied(), today) {
                all.push(today);
            }
            assert!(!to_remind(noticed, due, all.last().copied(), today), "twice on {today}");
        }
        all
    }

    fn days(from: Date, n: i64) -> impl Iterator<Item = Date> {
        (0..n).map(move |d| from + Duration::days(d))
    }

    #[test]
    fn before_the_day_and_until_it_is_paid() {
        let (noticed, due) = (date!(2026 - 10 - 01), date!(2026 - 10 - 15));
        let wanted = [
            date!(2026 - 10 - 05),
            date!(2026 - 10 - 12),
            date!(2026 - 10 - 15),
            date!(2026 - 10 - 22),
            date!(2026 - 10 - 29),
        ];
        assert_eq!(reminded(noticed, Some(due), days(noticed, 35)), wanted);
        let without = reminded(noticed, None, days(noticed, 35));
        assert_eq!(without, [date!(2026 - 10 - 15), date!(2026 - 10 - 29)]);
    }

    #[test]
    fn a_day_the_job_did_not_run_is_made_up_for_once() {
        let (noticed, due) = (date!(2026 - 10 - 01), date!(2026 - 10 - 15));
        let runs = [date!(2026 - 10 - 07), date!(2026 - 10 - 08), date!(2026 - 10 - 20), date!(2026 - 11 - 20)];
        let wanted = [date!(2026 - 10 - 07), date!(2026 - 10 - 20), date!(2026 - 11 - 20)];
        assert_eq!(reminded(noticed, Some(due), runs.into_iter()), wanted);
    }

    #[test]
    fn a_short_notice_is_not_a_reminder() {
        let noticed = date!(2026 - 10 - 14);
        assert!(!to_remind(noticed, Some(date!(2026 - 10 - 15)), None, noticed));
        assert!(to_remind(noticed, Some(date!(2026 - 10 - 15)), None, date!(2026 - 10 - 15)));
    }

    #[test]
    fn every_fee_of_the_tables_can_be_owed() {
        let config = crate::config::Config::with_defaults("postgres://unused", "unused");
        let book = Book::load(&config.data).unwrap();
        for place in [None, Some("48")] {
            let places: Vec<&str> = place.into_iter().collect();
            let set = book.fees.in_force(date!(2026 - 10 - 01), &places).unwrap();
            for guide in &book.guides.guides {
                for fee in set.of(&guide.procedure) {
                    assert!(KINDS.contains(&fee.id.as_str()), "{}", fee.id);
                }
            }
        }
    }
}

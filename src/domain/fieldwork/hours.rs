//! Opening hours by weekday, in the local time of Viet Nam.

use crate::domain::calendar::Calendar;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::macros::{format_description, offset};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Viet Nam has kept this offset all year since 1975.
const LOCAL: UtcOffset = offset!(+7);

/// By weekday, 1 (Monday) to 7: from and to, in order and apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Hours(BTreeMap<u8, Vec<(Time, Time)>>);

/// `{"1": [["07:30", "11:30"], ["13:30", "17:00"]], ...}`.
type Written = BTreeMap<String, Vec<(String, String)>>;

/// From and to of a time open.
pub type Window = (OffsetDateTime, OffsetDateTime);

impl TryFrom<Written> for Hours {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        let clock = format_description!("[hour]:[minute]");
        let mut days = BTreeMap::new();
        for (day, spans) in written {
            let number =
                day.parse().ok().filter(|d| (1..=7).contains(d)).ok_or(format!("{day}: a weekday is 1 to 7"))?;
            let mut read = Vec::with_capacity(spans.len());
            for (from, to) in spans {
                let time = |t: &str| Time::parse(t, clock).map_err(|_| format!("{t}: a time is 07:30"));
                let span = (time(&from)?, time(&to)?);
                let before = read.last().map_or(Time::MIDNIGHT, |(_, end): &(Time, Time)| *end);
                if span.0 >= span.1 || span.0 < before {
                    return Err(format!("{day}: {from} to {to} is out of order"));
                }
                read.push(span);
            }
            days.insert(number, read);
        }
        Ok(Self(days))
    }
}

impl From<Hours> for Written {
    fn from(hours: Hours) -> Self {
        let text = |t: Time| format!("{:02}:{:02}", t.hour(), t.minute());
        let spans = |s: Vec<(Time, Time)>| s.into_iter().map(|(a, b)| (text(a), text(b))).collect();
        hours.0.into_iter().map(|(day, s)| (day.to_string(), spans(s))).collect()
    }
}

impl Hours {
    /// When it is open on a day; never on a public holiday.
    pub fn on(&self, day: Date, calendar: &Calendar) -> Vec<Window> {
        if calendar.holiday(day).is_some() {
            return Vec::new();
        }
        let spans = self.0.get(&day.weekday().number_from_monday()).cloned().unwrap_or_default();
        spans.into_iter().map(|(a, b)| (local(day, a), local(day, b))).collect()
    }

    /// Is it open all the while?
    pub fn open(&self, (starts, ends): Window, calendar: &Calendar) -> bool {
        let day = starts.to_offset(LOCAL).date();
        self.on(day, calendar).iter().any(|(a, b)| *a <= starts && ends <= *b)
    }
}

/// An hour of a day in Viet Nam, as an instant.
pub fn local(day: Date, time: Time) -> OffsetDateTime {
    PrimitiveDateTime::new(day, time).assume_offset(LOCAL).to_offset(UtcOffset::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    fn hours(text: &str) -> Result<Hours, String> {
        serde_json::from_str(text).map_err(|e| e.to_string())
    }

    #[test]
    fn open_on_its_days_shut_at_noon_and_on_holidays() {
        let office = hours(r#"{"1": [["07:30", "11:30"], ["13:30", "17:00"]], "2": [["07:30", "11:30"]]}"#).unwrap();
        let calendar = Calendar::shipped().unwrap();
        let at = |a: OffsetDateTime, minutes: i64| office.open((a, a + time::Duration::minutes(minutes)), calendar);
        assert!(at(datetime!(2026-10-05 02:00 UTC), 60), "Monday, nine in the morning");
        assert!(!at(datetime!(2026-10-05 04:00 UTC), 60), "into the noon rest");
        assert!(!at(datetime!(2026-10-07 02:00 UTC), 60), "Wednesday");
        assert!(office.on(date!(2026 - 11 - 24), calendar).is_empty(), "a Tuesday that is off");
        assert_eq!(office.on(date!(2026 - 11 - 17), calendar).len(), 1);
        let back: Hours = serde_json::from_value(serde_json::to_value(&office).unwrap()).unwrap();
        assert_eq!(back, office);
    }

    #[test]
    fn hours_that_make_no_sense_are_refused() {
        for bad in [
            r#"{"8": [["07:30", "11:30"]]}"#,
            r#"{"1": [["11:30", "07:30"]]}"#,
            r#"{"1": [["07:30", "25:00"]]}"#,
            r#"{"1": [["07:30", "11:30"], ["11:00", "12:00"]]}"#,
        ] {
            assert!(hours(bad).is_err(), "{bad}");
        }
    }
}

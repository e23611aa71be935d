//! Working days of Viet Nam and the terms counted in them. Days are those of Asia/Ho_Chi_Minh (UTC+7 all year); the
//! yearly decisions are data (`data/calendars/vn.toml`), each with its source and standing.

use crate::domain::rule::Standing;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use time::{Date, Duration, OffsetDateTime, Time, UtcOffset, Weekday};

const SHIPPED: &str = include_str!("../../../data/calendars/vn.toml");

/// Rest days and worked Saturdays by year.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

#[derive(Debug, Clone, PartialEq)]
struct Year {
    standing: Standing,
    off: BTreeMap<Date, String>,
    working: BTreeSet<Date>,
    doubtful: BTreeSet<Date>,
}

/// No yearly decision is loaded for this year: nothing can be counted through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no calendar for the year {year}")]
pub struct UnknownYear {
    pub year: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: Vec<FileYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileYear {
    year: i32,
    standing: Standing,
    source: String,
    off: Vec<FileDay>,
    working: Vec<Date>,
    #[serde(default)]
    doubtful: Vec<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileDay {
    date: Date,
    name: String,
}

impl Calendar {
    /// Reads and checks calendar data; the error says what is wrong where.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
        let mut years = BTreeMap::new();
        for y in file.year {
            check(&y)?;
            let off = y.off.into_iter().map(|d| (d.date, d.name)).collect();
            let (working, doubtful) = (y.working.into_iter().collect(), y.doubtful.into_iter().collect());
            if years.insert(y.year, Year { standing: y.standing, off, working, doubtful }).is_some() {
                return Err(format!("{}: listed twice", y.year));
            }
        }
        Ok(Self { years })
    }

    /// The calendar this service ships with.
    pub fn shipped() -> Result<&'static Self, String> {
        static READ: LazyLock<Result<Calendar, String>> = LazyLock::new(|| Calendar::read(SHIPPED));
        READ.as_ref().map_err(Clone::clone)
    }

    fn year(&self, day: Date) -> Result<&Year, UnknownYear> {
        self.years.get(&day.year()).ok_or(UnknownYear { year: day.year() })
    }

    /// A working day: Monday to Friday and not off, or a Saturday worked instead.
    pub fn is_working_day(&self, day: Date) -> Result<bool, UnknownYear> {
        let year = self.year(day)?;
        Ok(year.working.contains(&day) || (!is_weekend(day) && !year.off.contains_key(&day)))
    }

    /// As [`Self::is_working_day`]; in a year that nobody has loaded by the weekday alone. What is counted so ends too early rather
    /// than never, and is [doubtful](Self::is_doubtful).
    pub fn works(&self, day: Date) -> bool {
        self.is_working_day(day).unwrap_or(!is_weekend(day))
    }

    /// As [`Self::add_working_days`], over days that [work](Self::works).
    pub fn reckon(&self, start: Date, n: u32) -> Date {
        let mut day = start;
        for _ in 0..n {
            day += Duration::DAY;
            while !self.works(day) {
                day += Duration::DAY;
            }
        }
        day
    }

    /// As [`Self::term_end`], by days that [work](Self::works).
    pub fn moved_on(&self, day: Date) -> Date {
        if self.works(day) { day } else { self.reckon(day, 1) }
    }

    /// The last day of the last year that is loaded; none: no year is.
    pub fn known_until(&self) -> Option<Date> {
        Date::from_calendar_date(*self.years.keys().next_back()?, time::Month::December, 31).ok()
    }

    /// Name of the holiday, when the day is one that is off.
    pub fn holiday(&self, day: Date) -> Option<&str> {
        self.years.get(&day.year())?.off.get(&day).map(String::as_str)
    }

    /// The `n`-th working day after `start`. The first day is not counted (Civil Code Art. 147); `n` = 0 gives `start`.
    pub fn add_working_days(&self, start: Date, n: u32) -> Result<Date, UnknownYear> {
        let mut day = start;
        for _ in 0..n {
            day = self.next_working_day(day)?;
        }
        Ok(day)
    }

    /// The first working day after `day`.
    pub fn next_working_day(&self, day: Date) -> Result<Date, UnknownYear> {
        let mut next = day + Duration::DAY;
        while !self.is_working_day(next)? {
            next += Duration::DAY;
        }
        Ok(next)
    }

    /// Where a term that would end on `day` ends: a rest day moves it to the next working day (Civil Code Art. 148.5).
    pub fn term_end(&self, day: Date) -> Result<Date, UnknownYear> {
        if self.is_working_day(day)? { Ok(day) } else { self.next_working_day(day) }
    }

    /// End of a term of `n` calendar days after `start`, moved off rest days.
    pub fn add_days(&self, start: Date, n: u32) -> Result<Date, UnknownYear> {
        self.term_end(start + Duration::days(i64::from(n)))
    }

    /// The day a dossier handed in at `at` counts as received: the next working day after the office's cut-off (several
    /// procedures: 15:00, Decree 101/2024/ND-CP Art. 22) and on rest days.
    pub fn received_on(&self, at: OffsetDateTime, cut_off: Option<Time>) -> Result<Date, UnknownYear> {
        let local = at.to_offset(viet_nam());
        if cut_off.is_some_and(|c| local.time() > c) {
            self.next_working_day(local.date())
        } else {
            self.term_end(local.date())
        }
    }

    /// Whether a count from `from` to `to` rests on a year or a day that nobody has confirmed.
    pub fn is_doubtful(&self, from: Date, to: Date) -> bool {
        (from.year()..=to.year()).any(|y| match self.years.get(&y) {
            None => true,
            Some(year) => year.standing == Standing::Unverified || year.doubtful.range(from..=to).next().is_some(),
        })
    }
}

/// The day in Viet Nam at an instant.
pub fn day_of(at: OffsetDateTime) -> Date {
    at.to_offset(viet_nam()).date()
}

/// The instant a day begins in Viet Nam.
pub fn day_begins(day: Date) -> OffsetDateTime {
    day.midnight().assume_offset(viet_nam()).to_offset(UtcOffset::UTC)
}

/// Hour and minute on the clocks of Viet Nam.
pub fn clock_time(at: OffsetDateTime) -> (u8, u8) {
    let (hour, minute, _) = at.to_offset(viet_nam()).to_hms();
    (hour, minute)
}

/// An instant as people in Viet Nam read it off a clock: `2026-11-30 09:30`.
pub fn shown(at: OffsetDateTime) -> String {
    let (hour, minute) = clock_time(at);
    format!("{} {hour:02}:{minute:02}", day_of(at))
}

fn viet_nam() -> UtcOffset {
    UtcOffset::from_hms(7, 0, 0).unwrap_or(UtcOffset::UTC)
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn check(y: &FileYear) -> Result<(), String> {
    let say = |what: String| Err(format!("{}: {what}", y.year));
    if y.source.is_empty() {
        return say("a source is needed".into());
    }
    let all = y.off.iter().map(|d| d.date).chain(y.working.iter().copied()).chain(y.doubtful.iter().copied());
    if let Some(d) = all.into_iter().find(|d| d.year() != y.year) {
        return say(format!("{d} is in another year"));
    }
    if let Some(d) = y.off.iter().find(|d| d.name.is_empty() || is_weekend(d.date)) {
        return say(format!("{} has no name or is a weekend anyway", d.date));
    }
    if let Some(d) = y.working.iter().find(|d| !is_weekend(**d)) {
        return say(format!("{d} is no weekend: it is worked anyway"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;

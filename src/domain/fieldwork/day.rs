//! In which order a day's places are visited. Exact for up to [`MOST`] stops: of all orders that keep every window it takes the
//! one that serves most (fixed hours first, then what is due), drives least, and ends soonest.

use super::hours::Window;
use crate::domain::verify::Message;
use crate::domain::verify::text::{self, Lang};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Stops that are weighed against each other; of more, the less urgent ones are left for another day.
pub const MOST: usize = 12;

/// How we drive and when (a table of `data/plans.toml`): habits of the house, no measurement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habits {
    /// Mean speed on the way (km/h).
    pub speed_kmh: f64,
    /// Length of a way over the straight line.
    pub detour: f64,
    /// Working day, minutes after midnight in Viet Nam.
    pub from_minute: u16,
    pub to_minute: u16,
}

/// WGS 84 longitude and latitude (degrees).
pub type Place = (f64, f64);

/// A visit or an appointment.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    pub id: Uuid,
    /// None: nobody knows where, and no way to or from it is reckoned.
    pub place: Option<Place>,
    /// Time on the spot (minutes).
    pub minutes: u32,
    /// Work there begins and ends within one of them; in order of time. An appointment has its own hour alone.
    pub windows: Vec<Window>,
    /// It has an hour of its own.
    pub fixed: bool,
    /// Working days it is late; 0: not late.
    pub late: u32,
    /// It is due that day or before.
    pub due: bool,
}

/// Why a stop stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "because")]
pub enum Because {
    /// It has its own hour.
    Appointment,
    /// It has its own hour; nobody knows where, so the way is not reckoned.
    AppointmentSomewhere,
    /// It was driven to early and opens then.
    Opens { waits_min: i64 },
    /// At every other place in the order somebody's window would be missed.
    OnlyPlace,
    /// At the next best place in the order the day would have so many more minutes of driving.
    LeastDriving { saves_min: i64 },
    /// It makes no difference to the way.
    AsGood,
}

/// Why a stop is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// Nobody knows where it is.
    NoPlace,
    /// Nothing is open there that day for long enough.
    Closed,
    /// More stops than are weighed; these are the less urgent ones.
    TooMany,
    /// With what is served it cannot be reached within its windows.
    NoTime,
}

impl Because {
    /// In words.
    pub fn said(self, lang: Lang) -> String {
        let message = match self {
            Self::Appointment => Message::new("day-appointment"),
            Self::AppointmentSomewhere => Message::new("day-appointment-somewhere"),
            Self::Opens { waits_min } => Message::new("day-opens").with("minutes", waits_min as f64),
            Self::OnlyPlace => Message::new("day-only-place"),
            Self::LeastDriving { saves_min } => Message::new("day-least-driving").with("minutes", saves_min as f64),
            Self::AsGood => Message::new("day-as-good"),
        };
        text::message(lang, &message)
    }
}

impl Left {
    /// In words.
    pub fn said(self, lang: Lang) -> String {
        let key = match self {
            Self::NoPlace => "day-left-no-place",
            Self::Closed => "day-left-closed",
            Self::TooMany => "day-left-too-many",
            Self::NoTime => "day-left-no-time",
        };
        text::word(lang, key)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub id: Uuid,
    pub drive_min: i64,
    pub arrives: OffsetDateTime,
    pub begins: OffsetDateTime,
    pub ends: OffsetDateTime,
    pub because: Because,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DayPlan {
    pub stops: Vec<Placed>,
    pub left: Vec<(Uuid, Left)>,
    pub drive_min: i64,
}

/// Minutes from one place to another, rounded up.
pub fn drive(h: &Habits, a: Place, b: Place) -> i64 {
    let (to_rad, radius_km) = (std::f64::consts::PI / 180.0, 6371.0);
    let (dlat, dlon) = ((b.1 - a.1) * to_rad, (b.0 - a.0) * to_rad);
    let s = (dlat / 2.0).sin().powi(2) + (a.1 * to_rad).cos() * (b.1 * to_rad).cos() * (dlon / 2.0).sin().powi(2);
    let km = 2.0 * radius_km * s.sqrt().min(1.0).asin() * h.detour;
    (km / h.speed_kmh * 60.0 - 1e-9).ceil().max(0.0) as i64
}

/// As [`drive`], when both are known.
fn way(h: &Habits, a: Option<Place>, b: Option<Place>) -> i64 {
    a.zip(b).map_or(0, |(a, b)| drive(h, a, b))
}

/// What serving a stop is worth: a fixed hour before all, then what is due, then the rest.
fn worth(s: &Stop) -> u64 {
    match (s.fixed, s.due) {
        (true, _) => 1_000_000,
        (_, true) => 1_000 + u64::from(s.late.min(500)),
        _ => 1,
    }
}

/// When work at a stop begins if one is there at `at`; none: nothing is open long enough after that.
fn begins(s: &Stop, at: OffsetDateTime) -> Option<OffsetDateTime> {
    let lasts = Duration::minutes(s.minutes.into());
    s.windows.iter().map(|w| (at.max(w.0), w.1)).find(|(start, end)| *start + lasts <= *end).map(|w| w.0)
}

/// A way to have served a set of stops and to stand at the last of it.
#[derive(Clone, Copy)]
struct Way {
    driven: i64,
    free: OffsetDateTime,
    /// Last stop and place of the way before it, to walk back.
    before: Option<(usize, usize)>,
}

/// The day from `start` (none: the first stop is driven to from nowhere), beginning at `from`.
pub fn plan_day(h: &Habits, start: Option<Place>, from: OffsetDateTime, stops: &[Stop]) -> DayPlan {
    let mut left = Vec::new();
    let mut open: Vec<&Stop> = Vec::new();
    for s in stops {
        if begins(s, from).is_some() { open.push(s) } else { left.push((s.id, Left::Closed)) }
    }
    open.sort_by_key(|s| (std::cmp::Reverse(worth(s)), s.id));
    left.extend(open.iter().skip(MOST).map(|s| (s.id, Left::TooMany)));
    open.truncate(MOST);
    let order = best(h, start, from, &open);
    left.extend(open.iter().enumerate().filter(|(i, _)| !order.contains(i)).map(|(_, s)| (s.id, Left::NoTime)));
    let chosen: Vec<&Stop> = order.iter().map(|i| open[*i]).collect();
    let Some(timed) = walk(h, start, from, &chosen) else { return DayPlan { stops: vec![], left, drive_min: 0 } };
    let drive_min = timed.iter().map(|t| t.0).sum();
    let placed = timed.iter().enumerate().map(|(i, &(drive_min, arrives, begins, ends))| {
        let because = because(h, start, from, &chosen, i, (arrives, begins));
        Placed { id: chosen[i].id, drive_min, arrives, begins, ends, because }
    });
    DayPlan { stops: placed.collect(), left, drive_min }
}

/// Worth served, then the least driving, then the soonest end.
type Rank = (u64, std::cmp::Reverse<i64>, std::cmp::Reverse<OffsetDateTime>);

/// Over all sets of stops and the last of each: the ways that are not worse than another in both driving and time.
fn best(h: &Habits, start: Option<Place>, from: OffsetDateTime, stops: &[&Stop]) -> Vec<usize> {
    let n = stops.len();
    let mut ways: Vec<Vec<Vec<Way>>> = vec![vec![Vec::new(); n]; 1 << n];
    let mut top: Option<(Rank, (usize, usize, usize))> = None;
    for set in 1usize..1 << n {
        let value: u64 = (0..n).filter(|i| set & (1 << i) != 0).map(|i| worth(stops[i])).sum();
        for last in (0..n).filter(|i| set & (1 << i) != 0) {
            let mut found = Vec::new();
            let rest = set & !(1 << last);
            if rest == 0 {
                let driven = way(h, start, stops[last].place);
                found.extend(onwards(stops[last], from, 0, driven, None));
            }
            for prev in (0..n).filter(|i| rest & (1 << i) != 0) {
                let minutes = way(h, stops[prev].place, stops[last].place);
                for (k, w) in ways[rest][prev].iter().enumerate() {
                    found.extend(onwards(stops[last], w.free, w.driven, minutes, Some((prev, k))));
                }
            }
            found.sort_by_key(|w: &Way| (w.driven, w.free));
            let mut soonest = None;
            found.retain(|w| {
                soonest.is_none_or(|s| w.free < s) && {
                    soonest = Some(w.free);
                    true
                }
            });
            if let Some(w) = found.first() {
                let rank = (value, std::cmp::Reverse(w.driven), std::cmp::Reverse(w.free));
                if top.as_ref().is_none_or(|t| rank > t.0) {
                    top = Some((rank, (set, last, 0)));
                }
            }
            ways[set][last] = found;
        }
    }
    let mut order = Vec::new();
    let mut at = top.map(|t| t.1);
    while let Some((set, last, k)) = at {
        order.push(last);
        at = ways[set][last][k].before.map(|(prev, k)| (set & !(1 << last), prev, k));
    }
    order.reverse();
    order
}

fn onwards(s: &Stop, free: OffsetDateTime, driven: i64, minutes: i64, before: Option<(usize, usize)>) -> Option<Way> {
    let begins = begins(s, free + Duration::minutes(minutes))?;
    Some(Way { driven: driven + minutes, free: begins + Duration::minutes(s.minutes.into()), before })
}

type Times = (i64, OffsetDateTime, OffsetDateTime, OffsetDateTime);

/// Drive, arrival, begin and end of each stop in this order; none: a window is missed.
fn walk(h: &Habits, start: Option<Place>, from: OffsetDateTime, order: &[&Stop]) -> Option<Vec<Times>> {
    let (mut here, mut free, mut all) = (start, from, Vec::with_capacity(order.len()));
    for s in order {
        let minutes = way(h, here, s.place);
        let arrives = free + Duration::minutes(minutes);
        let begins = begins(s, arrives)?;
        let ends = begins + Duration::minutes(s.minutes.into());
        all.push((minutes, arrives, begins, ends));
        (here, free) = (s.place, ends);
    }
    Some(all)
}

/// The reason is found by trying the stop at every other place in the order.
fn because(
    h: &Habits,
    start: Option<Place>,
    from: OffsetDateTime,
    order: &[&Stop],
    i: usize,
    (arrives, begins): (OffsetDateTime, OffsetDateTime),
) -> Because {
    if order[i].fixed {
        return if order[i].place.is_some() { Because::Appointment } else { Because::AppointmentSomewhere };
    }
    if begins > arrives {
        return Because::Opens { waits_min: (begins - arrives).whole_minutes() };
    }
    let driven = |order: &[&Stop]| walk(h, start, from, order).map(|t| t.iter().map(|t| t.0).sum::<i64>());
    let now = driven(order).unwrap_or_default();
    let others = (0..order.len()).filter(|j| *j != i).filter_map(|j| {
        let mut moved = order.to_vec();
        let stop = moved.remove(i);
        moved.insert(j, stop);
        driven(&moved)
    });
    match others.min() {
        None if order.len() == 1 => Because::AsGood,
        None => Because::OnlyPlace,
        Some(next) if next > now => Because::LeastDriving { saves_min: next - now },
        Some(_) => Because::AsGood,
    }
}

#[cfg(test)]
#[path = "day_tests.rs"]
mod tests;

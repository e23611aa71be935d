//! Who comes on which day, and what they are like.

use super::super::chance::Chance;
use super::super::{DemoCase, Ward};
use super::world::WorldEvent;
use crate::domain::calendar::{Calendar, UnknownYear};
use crate::domain::case::Channel;
use crate::domain::paper::{Paper, cccd};
use std::collections::BTreeMap;
use time::{Date, Duration};

/// One customer's matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    pub index: usize,
    pub seed: u64,
    pub case: DemoCase,
    pub channel: Channel,
    pub name: String,
    pub id_number: Option<String>,
    pub phone: String,
    /// Papers (by place) left at home the first time.
    pub at_home: Vec<usize>,
    /// Tells all of it at the first call.
    pub complete: bool,
    /// Wants to be met first.
    pub visit: bool,
    /// Nobody in it lets anybody wait, gives up or changes their mind.
    pub brisk: bool,
}

/// A year, or the days of it that are played.
#[derive(Debug, Clone)]
pub struct Year {
    pub seed: u64,
    pub from: Date,
    /// The last day.
    pub to: Date,
    pub stories: Vec<Story>,
    /// Indexes of stories by the day they begin.
    pub arrivals: BTreeMap<Date, Vec<usize>>,
    pub world: Vec<(Date, WorldEvent)>,
}

/// The last arrivals come before so many days are left.
const TAIL: i64 = 45;

/// Draws `cases` matters over `days` days from `from`, who come within the first `arrive` of them (all but the last weeks when there
/// is no such number). The ward's customers come again when there are more matters than
/// customers.
///
/// # Errors
/// A year without a calendar.
pub fn year(
    seed: u64,
    from: Date,
    (days, arrive): (u16, Option<u16>),
    cases: usize,
    ward: &Ward,
) -> Result<Year, UnknownYear> {
    let calendar = Calendar::shipped().map_err(|_| UnknownYear { year: from.year() })?;
    let days = i64::from(days.max(2));
    let to = from + Duration::days(days - 1);
    let mut open = Vec::new();
    for n in 0..arrive.map_or(days - TAIL.min(days / 3), |n| i64::from(n).clamp(1, days)) {
        let day = from + Duration::days(n);
        if calendar.is_working_day(day)? {
            open.push(day);
        }
    }
    let mut chance = Chance::new(seed, "year.arrivals");
    let good: Vec<&DemoCase> = ward.cases.iter().filter(|c| c.refused.is_none()).collect();
    let mut order: Vec<usize> = (0..good.len()).collect();
    chance.shuffle(&mut order);
    let mut arrivals: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
    let mut stories = Vec::with_capacity(cases);
    for index in 0..cases.min(if open.is_empty() || good.is_empty() { 0 } else { usize::MAX }) {
        arrivals.entry(*chance.pick(&open)).or_default().push(index);
        stories.push(story(seed, index, good[order[index % order.len()]]));
    }
    let at = |share: i64| from + Duration::days(days * share / 100);
    // The second plan finds parcels that are watched.
    let world =
        vec![(at(35), WorldEvent::PlanChange), (at(60), WorldEvent::Resurvey), (at(85), WorldEvent::PlanChange)];
    Ok(Year { seed, from, to, stories, arrivals, world })
}

fn story(seed: u64, index: usize, case: &DemoCase) -> Story {
    let mut chance = Chance::new(seed, &format!("year.story.{index}"));
    let card = case.papers.iter().find_map(|p| match &p.paper {
        Paper::IdentityCard(c) => Some((c.name.clone(), c.number.clone())),
        _ => None,
    });
    let holder = || {
        case.papers.iter().find_map(|p| match &p.paper {
            Paper::Certificate(c) => c.holders.first().map(|h| h.name.clone()),
            _ => None,
        })
    };
    let name = card.as_ref().and_then(|c| c.0.clone()).or_else(holder).unwrap_or_else(|| format!("Người Mẫu {index}"));
    let channel = *chance.pick(&[
        Channel::Hotline,
        Channel::Hotline,
        Channel::Website,
        Channel::App,
        Channel::Office,
        Channel::Office,
        Channel::Referral,
    ]);
    let at_home = (0..case.papers.len()).filter(|_| chance.hit(0.22)).collect();
    Story {
        index,
        seed,
        channel,
        name,
        id_number: card.and_then(|c| c.1).filter(|n| cccd::parse_number(n, "").is_ok()),
        phone: format!("09{:08}", case.index * 7919 % 100_000_000),
        at_home,
        complete: chance.hit(0.7),
        visit: chance.hit(0.3),
        brisk: false,
        case: case.clone(),
    }
}

impl Story {
    /// Something that comes to nothing in some matters, and in no brisk one.
    pub(super) fn fails(&self, about: &str, share: f64) -> bool {
        !self.brisk && self.chance(about).hit(share)
    }

    /// Chance about one thing of this matter: the same whenever it is asked.
    pub(super) fn chance(&self, about: &str) -> Chance {
        Chance::new(self.seed, &format!("year.case.{}.{about}", self.index))
    }
}

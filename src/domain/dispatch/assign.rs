use super::Department;
use serde::Serialize;
use std::collections::BTreeSet;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Somebody who could be given a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: Uuid,
    /// None: a department that takes no tasks.
    pub department: Option<Department>,
    /// Commune codes; empty: everywhere.
    pub territory: Vec<String>,
    pub skills: BTreeSet<String>,
    /// Tasks that are theirs and not ended.
    pub open_load: u32,
    pub active: bool,
    /// First and last day of each absence.
    pub absent: Vec<(Date, Date)>,
    /// Appointments and visits, pending ones included: begin and end.
    pub booked: Vec<(OffsetDateTime, OffsetDateTime)>,
}

/// What a task asks of who does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need<'a> {
    pub department: Department,
    pub commune: Option<&'a str>,
    pub skills: &'a BTreeSet<String>,
    /// The days on which it can be done.
    pub days: (Date, Date),
    /// When it has an hour of its own.
    pub at: Option<(OffsetDateTime, OffsetDateTime)>,
}

/// How near a candidate's territory is to the parcel; nearer goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    OwnTerritory,
    Everywhere,
    OtherTerritory,
}

/// Why a candidate was chosen; kept with the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Assigned {
    pub place: Place,
    /// Tasks the chosen one had before.
    pub load: u32,
    /// How many of the department were free to be chosen.
    pub of: usize,
    #[serde(skip_serializing_if = "SetAside::is_none")]
    pub set_aside: SetAside,
}

/// How many of the department were not asked, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SetAside {
    pub unskilled: usize,
    pub absent: usize,
    pub booked: usize,
}

impl SetAside {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a candidate cannot do a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unfit {
    Unskilled,
    /// On every day on which it could be done.
    Absent,
    /// Somewhere else at that hour.
    Booked,
}

impl Candidate {
    /// Away on every one of these days.
    pub fn is_away(&self, (from, to): (Date, Date)) -> bool {
        let mut day = from;
        loop {
            if !self.absent.iter().any(|(a, b)| (*a..=*b).contains(&day)) {
                return false;
            }
            match day.next_day() {
                Some(next) if next <= to => day = next,
                _ => return true,
            }
        }
    }

    /// Why not; none: they can do it.
    pub fn unfit(&self, need: &Need<'_>) -> Option<Unfit> {
        if !need.skills.is_subset(&self.skills) {
            Some(Unfit::Unskilled)
        } else if self.is_away(need.days) {
            Some(Unfit::Absent)
        } else if need.at.is_some_and(|(a, b)| self.booked.iter().any(|(c, d)| a < *d && *c < b)) {
            Some(Unfit::Booked)
        } else {
            None
        }
    }
}

/// Chooses who does a task: department and skills must fit, and they must be there; own territory goes first, then those who
/// work everywhere, then others; then the least load; then the smaller id. None: nobody of the department can.
pub fn assign(need: &Need<'_>, staff: &[Candidate]) -> Option<(Uuid, Assigned)> {
    let place = |c: &Candidate| match need.commune {
        _ if c.territory.is_empty() => Place::Everywhere,
        Some(code) if c.territory.iter().any(|t| t == code) => Place::OwnTerritory,
        _ => Place::OtherTerritory,
    };
    let (mut fit, mut set_aside) = (Vec::new(), SetAside::default());
    for c in staff.iter().filter(|c| c.active && c.department == Some(need.department)) {
        match c.unfit(need) {
            None => fit.push(c),
            Some(Unfit::Unskilled) => set_aside.unskilled += 1,
            Some(Unfit::Absent) => set_aside.absent += 1,
            Some(Unfit::Booked) => set_aside.booked += 1,
        }
    }
    let chosen = fit.iter().min_by_key(|c| (place(c), c.open_load, c.id))?;
    let assigned = Assigned { place: place(chosen), load: chosen.open_load, of: fit.len(), set_aside };
    Some((chosen.id, assigned))
}

use super::Department;
use serde::Serialize;
use uuid::Uuid;

/// Somebody who could be given a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: Uuid,
    /// None: a department that takes no tasks.
    pub department: Option<Department>,
    /// Commune codes; empty: everywhere.
    pub territory: Vec<String>,
    /// Open and accepted tasks.
    pub open_load: u32,
    pub active: bool,
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
}

/// Chooses who does a task of `department` in `commune`: the department must fit; own territory goes first, then those who
/// work everywhere, then others; then the least load; then the smaller id. None: nobody active in the department.
pub fn assign(department: Department, commune: Option<&str>, staff: &[Candidate]) -> Option<(Uuid, Assigned)> {
    let fit = || staff.iter().filter(|c| c.active && c.department == Some(department));
    let place = |c: &Candidate| match commune {
        _ if c.territory.is_empty() => Place::Everywhere,
        Some(code) if c.territory.iter().any(|t| t == code) => Place::OwnTerritory,
        _ => Place::OtherTerritory,
    };
    let chosen = fit().min_by_key(|c| (place(c), c.open_load, c.id))?;
    Some((chosen.id, Assigned { place: place(chosen), load: chosen.open_load, of: fit().count() }))
}

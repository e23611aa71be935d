//! Work away from the office: when doors are open, what comes back from a device that was without a line, and in which order
//! a day's places are visited.

pub mod day;
pub mod hours;
pub mod reconcile;

//! Map layers on their way in: where they lie, what their columns mean, what is wrong with their rows.

pub mod crs_guard;
pub mod filter;
pub mod profile;
pub mod row;
pub mod topology;

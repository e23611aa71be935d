//! (see ARCHITECTURE.md)
pub mod crs_guard;
pub mod profile;
pub mod row;

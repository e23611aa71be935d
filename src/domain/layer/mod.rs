//! (see ARCHITECTURE.md)
pub mod profile;
pub mod row;
pub mod crs_guard;

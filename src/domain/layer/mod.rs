//! (see ARCHITECTURE.md)
pub mod crs_guard;

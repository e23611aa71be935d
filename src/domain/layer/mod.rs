//! (see ARCHITECTURE.md)
pub mod profile;
pub mod row;

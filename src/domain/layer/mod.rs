//! (see ARCHITECTURE.md)
pub mod profile;

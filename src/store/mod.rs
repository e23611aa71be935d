//! (see ARCHITECTURE.md)

pub mod queue;

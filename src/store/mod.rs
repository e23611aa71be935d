//! (see ARCHITECTURE.md)

pub mod queue;
pub mod task;

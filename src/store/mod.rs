//! SQL, and nothing else.

pub mod audit;
pub mod case;
pub mod idempotency;
pub mod job_progress;
pub mod migrations;
pub mod paper;
pub mod staff;

//! SQL, and nothing but SQL: rows in, rows out. No verdict is made here.

pub mod audit;
pub mod basis;
pub mod batch;
pub mod case;
pub mod chain;
pub mod commune;
pub mod feature;
pub mod geometry;
pub mod idempotency;
pub mod import;
pub mod job_progress;
pub mod key;
pub mod layer;
pub mod migrations;
pub mod opinion;
pub mod paper;
pub mod parcel;
pub mod queue;
pub mod sign_in;
pub mod staff;
pub mod task;
pub mod task_photo;
pub mod verification;
pub mod zone;

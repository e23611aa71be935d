//! Acts: gather, decide, commit. One act per file, `flow/<noun>/<verb>.rs`; every act takes `&App` and typed input.

mod error;
pub mod job;
pub mod task;
pub use error::{Error, Result};

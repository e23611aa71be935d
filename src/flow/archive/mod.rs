//! The archive of a case: one ZIP that holds all of it and proves itself.

mod check;
mod contents;
mod fetch;
mod make;
mod work;

pub use check::check;
pub use fetch::{Fetched, fetch, list};
pub use make::{ArchiveView, make};

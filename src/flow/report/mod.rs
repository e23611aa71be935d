//! Reports: a stored verification as pages.

mod around;
mod render;

pub use render::{Rendered, render};

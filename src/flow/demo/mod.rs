//! The demo ward: drawn by `domain::demo`, written as real map files, imported like anybody's, with its cases handed in.

mod cases;
mod files;
pub mod year;

pub use cases::{Loaded, hand_in, picture};
pub use files::{Imported, ask, load, write};

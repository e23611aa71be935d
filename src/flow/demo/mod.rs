//! The demo ward: drawn by `domain::demo`, written as real map files, imported like anybody's, with its cases handed in.

mod cases;
mod files;

pub use cases::{Loaded, hand_in};
pub use files::{Imported, load, write};

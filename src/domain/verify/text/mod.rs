//! A record in words, Vietnamese or English, for a terminal or a letter.

mod cells;
mod report;
mod words;

pub use report::{render, title};
pub use words::{Lang, date, message, number, quantity};

//! A record in words, Vietnamese or English, for a terminal or a letter.

mod cells;
mod names;
mod opinion;
mod report;
mod spoken;
mod words;

pub use names::{name, outcome, paper_kind, precision, standing, subject, verdict};
pub use opinion::{opinion, opinion_subject};
pub use report::{render, render_with, title};
pub use spoken::{awaited, coded, count, dong, moment, procedure};
pub use words::{Lang, attribute, date, message, number, quantity, task, word};

//! Text as Vietnamese maps and papers carry it: legacy encodings, personal names, printed numbers.

pub mod charset;
pub mod detect;
pub mod file_name;
pub mod fold;
pub mod name;
pub mod number;
pub mod syllable;
mod tables;

//! Papers (giấy tờ) of a case and the facts read from them.

mod kinds;
pub use kinds::*;

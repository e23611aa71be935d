//! A verification: facts in, findings out, one record with one digest.

mod facts;
mod finding;

pub use facts::*;
pub use finding::*;

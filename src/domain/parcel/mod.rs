//! What a reference to a parcel means: reading it, its commune of today, what became of it, and which parcel fits best.

pub mod act;
pub mod history;
pub mod rank;
pub mod reference;
pub mod succession;

pub use reference::{check, key, normalise, parse_key};

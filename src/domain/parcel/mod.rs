//! What a reference to a parcel means: reading it, its commune of today, and which parcel fits best.

pub mod rank;
pub mod reference;
pub mod succession;

pub use reference::{check, key, normalise, parse_key};

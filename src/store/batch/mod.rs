//! Verification runs over many parcels: which ones, what lies around them, what is kept.

pub mod copy;
pub mod kept;
pub mod pins;
pub mod proposal;
pub mod run;
pub mod select;
pub mod window;

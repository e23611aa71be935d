//! The demo ward: an invented commune, drawn from a seed, with maps, papers, faults, and the truth about all of them.

mod block;
mod certificate;
mod chance;
mod fault;
mod file;
mod layout;
mod mesh;
mod names;
mod parcel;
mod plan;
mod truth;
mod warp;

pub use file::*;
pub use truth::TruthRow;

#[cfg(test)]
mod picture;

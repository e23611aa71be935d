//! The demo ward: an invented commune, drawn from a seed, with maps, papers, faults, and the truth about all of them.

mod block;
mod chance;
mod fault;
mod file;
mod layout;
mod mesh;
mod names;
mod parcel;
mod plan;
mod warp;

pub use file::*;

#[cfg(test)]
mod picture;

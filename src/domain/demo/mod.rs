//! The demo ward: an invented commune, drawn from a seed, with maps, papers, faults, and the truth about all of them.

mod block;
mod chance;
mod layout;
mod mesh;
mod warp;

#[cfg(test)]
mod picture;

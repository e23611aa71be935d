//! Diaba: from maps and papers to a verdict and tasks. See `src/ARCHITECTURE.md`.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod flow;
pub mod gis;
pub mod http;
pub mod outside;
pub mod store;
pub mod telemetry;
pub mod worker;

/// Verdicts are made of many small pieces of memory.
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

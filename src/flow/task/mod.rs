//! Acts on tasks.

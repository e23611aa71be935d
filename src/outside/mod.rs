//! What lies outside: files, other people's services, secrets.

pub mod keys;
pub mod press;
pub mod scans;
pub mod streams;
pub mod vault;
pub mod zipped;

//! Settings, from the environment (`DIABA_*`, `DATABASE_URL`) with working defaults under `.diaba/`.

use std::path::PathBuf;

#[derive(Debug, Clone)]
pub struct Config {
    pub database_url: String,
    /// Folder of private state: keys, scans, uploads.
    pub home: PathBuf,
    /// Folder of shipped data.
    pub data: PathBuf,
}

//! The one place where coordinates change their CRS. Every operation is an explicit pipeline of ours, never PROJ's own choice:
//! for VN-2000 that choice jumps by 0.7 to 0.8 m at the edge of the Mekong box.

mod candidates;
mod definition;
mod recognise;
mod transform;
mod zones;

pub use candidates::{Sample, candidates};
pub use definition::{Base, Definition, Operation};
pub use recognise::{Recognised, recognise};
pub use transform::Transformer;
pub use zones::{ZoneBook, ZoneDef, ZoneKind};

/// Why coordinates could not be transformed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CrsError {
    #[error("{0} is not a coordinate reference system known here")]
    Unknown(String),
    #[error("zone {0} is not among the cadastral zones")]
    NoZone(i32),
    #[error("the zones cannot be read: {0}")]
    BadBook(String),
    #[error("the pipeline of {what} is wrong: {why}")]
    BadPipeline { what: String, why: String },
    /// A point that has no place in the target CRS; as it came.
    #[error("the point {x}, {y} has no place in the target")]
    OutOfDomain { x: f64, y: f64 },
}

impl CrsError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            CrsError::Unknown(_) => "crs_unknown",
            CrsError::NoZone(_) => "zone_unknown",
            CrsError::BadBook(_) => "zones_unreadable",
            CrsError::BadPipeline { .. } => "pipeline_wrong",
            CrsError::OutOfDomain { .. } => "out_of_domain",
        }
    }
}

//! A verification: facts in, findings out, one record with one digest.

mod canonical;
mod evidence;
mod facts;
mod finding;
mod pins;
mod record;
mod run;
mod shape;
pub mod text;

pub use canonical::{CanonicalError, canonical, sha256_hex};
pub use evidence::evidence_geojson;
pub use facts::*;
pub use finding::*;
pub use pins::{PaperPin, ParcelPin, Pins, RulePinned, ThemePin};
pub use record::{CaseRecord, EvidenceRecord, FindingRecord, ParcelRecord, Record, RecordError, SCHEMA};
pub use run::{ENGINE, verify};
pub use shape::{Shape, shapes};

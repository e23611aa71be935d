//! A verification: facts in, findings out, one record with one digest.

mod basis;
mod canonical;
mod evidence;
mod facts;
mod finding;
mod ground;
mod inputs;
mod jcs;
mod lasting;
mod message;
mod opinion;
mod pins;
mod record;
mod run;
mod shape;
pub mod text;

pub use basis::{Basis, RuleSet, SetError, ThemeSet};
pub use canonical::{CanonicalError, canonical, canonical_sha256, sha256_hex};
pub use evidence::evidence_geojson;
pub use facts::*;
pub use finding::*;
pub use ground::Ground;
pub use inputs::{INPUTS, Inputs, LayerInput, NeighbourInput, PaperInput};
pub use lasting::print;
pub use message::{Arg, Args, Message};
pub use opinion::{Change, Correction, OPINION, Opinion, Placed, Rests, Stance, Standing, Support, place};
pub use pins::{PaperPin, ParcelPin, Pins};
pub use record::{CaseRecord, EvidenceRecord, FindingRecord, ParcelRecord, Record, RecordError, SCHEMA};
pub use run::{ENGINE, ENGINE_SAYS, ordered, verify};
pub use shape::{Shape, shapes};

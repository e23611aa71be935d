//! The demo ward: an invented commune, drawn from a seed, with maps, papers, faults, and the truth about all of them.
//!
//! A board of square lines is laid out (`layout`, `block`), bent into ground (`warp`), numbered (`parcel`), spoilt in known
//! ways (`fault`), planned over (`plan`), told as cases (`case`, `recipe`) and written as files (`files`).

mod block;
mod case;
mod certificate;
mod chance;
mod cook;
mod fault;
mod file;
mod files;
mod layout;
mod mesh;
mod names;
mod parcel;
mod plan;
mod recipe;
mod sheets;
mod truth;
mod warp;
pub mod year;

pub use case::{DemoCase, DemoPaper};
pub use file::*;
pub use truth::TruthRow;

use crate::domain::geom::Zone;
use names::names;
use time::macros::date;
use time::{Date, Duration};

/// The day the ward speaks of when no other is given.
pub const AS_OF: Date = date!(2026 - 11 - 20);

/// What became of an old commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSuccession {
    pub old_code: String,
    pub old_name: String,
    pub district: String,
    pub province: String,
    pub new_code: String,
    pub since: Date,
}

/// A whole invented ward.
#[derive(Debug, Clone, PartialEq)]
pub struct Ward {
    pub seed: u64,
    /// The day the truth speaks of; sources are dated by it.
    pub as_of: Date,
    pub zone: Zone,
    /// Code and name of today's commune.
    pub commune: (String, String),
    /// All old communes went whole into today's.
    pub succession: Vec<DemoSuccession>,
    pub files: Vec<DemoFile>,
    pub cases: Vec<DemoCase>,
    pub truth: Vec<TruthRow>,
    pub import_truth: Vec<ImportTruth>,
}

/// Draws a ward of about `size` parcels (at least 300 for all recipes to find a place). The same seed and size give the same ward.
pub fn generate(seed: u64, size: usize) -> Ward {
    generate_on(seed, size, AS_OF)
}

/// As [`generate`], with all sources dated so that they are fresh on `as_of`.
pub fn generate_on(seed: u64, size: usize, as_of: Date) -> Ward {
    let layout = layout::Layout::new(seed, size.max(200));
    let mut parcels = parcel::parcels(&layout, seed);
    fault::plant(&mut parcels, seed);
    let plan = plan::Plan::new(&layout);
    let ground = truth::Ground::new(&layout, &plan);
    let (cases, truth, charges) = case::cases(&mut parcels, &ground, as_of, seed);
    let (mut files, import_truth) = files::cadastral(&parcels, &plan, &ground, as_of - Duration::days(250));
    files.extend(sheets::drawn(&plan, as_of));
    files.extend(files::roads(&layout, &plan, as_of));
    files.extend(files::tables(&parcels, &charges, &cases, &plan, as_of, seed));
    let commune = &names().commune;
    let old = |o: &names::OldCommune| DemoSuccession {
        old_code: o.code.clone(),
        old_name: o.name.clone(),
        district: commune.district.clone(),
        province: commune.province.clone(),
        new_code: commune.code.clone(),
        since: commune.merged_on,
    };
    Ward {
        seed,
        as_of,
        zone: files::ZONE,
        commune: (commune.code.clone(), commune.name.clone()),
        succession: commune.old.iter().map(old).collect(),
        files,
        cases,
        truth,
        import_truth,
    }
}

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod tests;

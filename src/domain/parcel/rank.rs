//! Which parcel a reference means: candidates with their reasons, best first, and whether the best is clear.
//!
//! Numbers repeat (three sheets "1" in one merged commune are normal), so the first hit is never taken for granted.

use super::reference::normalise;
use super::succession::TodayCommune;
use crate::domain::geom::Zone;
use crate::domain::verify::{Candidate, ParcelRef};
use geo_types::Coord;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A parcel found under one of its names, past or present.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateRow {
    pub zone: Zone,
    pub parcel_id: Uuid,
    /// Its reference today.
    pub commune_code: String,
    pub sheet: String,
    pub number: String,
    /// The name it was found under, and why it bears it: `current`, `renumbered`, `commune_merged`, `re_survey`, `split`,
    /// `merge`, `declared`.
    pub alias_commune: String,
    pub alias_sheet: String,
    pub alias_number: String,
    pub alias_reason: String,
    /// Area on the map, else in the register (m²).
    pub area_m2: Option<f64>,
    /// Zone metres.
    pub centroid: Option<Coord<f64>>,
    /// The parcel still exists (its last version is valid).
    pub current: bool,
}

/// What the certificate tells beyond the reference.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hints {
    /// Square metres.
    pub area_m2: Option<f64>,
    /// Centre of the printed vertices, zone metres; only meaningful for rows of that zone.
    pub centroid: Option<Coord<f64>>,
}

/// Areas within a hundredth (or one square metre) agree; more than a tenth apart they differ.
const AREA_FITS: f64 = 0.01;
const AREA_DIFFERS: f64 = 0.10;
/// Centres this near are the same place; that far apart are two (m).
const PLACE_FITS: f64 = 10.0;
const PLACE_DIFFERS: f64 = 100.0;
/// By so much the best must lead.
const CLEAR_LEAD: i32 = 25;

/// Ranks the rows found for `asked`; `communes` is what its commune may mean today (`Gazetteer::today`).
/// A parcel that was found under several names comes once, with its best one.
pub fn rank(asked: &ParcelRef, communes: &[TodayCommune], rows: &[CandidateRow], hints: &Hints) -> Vec<Candidate> {
    let asked = normalise(asked);
    let mut best: BTreeMap<(i32, Uuid), Candidate> = BTreeMap::new();
    for row in rows {
        let Some(candidate) = judge(&asked, communes, row, hints) else { continue };
        match best.entry((row.zone.0, row.parcel_id)) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(candidate);
            }
            std::collections::btree_map::Entry::Occupied(mut held) => {
                let order = |c: &Candidate| (c.score, std::cmp::Reverse(c.reasons.clone()));
                if order(&candidate) > order(held.get()) {
                    held.insert(candidate);
                }
            }
        }
    }
    let mut ranked: Vec<Candidate> = best.into_values().collect();
    let name = |c: &Candidate| (c.commune_code.clone(), c.sheet.clone(), c.number.clone(), c.zone.0, c.parcel_id);
    ranked.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| name(a).cmp(&name(b))));
    ranked
}

/// The best candidate when no other comes near it and nothing speaks against it; otherwise a person must choose.
pub fn clear_winner(ranked: &[Candidate]) -> Option<&Candidate> {
    let (first, rest) = ranked.split_first()?;
    let says = |c: &Candidate, reason: &str| c.reasons.iter().any(|r| r == reason);
    let leads = rest.first().is_none_or(|second| first.score - second.score >= CLEAR_LEAD);
    // Found by its name of today, it is that parcel, whatever the paper says of area and place (checks will tell).
    let by_todays_name = says(first, "resolve-exact");
    // Coordinates elsewhere, or a vanished parcel, outweigh a name out of use.
    let doubted = says(first, "resolve-place-differs")
        || says(first, "resolve-not-current")
        || says(first, "resolve-number-only");
    (leads && (by_todays_name || !doubted) && !says(first, "resolve-not-current")).then_some(first)
}

fn judge(asked: &ParcelRef, communes: &[TodayCommune], row: &CandidateRow, hints: &Hints) -> Option<Candidate> {
    let alias = normalise(&ParcelRef {
        sheet: row.alias_sheet.clone(),
        number: row.alias_number.clone(),
        ..Default::default()
    });
    if (&alias.sheet, &alias.number) != (&asked.sheet, &asked.number) {
        return None;
    }
    let (mut score, mut reasons) = commune_part(asked, communes, row)?;
    let mut add = |points: i32, reason: &str| {
        score += points;
        reasons.push(reason.to_owned());
    };
    if row.alias_reason != "current" {
        add(-10, "resolve-alias");
        add(0, alias_key(&row.alias_reason));
    }
    if !row.current {
        add(-40, "resolve-not-current");
    }
    if let (Some(paper), Some(map)) = (hints.area_m2, row.area_m2) {
        let apart = (paper - map).abs();
        if apart <= (paper * AREA_FITS).max(1.0) {
            add(30, "resolve-area-fits");
        } else if apart > (paper * AREA_DIFFERS).max(1.0) {
            add(-20, "resolve-area-differs");
        }
    }
    if let (Some(paper), Some(map)) = (hints.centroid, row.centroid) {
        let apart = (paper.x - map.x).hypot(paper.y - map.y);
        if apart <= PLACE_FITS {
            add(40, "resolve-place-fits");
        } else if apart > PLACE_DIFFERS {
            add(-40, "resolve-place-differs");
        }
    }
    Some(Candidate {
        zone: row.zone,
        parcel_id: row.parcel_id,
        commune_code: row.commune_code.clone(),
        sheet: row.sheet.clone(),
        number: row.number.clone(),
        score,
        reasons,
    })
}

/// How well the row's commune is the asked one; none when it cannot be.
fn commune_part(asked: &ParcelRef, communes: &[TodayCommune], row: &CandidateRow) -> Option<(i32, Vec<String>)> {
    let exact = asked.commune_code.as_deref() == Some(row.alias_commune.as_str());
    if exact && row.alias_reason == "current" && row.alias_commune == row.commune_code {
        // The code may have been another unit's before: then how likely today's meaning is decides.
        let meaning =
            communes.iter().find(|c| c.old_code.is_none() && c.code == row.commune_code).map_or(50, |c| c.weight);
        return Some((50 + meaning, vec!["resolve-exact".to_owned()]));
    }
    let through = |c: &&TodayCommune| {
        let alias_is_old = c.old_code.as_deref() == Some(row.alias_commune.as_str());
        c.code == row.commune_code && (alias_is_old || row.alias_commune == row.commune_code)
    };
    if let Some(commune) = communes.iter().filter(through).max_by_key(|c| (rank_through(c, row), c.weight)) {
        // Under the new code, the numbering of the old commune is not known to go on: such a row must not come near one
        // that bears the old name itself, even where an area happens to fit.
        let base = 40 + commune.weight - if rank_through(commune, row) { 0 } else { 65 };
        return Some((base, commune.reasons.clone()));
    }
    if exact {
        return Some((60, vec!["resolve-exact-alias".to_owned()]));
    }
    let unnamed = asked.commune_code.is_none() && asked.commune_name.is_none();
    unnamed.then(|| (20, vec!["resolve-number-only".to_owned()]))
}

/// The name the row was found under is that of the very commune that was asked for.
fn rank_through(commune: &TodayCommune, row: &CandidateRow) -> bool {
    commune.old_code.as_deref().unwrap_or(&commune.code) == row.alias_commune
}

fn alias_key(reason: &str) -> &'static str {
    match reason {
        "renumbered" => "resolve-renumbered",
        "commune_merged" => "resolve-sheet-of-old-commune",
        "re_survey" => "resolve-re-surveyed",
        "split" => "resolve-split-since",
        "merge" => "resolve-merged-since",
        _ => "resolve-declared",
    }
}

#[cfg(test)]
#[path = "rank_tests.rs"]
mod tests;

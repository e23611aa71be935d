//! Does the data lie where it says? A wrong meridian moves it 26 km, a forgotten datum shift 225 m, swapped axes out of the country,
//! another datum operation 0.7 m. The hands place a sample of the data under every reading people mix up; here it is only judged:
//! by the commune it must lie in, by the corners of the map that is there already, by the centimetre grid it was surveyed on.

mod score;
mod stretches;

pub use score::{Corners, MapAgreement, SAME_CORNER_M, apart, on_centimetres, share_inside};
pub use stretches::{Spread, Stretch, means_another};

use geo::BoundingRect;
use geo_types::{MultiPolygon, Rect};
use serde::{Deserialize, Serialize};

/// Why a reading is on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateKind {
    Declared,
    /// A cadastral zone, as it should be.
    Zone,
    Utm,
    Wgs84Degrees,
    Vn2000Degrees,
    /// Northing before easting, or latitude before longitude.
    Swapped,
    /// Scale 0.9996 used with a meridian of the cadastral zones.
    WrongScale,
    /// WGS 84 taken for VN-2000 ("internal VN-2000").
    NoShift,
    /// Thousands and decimals were separated by marks that were read the other way round, or left out.
    Separator,
    /// Between VN-2000 and WGS 84 by other numbers than the national ones.
    OtherOperation,
}

/// The sample under one reading. `points`: metres of the target zone, `None` where it has no place; same order for all candidates.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// e.g. `EPSG:9210`.
    pub definition: String,
    pub kind: CandidateKind,
    pub points: Vec<Option<(f64, f64)>>,
    /// Further vertices of the same features, where these are few: they only tell whether corners are met.
    pub more: Vec<Option<(f64, f64)>>,
    /// In the CRS it would have been surveyed in, the sample sits on the centimetre grid ([`on_centimetres`]).
    pub on_grid: bool,
}

/// How strict to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Strictness {
    /// Share of the sample that must lie inside, 0 to 1.
    pub min_share: f64,
    /// A point this far outside still counts as inside, metres.
    pub margin_m: f64,
    /// Another reading must lie better by this share before the declared one is doubted.
    pub better_by: f64,
    /// Another reading that lies inside too, farther away than this (m), puts the declared one in doubt; a nearer one leaves it unproved.
    pub doubt_from_m: f64,
    /// What is in doubt needs a proof.
    pub must_prove: bool,
}

impl Default for Strictness {
    fn default() -> Self {
        Self { min_share: 0.9, margin_m: 20.0, better_by: 0.02, doubt_from_m: 20.0, must_prove: true }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    pub definition: String,
    pub kind: CandidateKind,
    /// Share of the sample inside the reference, 0 to 1.
    pub share_inside: f64,
    /// Against the corners of the cadastral map; none where there is no map.
    pub map: Option<MapAgreement>,
    pub on_grid: bool,
}

/// How far the data lies from where it should, metres; what must be added to easting and northing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Offset {
    pub dx: f64,
    pub dy: f64,
    pub distance: f64,
    /// True: measured against the best reading, which fits. False: only from centre to centre.
    pub to_best: bool,
}

/// What settled that the declared reading is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// No other reading lies inside the reference.
    Place,
    /// It meets the corners of the current cadastral map, and no other does.
    Map(MapAgreement),
    /// It alone sits on the centimetre grid.
    Grid,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Judgement {
    Fits {
        share_inside: f64,
        proof: Proof,
    },
    /// The declared reading fits, others fit as well, be it half a metre beside, and nothing tells them apart: a person is told.
    Unproved {
        share_inside: f64,
        candidates: Vec<Ranked>,
    },
    /// As `Unproved`, where a proof is needed, or another one fits a little better: a person must choose.
    Ambiguous {
        share_inside: f64,
        offset: Option<Offset>,
        candidates: Vec<Ranked>,
    },
    /// The data lies elsewhere; `candidates` would fit, best first (empty: none known does).
    Refused {
        share_inside: f64,
        offset: Option<Offset>,
        candidates: Vec<Ranked>,
    },
    /// There is nothing to judge: no sample or no reference.
    NotJudged,
}

/// Readings nearer to each other than this are the same (m).
const SAME_M: f64 = 0.002;
/// This share of the corners must meet the map before the map decides, and three times as many as under any other reading.
const MAP_SHARE: f64 = 0.3;
/// Fewer corners than this may be met by chance (one point may lie beside any corner): they do not speak against what is declared.
const MAP_CORNERS: usize = 3;

struct Scored<'a> {
    c: &'a Candidate,
    inside: f64,
    map: Option<MapAgreement>,
    /// Corners that all its vertices meet.
    corners: usize,
}

impl Scored<'_> {
    fn met(&self) -> f64 {
        self.map.map_or(0.0, |m| m.share)
    }
    fn ranked(&self) -> Ranked {
        Ranked {
            definition: self.c.definition.clone(),
            kind: self.c.kind,
            share_inside: self.inside,
            map: self.map,
            on_grid: self.c.on_grid,
        }
    }
}

/// Judges `candidates[0]`, the declared reading, against `reference` (commune or layer extent) and the `corners` of the current
/// map, both in metres of the zone.
pub fn judge(reference: &MultiPolygon<f64>, corners: &Corners, candidates: &[Candidate], how: Strictness) -> Judgement {
    let (Some(first), Some(bounds)) = (candidates.first(), reference.bounding_rect()) else {
        return Judgement::NotJudged;
    };
    if first.points.is_empty() {
        return Judgement::NotJudged;
    }
    let score = |c| Scored { c, inside: share_inside(reference, &c.points, how.margin_m), map: None, corners: 0 };
    let mut likely: Vec<Scored<'_>> = candidates
        .iter()
        .enumerate()
        .map(|(i, c)| (i, score(c)))
        .filter(|(i, s)| *i == 0 || (s.inside >= how.min_share && apart(first, s.c) > SAME_M))
        .map(|(_, s)| Scored { map: corners.agreement(&s.c.points), corners: corners.met(s.c), ..s })
        .collect();
    let declared = likely.remove(0);
    // Stable: among equals the likelier reading stays first.
    likely.sort_by(|a, b| rank(b).partial_cmp(&rank(a)).unwrap_or(std::cmp::Ordering::Equal));
    settle(&declared, &likely, &bounds, how)
}

fn rank(s: &Scored<'_>) -> (f64, bool, f64) {
    (s.met(), s.c.on_grid, s.inside)
}

fn settle(declared: &Scored<'_>, rivals: &[Scored<'_>], bounds: &Rect<f64>, how: Strictness) -> Judgement {
    let share_inside = declared.inside;
    let fits = share_inside >= how.min_share;
    let listed = || rivals.iter().map(Scored::ranked).collect::<Vec<_>>();
    let far = || rivals.iter().filter(|r| apart(declared.c, r.c) > how.doubt_from_m);
    let to_best = |best: &Scored<'_>| score::mean_offset(declared.c, best.c).map(|(dx, dy)| offset(dx, dy, true));
    let offset = match rivals.first() {
        Some(best) => to_best(best),
        None => to_centre(declared.c, bounds),
    };
    if !fits {
        return Judgement::Refused { share_inside, offset, candidates: listed() };
    }
    let all: Vec<&Scored<'_>> = std::iter::once(declared).chain(rivals).collect();
    match by_map(&all).or_else(|| by_grid(&all)) {
        Some((0, proof)) => return Judgement::Fits { share_inside, proof },
        Some((i, _)) => {
            let mut candidates = listed();
            candidates[..i].rotate_right(1);
            return Judgement::Refused { share_inside, offset: to_best(all[i]), candidates };
        }
        None => {}
    }
    let better = |r: &Scored<'_>| r.inside > share_inside + how.better_by;
    if rivals.is_empty() {
        Judgement::Fits { share_inside, proof: Proof::Place }
    } else if far().any(|r| how.must_prove || better(r)) {
        Judgement::Ambiguous { share_inside, offset, candidates: listed() }
    } else {
        Judgement::Unproved { share_inside, candidates: listed() }
    }
}

/// The reading that meets the map, when it clearly does so better than all that lie elsewhere; another one than the declared only
/// by enough corners.
fn by_map(all: &[&Scored<'_>]) -> Option<(usize, Proof)> {
    let (mut best, mut found) = (MAP_SHARE, None);
    for (i, s) in all.iter().enumerate().filter(|(_, s)| s.met() >= MAP_SHARE) {
        if found.is_none() || s.met() > best {
            (best, found) = (s.met(), Some(i));
        }
    }
    let (i, s) = found.map(|i| (i, all[i]))?;
    let clear = all.iter().all(|o| o.met() * 3.0 <= best || apart(o.c, s.c) <= SAME_M);
    (clear && (i == 0 || s.corners >= MAP_CORNERS)).then_some((i, Proof::Map(s.map?)))
}

/// The only place of the sample on the grid.
fn by_grid(all: &[&Scored<'_>]) -> Option<(usize, Proof)> {
    let i = all.iter().position(|s| s.c.on_grid)?;
    let alone = all.iter().all(|o| !o.c.on_grid || apart(o.c, all[i].c) <= SAME_M);
    alone.then_some((i, Proof::Grid))
}

fn offset(dx: f64, dy: f64, to_best: bool) -> Offset {
    Offset { dx, dy, distance: dx.hypot(dy), to_best }
}

fn to_centre(declared: &Candidate, bounds: &Rect<f64>) -> Option<Offset> {
    let (x, y) = score::mean(declared.points.iter().flatten().copied())?;
    let c = bounds.center();
    Some(offset(c.x - x, c.y - y, false))
}

#[cfg(test)]
mod tests;

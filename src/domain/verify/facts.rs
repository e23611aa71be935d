//! Everything a verification may know, gathered before anything is judged.

use super::{Ground, ThemeSet};
use crate::domain::geom::{Area, Indexed, Surveyed, Zone};
use crate::domain::paper::Paper;
use crate::domain::theme::Theme;
use geo_types::MultiPolygon;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use time::Date;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Facts {
    /// The day the verdict speaks of (Asia/Ho_Chi_Minh).
    pub as_of: Date,
    pub case: CaseFacts,
    pub papers: Vec<PaperFacts>,
    pub resolution: Resolution,
    /// The parcel that was resolved to, if one.
    pub parcel: Option<ParcelFacts>,
    /// Current parcels whose boxes meet the parcel's box widened by 2 m; not the parcel itself.
    pub neighbours: Gathered<Vec<Arc<Neighbour>>>,
    /// One entry per theme of `theme_set` (families `Parcel` left out), in order of code.
    pub themes: Vec<ThemeFacts>,
    /// Every theme known to the service when the facts were gathered.
    pub theme_set: Arc<ThemeSet>,
    /// Other open cases that name the same certificate or the same parcel.
    pub other_cases: Gathered<Vec<OtherCase>>,
    /// Of each certificate whose vertex table does not fit the map as it is written ([`reads_otherwise`](crate::domain::check::reads_otherwise)).
    pub readings: Vec<TableReadings>,
}

/// A vertex table in metres of the parcel's zone under every reading that people mix up, the likelier first.
#[derive(Debug, Clone, PartialEq)]
pub struct TableReadings {
    /// The paper.
    pub paper: Uuid,
    pub candidates: Vec<crate::domain::layer::crs_guard::Candidate>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseFacts {
    pub id: Uuid,
    pub number: String,
    /// Name of the province before 1 July 2025; split rules are still keyed by it.
    pub old_province: Option<String>,
    /// Code of a procedure in `data/procedures/`.
    pub procedure: String,
    /// Two-digit province code (today's) of the parcel, when known; picks provincial rules.
    pub province: Option<String>,
    /// Kinds of paper the procedure needs, already chosen for this province and day.
    pub required_papers: Vec<RequiredPaper>,
    pub wish: Wish,
}

impl CaseFacts {
    /// Procedure of a look at a parcel without a case: no papers are asked for.
    pub const INQUIRY: &str = "inquiry";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequiredPaper {
    /// Paper kind (`Paper::kind`).
    pub kind: String,
    pub citation: String,
    /// Needed only when this holds: `joint_ownership`, `represented`, `always`.
    #[serde(default = "always")]
    pub when: String,
}
fn always() -> String {
    "always".into()
}

/// What the customer wants to do with the parcel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// Land-use code wished for (change of use).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_use: Option<String>,
    /// Into how many parts to split, when the parts are not drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_parts: Option<u32>,
    /// Drawn parts, as WKT polygons in zone metres.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub split_wkt: Vec<String>,
}

impl Wish {
    /// What is told later goes before what was told first; what is not told again stays.
    pub fn or(self, first: Self) -> Self {
        Self {
            target_use: self.target_use.or(first.target_use),
            split_parts: self.split_parts.or(first.split_parts),
            split_wkt: if self.split_wkt.is_empty() { first.split_wkt } else { self.split_wkt },
        }
    }
}

#[derive(Debug, Clone)]
pub struct PaperFacts {
    pub id: Uuid,
    pub version: i32,
    /// SHA-256 of the stored facts, hex.
    pub sha256: String,
    /// Every field the kind demands is there.
    pub complete: bool,
    pub paper: Paper,
    pub scan: Option<ScanFacts>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanFacts {
    pub bytes: u64,
    pub height: Option<u32>,
    pub media_type: String,
    pub sha256: String,
    /// Pixels of the picture or of the largest page; none for a kind that has no pixels.
    pub width: Option<u32>,
}

/// A reference as papers write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct ParcelRef {
    /// Commune code, of any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune_code: Option<String>,
    /// Commune as written, when no code is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune_name: Option<String>,
    pub number: String,
    pub sheet: String,
}

/// Outcome of looking for the parcel a reference means.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Resolution {
    pub asked: ParcelRef,
    /// Best first. Empty: nothing found.
    pub candidates: Vec<Candidate>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub commune_code: String,
    pub number: String,
    pub parcel_id: Uuid,
    /// Why it is a candidate: keys of messages, e.g. `resolve-exact`, `resolve-commune-merged`, `resolve-alias`,
    /// `resolve-area-fits`, `resolve-area-differs`.
    pub reasons: Vec<String>,
    /// Higher is better; only the order counts.
    pub score: i32,
    pub sheet: String,
    pub zone: Zone,
}

#[derive(Debug, Clone)]
pub struct ParcelFacts {
    pub zone: Zone,
    pub id: Uuid,
    pub version: i32,
    /// Hash of the stored row, hex.
    pub row_hash: String,
    pub commune_code: String,
    pub sheet: String,
    pub number: String,
    /// Denominator of the map scale.
    pub scale: Option<i32>,
    pub registered_area: Option<f64>,
    pub land_use: Vec<String>,
    /// None: in the register, not on the map.
    pub boundary: Option<Area>,
    /// Positional accuracy of the cadastral map (m).
    pub accuracy_m: f64,
    pub layer: Option<Arc<LayerPin>>,
    /// Every name it has or had (`commune/sheet/number`), ascending: rows without geometry were looked up by these.
    pub keys: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Neighbour {
    pub id: Uuid,
    pub version: i32,
    /// Hash of the stored row, hex.
    pub row_hash: String,
    pub sheet: String,
    pub number: String,
    pub boundary: Surveyed,
}

impl Neighbour {
    /// A stored row as a neighbour: its version and hash, its name as (sheet, number), what the map draws.
    pub fn stored(
        (id, version): (Uuid, i32),
        row_hash: String,
        (sheet, number): (String, String),
        boundary: MultiPolygon<f64>,
    ) -> Arc<Self> {
        Arc::new(Self { id, version, row_hash, sheet, number, boundary: boundary.into() })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OtherCase {
    pub number: String,
    pub procedure: String,
    pub same_certificate: bool,
    pub same_parcel: bool,
}

/// The result of a query that may not have been answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gathered<T> {
    Read(T),
    Failed(String),
    /// More rows than were asked for: nothing may be called clear.
    Truncated(usize),
}

/// All that is known of one theme around the parcel.
#[derive(Debug, Clone)]
pub struct ThemeFacts {
    pub theme: Arc<Theme>,
    /// Published versions of layers of this theme in the parcel's zone; empty: no layer at all.
    pub layers: Vec<LayerFacts>,
}

#[derive(Debug, Clone)]
pub struct LayerFacts {
    pub pin: Arc<LayerPin>,
    /// Where this version claims to be complete, clipped to the parcel's box widened by the search distance.
    pub coverage: MultiPolygon<f64>,
    /// Where rows of it were set aside, clipped likewise.
    pub set_aside: MultiPolygon<f64>,
    /// Both of the whole version, unclipped.
    pub ground: Arc<Ground>,
    /// In order of `fid`.
    pub features: Gathered<Vec<Arc<Feature>>>,
}

/// A layer version with what verdicts need of it, whatever parcel they are about. Once published it does not change.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerVersion {
    pub pin: Arc<LayerPin>,
    /// Code of its theme.
    pub theme: String,
    /// What it replaced as one.
    pub coverage_key: String,
    /// Its lines and points take ground as far as this to their sides (m).
    pub reach_m: f64,
    /// Where rows were set aside at import; no part of the coverage.
    pub set_aside: Option<Indexed>,
    /// Where it claims to be complete.
    pub coverage: Indexed,
    /// Of these two.
    pub ground: Arc<Ground>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerPin {
    pub accuracy_m: f64,
    pub content_hash: String,
    pub decision: Option<String>,
    pub layer: String,
    pub layer_version_id: i64,
    pub number: i32,
    /// Rows that were set aside at import.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rows_bad: i64,
    /// Those of them that may lie anywhere.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rows_unplaced: i64,
    pub scale: Option<i32>,
    pub source_date: Date,
    pub source_name: String,
    /// Where it does not say how exact it is (`accuracy_m` 0): code of the theme that says it instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
}

fn is_zero(n: &i64) -> bool {
    *n == 0
}

#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    pub fid: i64,
    /// Key of the parcel it belongs to (`commune/sheet/number`), for rows without geometry.
    pub key: Option<String>,
    pub code: Option<String>,
    pub label: Option<String>,
    pub attrs: serde_json::Map<String, serde_json::Value>,
    /// Valid, in zone metres; none for a row without geometry.
    pub geom: Option<Indexed>,
}

impl<T> Gathered<T> {
    /// What was read, through `f`; a failure stays the failure it is.
    pub fn map<U>(&self, f: impl FnOnce(&T) -> U) -> Gathered<U> {
        match self {
            Self::Read(all) => Gathered::Read(f(all)),
            Self::Failed(why) => Gathered::Failed(why.clone()),
            Self::Truncated(most) => Gathered::Truncated(*most),
        }
    }
}

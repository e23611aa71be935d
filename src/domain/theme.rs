//! A theme says what a layer is about and what it means when a parcel meets it. Themes are data (`data/themes.toml`, or
//! the table `theme`), never code: wording, accuracy, age and effect of any country's layers come in through them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Bilingual {
    pub vi: String,
    pub en: String,
}

/// Which check reads layers of this theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// The cadastral map itself: becomes parcels when published.
    Parcel,
    /// Commune boundaries; `code` is the commune code.
    Commune,
    /// A full or partial cover by zones whose codes permit uses (land-use plan, zoning).
    Planning,
    /// Land lost to a planned road (polygons between red lines, or centre lines with a half width).
    RoadCorridor,
    /// Protection corridors and areas: river, power line, railway, heritage, military, airport.
    Protection,
    /// Land to be recovered, or in the annual plan.
    Recovery,
    /// Forest or rice land.
    Reserved,
    /// Flood, landslide and other hazards.
    Hazard,
    /// Roads and ways that give access.
    Access,
    /// Rows without geometry, keyed by parcel: mortgage, block, dispute, enforcement; `code` tells which.
    Encumbrance,
    /// Certificates known to the registration office, keyed by parcel.
    Register,
    /// Any other public-law restriction: reported by area and share.
    Restriction,
}

/// What a hit means for the case; ordered by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    #[default]
    None,
    NeedsPapers,
    NeedsPerson,
    Blocks,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    pub code: String,
    pub family: Family,
    pub title: Bilingual,
    /// What a hit means; single codes may differ.
    #[serde(default)]
    pub effect: Effect,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<String, ThemeCode>,
    /// Positional accuracy (standard deviation of a boundary, metres) used when a layer version does not say its own.
    pub accuracy_m: f64,
    /// A source older than this many days at `as_of` can no longer prove "clear".
    pub max_age_days: u32,
    /// An overlap whose total area is below this is named a sliver (m²).
    pub sliver_area_m2: f64,
    /// Lines and points are widened by this half width before they are measured (metres); an attribute may say another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_width_m: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_width_attr: Option<String>,
    /// A verification fails to be complete when no published layer of this theme covers the parcel.
    #[serde(default)]
    pub required: bool,
    /// Rule whose citation stands behind a hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// One code of a theme's code list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeCode {
    pub title: Bilingual,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Land-use codes that fit this zone (planning themes).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permits: Vec<String>,
}

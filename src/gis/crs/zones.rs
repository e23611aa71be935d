//! The cadastral zones the service ships (`data/zones.toml`); tests and other countries bring their own.

use super::CrsError;
use crate::domain::geom::Zone;
use serde::{Deserialize, Serialize};
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// k0 0.9999, false easting 500 000 m, datum VN-2000.
    Vn2000Tm3,
    Other,
}

impl ZoneKind {
    /// As in the column `cadastral_zone.kind`.
    pub fn code(self) -> &'static str {
        match self {
            ZoneKind::Vn2000Tm3 => "vn2000_tm3",
            ZoneKind::Other => "other",
        }
    }
}

/// One row of `cadastral_zone`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneDef {
    /// EPSG code, also the SRID in the database.
    pub srid: i32,
    pub name: String,
    pub kind: ZoneKind,
    /// Degrees.
    pub central_meridian: Option<f64>,
    /// PROJ pipeline: WGS 84 longitude, latitude in degrees -> easting, northing in metres.
    pub from_wgs84: String,
    /// Where coordinates may lie, metres.
    pub min_e: f64,
    pub min_n: f64,
    pub max_e: f64,
    pub max_n: f64,
    pub source: String,
}

impl ZoneDef {
    pub fn zone(&self) -> Zone {
        Zone(self.srid)
    }
    pub fn contains(&self, e: f64, n: f64) -> bool {
        (self.min_e..=self.max_e).contains(&e) && (self.min_n..=self.max_n).contains(&n)
    }
}

/// All zones known to this process, by SRID.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ZoneBook {
    zones: Vec<ZoneDef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    zone: Vec<ZoneDef>,
}

impl ZoneBook {
    pub fn new(mut zones: Vec<ZoneDef>) -> Self {
        zones.sort_by_key(|z| z.srid);
        Self { zones }
    }

    /// Reads TOML with `[[zone]]` tables; refuses doubles and a Vietnamese zone without a meridian.
    pub fn parse(text: &str) -> Result<Self, CrsError> {
        let file: File = toml::from_str(text).map_err(|e| CrsError::BadBook(e.to_string()))?;
        let book = Self::new(file.zone);
        if let Some(w) = book.zones.windows(2).find(|w| w[0].srid == w[1].srid) {
            return Err(CrsError::BadBook(format!("zone {} stands there twice", w[0].srid)));
        }
        match book.zones.iter().find(|z| z.kind == ZoneKind::Vn2000Tm3 && z.central_meridian.is_none()) {
            Some(z) => Err(CrsError::BadBook(format!("zone {} has no central meridian", z.srid))),
            None => Ok(book),
        }
    }

    /// `data/zones.toml`.
    pub fn load(path: &Path) -> Result<Self, CrsError> {
        let text = std::fs::read_to_string(path).map_err(|e| CrsError::BadBook(format!("{}: {e}", path.display())))?;
        Self::parse(&text)
    }

    pub fn get(&self, srid: i32) -> Option<&ZoneDef> {
        self.zones.iter().find(|z| z.srid == srid)
    }

    pub fn need(&self, srid: i32) -> Result<&ZoneDef, CrsError> {
        self.get(srid).ok_or(CrsError::NoZone(srid))
    }

    pub fn iter(&self) -> impl Iterator<Item = &ZoneDef> {
        self.zones.iter()
    }
}

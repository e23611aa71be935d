//! What a parcel was, version by version, and where it came from.

use super::record::{Act, act_of};
use super::view::geojson_of;
use crate::app::App;
use crate::flow::layer::zones;
use crate::flow::{Error, Result};
use crate::store::lineage::{self, LineageRow};
use crate::store::{parcel, parcel_act};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct History {
    pub id: Uuid,
    /// EPSG code of the cadastral zone.
    pub zone: i32,
    /// Oldest first.
    pub versions: Vec<PastVersion>,
    /// Every name it has or had: `commune/sheet/number`.
    pub names: Vec<String>,
    /// Parcels it came of, and those that came of it.
    #[schema(value_type = Vec<Object>)]
    pub lineage: Vec<LineageRow>,
    /// What people recorded of it or of its names, those revoked too, in order of recording.
    pub acts: Vec<Act>,
}

/// A parcel as it was from `valid_from` to `valid_to`.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PastVersion {
    pub version: i32,
    /// `commune/sheet/number`.
    pub key: String,
    pub land_use: Vec<String>,
    /// m2.
    pub registered_area: Option<f64>,
    /// m2.
    pub map_area: Option<f64>,
    #[serde(with = "time::serde::rfc3339")]
    pub valid_from: OffsetDateTime,
    /// None: in force.
    #[serde(with = "time::serde::rfc3339::option")]
    pub valid_to: Option<OffsetDateTime>,
    pub layer_version_id: Option<i64>,
    pub row_hash: String,
    /// GeoJSON, WGS 84.
    #[schema(value_type = Option<Object>)]
    pub geometry: Option<Value>,
}

pub async fn history(app: &App, id: Uuid) -> Result<History> {
    let missing = || Error::NotFound { what: "parcel", id: id.to_string() };
    let zone = parcel::zone_of(&app.pool, id).await?.ok_or_else(missing)?;
    let book = zones(app).await?;
    let mut versions = Vec::new();
    for r in parcel::history(&app.pool, zone, id).await? {
        versions.push(PastVersion {
            version: r.version,
            key: format!("{}/{}/{}", r.commune_code, r.sheet, r.number),
            geometry: geojson_of(&book, zone, r.ewkb.as_deref())?,
            land_use: r.land_use,
            registered_area: r.registered_area,
            map_area: r.map_area,
            valid_from: r.valid_from,
            valid_to: r.valid_to,
            layer_version_id: r.layer_version_id,
            row_hash: hex::encode(&r.row_hash),
        });
    }
    let names = parcel::keys_of(&app.pool, zone, id).await?;
    let lineage = lineage::lineage(&app.pool, zone, id).await?;
    let acts = acts(app, &names, &[id]).await?;
    Ok(History { id, zone, versions, names, lineage, acts })
}

/// Acts that people recorded of any of these names (`commune/sheet/number`) or parcels, those revoked too.
pub async fn acts(app: &App, names: &[String], parcels: &[Uuid]) -> Result<Vec<Act>> {
    Ok(parcel_act::acts_of(&app.pool, names, parcels).await?.into_iter().map(act_of).collect())
}

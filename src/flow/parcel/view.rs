//! A parcel as the API and the command line show it.

use crate::app::App;
use crate::flow::layer::zones;
use crate::flow::{Error, Result};
use crate::gis::crs::{Transformer, ZoneBook};
use crate::store::case;
use crate::store::geometry::from_ewkb;
use crate::store::lineage::{self, LineageRow};
use crate::store::parcel::{self, ParcelRow};
use crate::store::verification::{self, Latest};
use geojson::GeometryValue;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ParcelView {
    pub id: Uuid,
    /// EPSG code of the cadastral zone.
    pub zone: i32,
    pub version: i32,
    pub commune_code: String,
    pub sheet: String,
    pub number: String,
    /// `commune/sheet/number`.
    pub key: String,
    pub land_use: Vec<String>,
    /// m², as registered.
    pub registered_area: Option<f64>,
    /// m², of the boundary on the map.
    pub map_area: Option<f64>,
    pub address: Option<String>,
    /// Denominator of the map scale.
    pub scale: Option<i32>,
    /// In the register, on the map, or both.
    pub on_map: bool,
    /// False: this parcel is no longer drawn; see its lineage.
    pub current: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub valid_from: OffsetDateTime,
    pub layer_version_id: Option<i64>,
    /// Hash of this version; also its ETag.
    pub row_hash: String,
    /// GeoJSON (RFC 7946), WGS 84 longitude and latitude.
    #[schema(value_type = Option<Object>)]
    pub geometry: Option<Value>,
    #[schema(value_type = Option<Object>)]
    pub latest_verification: Option<Latest>,
    /// Numbers of the cases open on this parcel.
    pub open_cases: Vec<String>,
    #[schema(value_type = Vec<Object>)]
    pub lineage: Vec<LineageRow>,
}

/// GeoJSON geometry in WGS 84 of a stored one.
pub fn geojson_of(book: &ZoneBook, zone: i32, ewkb: Option<&[u8]>) -> Result<Option<Value>> {
    let Some(bytes) = ewkb else { return Ok(None) };
    let zone = book.need(zone).map_err(|e| Error::Broken(e.into()))?;
    let g = Transformer::zone_to_wgs84(zone).geometry(from_ewkb(bytes)?).map_err(|e| Error::Broken(e.into()))?;
    let value = GeometryValue::from(&g);
    serde_json::to_value(geojson::Geometry::new(value)).map(Some).map_err(|e| Error::Broken(e.into()))
}

/// The zone a parcel lies in.
pub async fn zone_of(app: &App, id: Uuid) -> Result<i32> {
    parcel::zone_of(&app.pool, id).await?.ok_or_else(|| Error::NotFound { what: "parcel", id: id.to_string() })
}

/// The parcel with its verdict, cases and lineage.
pub async fn view(app: &App, id: Uuid) -> Result<ParcelView> {
    let missing = || Error::NotFound { what: "parcel", id: id.to_string() };
    let zone = parcel::zone_of(&app.pool, id).await?.ok_or_else(missing)?;
    let row = parcel::current(&app.pool, zone, id).await?.ok_or_else(missing)?;
    view_of(app, &zones(app).await?, row).await
}

pub async fn view_of(app: &App, book: &ZoneBook, r: ParcelRow) -> Result<ParcelView> {
    let latest = verification::latest_of_parcel(&app.pool, r.zone, r.parcel_id).await?;
    let open_cases = case::open_on_parcel(&app.pool, r.zone, r.parcel_id).await?;
    let lineage = lineage::lineage(&app.pool, r.zone, r.parcel_id).await?;
    Ok(ParcelView {
        id: r.parcel_id,
        zone: r.zone,
        version: r.version,
        key: format!("{}/{}/{}", r.commune_code, r.sheet, r.number),
        commune_code: r.commune_code,
        sheet: r.sheet,
        number: r.number,
        land_use: r.land_use,
        registered_area: r.registered_area,
        map_area: r.map_area,
        address: r.address,
        scale: r.scale,
        on_map: r.ewkb.is_some(),
        current: r.valid_to.is_none(),
        valid_from: r.valid_from,
        layer_version_id: r.layer_version_id,
        row_hash: hex::encode(&r.row_hash),
        geometry: geojson_of(book, r.zone, r.ewkb.as_deref())?,
        latest_verification: latest,
        open_cases,
        lineage,
    })
}

//! The evidence of a record as GeoJSON in WGS 84.

use crate::app::App;
use crate::domain::verify::{Record, evidence_geojson};
use crate::flow::layer::zones;
use crate::flow::{Error, Result};
use crate::gis::crs::Transformer;
use serde_json::Value;
use std::cell::RefCell;

/// A FeatureCollection (RFC 7946) of the parcel and of everything that was found on it.
///
/// # Errors
/// `Broken` when the zone is not known, or a point of the record has no place in WGS 84.
pub async fn evidence(app: &App, record: &Record) -> Result<Value> {
    let book = zones(app).await?;
    let zone = record.parcel.as_ref().and_then(|p| p.zone);
    let zone = zone.map(|z| book.need(z)).transpose().map_err(|e| Error::Broken(e.into()))?;
    // Without a zone the record holds no coordinates.
    let Some(zone) = zone else { return Ok(evidence_geojson(record, |p| p, true)) };
    let (transformer, failed) = (Transformer::zone_to_wgs84(zone), RefCell::new(None));
    let place = |(e, n)| match transformer.point(e, n) {
        Ok(p) => p,
        Err(error) => {
            failed.replace(Some(error));
            (e, n)
        }
    };
    let drawn = evidence_geojson(record, place, true);
    match failed.into_inner() {
        Some(error) => Err(Error::Broken(error.into())),
        None => Ok(drawn),
    }
}

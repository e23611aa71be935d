//! Parcels by reference, by certificate, by place.

use super::view::{ParcelView, view, view_of};
use crate::app::App;
use crate::domain::paper::certificate::parse_serial;
use crate::domain::staff::{PersonalDataAccess, Purpose};
use crate::flow::case::Reading;
use crate::flow::layer::zones;
use crate::flow::paper::serial_index;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::gis::crs::{Transformer, ZoneDef};
use crate::store::feature::Bounds;
use crate::store::{case, parcel};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A point: WGS 84 when `zone` is none, otherwise metres of the zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub zone: Option<i32>,
    /// Longitude or easting.
    pub x: f64,
    /// Latitude or northing.
    pub y: f64,
}

/// The views of these parcels, in their order.
pub async fn views(app: &App, ids: impl Iterator<Item = Uuid>) -> Result<Vec<ParcelView>> {
    let mut views = Vec::new();
    for id in ids {
        views.push(view(app, id).await?);
    }
    Ok(views)
}

/// Parcels of the cases in which a certificate with this serial was handed in. Whose certificate it is, is personal data: of each
/// case that `by` may look into, the read is logged with its purpose; the others are left out.
pub async fn by_serial(app: &App, by: &Actor, serial: &str, purpose: Purpose) -> Result<Vec<ParcelView>> {
    if by.roles.iter().all(|r| r.personal_data() == PersonalDataAccess::Never) {
        return Err(Error::Forbidden("case-not-yours"));
    }
    let Some(parsed) = parse_serial(serial) else {
        return Err(Error::refused("serial", "serial-format", serial, "CK 123456 or AA 12345678"));
    };
    let index = serial_index(app, &parsed);
    let found = case::by_serial(&mut *app.pool.acquire().await?, &index).await?;
    let mut parcels = BTreeSet::new();
    for holder in found {
        let mut reading = match Reading::begin(app, by, holder.case_id, purpose).await {
            Err(Error::Forbidden(_)) => continue,
            begun => begun?,
        };
        reading.log(&format!("paper/{}/serial", holder.paper_id)).await?;
        reading.end().await?;
        parcels.insert(holder.parcel_id);
    }
    views(app, parcels.into_iter()).await
}

fn zone_fits(z: &ZoneDef, lon: f64, lat: f64) -> Option<(f64, f64)> {
    let (e, n) = Transformer::zone_from_wgs84(z).point(lon, lat).ok()?;
    z.contains(e, n).then_some((e, n))
}

/// Current parcels under a point.
pub async fn at_place(app: &App, at: Place) -> Result<Vec<ParcelView>> {
    let book = zones(app).await?;
    let mut places = Vec::new();
    match at.zone {
        Some(srid) => {
            book.get(srid)
                .ok_or_else(|| Error::refused("zone", "zone-unknown", srid, "an EPSG code of a cadastral zone"))?;
            places.push((srid, at.x, at.y));
        }
        None => {
            if !(-180.0..=180.0).contains(&at.x) || !(-90.0..=90.0).contains(&at.y) {
                return Err(Error::refused(
                    "point",
                    "not-degrees",
                    format!("{}, {}", at.x, at.y),
                    "longitude -180..180, latitude -90..90",
                ));
            }
            places.extend(book.iter().filter_map(|z| zone_fits(z, at.x, at.y).map(|(e, n)| (z.srid, e, n))));
        }
    }
    let mut views = Vec::new();
    for (zone, e, n) in places {
        for row in parcel::at_point(&app.pool, zone, e, n).await? {
            views.push(view_of(app, &book, row).await?);
        }
    }
    Ok(views)
}

/// The longest side of a box (m): larger than any commune of the plain, small enough to be read in one go.
const MOST_BOX_M: f64 = 30_000.0;

/// Width and height of a box (m), on a ball where it is given in degrees.
fn extent_m(b: [f64; 4], degrees: bool) -> [f64; 2] {
    const DEGREE_M: f64 = 111_195.0;
    let [wide, high] = [b[2] - b[0], b[3] - b[1]];
    if !degrees {
        return [wide, high];
    }
    [wide * DEGREE_M * f64::midpoint(b[1], b[3]).to_radians().cos().abs(), high * DEGREE_M]
}

/// Current parcels in a box of zone metres, or of WGS 84 degrees (west, south, east, north) within one zone; keyset by id.
pub async fn in_box(
    app: &App,
    zone: i32,
    degrees: bool,
    b: [f64; 4],
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ParcelView>> {
    let book = zones(app).await?;
    let def = book
        .get(zone)
        .ok_or_else(|| Error::refused("zone", "zone-unknown", zone, "an EPSG code of a cadastral zone"))?;
    if !(b[0] < b[2] && b[1] < b[3]) {
        return Err(Error::refused(
            "bbox",
            "bbox-order",
            format!("{b:?}"),
            "west,south,east,north with west < east and south < north",
        ));
    }
    let [wide, high] = extent_m(b, degrees);
    if !(wide <= MOST_BOX_M && high <= MOST_BOX_M) {
        let (found, most) = (format!("{wide:.0} m x {high:.0} m"), format!("{MOST_BOX_M:.0} m"));
        return Err(Error::refused("bbox", "bbox-size", found, format!("{most} x {most}")));
    }
    let bounds = if degrees {
        let t = Transformer::zone_from_wgs84(def);
        let mut corners = vec![(b[0], b[1]), (b[2], b[1]), (b[0], b[3]), (b[2], b[3])];
        t.points(&mut corners).map_err(|e| Error::refused("bbox", e.code(), e.to_string(), "a box within the zone"))?;
        let fold =
            |f: fn(f64, f64) -> f64, start: f64, pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).fold(start, f);
        Bounds {
            min_e: fold(f64::min, f64::MAX, |c| c.0),
            min_n: fold(f64::min, f64::MAX, |c| c.1),
            max_e: fold(f64::max, f64::MIN, |c| c.0),
            max_n: fold(f64::max, f64::MIN, |c| c.1),
        }
    } else {
        Bounds { min_e: b[0], min_n: b[1], max_e: b[2], max_n: b[3] }
    };
    let mut views = Vec::new();
    for row in parcel::in_box(&app.pool, zone, bounds, after, limit).await? {
        views.push(view_of(app, &book, row).await?);
    }
    Ok(views)
}

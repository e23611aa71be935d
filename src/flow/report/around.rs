//! What lies around a parcel, from the very layer versions its verification rests on.

use crate::app::App;
use crate::domain::report::map::{self, Around, Neighbour, Road};
use crate::domain::theme::{Family, Theme};
use crate::domain::verify::Record;
use crate::flow::{Error, Result};
use crate::store::feature::{self, Asked, Bounds, FeatureRow};
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::layer::{self, Which};

/// More rows than this on one map cannot be read by anybody.
const MOST_ROWS: i64 = 6_000;

/// None when the record has no map, or its versions do not hold rows here (any more), or hold too many.
pub(super) async fn around(app: &App, record: &Record) -> Result<Option<Around>> {
    let Some(parcel) = &record.parcel else { return Ok(None) };
    let Some((zone, window)) = parcel.zone.zip(parcel.boundary.as_ref().and_then(map::window)) else { return Ok(None) };
    let (parcels, roads) = versions(app, record).await?;
    let all = parcels.iter().chain(&roads);
    let all: Vec<Asked> = all.map(|version| Asked { version: *version, beyond: 0.0 }).collect();
    let (conn, bounds) = (&mut *app.pool.acquire().await?, Some(Bounds::from(window)));
    let rows = feature::around(conn, zone, &all, bounds, &[], MOST_ROWS, i32::MAX).await?;
    if rows.is_empty() || rows.len() as i64 > MOST_ROWS {
        return Ok(None);
    }
    let own = format!("{}/{}/{}", parcel.commune_code, parcel.sheet, parcel.number);
    let mut out = Around::default();
    for row in rows {
        if !parcels.contains(&row.layer_version_id) {
            out.roads.extend(road(row)?);
        } else if row.key.as_deref() != Some(own.as_str()) {
            out.neighbours.extend(neighbour(row)?);
        }
    }
    Ok(Some(out))
}

/// Pinned versions of cadastral maps, and of roads and ways.
async fn versions(app: &App, record: &Record) -> Result<(Vec<i64>, Vec<i64>)> {
    let mut family = std::collections::BTreeMap::new();
    for row in layer::themes(&app.pool).await? {
        let theme: Theme = serde_json::from_value(row.definition).map_err(|e| Error::Broken(e.into()))?;
        family.insert(row.code, theme.family);
    }
    let (mut parcels, mut roads) = (vec![], vec![]);
    let mut conn = app.pool.acquire().await?;
    for pin in &record.pins.layers {
        let id = pin.layer_version_id;
        for version in layer::versions(&mut conn, Which { id: Some(id), ..Which::default() }).await? {
            match family.get(&version.theme) {
                Some(Family::Parcel) => parcels.push(id),
                Some(Family::Access) => roads.push(id),
                _ => {}
            }
        }
    }
    Ok((parcels, roads))
}

fn neighbour(row: FeatureRow) -> Result<Option<Neighbour>> {
    let geom = row.ewkb.as_deref().map(from_ewkb).transpose()?.and_then(polygons);
    let number = row.key.as_deref().and_then(|k| k.rsplit('/').next()).unwrap_or_default().to_owned();
    Ok(geom.map(|boundary| Neighbour { number, boundary }))
}

fn road(row: FeatureRow) -> Result<Option<Road>> {
    let geom = row.ewkb.as_deref().map(from_ewkb).transpose()?;
    Ok(geom.map(|shape| Road { name: row.label.filter(|l| !l.trim().is_empty()), shape }))
}

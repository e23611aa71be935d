//! Where a map must lie, and where it claims to be complete.

use super::import::{Coverage, Import, coverage_key};
use crate::flow::{Error, Result};
use crate::store::geometry;
use crate::store::stage::{self, Stage};
use crate::store::{layer as layers, reference};
use geo_types::{Geometry, MultiPolygon, Rect};
use sqlx::PgConnection;

pub async fn commune_boundary(conn: &mut PgConnection, ask: &Import) -> Result<Option<MultiPolygon<f64>>> {
    let Some(code) = &ask.commune else { return Ok(None) };
    match reference::boundary_of(conn, ask.zone, "commune", code).await? {
        Some(b) => Ok(geometry::polygons(geometry::from_ewkb(&b)?)),
        None => Ok(None),
    }
}

pub async fn former_coverage(conn: &mut PgConnection, ask: &Import) -> Result<Option<MultiPolygon<f64>>> {
    let key = coverage_key(ask);
    let which = layers::Which {
        layer: Some(&ask.layer),
        coverage_key: Some(&key),
        state: Some("published"),
        ..Default::default()
    };
    let Some(current) = layers::versions(conn, which).await?.into_iter().next() else { return Ok(None) };
    let Some(bytes) = layers::coverage(conn, current.id).await? else { return Ok(None) };
    Ok(geometry::polygons(geometry::from_ewkb(&bytes)?))
}

pub async fn coverage(
    tx: &mut PgConnection,
    ask: &Import,
    boundary: Option<MultiPolygon<f64>>,
    bounds: Option<Rect<f64>>,
    s: Stage,
) -> Result<Geometry<f64>> {
    let area = match &ask.coverage {
        Coverage::Commune(code) => {
            let known = match boundary.filter(|_| ask.commune.as_ref() == Some(code)) {
                Some(b) => Some(b),
                None => match reference::boundary_of(tx, ask.zone, "commune", code).await? {
                    Some(b) => geometry::polygons(geometry::from_ewkb(&b)?),
                    None => None,
                },
            };
            known.ok_or_else(|| {
                Error::refused(
                    "coverage",
                    "commune-without-boundary",
                    code,
                    "a commune in a published layer of the theme commune",
                )
            })?
        }
        Coverage::Features => match stage::union(tx, s).await? {
            Some(b) => geometry::polygons(geometry::from_ewkb(&b)?)
                .ok_or_else(|| Error::refused("coverage", "nothing-covered", "no areas", "a layer of areas"))?,
            None => {
                return Err(Error::refused(
                    "coverage",
                    "nothing-covered",
                    "no areas",
                    "a layer of areas, or another coverage",
                ));
            }
        },
        Coverage::Extent => bounds
            .map(|b| b.to_polygon().into())
            .ok_or_else(|| Error::refused("coverage", "nothing-covered", "no rows", "a layer with rows"))?,
        Coverage::Wkt(text) => wkt_area(text)?,
    };
    Ok(Geometry::MultiPolygon(area))
}

fn wkt_area(text: &str) -> Result<MultiPolygon<f64>> {
    use wkt::TryFromWkt;
    let bad = |why: String| {
        Error::refused("coverage", "wkt-unreadable", why, "POLYGON((e n, ...)) or MULTIPOLYGON in zone metres")
    };
    let g: Geometry<f64> = Geometry::try_from_wkt_str(text).map_err(|e| bad(e.to_string()))?;
    geometry::polygons(g).ok_or_else(|| bad("not an area".into()))
}

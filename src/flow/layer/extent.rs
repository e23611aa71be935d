//! Where a map must lie, and where it claims to be complete.

use super::import::{Coverage, Import};
use super::rows::OUTSIDE_COVERAGE;
use crate::domain::geom::{FlawKind, flaws};
use crate::flow::{Error, Result};
use crate::store::geometry;
use crate::store::stage::{self, Stage};
use crate::store::{layer as layers, layer_issue, reference};
use geo::{BoundingRect, Intersects};
use geo_types::{Geometry, MultiPolygon, Rect};
use sqlx::PgConnection;

/// What the version replaces as one.
pub fn coverage_key(ask: &Import) -> String {
    ask.coverage_key.clone().or_else(|| ask.commune.clone()).unwrap_or_else(|| "all".into())
}

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

/// The area that the sender says is covered, where it is known before the rows are.
pub async fn claimed(
    conn: &mut PgConnection,
    ask: &Import,
    boundary: Option<&MultiPolygon<f64>>,
) -> Result<Option<MultiPolygon<f64>>> {
    let code = match &ask.coverage {
        Coverage::Commune(code) => code,
        Coverage::Wkt(text) => return wkt_area(text).map(Some),
        Coverage::Features | Coverage::Extent => return Ok(None),
    };
    let known = match boundary.filter(|_| ask.commune.as_ref() == Some(code)) {
        Some(b) => Some(b.clone()),
        None => match reference::boundary_of(conn, ask.zone, "commune", code).await? {
            Some(b) => geometry::polygons(geometry::from_ewkb(&b)?),
            None => None,
        },
    };
    known.map(Some).ok_or_else(|| {
        let allowed = "a commune in a published layer of the theme commune";
        Error::refused("coverage", "commune-without-boundary", code, allowed)
    })
}

/// Where the version claims to be complete: `claimed`, or what its rows say.
pub async fn coverage(
    tx: &mut PgConnection,
    ask: &Import,
    claimed: Option<MultiPolygon<f64>>,
    bounds: Option<Rect<f64>>,
    s: Stage,
) -> Result<Geometry<f64>> {
    if bounds.is_none() {
        refuse_if_all_bad(tx, s).await?;
    }
    if let Some(area) = claimed {
        refuse_if_elsewhere(tx, &area, bounds, s).await?;
        return Ok(Geometry::MultiPolygon(area));
    }
    let area = match &ask.coverage {
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
        _ => bounds
            .map(|b| b.to_polygon().into())
            .ok_or_else(|| Error::refused("coverage", "nothing-covered", "no rows", "a layer with rows"))?,
    };
    Ok(Geometry::MultiPolygon(area))
}

/// A file of which no row could be taken over is no map; why, its rows say.
async fn refuse_if_all_bad(tx: &mut PgConnection, s: Stage) -> Result<()> {
    let counts = layer_issue::counts(tx, s.version).await?;
    let why: Vec<String> = counts.iter().filter(|c| c.set_aside).map(|c| format!("{} {}", c.rows, c.code)).collect();
    if why.is_empty() || stage::any(tx, s).await? {
        return Ok(());
    }
    Err(Error::refused("file", "every-row-set-aside", why.join(", "), "a file with at least one sound row"))
}

/// An area somebody wrote down.
fn wkt_area(text: &str) -> Result<MultiPolygon<f64>> {
    use wkt::TryFromWkt;
    let bad = |why: String| {
        Error::refused("coverage", "wkt-unreadable", why, "POLYGON((e n, ...)) or MULTIPOLYGON in zone metres")
    };
    let g: Geometry<f64> = Geometry::try_from_wkt_str(text).map_err(|e| bad(e.to_string()))?;
    let area = geometry::polygons(g).ok_or_else(|| bad("not an area".into()))?;
    match flaws(&area).iter().find(|f| f.kind != FlawKind::RepeatedPoint) {
        Some(flaw) => {
            let at = flaw.at.map_or(String::new(), |p| format!(" at {:.2} {:.2}", p.x, p.y));
            Err(bad(format!("{}{at}", flaw.kind.key())))
        }
        None => Ok(area),
    }
}

/// An area that holds few of the rows is about other ground: by it, parcels would be called clear of what was never drawn there.
async fn refuse_if_elsewhere(
    tx: &mut PgConnection,
    area: &MultiPolygon<f64>,
    rows: Option<Rect<f64>>,
    s: Stage,
) -> Result<()> {
    let (Some(own), Some(rows)) = (area.bounding_rect(), rows) else { return Ok(()) };
    let counts = layer_issue::counts(tx, s.version).await?;
    let beyond = counts.iter().find(|c| c.code == OUTSIDE_COVERAGE).map_or(0, |c| c.rows);
    let placed = stage::placed(tx, s).await?;
    if own.intersects(&rows) && beyond * 2 <= placed {
        return Ok(());
    }
    let said = |r: Rect<f64>| format!("{:.0} {:.0} to {:.0} {:.0}", r.min().x, r.min().y, r.max().x, r.max().y);
    Err(Error::refused(
        "coverage",
        "coverage-elsewhere",
        format!("{}: {beyond} of {placed} rows lie outside", said(own)),
        format!("easting and northing in metres of the zone, where the rows lie: {}", said(rows)),
    ))
}

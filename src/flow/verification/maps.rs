//! What published maps say around a parcel. Layer versions and large features are kept in memory between verifications; what
//! is published now, and which rows lie near, is asked each time.

use crate::app::{App, FeatureKey};
use crate::domain::geom::Indexed;
use crate::domain::theme::Family;
use crate::domain::verify::{Feature, Gathered, Ground, LayerFacts, LayerPin, LayerVersion, ThemeFacts, ThemeSet};
use crate::flow::Result;
use crate::store::feature::{self, Asked, Bounds, FeatureRow, WITHIN_ROW};
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::layer::{self as layers, Mark, PublishedRow};
use geo::BoundingRect;
use geo_types::{MultiPolygon, Rect};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Features farther than this from the parcel are not looked at (m); roads must be nearer to give access.
const SEARCH_M: f64 = 60.0;
/// Where the strips along a version's lines reach farther, it is looked as far as they reach and this much more (m).
const BEYOND_M: f64 = 20.0;
/// More rows than this around one parcel: the answer is called truncated.
pub(in crate::flow) const MOST_ROWS: i64 = 20_000;

/// Where features around this parcel are looked for.
pub(in crate::flow) fn window_of(boundary: Option<&MultiPolygon<f64>>) -> Option<Rect<f64>> {
    let b = boundary?.bounding_rect()?;
    Some(Rect::new((b.min().x - SEARCH_M, b.min().y - SEARCH_M), (b.max().x + SEARCH_M, b.max().y + SEARCH_M)))
}

/// The published versions of a zone, in order of id.
pub(in crate::flow) async fn current(app: &App, conn: &mut PgConnection, zone: i32) -> Result<Vec<Arc<LayerVersion>>> {
    let marks = layers::current(conn, zone).await?;
    known(app, conn, marks).await
}

/// These versions, as long as they were published once, in order of id.
pub(in crate::flow) async fn these(
    app: &App,
    conn: &mut PgConnection,
    zone: i32,
    ids: &[i64],
) -> Result<Vec<Arc<LayerVersion>>> {
    let marks = layers::these(conn, zone, ids).await?;
    known(app, conn, marks).await
}

async fn known(app: &App, conn: &mut PgConnection, marks: Vec<Mark>) -> Result<Vec<Arc<LayerVersion>>> {
    let mut all: BTreeMap<i64, Arc<LayerVersion>> =
        marks.iter().filter_map(|m| Some((m.id, app.maps.version(*m)?))).collect();
    let new: Vec<i64> = marks.iter().map(|m| m.id).filter(|id| !all.contains_key(id)).collect();
    if !new.is_empty() {
        for row in layers::published(conn, &new).await? {
            let (mark, stored) = (row.mark, row.coverage.len() + row.set_aside.as_ref().map_or(0, Vec::len));
            let version = Arc::new(version(row)?);
            app.maps.keep_version(mark, version.clone(), stored);
            all.insert(mark.id, version);
        }
    }
    Ok(all.into_values().collect())
}

fn version(r: PublishedRow) -> Result<LayerVersion> {
    let pin = LayerPin {
        layer_version_id: r.mark.id,
        layer: r.layer,
        number: r.number,
        content_hash: r.content_hash,
        source_name: r.source_name,
        source_date: r.source_date,
        decision: r.decision,
        accuracy_m: r.accuracy_m,
        scale: r.scale,
        rows_bad: r.rows_bad,
        rows_unplaced: r.rows_unplaced,
        theme: (r.accuracy_m <= 0.0).then(|| r.theme.clone()),
    };
    let coverage = polygons(from_ewkb(&r.coverage)?).unwrap_or_else(|| MultiPolygon(vec![]));
    let set_aside = r.set_aside.as_deref().map(from_ewkb).transpose()?;
    let holes = set_aside.clone().and_then(polygons);
    let ground = Arc::new(Ground::of(&coverage, holes.as_ref()));
    let (theme, coverage_key, reach_m) = (r.theme, r.coverage_key, r.reach_m);
    Ok(LayerVersion {
        pin: Arc::new(pin),
        theme,
        coverage_key,
        reach_m,
        set_aside: set_aside.map(Indexed::proved),
        ground,
        coverage: Indexed::proved(coverage.into()),
    })
}

/// The map that speaks for a parcel whose row came with version `own`: while the row is in force, the current version of that
/// layer and coverage says it anew.
pub(in crate::flow) fn map_of(own: &LayerVersion, in_force: bool, current: &[Arc<LayerVersion>]) -> Arc<LayerPin> {
    let same = |v: &&Arc<LayerVersion>| v.pin.layer == own.pin.layer && v.coverage_key == own.coverage_key;
    let now = current.iter().find(same).filter(|_| in_force);
    now.map_or_else(|| own.pin.clone(), |v| v.pin.clone())
}

/// Every theme but the cadastral map with its layers around the parcel, in order of code.
pub(in crate::flow) fn theme_layers(
    set: &ThemeSet,
    versions: &[Arc<LayerVersion>],
    window: Option<Rect<f64>>,
    mut by_version: BTreeMap<i64, Gathered<Vec<Arc<Feature>>>>,
) -> Vec<ThemeFacts> {
    let within = |all: Option<&Indexed>| match (all, window) {
        (Some(all), Some(w)) => all.within(&w),
        _ => MultiPolygon(vec![]),
    };
    let mut layer = |v: &LayerVersion| LayerFacts {
        pin: v.pin.clone(),
        coverage: within(Some(&v.coverage)),
        set_aside: within(v.set_aside.as_ref()),
        ground: v.ground.clone(),
        features: by_version.remove(&v.pin.layer_version_id).unwrap_or_else(|| Gathered::Read(vec![])),
    };
    let asked = set.themes.iter().filter(|t| t.family != Family::Parcel);
    asked
        .map(|theme| ThemeFacts {
            theme: theme.clone(),
            layers: versions.iter().filter(|v| v.theme == theme.code).map(|v| layer(v)).collect(),
        })
        .collect()
}

/// The versions whose rows are asked for: those that are no cadastral map.
pub(in crate::flow) fn asked(set: &ThemeSet, versions: &[Arc<LayerVersion>]) -> Vec<Asked> {
    let one = |v: &Arc<LayerVersion>| {
        let theme = set.find(&v.theme).filter(|t| t.family != Family::Parcel)?;
        let reach = v.reach_m.max(theme.half_width_m.unwrap_or(0.0));
        Some(Asked { version: v.pin.layer_version_id, beyond: (reach + BEYOND_M - SEARCH_M).max(0.0) })
    };
    versions.iter().filter_map(one).collect()
}

/// The features of every version that is no cadastral map; all versions share the fate of their one query.
pub(in crate::flow) async fn features(
    app: &App,
    conn: &mut PgConnection,
    zone: i32,
    set: &ThemeSet,
    versions: &[Arc<LayerVersion>],
    window: Option<Rect<f64>>,
    keys: &[String],
) -> BTreeMap<i64, Gathered<Vec<Arc<Feature>>>> {
    let asked = asked(set, versions);
    let same = |g: Gathered<Vec<Arc<Feature>>>| asked.iter().map(|a| (a.version, g.clone())).collect();
    let found = match near(app, conn, zone, &asked, window, keys).await {
        Ok(Some(found)) => found,
        Ok(None) => return same(Gathered::Truncated(MOST_ROWS as usize)),
        Err(e) => {
            tracing::warn!(error = %e, "features around a parcel could not be read");
            return same(Gathered::Failed("the map store did not answer".into()));
        }
    };
    let mut out: BTreeMap<i64, Gathered<Vec<Arc<Feature>>>> =
        asked.iter().map(|a| (a.version, Gathered::Read(vec![]))).collect();
    for (id, feature) in found {
        match (feature, out.get_mut(&id)) {
            (Ok(f), Some(Gathered::Read(list))) => list.push(f),
            (Err(e), Some(slot)) => *slot = Gathered::Failed(e.to_string()),
            _ => {}
        }
    }
    out
}

/// A row of a version, read.
pub(in crate::flow) type Found = (i64, anyhow::Result<Arc<Feature>>);

/// The rows near a window in order of version and `fid`; none when there are too many.
async fn near(
    app: &App,
    conn: &mut PgConnection,
    zone: i32,
    asked: &[Asked],
    window: Option<Rect<f64>>,
    keys: &[String],
) -> sqlx::Result<Option<Vec<Found>>> {
    let rows = feature::around(conn, zone, asked, window.map(Bounds::from), keys, MOST_ROWS, WITHIN_ROW).await?;
    if rows.len() as i64 > MOST_ROWS {
        return Ok(None);
    }
    read_all(app, conn, zone, rows).await.map(Some)
}

/// Rows in their order as features; large geometries are kept in memory, or read now.
pub(in crate::flow) async fn read_all(
    app: &App,
    conn: &mut PgConnection,
    zone: i32,
    rows: Vec<FeatureRow>,
) -> sqlx::Result<Vec<Found>> {
    let mut large: HashMap<FeatureKey, Arc<Feature>> =
        rows.iter().filter(|r| r.large).filter_map(|r| Some((key(r), app.maps.feature(key(r))?))).collect();
    let new: Vec<&FeatureRow> = rows.iter().filter(|r| r.large && !large.contains_key(&key(r))).collect();
    let mut unread = HashMap::new();
    if !new.is_empty() {
        let (versions, fids): (Vec<i64>, Vec<i64>) = new.iter().map(|r| (r.layer_version_id, r.fid)).unzip();
        for row in feature::these(conn, zone, &versions, &fids).await? {
            let (key, stored) = (key(&row), row.ewkb.as_ref().map_or(0, Vec::len));
            match read(row) {
                Ok(f) => {
                    app.maps.keep_feature(key, f.clone(), stored);
                    large.insert(key, f);
                }
                Err(e) => drop(unread.insert(key, e)),
            }
        }
    }
    let mut found = |r: FeatureRow| match (r.large, large.get(&key(&r))) {
        (false, _) => read(r),
        (true, Some(f)) => Ok(f.clone()),
        (true, None) => {
            Err(unread.remove(&key(&r)).unwrap_or_else(|| anyhow::anyhow!("a row changed while it was read")))
        }
    };
    Ok(rows.into_iter().map(|r| (r.layer_version_id, found(r))).collect())
}

fn key(r: &FeatureRow) -> FeatureKey {
    (r.layer_version_id, r.fid, r.stamp)
}

fn read(r: FeatureRow) -> anyhow::Result<Arc<Feature>> {
    let attrs = match r.attrs {
        serde_json::Value::Object(m) => m,
        _ => serde_json::Map::new(),
    };
    let geom = r.ewkb.as_deref().map(from_ewkb).transpose()?.map(Indexed::proved);
    Ok(Arc::new(Feature { fid: r.fid, key: r.key, code: r.code, label: r.label, attrs, geom }))
}

//! All that a chunk of parcels needs, read in one go as of one moment.

use super::boxes::{Boxes, box_of, joined, windows};
use super::cover::{self, Coverage, Known};
use crate::app::App;
use crate::domain::parcel::rank::{Hints, rank};
use crate::domain::parcel::reference;
use crate::domain::parcel::succession::{Gazetteer, TodayCommune};
use crate::domain::verify::{Feature, LayerPin, Neighbour, OtherCase, ParcelRef, Resolution, ThemeSet};
use crate::flow::parcel::{candidate_row, known_communes};
use crate::flow::verification::{current_themes, feature, pin};
use crate::flow::{Result, begin};
use crate::store::batch::window::{self as rows, VersionRow, Wanted};
use crate::store::feature::{Bounds, FeatureRow};
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::parcel::ParcelRow;
use crate::store::{commune, layer as layers};
use geo_types::MultiPolygon;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// As far as a single verification looks (m).
const NEIGHBOURS_M: f64 = 2.0;

/// A parcel of the chunk. What cannot be read of it is said in its stead.
pub struct Subject {
    pub row: ParcelRow,
    pub boundary: std::result::Result<Option<MultiPolygon<f64>>, String>,
    /// Box of the boundary.
    pub bounds: Option<Bounds>,
    pub keys: Vec<String>,
    pub resolution: Resolution,
    pub province: Option<String>,
    pub layer: Option<LayerPin>,
    pub other_cases: Vec<OtherCase>,
    /// Beside [`Window::versions`].
    pub covers: Vec<MultiPolygon<f64>>,
}

/// A published version in the zone.
pub struct Version {
    pub pin: LayerPin,
    pub theme: String,
    pub is_cadastral: bool,
}

/// A row near the chunk.
pub struct Near {
    pub version: i64,
    pub feature: std::result::Result<Arc<Feature>, String>,
}

/// What was read.
pub struct Window {
    pub zone: i32,
    /// In the chunk's order; none: the parcel is not there.
    pub subjects: Vec<Option<Subject>>,
    pub theme_set: Arc<ThemeSet>,
    pub versions: Vec<Version>,
    /// In order of version and number.
    pub near: Vec<Near>,
    pub near_boxes: Boxes,
    /// Places of rows without geometry, by key.
    pub keyed: HashMap<String, Vec<usize>>,
    /// In order of id.
    pub neighbours: Vec<(Uuid, std::result::Result<Option<Neighbour>, String>)>,
    pub neighbour_boxes: Boxes,
}

pub async fn read(app: &App, zone: i32, ids: &[Uuid]) -> Result<Window> {
    let theme_set = current_themes(app).await?;
    let mut tx = begin(app).await?;
    rows::one_moment(&mut tx).await?;
    let conn = &mut *tx;
    let mut subjects = subjects(app, conn, zone, ids).await?;
    let searches: Vec<Bounds> = subjects
        .iter()
        .filter_map(|s| Some(s.as_ref()?.bounds?.widened(crate::flow::verification::SEARCH_M)))
        .collect();
    let windows = windows(searches.into_iter());
    let all = windows.iter().copied().reduce(joined).unwrap_or(layers::NOWHERE);
    let versions = rows::versions(conn, zone, all.widened(1.0)).await?;
    covers(conn, zone, &versions, &mut subjects).await?;
    pins(app, zone, &versions, &mut subjects).await?;
    let asked: Vec<i64> = versions.iter().filter(|v| !v.current.is_cadastral).map(|v| v.current.id).collect();
    let keys: BTreeSet<String> = subjects.iter().flatten().flat_map(|s| s.keys.iter().cloned()).collect();
    let keys: Vec<String> = keys.into_iter().collect();
    let keyed = rows::keyed(conn, zone, &asked, &keys).await?;
    let (mut features, mut neighbours) = (vec![], vec![]);
    for w in &windows {
        features.extend(rows::features(conn, zone, &asked, *w).await?);
        neighbours.extend(rows::neighbours(conn, zone, w.widened(NEIGHBOURS_M)).await?);
    }
    tx.commit().await?;
    let (near, near_boxes, keyed) = near(features, keyed);
    let (neighbours, neighbour_boxes) = adjoining(neighbours);
    let version =
        |v: VersionRow| Version { pin: pin(&v.current), theme: v.current.theme, is_cadastral: v.current.is_cadastral };
    let versions = versions.into_iter().map(version).collect();
    Ok(Window { zone, subjects, theme_set, versions, near, near_boxes, keyed, neighbours, neighbour_boxes })
}

async fn subjects(app: &App, conn: &mut PgConnection, zone: i32, ids: &[Uuid]) -> Result<Vec<Option<Subject>>> {
    let found = rows::parcels(conn, zone, ids).await?;
    let mut keys: HashMap<Uuid, Vec<String>> = rows::keys(conn, zone, ids).await?.into_iter().collect();
    let mut cases: HashMap<Uuid, Vec<OtherCase>> = HashMap::new();
    for c in rows::open_cases(conn, zone, ids).await? {
        let case = OtherCase { number: c.number, procedure: c.procedure, same_certificate: false, same_parcel: true };
        cases.entry(c.parcel_id).or_default().push(case);
    }
    let (mut resolutions, provinces) = (resolutions(app, conn, &found).await?, provinces(app, &found).await?);
    let mut by_id: HashMap<Uuid, Subject> = HashMap::new();
    for row in found {
        let boundary = row.ewkb.as_deref().map(from_ewkb).transpose().map_err(|e| e.to_string());
        let boundary = boundary.map(|g| g.and_then(polygons));
        let bounds = boundary.as_ref().ok().and_then(|b| b.clone()).and_then(|b| box_of(&b.into()));
        let id = row.parcel_id;
        let subject = Subject {
            boundary,
            bounds,
            keys: keys.remove(&id).unwrap_or_default(),
            resolution: resolutions.remove(&id).unwrap_or_default(),
            province: provinces.get(&row.commune_code).cloned().flatten(),
            layer: None,
            other_cases: cases.remove(&id).unwrap_or_default(),
            covers: vec![],
            row,
        };
        by_id.insert(id, subject);
    }
    Ok(ids.iter().map(|id| by_id.remove(id)).collect())
}

/// What each parcel's own reference leads to: the parcel itself, and whoever bears or bore the same name.
async fn resolutions(app: &App, conn: &mut PgConnection, found: &[ParcelRow]) -> Result<HashMap<Uuid, Resolution>> {
    let mut communes: HashMap<&str, Vec<TodayCommune>> = HashMap::new();
    let (mut asked, mut wanted) = (vec![], vec![]);
    for row in found {
        let plain = own_reference(row);
        if !communes.contains_key(row.commune_code.as_str()) {
            communes.insert(&row.commune_code, known_communes(app, &plain, None).await?);
        }
        let here = &communes[row.commune_code.as_str()];
        let checked = reference::check(&plain).ok().filter(|a| !a.sheet.is_empty() && !a.number.is_empty());
        if let Some(a) = &checked {
            let mut codes = Gazetteer::codes_to_look_up(here);
            codes.extend(a.commune_code.clone());
            let one = |commune| Wanted {
                i: i32::try_from(asked.len()).unwrap_or(i32::MAX),
                commune,
                sheet: a.sheet.clone(),
                number: a.number.clone(),
            };
            wanted.extend(codes.into_iter().map(one));
        }
        asked.push((row, checked.unwrap_or(plain)));
    }
    let mut rows_of: Vec<Vec<_>> = asked.iter().map(|_| vec![]).collect();
    for found in rows::by_aliases(conn, &wanted).await? {
        if let Some(rows) = usize::try_from(found.i).ok().and_then(|i| rows_of.get_mut(i)) {
            rows.push(candidate_row(found.row));
        }
    }
    let resolved = asked.into_iter().zip(rows_of).map(|((row, asked), rows)| {
        let candidates = rank(&asked, &communes[row.commune_code.as_str()], &rows, &Hints::default());
        (row.parcel_id, Resolution { asked, candidates })
    });
    Ok(resolved.collect())
}

/// The reference that a parcel is looked at by.
fn own_reference(row: &ParcelRow) -> ParcelRef {
    ParcelRef {
        commune_code: Some(row.commune_code.clone()),
        commune_name: None,
        sheet: row.sheet.clone(),
        number: row.number.clone(),
    }
}

async fn provinces(app: &App, found: &[ParcelRow]) -> Result<HashMap<String, Option<String>>> {
    let codes: BTreeSet<String> = found.iter().map(|r| r.commune_code.clone()).collect();
    let rows = commune::by_codes(&app.pool, &codes.into_iter().collect::<Vec<_>>()).await?;
    Ok(rows.into_iter().map(|c| (c.code, c.province_code)).collect())
}

/// Fills in what every version covers around every parcel.
async fn covers(
    conn: &mut PgConnection,
    zone: i32,
    versions: &[VersionRow],
    subjects: &mut [Option<Subject>],
) -> Result<()> {
    let coverages = versions.iter().map(Coverage::of).collect::<anyhow::Result<Vec<_>>>()?;
    let (mut ask, mut places) = (vec![], vec![]);
    for (i, subject) in subjects.iter_mut().enumerate() {
        let Some(subject) = subject else { continue };
        let b = subject.bounds.map_or(layers::NOWHERE, |b| b.widened(crate::flow::verification::SEARCH_M));
        for (k, coverage) in coverages.iter().enumerate() {
            subject.covers.push(match coverage.clip(b) {
                Known::Is(area) => area,
                Known::Ask => {
                    ask.push((versions[k].current.id, b));
                    places.push((i, k));
                    MultiPolygon(vec![])
                }
            });
        }
    }
    if ask.is_empty() {
        return Ok(());
    }
    for ((i, k), ewkb) in places.into_iter().zip(rows::clips(conn, zone, &ask).await?) {
        if let Some(subject) = &mut subjects[i] {
            subject.covers[k] = cover::read(ewkb.as_deref())?;
        }
    }
    Ok(())
}

/// Fills in the map version each parcel's row came from.
async fn pins(app: &App, zone: i32, versions: &[VersionRow], subjects: &mut [Option<Subject>]) -> Result<()> {
    let mut known: BTreeMap<i64, LayerPin> = versions.iter().map(|v| (v.current.id, pin(&v.current))).collect();
    let wanted: BTreeSet<i64> = subjects.iter().flatten().filter_map(|s| s.row.layer_version_id).collect();
    let missing: Vec<i64> = wanted.into_iter().filter(|id| !known.contains_key(id)).collect();
    if !missing.is_empty() {
        known.extend(layers::these(&app.pool, zone, &missing, None).await?.iter().map(|c| (c.id, pin(c))));
    }
    for s in subjects.iter_mut().flatten() {
        s.layer = s.row.layer_version_id.and_then(|id| known.get(&id).cloned());
    }
    Ok(())
}

type Keyed = HashMap<String, Vec<usize>>;

fn near(features: Vec<FeatureRow>, keyed: Vec<FeatureRow>) -> (Vec<Near>, Boxes, Keyed) {
    let mut seen = HashSet::new();
    let mut all: Vec<FeatureRow> =
        features.into_iter().chain(keyed).filter(|f| seen.insert((f.layer_version_id, f.fid))).collect();
    all.sort_unstable_by_key(|f| (f.layer_version_id, f.fid));
    let (mut near, mut boxes, mut keyed) = (Vec::with_capacity(all.len()), vec![], Keyed::new());
    for (i, row) in all.into_iter().enumerate() {
        let (version, key, has_geom) = (row.layer_version_id, row.key.clone(), row.ewkb.is_some());
        let read = feature(row).map(Arc::new).map_err(|e| e.to_string());
        match (&read, key) {
            (_, Some(key)) if !has_geom => keyed.entry(key).or_default().push(i),
            (Ok(f), _) => boxes.extend(f.geom.as_ref().and_then(|g| box_of(g)).map(|b| (i, b))),
            // nobody can tell where it is: it counts for everybody
            (Err(_), _) => boxes.push((i, EVERYWHERE)),
        }
        near.push(Near { version, feature: read });
    }
    (near, Boxes::new(boxes.into_iter()), keyed)
}

const EVERYWHERE: Bounds = Bounds { min_e: f64::MIN, min_n: f64::MIN, max_e: f64::MAX, max_n: f64::MAX };

type Adjoining = Vec<(Uuid, std::result::Result<Option<Neighbour>, String>)>;

fn adjoining(rows: Vec<rows::NeighbourRow>) -> (Adjoining, Boxes) {
    let mut seen = HashSet::new();
    let mut rows: Vec<_> = rows.into_iter().filter(|r| seen.insert(r.parcel_id)).collect();
    rows.sort_unstable_by_key(|r| r.parcel_id);
    let (mut out, mut boxes) = (Vec::with_capacity(rows.len()), vec![]);
    for (i, r) in rows.into_iter().enumerate() {
        let geom = from_ewkb(&r.ewkb).map_err(|e| e.to_string());
        boxes.extend(match &geom {
            Ok(g) => box_of(g).map(|b| (i, b)),
            Err(_) => Some((i, EVERYWHERE)),
        });
        let neighbour = geom.map(|g| {
            polygons(g).map(|boundary| Neighbour {
                id: r.parcel_id,
                version: r.version,
                row_hash: hex::encode(&r.row_hash),
                sheet: r.sheet,
                number: r.number,
                boundary,
            })
        });
        out.push((r.parcel_id, neighbour));
    }
    (out, Boxes::new(boxes.into_iter()))
}

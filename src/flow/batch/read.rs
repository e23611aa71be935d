//! All that a chunk of parcels needs, read in one go as of one moment.

use super::boxes::{Boxes, box_of, windows};
use crate::app::App;
use crate::domain::batch::RunPins;
use crate::domain::parcel::rank::{Hints, rank};
use crate::domain::parcel::reference;
use crate::domain::parcel::succession::{CameFrom, Gazetteer, TodayCommune, old_province};
use crate::domain::verify::{Gathered, LayerPin, LayerVersion, Neighbour, OtherCase, ParcelRef, Resolution, ThemeSet};
use crate::flow::Result;
use crate::flow::parcel::{came_from, candidate_row, known_communes};
use crate::flow::verification::{
    Found, MOST_CASES, NEIGHBOURS_M, asked, kept_themes, map_of, read_all, rivals, these, window_of,
};
use crate::store::batch::window::{self as rows, MOST_FOUND, Wanted};
use crate::store::case::RivalRow;
use crate::store::commune;
use crate::store::feature::{Asked, Bounds, FeatureRow, WITHIN_ROW, around};
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::parcel::ParcelRow;
use crate::store::standing::one_moment;
use geo_types::{MultiPolygon, Rect};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

/// A parcel of the chunk. What cannot be read of it is said in its stead.
pub struct Subject {
    pub row: ParcelRow,
    pub boundary: std::result::Result<Option<MultiPolygon<f64>>, String>,
    /// Box of the boundary.
    pub bounds: Option<Bounds>,
    /// Where features are looked for.
    pub window: Option<Rect<f64>>,
    pub keys: Vec<String>,
    pub resolution: Resolution,
    pub province: Option<String>,
    pub old_province: Option<String>,
    pub layer: Option<Arc<LayerPin>>,
    pub other_cases: Gathered<Vec<OtherCase>>,
}

/// Boxes of rows, by how far beyond a parcel's window they are looked for (m).
pub type ByReach = Vec<(f64, Boxes)>;

/// What was read.
pub struct Window {
    pub zone: i32,
    /// In the chunk's order; none: the parcel is not there.
    pub subjects: Vec<Option<Subject>>,
    pub theme_set: Arc<ThemeSet>,
    /// The pinned versions of the zone.
    pub versions: Vec<Arc<LayerVersion>>,
    /// Rows near the chunk, in order of version and number.
    pub near: Vec<Found>,
    pub near_boxes: ByReach,
    /// Places of rows that bear a name of one of the parcels, by key; drawn or not.
    pub keyed: HashMap<String, Vec<usize>>,
    /// In order of id.
    pub neighbours: Adjoining,
    pub neighbour_boxes: Boxes,
}

/// Parcels and maps by the run's pins.
pub async fn read(app: &App, pins: &RunPins, zone: i32, ids: &[Uuid]) -> Result<Window> {
    let theme_set = kept_themes(app, &pins.themes).await?;
    let mut tx = one_moment(&app.pool).await?;
    let conn = &mut *tx;
    let versions = super::pins::pinned(app, conn, pins, zone).await?;
    let mut subjects = subjects(conn, zone, ids, pins.at).await?;
    own_maps(app, conn, zone, &versions, &mut subjects).await?;
    let windows = windows(subjects.iter().flatten().filter_map(|s| s.window.map(Bounds::from)));
    let asked = asked(&theme_set, &versions);
    let near = near(app, conn, zone, &asked, &windows, &subjects).await?;
    let mut neighbours = vec![];
    for w in &windows {
        neighbours.extend(rows::neighbours(conn, zone, w.widened(NEIGHBOURS_M), pins.at).await?);
    }
    tx.commit().await?;
    let (near_boxes, keyed) = places(&near, &asked, &subjects);
    let (neighbours, neighbour_boxes) = adjoining(neighbours);
    Ok(Window { zone, subjects, theme_set, versions, near, near_boxes, keyed, neighbours, neighbour_boxes })
}

async fn subjects(
    conn: &mut PgConnection,
    zone: i32,
    ids: &[Uuid],
    at: OffsetDateTime,
) -> Result<Vec<Option<Subject>>> {
    let found = rows::parcels(conn, zone, ids, at).await?;
    let mut keys: HashMap<Uuid, Vec<String>> = rows::keys(conn, zone, ids, at).await?.into_iter().collect();
    let mut cases = other_cases(conn, zone, ids, at).await?;
    let mut resolutions = resolutions(conn, &found, at).await?;
    let homes = homes(conn, &found).await?;
    let mut by_id: HashMap<Uuid, Subject> = HashMap::new();
    for row in found {
        let boundary = row.ewkb.as_deref().map(from_ewkb).transpose().map_err(|e| e.to_string());
        let boundary = boundary.map(|g| g.and_then(polygons));
        let drawn = boundary.as_ref().ok().and_then(Option::as_ref);
        let id = row.parcel_id;
        let (keys, home) = (keys.remove(&id).unwrap_or_default(), homes.get(&row.commune_code));
        let subject = Subject {
            bounds: drawn.and_then(box_of),
            window: window_of(drawn),
            boundary,
            resolution: resolutions.remove(&id).unwrap_or_default(),
            province: home.and_then(|h| h.province.clone()),
            old_province: home.and_then(|h| old_province(&h.came_from, &keys)),
            keys,
            layer: None,
            other_cases: cases.remove(&id).unwrap_or(Gathered::Read(vec![])),
            row,
        };
        by_id.insert(id, subject);
    }
    Ok(ids.iter().map(|id| by_id.remove(id)).collect())
}

async fn other_cases(
    conn: &mut PgConnection,
    zone: i32,
    ids: &[Uuid],
    at: OffsetDateTime,
) -> Result<HashMap<Uuid, Gathered<Vec<OtherCase>>>> {
    let mut found: HashMap<Uuid, Vec<RivalRow>> = HashMap::new();
    for c in rows::open_cases(conn, zone, ids, MOST_CASES as i64 + 1, at).await? {
        found.entry(c.parcel_id).or_default().push(c.row);
    }
    let (mut out, mut meant) = (HashMap::with_capacity(found.len()), HashMap::new());
    for (id, rows) in found {
        out.insert(id, rivals(conn, &mut meant, Some(id), rows).await?);
    }
    Ok(out)
}

/// What each parcel's own reference leads to: the parcel itself, and whoever bears or bore the same name.
async fn resolutions(
    conn: &mut PgConnection,
    found: &[ParcelRow],
    at: OffsetDateTime,
) -> Result<HashMap<Uuid, Resolution>> {
    let mut communes: HashMap<Option<String>, Vec<TodayCommune>> = HashMap::new();
    let (mut asked, mut wanted) = (vec![], vec![]);
    for row in found {
        let plain = own_reference(row);
        let a = match reference::check(&plain) {
            Ok(a) if a.sheet.is_empty() || a.number.is_empty() => {
                asked.push((row.parcel_id, reference::normalise(&plain)));
                continue;
            }
            Ok(a) => a,
            // a reference no map can have is a finding, not an error
            Err(_) => {
                asked.push((row.parcel_id, plain));
                continue;
            }
        };
        if !communes.contains_key(&a.commune_code) {
            communes.insert(a.commune_code.clone(), known_communes(conn, &a, None).await?);
        }
        let mut codes = Gazetteer::codes_to_look_up(&communes[&a.commune_code]);
        codes.extend(a.commune_code.clone());
        let one = |commune| Wanted {
            i: i32::try_from(asked.len()).unwrap_or(i32::MAX),
            commune,
            sheet: a.sheet.clone(),
            number: a.number.clone(),
        };
        wanted.extend(codes.into_iter().map(one));
        asked.push((row.parcel_id, a));
    }
    let mut rows_of: Vec<Vec<_>> = asked.iter().map(|_| vec![]).collect();
    for zone in rows::named_zones(conn).await? {
        for found in rows::by_aliases(conn, zone, &wanted, at).await? {
            let rows = usize::try_from(found.i).ok().and_then(|i| rows_of.get_mut(i));
            if let Some(rows) = rows.filter(|rows| rows.len() < MOST_FOUND) {
                rows.push(candidate_row(found.row));
            }
        }
    }
    let resolved = asked.into_iter().zip(rows_of).map(|((id, asked), rows)| {
        let today = communes.get(&asked.commune_code).map_or(&[][..], Vec::as_slice);
        let candidates = rank(&asked, today, &rows, &Hints::default());
        (id, Resolution { asked, candidates })
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

/// Where a commune lies now, and what it was made of.
struct Home {
    province: Option<String>,
    came_from: Vec<CameFrom>,
}

async fn homes(conn: &mut PgConnection, found: &[ParcelRow]) -> Result<HashMap<String, Home>> {
    let codes: BTreeSet<String> = found.iter().map(|r| r.commune_code.clone()).collect();
    let codes: Vec<String> = codes.into_iter().collect();
    let known = commune::by_codes(&mut *conn, &codes).await?;
    let mut provinces: HashMap<String, Option<String>> = known.into_iter().map(|c| (c.code, c.province_code)).collect();
    let mut homes = HashMap::new();
    for code in codes {
        let (province, came_from) = (provinces.remove(&code).flatten(), came_from(conn, &code).await?);
        homes.insert(code, Home { province, came_from });
    }
    Ok(homes)
}

/// Fills in the map version that speaks for each parcel.
async fn own_maps(
    app: &App,
    conn: &mut PgConnection,
    zone: i32,
    versions: &[Arc<LayerVersion>],
    subjects: &mut [Option<Subject>],
) -> Result<()> {
    let named = |v: &Arc<LayerVersion>| (v.pin.layer_version_id, v.clone());
    let mut known: BTreeMap<i64, Arc<LayerVersion>> = versions.iter().map(named).collect();
    let wanted: BTreeSet<i64> = subjects.iter().flatten().filter_map(|s| s.row.layer_version_id).collect();
    let missing: Vec<i64> = wanted.into_iter().filter(|id| !known.contains_key(id)).collect();
    if !missing.is_empty() {
        known.extend(these(app, conn, zone, &missing).await?.iter().map(named));
    }
    for s in subjects.iter_mut().flatten() {
        let own = s.row.layer_version_id.and_then(|id| known.get(&id));
        s.layer = own.map(|v| map_of(v, s.row.valid_to.is_none(), versions));
    }
    Ok(())
}

/// The rows around all windows, and those that bear one of the parcels' names.
async fn near(
    app: &App,
    conn: &mut PgConnection,
    zone: i32,
    asked: &[Asked],
    windows: &[Bounds],
    subjects: &[Option<Subject>],
) -> Result<Vec<Found>> {
    const ALL: i64 = i64::MAX - 1;
    let keys: BTreeSet<String> = subjects.iter().flatten().flat_map(|s| s.keys.iter().cloned()).collect();
    let keys: Vec<String> = keys.into_iter().collect();
    let mut all = around(conn, zone, asked, None, &keys, ALL, WITHIN_ROW).await?;
    for w in windows {
        all.extend(around(conn, zone, asked, Some(*w), &[], ALL, WITHIN_ROW).await?);
    }
    let mut seen = HashSet::new();
    let place = |f: &FeatureRow| (f.layer_version_id, f.fid);
    all.retain(|f| seen.insert(place(f)));
    all.sort_unstable_by_key(place);
    Ok(read_all(app, conn, zone, all).await?)
}

/// Where each row is found again: by its box, and by its key when a parcel bears it.
fn places(near: &[Found], asked: &[Asked], subjects: &[Option<Subject>]) -> (ByReach, HashMap<String, Vec<usize>>) {
    let names: HashSet<&str> = subjects.iter().flatten().flat_map(|s| s.keys.iter().map(String::as_str)).collect();
    let mut by_reach: BTreeMap<u64, Vec<(usize, Bounds)>> = BTreeMap::new();
    let mut keyed = HashMap::<String, Vec<usize>>::new();
    let beyond: HashMap<i64, f64> = asked.iter().map(|a| (a.version, a.beyond)).collect();
    for (i, (version, row)) in near.iter().enumerate() {
        let boxes = by_reach.entry(beyond.get(version).map_or(0, |b| b.to_bits())).or_default();
        match row {
            Ok(f) => {
                boxes.extend(f.geom.as_deref().and_then(box_of).map(|b| (i, b)));
                if let Some(key) = f.key.as_ref().filter(|k| names.contains(k.as_str())) {
                    keyed.entry(key.clone()).or_default().push(i);
                }
            }
            // nobody can tell where it is: it counts for everybody
            Err(_) => boxes.push((i, EVERYWHERE)),
        }
    }
    let boxes = by_reach.into_iter().map(|(beyond, all)| (f64::from_bits(beyond), Boxes::new(all.into_iter())));
    (boxes.collect(), keyed)
}

const EVERYWHERE: Bounds = Bounds { min_e: f64::MIN, min_n: f64::MIN, max_e: f64::MAX, max_n: f64::MAX };

pub type Adjoining = Vec<(Uuid, std::result::Result<Option<Arc<Neighbour>>, String>)>;

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
            polygons(g)
                .map(|b| Neighbour::stored((r.parcel_id, r.version), hex::encode(&r.row_hash), (r.sheet, r.number), b))
        });
        out.push((r.parcel_id, neighbour));
    }
    (out, Boxes::new(boxes.into_iter()))
}

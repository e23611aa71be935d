//! All facts a verification may rest on. A query that fails becomes a fact ("not answered"), never an empty answer.

use super::basis::current_themes;
use crate::app::App;
use crate::domain::geom::{Metric, Zone};
use crate::domain::paper::Paper;
use crate::domain::parcel::rank::{Hints, clear_winner};
use crate::domain::theme::Family;
use crate::domain::verify::{
    CaseFacts, Facts, Feature, Gathered, LayerFacts, LayerPin, Neighbour, OtherCase, PaperFacts, ParcelFacts,
    ParcelRef, Resolution, ThemeFacts, ThemeSet,
};
use crate::flow::paper::serial_index;
use crate::flow::parcel::resolve;
use crate::flow::{Error, Result};
use crate::store::feature::{Bounds, FeatureRow, around};
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::layer::{self as layers, CurrentRow};
use crate::store::parcel::{self, ParcelRow};
use crate::store::{case, commune};
use geo::BoundingRect;
use geo_types::{Coord, MultiPolygon};
use std::collections::BTreeMap;
use std::sync::Arc;
use time::Date;
use uuid::Uuid;

/// Features farther than this from the parcel are not looked at (m); roads must be nearer to give access, corridors are
/// stored with their width or widened by at most this.
pub(in crate::flow) const SEARCH_M: f64 = 60.0;
/// More rows than this around one parcel: the answer is called truncated.
pub(in crate::flow) const MOST_ROWS: i64 = 20_000;

/// As above, of neighbours.
pub(in crate::flow) const MOST_NEIGHBOURS: i64 = 500;

/// Whose facts are gathered.
pub struct Subject {
    pub case: CaseFacts,
    pub asked: ParcelRef,
    /// Set when the parcel is already known.
    pub parcel: Option<(i32, Uuid)>,
    pub papers: Vec<PaperFacts>,
}

/// Asks for everything at once that does not wait for something else.
pub async fn gather(app: &App, s: Subject, as_of: Date) -> Result<Facts> {
    let (resolution, around) = match s.parcel {
        Some(known) => tokio::try_join!(resolution(app, &s), surroundings(app, &s, Some(known)))?,
        None => {
            let resolution = resolution(app, &s).await?;
            let known = clear_winner(&resolution.candidates).map(|c| (c.zone.0, c.parcel_id));
            (resolution, surroundings(app, &s, known).await?)
        }
    };
    let province = s.case.province.or(around.province);
    let version = app.book.procedures.find(&s.case.procedure, province.as_deref(), as_of);
    let required_papers = version.map_or_else(Vec::new, |v| v.required_papers());
    let case = CaseFacts { province, required_papers, ..s.case };
    Ok(Facts {
        as_of,
        case,
        papers: s.papers,
        resolution,
        parcel: around.parcel,
        neighbours: around.neighbours,
        themes: around.themes,
        theme_set: around.theme_set,
        other_cases: around.other_cases,
    })
}

/// What the maps and other cases say of a parcel.
struct Surroundings {
    parcel: Option<ParcelFacts>,
    neighbours: Gathered<Vec<Neighbour>>,
    themes: Vec<ThemeFacts>,
    theme_set: Arc<ThemeSet>,
    other_cases: Gathered<Vec<OtherCase>>,
    province: Option<String>,
}

async fn surroundings(app: &App, s: &Subject, known: Option<(i32, Uuid)>) -> Result<Surroundings> {
    let row = match known {
        Some((zone, id)) => parcel::current(&app.pool, zone, id).await?,
        None => None,
    };
    let row = row.as_ref();
    let boundary = row.and_then(|r| r.ewkb.as_deref()).map(from_ewkb).transpose()?.and_then(polygons);
    let bounds = boundary.as_ref().and_then(BoundingRect::bounding_rect).map(Bounds::from);
    let search = bounds_of(boundary.as_ref());
    let (keys, theme_set, current, province, neighbours, other_cases) = tokio::try_join!(
        async {
            match row {
                Some(r) => Ok(parcel::keys_of(&app.pool, r.zone, r.parcel_id).await?),
                None => Ok(vec![]),
            }
        },
        current_themes(app),
        async {
            match row {
                Some(r) => Ok(layers::current(&app.pool, r.zone, search).await?),
                None => Ok(vec![]),
            }
        },
        async {
            match row {
                Some(r) => Ok(commune::find(&app.pool, &r.commune_code).await?.and_then(|c| c.province_code)),
                None => Ok(None),
            }
        },
        async { Ok(neighbours(app, row, bounds).await) },
        async { Ok(rivals(app, s, known).await) },
    )?;
    let pins: BTreeMap<i64, LayerPin> = current.iter().map(|c| (c.id, pin(c))).collect();
    let features = match row {
        Some(r) => features(app, r.zone, &current, search, &keys).await,
        None => BTreeMap::new(),
    };
    let themes = theme_layers(&theme_set, &current, features)?;
    let registered = registered(&themes);
    let own = match row {
        Some(r) => parcel_pin(app, r, &pins).await?,
        None => None,
    };
    let parcel = row.map(|r| parcel_facts(r, boundary, own, registered, keys));
    Ok(Surroundings { parcel, neighbours, themes, theme_set, other_cases, province })
}

/// Where features around this parcel are looked for.
pub(in crate::flow) fn bounds_of(boundary: Option<&MultiPolygon<f64>>) -> Option<Bounds> {
    boundary.and_then(BoundingRect::bounding_rect).map(|b| Bounds::from(b).widened(SEARCH_M))
}

async fn resolution(app: &App, s: &Subject) -> Result<Resolution> {
    let certificate = s.papers.iter().find_map(|p| match &p.paper {
        Paper::Certificate(c) => Some(c),
        _ => None,
    });
    let asked = certificate
        .and_then(|c| c.parcel.clone())
        .filter(|p| !p.sheet.is_empty() && !p.number.is_empty())
        .unwrap_or_else(|| s.asked.clone());
    let asked = ParcelRef {
        commune_code: asked.commune_code.or_else(|| s.asked.commune_code.clone()),
        commune_name: asked.commune_name.or_else(|| s.asked.commune_name.clone()),
        ..asked
    };
    let hints = Hints {
        area_m2: certificate.and_then(|c| c.area_m2),
        centroid: certificate.filter(|c| !c.vertices.is_empty()).map(|c| {
            let n = c.vertices.len() as f64;
            Coord {
                x: c.vertices.iter().map(|v| v.y).sum::<f64>() / n,
                y: c.vertices.iter().map(|v| v.x).sum::<f64>() / n,
            }
        }),
    };
    match resolve(app, &asked, &hints, certificate.and_then(|c| c.issued_on)).await {
        // a reference no map can have is a finding, not an error
        Err(Error::Refused(_)) => Ok(Resolution { asked, candidates: vec![] }),
        other => other,
    }
}

/// The map version a parcel's row came from: a later one that left the row as it was does not show in the row.
async fn parcel_pin(app: &App, r: &ParcelRow, current: &BTreeMap<i64, LayerPin>) -> Result<Option<LayerPin>> {
    let Some(id) = r.layer_version_id else { return Ok(None) };
    if let Some(pin) = current.get(&id) {
        return Ok(Some(pin.clone()));
    }
    Ok(layers::these(&app.pool, r.zone, &[id], None).await?.first().map(pin))
}

pub(in crate::flow) fn parcel_facts(
    r: &ParcelRow,
    boundary: Option<MultiPolygon<f64>>,
    layer: Option<LayerPin>,
    registered: Option<bool>,
    keys: Vec<String>,
) -> ParcelFacts {
    ParcelFacts {
        zone: Zone(r.zone),
        id: r.parcel_id,
        version: r.version,
        row_hash: hex::encode(&r.row_hash),
        commune_code: r.commune_code.clone(),
        sheet: r.sheet.clone(),
        number: r.number.clone(),
        scale: r.scale,
        registered_area: r.registered_area,
        land_use: r.land_use.clone(),
        boundary: boundary.map(|b| Metric::new(Zone(r.zone), b)),
        accuracy_m: layer.as_ref().map_or(0.0, |l| l.accuracy_m),
        layer,
        registered,
        keys,
    }
}

/// Does the certificate register know the parcel? None where there is no register to ask, or it did not answer.
pub(in crate::flow) fn registered(themes: &[ThemeFacts]) -> Option<bool> {
    let asked: Vec<&LayerFacts> =
        themes.iter().filter(|t| t.theme.family == Family::Register).flat_map(|t| &t.layers).collect();
    let mut answer = None;
    for layer in asked {
        match &layer.features {
            Gathered::Read(f) => answer = Some(answer.unwrap_or(false) || !f.is_empty()),
            _ => return None,
        }
    }
    answer
}

/// Every theme but the cadastral map with its layers, in order of code.
pub(in crate::flow) fn theme_layers(
    set: &ThemeSet,
    current: &[CurrentRow],
    mut by_version: BTreeMap<i64, Gathered<Vec<Arc<Feature>>>>,
) -> Result<Vec<ThemeFacts>> {
    let mut out = Vec::new();
    for theme in set.themes.iter().filter(|t| t.family != Family::Parcel) {
        let mut here = Vec::new();
        for c in current.iter().filter(|c| c.theme == theme.code) {
            let coverage = c.coverage.as_deref().map(from_ewkb).transpose()?.and_then(polygons);
            let coverage = coverage.unwrap_or_else(|| MultiPolygon(vec![]));
            let features = by_version.remove(&c.id).unwrap_or_else(|| Gathered::Read(vec![]));
            here.push(LayerFacts { pin: pin(c), coverage, features });
        }
        out.push(ThemeFacts { theme: theme.clone(), layers: here });
    }
    Ok(out)
}

/// The features of every version; all versions share the fate of their one query.
pub(in crate::flow) async fn features(
    app: &App,
    zone: i32,
    current: &[CurrentRow],
    search: Option<Bounds>,
    keys: &[String],
) -> BTreeMap<i64, Gathered<Vec<Arc<Feature>>>> {
    let ids: Vec<i64> = current.iter().filter(|c| !c.is_cadastral).map(|c| c.id).collect();
    let same = |g: Gathered<Vec<Arc<Feature>>>| ids.iter().map(|id| (*id, g.clone())).collect();
    let rows = match around(&app.pool, zone, &ids, search, keys, MOST_ROWS).await {
        Ok(rows) if rows.len() as i64 > MOST_ROWS => return same(Gathered::Truncated(MOST_ROWS as usize)),
        Ok(rows) => rows,
        Err(e) => {
            tracing::warn!(error = %e, "features around a parcel could not be read");
            return same(Gathered::Failed("the map store did not answer".into()));
        }
    };
    let mut out: BTreeMap<i64, Gathered<Vec<Arc<Feature>>>> =
        ids.iter().map(|id| (*id, Gathered::Read(vec![]))).collect();
    for row in rows {
        let id = row.layer_version_id;
        match (feature(row), out.get_mut(&id)) {
            (Ok(f), Some(Gathered::Read(list))) => list.push(Arc::new(f)),
            (Err(e), Some(slot)) => *slot = Gathered::Failed(e.to_string()),
            _ => {}
        }
    }
    out
}

/// A stored row, read.
pub(in crate::flow) fn feature(r: FeatureRow) -> anyhow::Result<Feature> {
    let attrs = match r.attrs {
        serde_json::Value::Object(m) => m,
        _ => serde_json::Map::new(),
    };
    Ok(Feature {
        fid: r.fid,
        key: r.key,
        code: r.code,
        label: r.label,
        attrs,
        geom: r.ewkb.as_deref().map(from_ewkb).transpose()?.map(Into::into),
    })
}

pub(in crate::flow) fn pin(c: &CurrentRow) -> LayerPin {
    LayerPin {
        layer_version_id: c.id,
        layer: c.layer.clone(),
        number: c.number,
        content_hash: c.content_hash.clone(),
        source_name: c.source_name.clone(),
        source_date: c.source_date,
        decision: c.decision.clone(),
        accuracy_m: c.accuracy_m,
        scale: c.scale,
    }
}

async fn neighbours(app: &App, row: Option<&ParcelRow>, bounds: Option<Bounds>) -> Gathered<Vec<Neighbour>> {
    let (Some(me), Some(b)) = (row, bounds) else { return Gathered::Read(vec![]) };
    let rows = match parcel::in_box(&app.pool, me.zone, b.widened(2.0), None, MOST_NEIGHBOURS).await {
        Ok(rows) if rows.len() as i64 > MOST_NEIGHBOURS => return Gathered::Truncated(MOST_NEIGHBOURS as usize),
        Ok(rows) => rows,
        Err(e) => {
            tracing::warn!(error = %e, "neighbours could not be read");
            return Gathered::Failed("the parcel store did not answer".into());
        }
    };
    let mut out = Vec::new();
    for r in rows.into_iter().filter(|r| r.parcel_id != me.parcel_id) {
        match r.ewkb.as_deref().map(from_ewkb).transpose() {
            Ok(g) => out.extend(g.and_then(polygons).map(|boundary| Neighbour {
                id: r.parcel_id,
                version: r.version,
                row_hash: hex::encode(&r.row_hash),
                sheet: r.sheet,
                number: r.number,
                boundary,
            })),
            Err(e) => return Gathered::Failed(e.to_string()),
        }
    }
    Gathered::Read(out)
}

async fn rivals(app: &App, s: &Subject, parcel: Option<(i32, Uuid)>) -> Gathered<Vec<OtherCase>> {
    let serials: Vec<Vec<u8>> = s
        .papers
        .iter()
        .filter_map(|p| match &p.paper {
            Paper::Certificate(c) => crate::domain::paper::certificate::parse_serial(c.serial.as_deref()?),
            _ => None,
        })
        .map(|serial| serial_index(app, &serial))
        .collect();
    match case::rivals(&app.pool, s.case.id, &serials, parcel.map(|p| p.0), parcel.map(|p| p.1)).await {
        Ok(rows) => Gathered::Read(
            rows.into_iter()
                .map(|r| OtherCase {
                    number: r.number,
                    procedure: r.procedure,
                    same_certificate: r.same_certificate,
                    same_parcel: r.same_parcel,
                })
                .collect(),
        ),
        Err(e) => {
            tracing::warn!(error = %e, "other cases could not be read");
            Gathered::Failed("the case store did not answer".into())
        }
    }
}

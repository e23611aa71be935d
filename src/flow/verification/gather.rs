//! All facts a verification may rest on, as of one moment. A query that fails becomes a fact ("not answered"), never an empty
//! answer; what is asked after it in that moment is not answered either.

use super::basis::current_themes;
use super::maps::{current, features, map_of, theme_layers, these, window_of};
use super::readings::readings;
use super::rivals::{MOST_CASES, rivals};
use crate::app::App;
use crate::domain::geom::{Metric, Zone};
use crate::domain::paper::Paper;
use crate::domain::parcel::rank::{Hints, clear_winner};
use crate::domain::verify::{
    CaseFacts, Facts, Gathered, LayerPin, LayerVersion, Neighbour, OtherCase, PaperFacts, ParcelFacts, ParcelRef,
    Resolution, TableReadings, ThemeFacts, ThemeSet,
};
use crate::flow::paper::serial_index;
use crate::flow::parcel::{old_province_of, resolve};
use crate::flow::{Error, Result};
use crate::store::case;
use crate::store::feature::Bounds;
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::parcel::{self, ParcelRow};
use crate::store::standing::{Standing, one_moment, standing};
use geo::BoundingRect;
use geo_types::{Coord, MultiPolygon};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::sync::Arc;
use time::Date;
use uuid::Uuid;

/// More neighbours than this: the answer is called truncated.
pub(in crate::flow) const MOST_NEIGHBOURS: i64 = 500;
/// Neighbours are sought this far from the parcel (m).
pub(in crate::flow) const NEIGHBOURS_M: f64 = 2.0;

/// Whose facts are gathered.
pub struct Subject {
    pub case: CaseFacts,
    pub asked: ParcelRef,
    /// The parcel, when it is known already.
    pub parcel: Option<(i32, Uuid)>,
    /// It is this one whatever the papers name; else it is where the papers led last.
    pub bound: bool,
    pub papers: Vec<PaperFacts>,
}

/// Asks for everything over one connection: handing one out costs more than most of the questions.
pub async fn gather(app: &App, s: Subject, as_of: Date) -> Result<Facts> {
    let mut moment = one_moment(&app.pool).await?;
    let facts = gather_over(app, &mut moment, s, None, as_of).await?;
    moment.commit().await?;
    Ok(facts)
}

/// As [`gather`], within [`one_moment`]; `read` when the parcel was read already in it.
pub(super) async fn gather_over(
    app: &App,
    conn: &mut PgConnection,
    s: Subject,
    read: Option<Standing>,
    as_of: Date,
) -> Result<Facts> {
    let resolution = resolution(conn, &s).await?;
    let named = || clear_winner(&resolution.candidates).map(|c| (c.zone.0, c.parcel_id));
    let known = if s.bound { s.parcel } else { named().or(s.parcel) };
    let here = match (read, known) {
        (None, Some((zone, id))) => standing(conn, zone, id).await?,
        (read, _) => read,
    };
    let around = surroundings(app, conn, &s, known, here).await?;
    let province = s.case.province.or(around.province);
    let version = app.book.procedures.find(&s.case.procedure, province.as_deref(), as_of);
    let required_papers = version.map_or_else(Vec::new, |v| v.required_papers());
    let case = CaseFacts { province, old_province: around.old_province, required_papers, ..s.case };
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
        readings: around.readings,
    })
}

/// What the maps and other cases say of a parcel.
struct Surroundings {
    parcel: Option<ParcelFacts>,
    neighbours: Gathered<Vec<Arc<Neighbour>>>,
    themes: Vec<ThemeFacts>,
    theme_set: Arc<ThemeSet>,
    other_cases: Gathered<Vec<OtherCase>>,
    province: Option<String>,
    old_province: Option<String>,
    readings: Vec<TableReadings>,
}

/// What must be answered is asked first, what may become "not answered" last: a failed query ends the moment.
async fn surroundings(
    app: &App,
    conn: &mut PgConnection,
    s: &Subject,
    known: Option<(i32, Uuid)>,
    here: Option<Standing>,
) -> Result<Surroundings> {
    let theme_set = current_themes(app, conn).await?;
    let Some(Standing { row, keys, province }) = here else {
        let other_cases = other_cases(app, conn, s, known).await;
        let themes = theme_layers(&theme_set, &[], None, Default::default());
        return Ok(Surroundings {
            parcel: None,
            neighbours: Gathered::Read(vec![]),
            themes,
            theme_set,
            other_cases,
            province: None,
            old_province: s.case.old_province.clone(),
            readings: vec![],
        });
    };
    let boundary = row.ewkb.as_deref().map(from_ewkb).transpose()?.and_then(polygons);
    let window = window_of(boundary.as_ref());
    let versions = current(app, conn, row.zone).await?;
    let own = parcel_pin(app, conn, &row, &versions).await?;
    let old_province = match &s.case.old_province {
        None => old_province_of(conn, &row.commune_code, &keys).await?,
        known => known.clone(),
    };
    let parcel = parcel_facts(&row, boundary, own, keys);
    let readings = readings(conn, Some(&parcel), &s.papers).await?;
    let boundary = parcel.boundary.as_ref().map(|b| &b.geom);
    let neighbours = neighbours(conn, &row, boundary).await;
    let other_cases = other_cases(app, conn, s, known).await;
    let features = features(app, conn, row.zone, &theme_set, &versions, window, &parcel.keys).await;
    let themes = theme_layers(&theme_set, &versions, window, features);
    let parcel = Some(parcel);
    Ok(Surroundings { parcel, neighbours, themes, theme_set, other_cases, province, old_province, readings })
}

async fn resolution(conn: &mut PgConnection, s: &Subject) -> Result<Resolution> {
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
    match resolve(conn, &asked, &hints, certificate.and_then(|c| c.issued_on)).await {
        // a reference no map can have is a finding, not an error
        Err(Error::Refused(_)) => Ok(Resolution { asked, candidates: vec![] }),
        other => other,
    }
}

/// The map version that says what the parcel's row says ([`map_of`]).
async fn parcel_pin(
    app: &App,
    conn: &mut PgConnection,
    r: &ParcelRow,
    current: &[Arc<LayerVersion>],
) -> Result<Option<Arc<LayerPin>>> {
    let Some(id) = r.layer_version_id else { return Ok(None) };
    if let Some(v) = current.iter().find(|v| v.pin.layer_version_id == id) {
        return Ok(Some(v.pin.clone()));
    }
    let own = these(app, conn, r.zone, &[id]).await?;
    Ok(own.first().map(|v| map_of(v, r.valid_to.is_none(), current)))
}

pub(in crate::flow) fn parcel_facts(
    r: &ParcelRow,
    boundary: Option<MultiPolygon<f64>>,
    layer: Option<Arc<LayerPin>>,
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
        keys,
    }
}

async fn neighbours(
    conn: &mut PgConnection,
    me: &ParcelRow,
    boundary: Option<&MultiPolygon<f64>>,
) -> Gathered<Vec<Arc<Neighbour>>> {
    let Some(b) = boundary.and_then(BoundingRect::bounding_rect) else { return Gathered::Read(vec![]) };
    let rows = match parcel::in_box(conn, me.zone, Bounds::from(b).widened(NEIGHBOURS_M), None, MOST_NEIGHBOURS).await {
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
            Ok(g) => out.extend(g.and_then(polygons).map(|b| {
                Neighbour::stored((r.parcel_id, r.version), hex::encode(&r.row_hash), (r.sheet, r.number), b)
            })),
            Err(e) => return Gathered::Failed(e.to_string()),
        }
    }
    Gathered::Read(out)
}

async fn other_cases(
    app: &App,
    conn: &mut PgConnection,
    s: &Subject,
    parcel: Option<(i32, Uuid)>,
) -> Gathered<Vec<OtherCase>> {
    let serials: Vec<Vec<u8>> = s
        .papers
        .iter()
        .filter_map(|p| match &p.paper {
            Paper::Certificate(c) => crate::domain::paper::certificate::parse_serial(c.serial.as_deref()?),
            _ => None,
        })
        .map(|serial| serial_index(app, &serial))
        .collect();
    let (zone, id) = parcel.unzip();
    let most = MOST_CASES as i64 + 1;
    let read = async {
        let rows = case::rivals(conn, s.case.id, &serials, zone, id, most).await?;
        rivals(conn, &mut HashMap::new(), id, rows).await
    };
    read.await.unwrap_or_else(|e| {
        tracing::warn!(error = %e, "other cases could not be read");
        Gathered::Failed("the case store did not answer".into())
    })
}

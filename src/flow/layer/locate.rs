//! Where the data lies: which CRS is meant, and whether it then falls where it must.

use super::extent::{commune_boundary, former_coverage};
use super::import::Import;
use crate::domain::layer::crs_guard::{
    Candidate, Corners, Judgement, Offset, Proof, Ranked, SAME_CORNER_M, Spread, Strictness, judge, on_centimetres,
    share_inside,
};
use crate::domain::problem::FieldProblem;
use crate::domain::theme::Family;
use crate::domain::verify::Message;
use crate::flow::{Error, Result};
use crate::gis::crs::{CrsError, Definition, Operation, Sample, Transformer, ZoneBook, ZoneDef, candidates, recognise};
use crate::gis::reader::{Header, RawFeature};
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::reference::{commune_area, corners_near};
use geo::CoordsIter;
use geo_types::MultiPolygon;
use serde_json::{Value, json};
use sqlx::PgConnection;

/// At most this many points of the file are looked at.
const SAMPLE: usize = 200;
/// A reason shorter than this is none.
const REASON: usize = 10;

pub struct Located {
    pub transformer: Transformer,
    pub definition: Definition,
    /// None where the person forced it, or there is nothing to judge by.
    pub guard: Option<Guard>,
    /// For the report and the version: what was declared, by whom, what was measured, and why it was forced.
    pub report: Value,
}

/// What the beginning of a file was judged by.
pub struct Guard {
    pub name: String,
    pub area: MultiPolygon<f64>,
    pub definition: Definition,
    pub how: Strictness,
    /// The numbers of its beginning sit on the centimetre grid, as they stand in the file.
    pub on_grid: bool,
}

/// Where the rows must lie.
pub struct Reference {
    name: String,
    area: MultiPolygon<f64>,
    /// The rows belong to it. Else it is only known that communes lie there.
    own: bool,
}

/// The commune of the file, else what it replaces, else all communes that are known.
pub async fn reference(conn: &mut PgConnection, ask: &Import) -> Result<Option<Reference>> {
    if let (Some(area), Some(c)) = (commune_boundary(conn, ask).await?, &ask.commune) {
        return Ok(Some(Reference { name: c.clone(), area, own: true }));
    }
    if let Some(area) = former_coverage(conn, ask).await? {
        return Ok(Some(Reference { name: format!("the published {}", ask.layer), area, own: true }));
    }
    let known = commune_area(conn, ask.zone).await?;
    let area = known.map(|b| from_ewkb(&b)).transpose()?.and_then(polygons);
    Ok(area.map(|area| Reference { name: "the communes".into(), area, own: false }))
}

/// A file before its first row is stored.
pub struct Placing<'a> {
    pub book: &'a ZoneBook,
    pub zone: &'a ZoneDef,
    pub ask: &'a Import,
    pub family: Family,
    pub header: &'a Header,
    pub sample: &'a [RawFeature],
}

/// Decides the CRS of a file: the one declared by the person, else the file's own; then proves it. Data that lies elsewhere, or may
/// lie elsewhere, is refused with its offset and what would fit, unless the person forces it with a reason.
pub async fn locate(conn: &mut PgConnection, p: &Placing<'_>) -> Result<Located> {
    let (definition, by, notes) = definition(p)?;
    let points = sample_points(p.sample);
    let list = candidates(p.book, p.zone, &definition, &points).map_err(broken)?;
    let strict = Strictness::default();
    let reference = reference(conn, p.ask).await?.filter(|r| r.own || holds_one(r, &list, strict));
    let name = reference.as_ref().map_or("zone", |r| r.name.as_str());
    let area = reference.as_ref().map_or_else(|| zone_box(p.zone), |r| r.area.clone());
    let corners = corners(conn, p.zone.srid, &area, &list, strict).await?;
    let how = strictness(p, &definition, by, reference.is_some() || !corners.is_empty());
    let judgement = judge(&area, &corners, &list, how);
    let forced = forced(p.ask)?;
    let transformer = Transformer::to_zone(p.book, &definition, p.zone).map_err(broken)?;
    let on_grid = on_centimetres(&points.points);
    let guard = Guard { name: name.to_owned(), area, definition, how, on_grid };
    if forced.is_none()
        && let Err(whole) = accept(&definition, name, &judgement)
    {
        let mixed = super::stretches::mixed(conn, p, &guard, &transformer, &spread(p.sample)).await?;
        return Err(if mixed.is_empty() { whole } else { Error::Refused(mixed) });
    }
    let report = json!({
        "definition": definition.to_string(), "declared_by": by, "notes": notes, "reference": name,
        "file_says": p.header.srs.as_ref().map(|s| &s.name), "judgement": judgement, "forced": forced,
    });
    let guard = (forced.is_none() && judgement != Judgement::NotJudged).then_some(guard);
    Ok(Located { transformer, definition, guard, report })
}

/// Degrees hide the datum; parcels are surveyed, so that they can prove themselves.
fn strictness(p: &Placing<'_>, d: &Definition, by: &str, can_prove: bool) -> Strictness {
    let (plain, parcels) = (Strictness::default(), p.family == Family::Parcel);
    let must_prove = if can_prove { d.is_degrees() || parcels } else { d.is_degrees() && by == "file" };
    // A datum operation out of the ordinary is 0.7 m beside the ordinary one: that much may not be taken on trust.
    let close = d.operation != Operation::National || (parcels && d.is_degrees());
    let doubt_from_m = if close { SAME_CORNER_M } else { plain.doubt_from_m };
    Strictness { doubt_from_m, must_prove: must_prove || d.operation != Operation::National, ..plain }
}

fn definition(p: &Placing<'_>) -> Result<(Definition, &'static str, Vec<&'static str>)> {
    match (p.ask.crs.as_deref(), &p.header.srs) {
        (Some(text), _) => {
            let d = text.parse::<Definition>().map_err(|e| {
                Error::refused("crs", e.code(), text, "EPSG:<zone>, EPSG:4326, EPSG:4756 or EPSG:3405/3406")
            })?;
            Ok((d, "person", vec![]))
        }
        (None, Some(srs)) => {
            let r = recognise(srs, p.book).map_err(|e| {
                Error::refused("crs", e.code(), &srs.name, "a VN-2000 zone or WGS 84; say --crs when the file is wrong")
            })?;
            Ok((r.definition, "file", r.notes))
        }
        // rows without any geometry lie nowhere: there is nothing to place
        (None, None) if p.sample.iter().all(|r| r.wkb.is_none()) => {
            Ok((Definition::from_epsg(p.zone.srid), "nobody: no geometry", vec![]))
        }
        (None, None) => {
            Err(Error::refused("crs", "crs-missing", "the file does not say", "say which with --crs, e.g. EPSG:9210"))
        }
    }
}

/// The reason for which a person takes the declared definition as it is.
fn forced(ask: &Import) -> Result<Option<&str>> {
    let Some(reason) = ask.crs_reason.as_deref().map(str::trim) else { return Ok(None) };
    if ask.crs.is_none() {
        return Err(Error::refused("crs_reason", "crs-missing", "no crs", "crs, and the reason why it is forced"));
    }
    match reason.chars().count() {
        n if n < REASON => Err(Error::refused("crs_reason", "length", n, format!("{REASON} characters or more"))),
        _ => Ok(Some(reason)),
    }
}

/// Communes that no reading puts the rows into say nothing of them.
fn holds_one(r: &Reference, list: &[Candidate], how: Strictness) -> bool {
    list.iter().any(|c| share_inside(&r.area, &c.points, how.margin_m) >= how.min_share)
}

/// Corners of the cadastral map in force, wherever a likely reading puts a point of the sample.
pub async fn corners(
    conn: &mut PgConnection,
    zone: i32,
    area: &MultiPolygon<f64>,
    list: &[Candidate],
    how: Strictness,
) -> Result<Corners> {
    let likely = list.iter().filter(|c| share_inside(area, &c.points, how.margin_m) >= how.min_share);
    let places: Vec<(f64, f64)> = likely.flat_map(|c| c.points.iter().chain(&c.more).flatten().copied()).collect();
    let mut found = Vec::new();
    for ewkb in corners_near(conn, zone, &places, SAME_CORNER_M).await? {
        found.extend(from_ewkb(&ewkb)?.coords_iter().map(|c| (c.x, c.y)));
    }
    Ok(Corners::new(found))
}

fn accept(definition: &Definition, reference: &str, judgement: &Judgement) -> Result<()> {
    let (code, share_inside, offset, candidates) = match judgement {
        Judgement::Fits { .. } | Judgement::Unproved { .. } | Judgement::NotJudged => return Ok(()),
        Judgement::Refused { share_inside, offset, candidates } => {
            ("crs-lies-elsewhere", share_inside, offset, candidates)
        }
        Judgement::Ambiguous { share_inside, offset, candidates } => {
            ("crs-ambiguous", share_inside, offset, candidates)
        }
    };
    let off = offset.as_ref().map_or(String::from("no place in the zone"), said);
    let found = format!("{definition}: {:.0} % in {reference}; {off}", share_inside * 100.0);
    let fits: Vec<String> = candidates.iter().take(5).map(ranked).collect();
    let fits = if fits.is_empty() { "-".into() } else { fits.join(", ") };
    let allowed = format!("{fits}; or crs with crs_reason (--crs-reason), {REASON} characters or more");
    Err(Error::Refused(vec![FieldProblem::new("crs", code, found, allowed)]))
}

fn said(o: &Offset) -> String {
    let unit = if o.distance < 10.0 { 3 } else { 1 };
    format!("{:.unit$} m (dE {:.unit$}, dN {:.unit$})", o.distance, o.dx, o.dy)
}

pub fn ranked(c: &Ranked) -> String {
    let mut out = format!("{} ({:.0} %", c.definition, c.share_inside * 100.0);
    if let Some(m) = c.map {
        out += &format!("; map {:.0} %", m.share * 100.0);
        out += &m.residual_m.map_or(String::new(), |r| format!(" ±{r:.3} m"));
    }
    out + if c.on_grid { "; grid 0.01 m)" } else { ")" }
}

/// What proved the place of a version, for people: from the report of its import.
pub fn proof(report: &Value) -> Message {
    let judgement = serde_json::from_value::<Judgement>(report["judgement"].clone());
    match judgement {
        _ if report["forced"].is_string() => {
            Message::new("crs-forced").with("reason", report["forced"].as_str().unwrap_or_default())
        }
        Ok(Judgement::Fits { proof: Proof::Place, .. }) => {
            Message::new("crs-proved-place").with("place", report["reference"].as_str().unwrap_or("?"))
        }
        Ok(Judgement::Fits { proof: Proof::Grid, .. }) => Message::new("crs-proved-grid"),
        Ok(Judgement::Fits { proof: Proof::Map(m), .. }) => Message::new("crs-proved-map")
            .with("share", format!("{:.0}", m.share * 100.0))
            .with("residual", (m.residual_m.unwrap_or(0.0) * 1000.0).round() / 1000.0),
        Ok(Judgement::Unproved { candidates, .. }) => {
            let others: Vec<String> = candidates.iter().take(3).map(ranked).collect();
            Message::new("crs-not-proved").with("others", others.join(", "))
        }
        _ => Message::new("crs-not-judged"),
    }
}

/// Nothing else would fit as well as what was declared, or a person forced it.
pub fn is_proved(report: &Value) -> bool {
    let judgement = serde_json::from_value::<Judgement>(report["judgement"].clone());
    report["forced"].is_string() || !matches!(judgement, Ok(Judgement::Unproved { .. }))
}

pub fn broken(e: CrsError) -> Error {
    Error::refused("crs", e.code(), e.to_string(), "a definition that has a place in this zone")
}

fn zone_box(z: &ZoneDef) -> MultiPolygon<f64> {
    geo_types::Rect::new((z.min_e, z.min_n), (z.max_e, z.max_n)).to_polygon().into()
}

/// A readable row's first vertex, as it stands in the file.
pub fn first_point(f: &RawFeature) -> Option<(f64, f64)> {
    let wkb = f.wkb.as_ref().filter(|_| f.problem.is_none())?;
    let c = from_ewkb(wkb).ok()?.coords_iter().next()?;
    (c.x.is_finite() && c.y.is_finite()).then_some((c.x, c.y))
}

fn spread(rows: &[RawFeature]) -> Spread {
    let mut spread = Spread::default();
    for f in rows {
        spread.reaches(f.row_no);
        if spread.wants(f.row_no)
            && let Some(at) = first_point(f)
        {
            spread.add(f.row_no, at);
        }
    }
    spread
}

/// One vertex of every n-th feature, so that the whole sample is spread over the file's beginning; of few features more vertices.
fn sample_points(rows: &[RawFeature]) -> Sample {
    let with: Vec<&Vec<u8>> = rows.iter().filter(|r| r.problem.is_none()).filter_map(|r| r.wkb.as_ref()).collect();
    let step = with.len().div_ceil(SAMPLE).max(1);
    let each = SAMPLE.div_ceil(with.len().max(1));
    let mut sample = Sample::default();
    for wkb in with.iter().step_by(step) {
        let Ok(geometry) = from_ewkb(wkb) else { continue };
        let mut vertices = geometry.coords_iter().map(|c| (c.x, c.y)).filter(|(x, y)| x.is_finite() && y.is_finite());
        sample.points.extend(vertices.next());
        sample.more.extend(vertices.take(each - 1));
    }
    sample
}

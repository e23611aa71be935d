//! Where the data lies: which CRS is meant, and whether it then falls where it must.

use crate::domain::layer::crs_guard::{Judgement, Strictness, judge};
use crate::domain::problem::FieldProblem;
use crate::flow::{Error, Result};
use crate::gis::crs::{CrsError, Definition, Transformer, ZoneBook, ZoneDef, candidates, recognise};
use crate::gis::reader::{Header, RawFeature};
use crate::store::geometry::from_ewkb;
use geo::CoordsIter;
use geo_types::MultiPolygon;
use serde_json::{Value, json};

/// At most this many points of the file are looked at.
const SAMPLE: usize = 500;

pub struct Located {
    pub transformer: Transformer,
    pub definition: Definition,
    /// For the report: what was declared, by whom, what was measured.
    pub report: Value,
}

/// Decides the CRS of a file: the one declared by the person, else the file's own; then proves it against `reference`
/// (the commune or the layer's extent). Data that lies elsewhere is refused with its offset and what would fit.
pub fn locate(
    book: &ZoneBook,
    zone: &ZoneDef,
    declared: Option<&str>,
    header: &Header,
    sample: &[RawFeature],
    reference: Option<(&str, &MultiPolygon<f64>)>,
) -> Result<Located> {
    let (definition, by, notes) = match (declared, &header.srs) {
        (Some(text), _) => {
            let d = text.parse::<Definition>().map_err(|e| {
                Error::refused("crs", e.code(), text, "EPSG:<zone>, EPSG:4326, EPSG:4756 or EPSG:3405/3406")
            })?;
            (d, "person", vec![])
        }
        (None, Some(srs)) => {
            let r = recognise(srs, book).map_err(|e| {
                Error::refused("crs", e.code(), &srs.name, "a VN-2000 zone or WGS 84; say --crs when the file is wrong")
            })?;
            (r.definition, "file", r.notes)
        }
        // rows without any geometry lie nowhere: there is nothing to place
        (None, None) if sample.iter().all(|r| r.wkb.is_none()) => {
            (Definition::from_epsg(zone.srid), "nobody: no geometry", vec![])
        }
        (None, None) => {
            return Err(Error::refused(
                "crs",
                "crs-missing",
                "the file does not say",
                "say which with --crs, e.g. EPSG:9210",
            ));
        }
    };
    let points = sample_points(sample);
    let everything = zone_box(zone);
    let (name, area) = reference.unwrap_or(("zone", &everything));
    let list = candidates(book, zone, &definition, &points).map_err(broken)?;
    let judgement = judge(area, &list, Strictness::default());
    match &judgement {
        Judgement::Fits { .. } | Judgement::NotJudged => {}
        Judgement::Refused { share_inside, offset, candidates }
        | Judgement::Ambiguous { share_inside, offset, candidates } => {
            let code =
                if matches!(judgement, Judgement::Refused { .. }) { "crs-lies-elsewhere" } else { "crs-ambiguous" };
            let off = offset.as_ref().map_or(String::from("offset unknown"), |o| {
                format!("off by {:.1} m (dE {:.1}, dN {:.1})", o.distance, o.dx, o.dy)
            });
            let fits: Vec<String> = candidates
                .iter()
                .take(5)
                .map(|c| format!("{} ({:.0} % inside)", c.definition, c.share_inside * 100.0))
                .collect();
            let fits = if fits.is_empty() { "no known definition fits".into() } else { fits.join(", ") };
            let found = format!("{definition}: {:.0} % of the sample lies inside {name}; {off}", share_inside * 100.0);
            return Err(Error::Refused(vec![FieldProblem::new("crs", code, found, fits)]));
        }
    }
    let transformer = Transformer::to_zone(book, &definition, zone).map_err(broken)?;
    let report = json!({
        "definition": definition.to_string(), "declared_by": by, "notes": notes, "reference": name,
        "file_says": header.srs.as_ref().map(|s| &s.name), "judgement": judgement,
    });
    Ok(Located { transformer, definition, report })
}

fn broken(e: CrsError) -> Error {
    Error::refused("crs", e.code(), e.to_string(), "a definition that has a place in this zone")
}

fn zone_box(z: &ZoneDef) -> MultiPolygon<f64> {
    geo_types::Rect::new((z.min_e, z.min_n), (z.max_e, z.max_n)).to_polygon().into()
}

/// One vertex of every n-th feature, so that the whole sample is spread over the file's beginning.
fn sample_points(rows: &[RawFeature]) -> Vec<(f64, f64)> {
    let with: Vec<&Vec<u8>> = rows.iter().filter(|r| r.problem.is_none()).filter_map(|r| r.wkb.as_ref()).collect();
    let step = with.len().div_ceil(SAMPLE).max(1);
    with.iter()
        .step_by(step)
        .filter_map(|w| from_ewkb(w).ok()?.coords_iter().next().map(|c| (c.x, c.y)))
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect()
}
